"""Hours and days that are over become tiles; what is read from them is what was written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from noctui.model.edges import Edge
from noctui.model.scene import Range
from noctui.model.words import State
from noctui.model.work import PollRecord
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import HistoryReader, Retention, Writer
from noctui.stores.history import open_writer as opened
from noctui.stores.history.hourly import KPI_NUMBER
from noctui.stores.history.pack import Pack, of_bytes
from tests.stores.made import ORG, START, World, difference, network

HOUR, DAY = 3600.0, 86400.0


def fill(writer: Writer, polls: int, interval: float = 300.0) -> list[PollRecord]:
    """Polls whose circuits come and go in the middle, with what is due closed as it falls due."""
    world = World(network(7), interval=interval)
    written = []
    for i in range(polls):
        if i == polls // 3:
            world.learn(network(9, rev=2, known_at=world.at, down=50e6, skip=1))
        written.append(world.poll())
        writer.write(written[-1])
        while writer.close_due(world.at):
            pass
    return written


@pytest.fixture(scope="module")
def thirty_hours(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[PollRecord]]:
    """A folder that holds thirty hours, from which nothing has left yet."""
    folder = tmp_path_factory.mktemp("thirty")
    lock = FolderLock(folder)
    assert lock.try_acquire()
    writer = opened(folder, ORG, lock)
    written = fill(writer, 12 * 30)
    writer.close()
    lock.release()
    return folder, written


@pytest.fixture
def written(tmp_path: Path, thirty_hours: tuple[Path, list[PollRecord]]) -> list[PollRecord]:
    """The polls of those thirty hours; the folder is a copy of it. To be asked for before a reader."""
    shutil.copytree(thirty_hours[0], tmp_path, dirs_exist_ok=True)
    return thirty_hours[1]


def kinds(writer: Writer) -> dict[str, int]:
    count = "SELECT count(*) FROM "
    return {
        "open": writer.db.execute(f"{count} open").fetchone()[0],
        "hours": writer.db.execute(f"{count} periods WHERE kind = 1 AND ready").fetchone()[0],
        "days": writer.db.execute(f"{count} periods WHERE kind = 2 AND ready").fetchone()[0],
    }


def assert_all_views(reader: HistoryReader, written: list[PollRecord]) -> None:
    for record in written:
        found = reader.view(record.view.at)
        assert found is not None
        assert difference(record.view, found) == ""


def test_views_come_back_from_hour_tiles(writer: Writer, reader: HistoryReader) -> None:
    written = fill(writer, 12 * 6)
    held = kinds(writer)
    assert held["hours"] == 6
    assert held["open"] <= 3 * 24  # two hours of three tables
    assert_all_views(reader, written)


def test_views_come_back_from_day_tiles(
    written: list[PollRecord], open_writer: Callable[..., Writer], reader: HistoryReader
) -> None:
    writer = open_writer(Retention(instants=0.02))
    while writer.prune(written[-1].view.at):
        pass
    held = kinds(writer)
    assert held["days"] == 1
    assert held["hours"] < 8  # those of the first day are gone
    assert_all_views(reader, written)


async def test_a_series_is_the_same_from_every_kind_of_block(written: list[PollRecord], reader: HistoryReader) -> None:
    at = written[-1].view.at
    series = await reader.reader(at).series("s1:ge-0/0/0", ("rx_pct", "loss", "latency"), Range(START, at))
    wanted = []
    for record in written:
        row = record.view.inventory.circuit_row["s1:ge-0/0/0"]
        if record.valid[row] & 0x80:
            c = record.view.circuits
            loss = c.loss[row] if record.valid[row] >> 1 & 1 else np.nan
            wanted.append((record.view.at, c.rx_pct[row], loss))
    own = np.isin(series.times, [w[0] for w in wanted])
    assert np.array_equal(series.times[own], [w[0] for w in wanted])
    assert np.array_equal(series.values["rx_pct"][own], np.array([w[1] for w in wanted], np.float32), equal_nan=True)
    assert np.array_equal(series.values["loss"][own], np.array([w[2] for w in wanted], np.float32), equal_nan=True)
    assert np.isnan(series.values["rx_pct"][~own]).all()
    assert series.spans.max() <= 900.0


def test_paths_leave_before_the_rest(
    written: list[PollRecord], open_writer: Callable[..., Writer], reader: HistoryReader
) -> None:
    writer = open_writer(Retention(paths=0.1))
    while writer.prune(written[-1].view.at):
        pass
    found = reader.view(written[0].view.at)
    assert found is not None
    assert np.isnan(found.paths.latency).all()
    assert np.array_equal(found.gateways.cpu, written[0].view.gateways.cpu, equal_nan=True)
    assert_all_views(reader, written[-20:])


def test_raw_samples_leave_after_their_retention(
    written: list[PollRecord], open_writer: Callable[..., Writer], reader: HistoryReader
) -> None:
    writer = open_writer(Retention(raw=0.5))
    while writer.prune(written[-1].view.at):
        pass
    assert reader.view(written[0].view.at) is None
    assert_all_views(reader, written[-30:])


async def test_an_hour_has_its_figures(writer: Writer, reader: HistoryReader) -> None:
    """Hour 1: up for 45 min, down for 15; rx 10 % in its first half, 30 % in its second. The first sample stands for
    ten minutes of the hour before, in which nobody polled."""
    world = World(network(2), interval=300.0)
    for i in range(30):
        record = world.poll()
        c = record.view.circuits
        share = 10.0 if i < 18 else 30.0
        view = replace(record.view, circuits=replace(c, rx_bps=np.full(2, share * 1e6, np.float32)))
        edges: tuple[Edge, ...] = ()
        if i == 0:
            edges = (Edge(circuit_id="s0:ge-0/0/0", event_time=START, state=State.UP, known_at=record.view.at),)
        if i == 21:  # at START + 6600
            edges = (
                Edge(circuit_id="s0:ge-0/0/0", event_time=START + 6300, state=State.DOWN, known_at=record.view.at),
            )
        writer.write(replace(record, view=view, valid=np.full(2, 0x8F, np.uint8), edges=edges))
        while writer.close_due(world.at):
            pass
    series = await reader.reader(world.at).series("s0:ge-0/0/0", ("rx_pct",), Range(START - 60 * DAY, world.at))
    assert series.source == "hours"
    assert series.times.tolist() == [START, START + HOUR, START + 2 * HOUR]
    assert series.values["rx_pct"].tolist() == [10.0, 10.0, 30.0]
    assert series.means["rx_pct"].tolist() == pytest.approx([10.0, 10.0, 20.0])


def test_an_hour_is_rolled_anew_when_its_past_is_learned(writer: Writer) -> None:
    """Away from 3000 on, back at 9000: only then it is learned that 3000…6000 was down."""
    world = World(network(2), interval=300.0)
    one = "s0:ge-0/0/0"

    def edge(at: float, state: State, known_at: float, until: float | None = None) -> Edge:
        end = None if until is None else START + until
        return Edge(circuit_id=one, event_time=START + at, state=state, known_at=known_at, until=end)

    def down() -> list[float]:
        query = "SELECT data FROM rollups WHERE kind = 1 AND start >= ? ORDER BY start"
        found = writer.db.execute(query, (START,)).fetchall()
        return [float(Pack(of_bytes(row[0]), "x").get(KPI_NUMBER["down_seconds"])[0, 0]) for row in found]

    for _ in range(50):
        record = world.poll()
        told = {
            300: (edge(300, State.UP, world.at),),
            3300: (edge(3000, State.AWAY, world.at),),
            9000: (edge(9000, State.UP, world.at), edge(3000, State.DOWN, world.at, until=6000)),
        }
        if world.at == START + 9000:
            assert down() == [0.0, 0.0]
        writer.write(replace(record, edges=told.get(int(world.at - START), ())))
        while writer.close_due(world.at):
            pass
    assert down() == [600.0, 2400.0, 0.0]


async def test_months_hold_what_their_days_held(open_writer: Callable[..., Writer], reader: HistoryReader) -> None:
    writer = open_writer(Retention(raw=3))
    start = START + 24 * DAY  # 25 December
    world = World(network(3), interval=7200.0, start=start)
    at_end_of_month: list[float] = []
    for i in range(12 * 9):
        writer.write(world.poll())
        while writer.close_due(world.at):
            pass
        if i == 12 * 7 - 1:
            before = await reader.reader(world.at).series("s0:ge-0/0/1", ("tx_pct",), Range(START - 60 * DAY, world.at))
            at_end_of_month = before.means["tx_pct"].tolist()
    tiles = writer.db.execute("SELECT count(*) FROM rollups WHERE kind = 3 AND start = ?", (START,)).fetchone()[0]
    packs = writer.db.execute("SELECT count(*) FROM rollups WHERE kind = 2").fetchone()[0]
    assert tiles == 1
    assert packs <= 2  # of the new month
    after = await reader.reader(world.at).series("s0:ge-0/0/1", ("tx_pct",), Range(START - 60 * DAY, world.at))
    assert len(at_end_of_month) >= 12 * 7 - 4
    assert np.array_equal(after.means["tx_pct"][: len(at_end_of_month)], at_end_of_month, equal_nan=True)
