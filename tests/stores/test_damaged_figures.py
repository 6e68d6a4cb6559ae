"""A damaged version of a day, or its histograms: named once, and left out; what it was made of tells the same."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from noctui.kpi.percentile import ERROR
from noctui.model.figures import GAUGE, Figures, Grain
from noctui.model.scene import Range
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History, HistoryReader, Writer
from noctui.stores.history.kept_figures import select_newest
from tests.stores.figures_made import live, write
from tests.stores.made import ORG, START, World, difference, network
from tests.stores.recomputed import close_all, of_period

HOUR, DAY = 3600.0, 86400.0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a history of eight days, a week among them."""
    folder = tmp_path_factory.mktemp("made")
    lock = FolderLock(folder)
    assert lock.try_acquire()
    writer = History.create_or_open(folder, ORG).writer(lock)
    world = World(network(3), interval=7200.0, seed=5)
    write(writer, live(world, np.random.default_rng(2), 8 * 12 + 3), closing=False)
    close_all(writer, world.at)
    writer.close()
    lock.release()
    return (folder / "history.db").read_bytes()


@pytest.fixture
def writer(made: bytes, tmp_path: Path, lock: FolderLock) -> Iterator[Writer]:
    (tmp_path / "history.db").write_bytes(made)
    writer = History.create_or_open(tmp_path, ORG).writer(lock)
    yield writer
    writer.close()


def harm(writer: Writer, table: str, where: str) -> None:
    """One bit of the last block is another."""
    rows = writer.db.execute(f"SELECT id, data FROM {table} WHERE {where}").fetchall()
    assert rows
    for id_, data in rows:
        broken = data[:-3] + bytes([data[-3] ^ 1]) + data[-2:]
        writer.db.execute(f"UPDATE {table} SET data = ? WHERE id = ?", (broken, id_))


def day(writer: Writer, number: int) -> int:
    kept = select_newest(writer.db, "grain = ? AND start = ?", (Grain.DAY, START + number * DAY))
    return kept[0].id


def all_of_it(reader: HistoryReader, days: tuple[int, int] = (0, 3)) -> tuple[Figures, ...]:
    bound = reader.reader(START + 8 * DAY + 6 * HOUR)
    range_ = Range(START + days[0] * DAY, START + days[1] * DAY)

    async def ask() -> tuple[Figures, ...]:
        circuits = await bound.figures(range_)
        return circuits, *[await bound.groups(by, range_, ("util",)) for by in ("site", "region")]

    return asyncio.run(ask())


def named(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [vars(r)["block"] for r in caplog.records if r.message == "history.damaged"]


def test_a_damaged_day_is_named_and_its_hours_tell_the_same(
    writer: Writer, reader: HistoryReader, caplog: pytest.LogCaptureFixture
) -> None:
    right = all_of_it(reader)
    harm(writer, "figures", f"id = {day(writer, 1)}")
    fresh = History(reader.path.parent, ORG).reader()
    assert difference(right[0], all_of_it(fresh)[0]) == ""
    assert [b.split(" metric")[0] for b in named(caplog)] == ["figures of 2025-12-02"]
    all_of_it(fresh)
    assert len(named(caplog)) == 1, "once"
    fresh.close()


def test_other_days_do_not_notice(writer: Writer, reader: HistoryReader, caplog: pytest.LogCaptureFixture) -> None:
    right = all_of_it(reader, (2, 5))
    harm(writer, "figures", f"id = {day(writer, 1)}")
    fresh = History(reader.path.parent, ORG).reader()
    for was, found in zip(right, all_of_it(fresh, (2, 5)), strict=True):
        assert difference(was, found) == ""
    assert named(caplog) == []
    fresh.close()


@pytest.mark.parametrize("table", ["sketches", "group_figures"])
def test_damaged_histograms_and_groups_are_told_by_averages_and_hours(
    writer: Writer, reader: HistoryReader, caplog: pytest.LogCaptureFixture, table: str
) -> None:
    right = all_of_it(reader)
    harm(writer, table, f"figures = {day(writer, 1)}")
    fresh = History(reader.path.parent, ORG).reader()
    for was, found in zip(right, all_of_it(fresh), strict=True):
        assert found.ids == was.ids
        assert difference(found.up, was.up) == ""
        np.testing.assert_allclose(found.average, was.average, rtol=1e-6)
        util = GAUGE["util"]
        np.testing.assert_allclose(found.p95[:, util], was.p95[:, util], rtol=2 * ERROR)
    assert named(caplog)
    fresh.close()


def test_a_week_is_made_without_its_damaged_day(writer: Writer, caplog: pytest.LogCaptureFixture) -> None:
    """By that day's hours."""
    now = START + 8 * DAY + 6 * HOUR
    (right,) = select_newest(writer.db, "grain = ?", (Grain.WEEK,))
    was = of_period(writer, right)
    harm(writer, "figures", f"id = {day(writer, 3)}")
    with writer.transaction() as db:
        for table, column in (("figures", "id"), ("group_figures", "figures"), ("sketches", "figures")):
            db.execute(f"DELETE FROM {table} WHERE {column} = ?", (right.id,))
        db.execute(
            "INSERT INTO due SELECT ?, ?, ?, ?, ?, 0, 0, 0",
            (Grain.WEEK, right.period.start, right.period.end, right.period.key, right.period.zone),
        )
    made = [each for each in writer.aggregate(Grain.WEEK, None, now) if each is not None]
    assert [each.period.key for each in made] == [right.period.key]
    (kept,) = select_newest(writer.db, "grain = ?", (Grain.WEEK,))
    found = of_period(writer, kept)
    for name in ("up", "down", "flaps", "known", "highest", "above"):
        np.testing.assert_array_equal(found["circuits"][name], was["circuits"][name], err_msg=name)
    np.testing.assert_array_equal(found["util_p95"], was["util_p95"])
    assert len(named(caplog)) == 1


def test_a_damaged_tile_keeps_no_other_hour_waiting(writer: Writer, caplog: pytest.LogCaptureFixture) -> None:
    world = World(network(3), interval=600.0, start=START + 9 * DAY)
    for record in world.polls(7):
        writer.write(record)
    harm(writer, "open", f"tbl = 0 AND at = {START + 9 * DAY + 1200.0}")
    write(writer, world.polls(48))  # the poll before stands for six hours
    hours = "SELECT count(*) FROM rollups WHERE kind = 1 AND start >= ?"
    assert writer.db.execute(hours, (START + 9 * DAY + HOUR,)).fetchone()[0] >= 2
    assert [r.message for r in caplog.records if r.levelname == "ERROR"]
