"""A Reader bound to t never tells anything that happened, or was learned, after t."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from noctui.engine.windows import Ring
from noctui.model.edges import Edge, Failover, Note
from noctui.model.scene import Range, Stretch
from noctui.model.words import State
from noctui.model.work import PollRecord
from noctui.stores.history import HistoryReader, Writer
from tests.stores.made import START, World, network

ONE = "s0:ge-0/0/0"
EVER = Range(START - 86400, START + 86400)


def edge(at: float, state: State, known_at: float, until: float | None = None) -> Edge:
    return Edge(circuit_id=ONE, event_time=START + at, state=state, known_at=START + known_at,
                until=None if until is None else START + until)  # fmt: skip


@pytest.fixture
def eventful(writer: Writer) -> World:
    """Up at 60; unknown from 300, known at 480; up again at 600; at 900 it is learned that 400…600 was down."""
    world = World(network(4))
    told = {
        60: (edge(60, State.UP, 60),),
        480: (edge(300, State.UNKNOWN, 480),),
        600: (edge(600, State.UP, 600),),
        900: (edge(400, State.DOWN, 900, until=600),),
    }
    for record in world.polls(30):
        at = int(record.view.at - START)
        edges = told.get(at, ())
        notes = tuple(
            Note(event_time=e.event_time, known_at=e.known_at, kind="x", severity=0, circuit_id=ONE) for e in edges
        )
        failovers = tuple(
            Failover(site_id="s0", event_time=e.event_time, known_at=e.known_at, began=True) for e in edges
        )
        writer.write(replace(record, edges=edges, notes=notes, failovers=failovers))
    return world


def stretches(*rows: tuple[float, float, State]) -> tuple[Stretch, ...]:
    return tuple(Stretch(START + a, START + b, state) for a, b, state in rows)


async def test_a_timeline_is_as_known_then(eventful: World, reader: HistoryReader) -> None:
    window = Range(START, START + 1800)
    at_420 = await reader.reader(START + 420).timeline(ONE, window)
    assert at_420 == stretches((0, 60, State.UNKNOWN), (60, 420, State.UP))
    at_700 = await reader.reader(START + 700).timeline(ONE, window)
    assert at_700 == stretches(
        (0, 60, State.UNKNOWN), (60, 300, State.UP), (300, 600, State.UNKNOWN), (600, 700, State.UP)
    )
    assert (await reader.reader(START + 1000).timeline(ONE, window))[3] == Stretch(START + 400, START + 600, State.DOWN)


async def test_corrected_uses_what_is_known_now_but_ends_at_t(eventful: World, reader: HistoryReader) -> None:
    window = Range(START, START + 1800)
    corrected = await reader.reader(START + 500, corrected=True).timeline(ONE, window)
    assert corrected == stretches(
        (0, 60, State.UNKNOWN), (60, 300, State.UP), (300, 400, State.UNKNOWN), (400, 500, State.DOWN)
    )


@pytest.mark.parametrize("at", [30.0, 60.0, 479.9, 480.0, 700.0, 899.0, 1800.0])
async def test_nothing_later_comes_out(eventful: World, reader: HistoryReader, at: float) -> None:
    t = START + at
    read = reader.reader(t)
    for found in (await read.edges(EVER), await read.notes(EVER), await read.failovers(EVER)):
        assert all(e.known_at <= t and e.event_time <= t for e in found)
    assert len(await read.edges(EVER, (ONE,))) == sum(k <= at for k in (60, 480, 600, 900))
    assert await read.edges(EVER, ("s0:ge-0/0/1",)) == ()
    series = await read.series(ONE, ("rx_pct",), EVER)
    assert (series.times <= t).all()
    view = reader.view(t)
    assert view is None or view.at <= t


async def test_a_window_is_the_engines(writer: Writer, reader: HistoryReader) -> None:
    world = World(network(20))
    ring = Ring(20, 60.0)
    last = np.full(20, -1, np.int64)
    mask = np.array([sum(3 << 2 * m for m in range(4) if b >> m & 1) for b in range(16)], np.uint8)
    for record in world.polls(200):
        record = replace(record, raw_levels=record.raw_levels & mask[record.valid & 15])
        writer.write(record)
        while writer.close_due(world.at):
            pass
        ring.advance(record.tick)
        ring.put(record.raw_levels, (record.valid & 15).astype(np.uint8), last)
        last[record.valid >= 128] = record.tick
    wanted = ring.above(3)
    found = await reader.reader(world.at).above(3)
    assert np.array_equal(found.total, wanted.total)
    assert np.array_equal(found.longest, wanted.longest)
    assert np.array_equal(found.known, wanted.known)


def test_memory_holds_the_last_day(writer: Writer, reader: HistoryReader) -> None:
    world = World(network(4), interval=300.0)
    written: list[PollRecord] = []
    for record in world.polls(12 * 30):
        first = not written
        written.append(replace(record, edges=(edge(60, State.UP, 300),)) if first else record)
        writer.write(written[-1])
        while writer.close_due(world.at):
            pass
    memory = reader.memory(world.at)
    assert memory is not None
    assert memory.tick == written[-1].tick
    assert memory.edges == written[0].edges
    recent = written[-len(memory.at) :]
    assert len(recent) >= 288
    assert memory.at.tolist() == [r.view.at for r in recent]
    assert memory.ticks.tolist() == [r.tick for r in recent]
    assert np.array_equal(memory.raw_levels, np.array([r.raw_levels for r in recent]))
    assert np.array_equal(memory.valid, np.array([r.valid for r in recent]))


async def test_a_cancelled_read_stops_and_the_next_one_is_answered(writer: Writer, reader: HistoryReader) -> None:
    world = World(network(4))
    for record in world.polls(300):
        writer.write(record)
    read = reader.reader(world.at)
    task = asyncio.create_task(read.above(3))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(await read.edges(EVER)) == 0


async def test_without_a_file_everything_is_empty(reader: HistoryReader) -> None:
    assert reader.latest() is None
    assert reader.view(START) is None
    assert reader.memory(START) is None
    assert reader.version() == 0
    read = reader.reader(START)
    assert len((await read.series(ONE, ("loss",), EVER)).times) == 0
    assert await read.timeline(ONE, Range(START - 60, START)) == (Stretch(START - 60, START, State.UNKNOWN),)
    assert len((await read.above(24)).total) == 0
