"""Versions of days that no longer hold: kept as long as a past with samples can ask for them, then removed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from noctui.kpi.hourly import FIVES
from noctui.model.edges import Edge
from noctui.model.figures import Figures, Grain
from noctui.model.scene import Range
from noctui.model.words import State
from noctui.stores.history import HistoryReader, Retention, Writer
from noctui.stores.history.due import mark
from noctui.stores.history.kept_figures import read_sketches, select_newest
from tests.stores.figures_made import write
from tests.stores.made import START, World, difference, network

HOUR, DAY = 3600.0, 86400.0
CIRCUIT = "s0:ge-0/0/0"
FIRST_DAY = Range(START, START + DAY)
RAW = 3.0


def told(reader: HistoryReader, at: float) -> Figures:
    return asyncio.run(reader.reader(at).figures(FIRST_DAY, (CIRCUIT,), ("util",)))


def of_day(writer: Writer) -> list[int]:
    """Ids of the first day's versions, oldest first."""
    query = "SELECT id FROM figures WHERE grain = 1 AND start = ? ORDER BY version"
    return [row[0] for row in writer.db.execute(query, (START,))]


def three_versions(writer: Writer) -> tuple[World, list[float]]:
    """Of the first day: as it was made, with an outage learned a day later, and with another a day after that; and the
    instants at which each of them held."""
    world, held = World(network(2), interval=HOUR, seed=4), []
    write(writer, world.polls(24 + 5))
    held.append(world.at)
    for _ in range(2):
        began = START + HOUR * (6 + len(held))
        edge = Edge(
            circuit_id=CIRCUIT, event_time=began, until=began + HOUR, state=State.DOWN, known_at=world.at + HOUR,
            source="refold",
        )  # fmt: skip
        write(writer, [world.poll(edges=(edge,))])
        write(writer, world.polls(23))
        held.append(world.at)
    return world, held


def prune(writer: Writer, now: float) -> None:
    while writer.prune(now):
        pass


def test_a_past_within_raw_days_keeps_its_figures(open_writer: Callable[..., Writer], reader: HistoryReader) -> None:
    writer = open_writer(Retention(raw=RAW))
    _, held = three_versions(writer)
    was = [told(reader, at) for at in held]
    assert [f.down[0] for f in was] == [0.0, HOUR, 2 * HOUR]
    prune(writer, held[0] + RAW * DAY)
    assert len(of_day(writer)) == 3
    for at, then in zip(held[1:], was[1:], strict=True):  # of the first one's day samples are gone, not its figures
        assert difference(told(reader, at).down, then.down) == ""
        assert difference(told(reader, at).average, then.average) == ""


def test_one_superseded_longer_ago_is_removed_and_the_next_tells_its_time(
    open_writer: Callable[..., Writer], reader: HistoryReader
) -> None:
    """The first two have the same averages: what histograms hold for the second are the first one's."""
    writer = open_writer(Retention(raw=RAW))
    _, held = three_versions(writer)
    first, second, third = of_day(writer)
    (kept,) = select_newest(writer.db, "grain = ? AND start = ?", (Grain.DAY, START))
    assert kept.sketched == first
    histograms = {g: read_sketches(writer.db, kept, "", g) for g in FIVES}
    prune(writer, held[1] + RAW * DAY)
    assert of_day(writer) == [second, third]
    assert told(reader, held[0]).down[0] == HOUR, "by the version after it"
    prune(writer, held[2] + RAW * DAY)
    assert of_day(writer) == [third]
    assert told(reader, held[0]).down[0] == 2 * HOUR
    for gauge, was in histograms.items():
        assert difference(read_sketches(writer.db, kept, "", gauge), was, gauge) == ""


def test_no_histogram_and_no_group_is_left_of_one_that_is_removed(open_writer: Callable[..., Writer]) -> None:
    writer = open_writer(Retention(raw=RAW))
    world, _ = three_versions(writer)
    (kept,) = select_newest(writer.db, "grain = ? AND start = ?", (Grain.DAY, START))
    with writer.transaction():
        mark(writer, kept.period, known_at=world.at)  # from samples, histograms and all
    write(writer, world.polls(3))
    prune(writer, world.at + RAW * DAY + HOUR)
    (alone,) = of_day(writer)
    for table in ("sketches", "group_figures"):
        gone = f"SELECT count(*) FROM {table} WHERE figures NOT IN (SELECT id FROM figures)"
        assert writer.db.execute(gone).fetchone()[0] == 0
    assert writer.db.execute("SELECT count(*) FROM sketches WHERE figures = ?", (alone,)).fetchone()[0] > 0
