"""Strips are copies for charts: a series is the same with them, without them, and while they come and go."""

from __future__ import annotations

import numpy as np
import pytest

from noctui.model.scene import SERIES_METRICS, Range, Series
from noctui.stores.history import HistoryReader, Writer, blocks, strips
from noctui.stores.history import db as db_
from noctui.stores.history.unpacked import Unpacked
from tests.stores.made import START, World, network

KINDS = f"{blocks.HOUR_STRIPS}, {blocks.OPEN_STRIPS}"
CIRCUITS = 19
"""More than one strip holds."""


def differ(one: Series, other: Series) -> list[str]:
    same = np.array_equal(one.times, other.times) and np.array_equal(one.spans, other.spans)
    found = [m for m in one.values if not np.array_equal(one.values[m], other.values[m], equal_nan=True)]
    return found if same else ["times", *found]


def count(writer: Writer, kind: int) -> int:
    found = writer.db.execute("SELECT count(*) FROM periods WHERE kind = ? AND ready", (kind,))
    return int(found.fetchone()[0])


async def series(reader: HistoryReader, at: float, since: float = START) -> list[Series]:
    reader.catalog.unpacked = Unpacked()
    read = reader.reader(at)
    return [await read.series(f"s{n // 2}:ge-0/0/{n % 2}", SERIES_METRICS, Range(since, at)) for n in range(CIRCUITS)]


def without(writer: Writer) -> None:
    """As a file that an older noctui wrote."""
    writer.db.execute(f"DELETE FROM tiles WHERE period IN (SELECT id FROM periods WHERE kind IN ({KINDS}))")
    writer.db.execute(f"DELETE FROM periods WHERE kind IN ({KINDS})")


def live(writer: Writer, polls: int, tidy: bool = True) -> World:
    world = World(network(CIRCUITS))
    for i, record in enumerate(world.polls(polls)):
        if i == polls // 2:
            world.learn(network(CIRCUITS, rev=2, known_at=world.at, down=50e6, skip=1))
        writer.write(record)
        while tidy and writer.close_due(record.view.at):
            pass
    return world


async def test_a_series_is_the_same_with_strips_and_without(writer: Writer, reader: HistoryReader) -> None:
    world = live(writer, 157)
    assert count(writer, blocks.HOUR_STRIPS) == 2
    assert count(writer, blocks.OPEN_STRIPS) == 7
    fast = await series(reader, world.at)
    part = await series(reader, world.at - 1000.0, world.at - 4000.0)
    without(writer)

    assert [differ(a, b) for a, b in zip(fast, await series(reader, world.at), strict=True)] == [[]] * CIRCUITS
    later = await series(reader, world.at - 1000.0, world.at - 4000.0)
    assert [differ(a, b) for a, b in zip(part, later, strict=True)] == [[]] * CIRCUITS
    assert len(fast[3].times) > 100


async def test_all_but_a_few_polls_are_read_from_strips(
    writer: Writer, reader: HistoryReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = live(writer, 157)
    opened: list[str] = []

    def noted(db: object, table: str, row: int, name: object) -> object:
        opened.append(str(name).split()[0])
        return db_.pack_of(db, table, row, name)  # type: ignore[arg-type]

    monkeypatch.setattr(blocks, "pack_of", noted)
    await reader.reader(world.at).series("s1:ge-0/0/0", SERIES_METRICS, Range(START, world.at))

    assert opened.count("hour") == 0
    assert opened.count("poll") < strips.OPEN_RUN[0]


async def test_every_step_of_making_them_reads_the_same(writer: Writer, reader: HistoryReader) -> None:
    world = live(writer, 130, tidy=False)
    expected = await series(reader, world.at)
    steps = 0
    while writer.close_due(world.at):
        steps += 1
        found = await series(reader, world.at)
        assert [differ(a, b) for a, b in zip(expected, found, strict=True)] == [[]] * CIRCUITS, f"step {steps}"
    assert count(writer, blocks.HOUR_STRIPS) == 2


async def test_they_go_when_the_day_is_closed(writer: Writer, reader: HistoryReader) -> None:
    world = live(writer, 157)
    expected = await series(reader, world.at)
    while writer.close_due(START + 86_400.0 + 7_200.0):
        pass

    assert (count(writer, blocks.HOUR_STRIPS), count(writer, blocks.OPEN_STRIPS)) == (0, 0)
    left = f"SELECT count(*) FROM tiles WHERE period NOT IN (SELECT id FROM periods WHERE kind NOT IN ({KINDS}))"
    assert writer.db.execute(left).fetchone() == (0,)
    assert [differ(a, b) for a, b in zip(expected, await series(reader, world.at), strict=True)] == [[]] * CIRCUITS


async def test_strips_left_unfinished_before_a_long_pause_are_given_up(writer: Writer, reader: HistoryReader) -> None:
    """A process ended in the middle of them; when the next one comes, their polls have been in an hour tile long."""
    world = live(writer, 12, tidy=False)
    expected = await series(reader, world.at)
    assert strips.strip_open(writer, world.at)
    later = START + 4 * 3600.0
    while writer.close_due(later):
        pass

    assert writer.db.execute("SELECT count(*) FROM open").fetchone() == (0,)
    assert writer.db.execute(f"SELECT count(*) FROM periods WHERE kind = {blocks.OPEN_STRIPS}").fetchone() == (0,)
    assert [differ(a, b) for a, b in zip(expected, await series(reader, world.at), strict=True)] == [[]] * CIRCUITS
