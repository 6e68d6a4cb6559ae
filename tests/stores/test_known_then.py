"""Two back-fills into one day: a past between them is what was shown then, in every figure (docs/backfill.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest

from noctui.model.edges import Edge
from noctui.model.scene import Range
from noctui.model.words import State
from noctui.model.work import PollRecord
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History, HistoryReader, PastBuilder, Writer
from noctui.stores.history.inbox import deposit
from noctui.stores.history.past import encode
from tests.stores.figures_made import ledger, write
from tests.stores.made import ORG, START, World, difference, network

HOUR, DAY = 3600.0, 86400.0
GAUGES = ("util", "latency")
CIRCUIT = "s0:ge-0/0/0"
LEFT, BACK = START + 9 * HOUR, START + 21 * HOUR
DAY_OVER = Range(START, START + DAY)
FIRST, SECOND = (START + 12 * HOUR, START + 15 * HOUR), (START + 16 * HOUR, START + 20 * HOUR)


class Asked(NamedTuple):
    """All that an instant is asked."""

    shown: Any
    figures: tuple[Any, ...]
    series: tuple[Any, ...]
    others: tuple[Any, ...]


Story = tuple[HistoryReader, list[tuple[float, Asked]]]


def asked(reader: HistoryReader, at: float, corrected: bool = False) -> Asked:
    """Of an instant: its View, and figures of ranges that begin before, in and after what is filled."""
    bound = reader.reader(at, corrected)

    async def all_of_it() -> Asked:
        ranges = [Range(at - back, at) for back in (12 * HOUR, 31 * DAY)]
        ranges += [DAY_OVER, Range(START + 13.3 * HOUR, START + 18.6 * HOUR)]
        figures = [await bound.figures(r, ids, GAUGES) for r in ranges for ids in ((), (CIRCUIT,))]
        return Asked(
            reader.view(at, corrected),
            (*figures, *[await bound.groups("region", r, ("util",)) for r in ranges]),
            tuple([await bound.series(CIRCUIT, ("rx_pct", "loss"), Range(at - d * DAY, at)) for d in (1, 2, 60)]),
            (
                await bound.network(Range(at - 2 * DAY, at)),
                await bound.daily("util", 3),
                await bound.baseline(CIRCUIT, "util"),
                await bound.billing("2025-12"),
                await bound.above(24),
            ),
        )

    return asyncio.run(all_of_it())


def fill(writer: Writer, reader: HistoryReader, polls: Iterable[PollRecord], known_at: float) -> None:
    """As `runtime.backfill` does: an edge without an end does not get into the ledger."""
    builder = PastBuilder(reader.numbers(), ORG)
    for chunk in [c for record in polls for c in builder.add(record)] + list(builder.finish()):
        deposit(writer.folder, "history", encode(msgspec.structs.replace(chunk, edges=[], known_at=known_at)))
    while writer.apply_inbox(limit_ms=1).more:
        pass


def filled(span: tuple[float, float]) -> list[PollRecord]:
    """Samples alone: of states nothing is known."""
    world = World(network(3), interval=600.0, seed=int(span[0]), start=span[0])
    count = round((span[1] - span[0]) / 600.0)
    return [world.poll(edges=unknown(span[0])) if not i else world.poll() for i in range(count)]


def unknown(at: float) -> tuple[Edge, ...]:
    return tuple(
        Edge(circuit_id=c.circuit_id, event_time=at, state=State.UNKNOWN, known_at=at) for c in network(3).circuits
    )


def polled(world: World, rng: np.random.Generator, count: int) -> list[PollRecord]:
    """Polls with a ledger in which things become known late."""
    return [world.poll(edges=ledger(rng, world)) for _ in range(count)]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """(instant, what it was told then): with nothing filled, with the first part, with both; asked right then."""
    folder = tmp_path_factory.mktemp("story")
    lock = FolderLock(folder)
    assert lock.try_acquire()
    history = History.create_or_open(folder, ORG)
    writer, reader = history.writer(lock), history.reader()
    rng, world = np.random.default_rng(3), World(network(3), interval=600.0, start=START)
    write(writer, polled(world, rng, 9 * 6 - 1), closing=False)
    write(writer, [world.poll(edges=unknown(LEFT))], closing=False)
    world.at = BACK
    found: list[tuple[float, Asked]] = []
    for polls, span in ((5 * 6 + 4, FIRST), (3 * 6, SECOND), (3 * 6, None)):
        write(writer, polled(world, rng, polls), closing=False)
        while writer.close_due(world.at):
            pass
        found.append((world.at, asked(reader, world.at)))
        if span is not None:
            fill(writer, reader, filled(span), world.at + 20.0)
    yield reader, found
    reader.close()
    writer.close()
    lock.release()


def test_a_past_between_two_back_fills_is_what_was_shown_then(story: Story) -> None:
    """And the day's version, made anew after each of them, is the one of then."""
    reader, told = story
    for at, then in told:
        for now in (asked(reader, at), *([asked(reader, at)] if at == told[1][0] else [])):  # and from what is kept
            for name in Asked._fields:
                for was, found in zip(*(_all(getattr(a, name)) for a in (then, now)), strict=True):
                    assert difference(was, found, name) == ""
    known = [a.figures[4].known[:, 0].tolist() for _, a in told]
    assert np.array(known[0]).sum() < np.array(known[1]).sum() < np.array(known[2]).sum()


def _all(found: Any) -> tuple[Any, ...]:
    return found if isinstance(found, tuple) else (found,)


def test_in_no_past_is_a_percentile_above_its_maximum(story: Story) -> None:
    reader, told = story
    at = told[1][0]
    for answers in (*(then for _, then in told), asked(reader, at)):
        for found in answers.figures:
            above = found.p95 > found.highest * (1 + found.p95_error) + 1e-3
            assert not above.any(), (at, found.range)


def test_the_corrected_past_has_all_that_came(story: Story) -> None:
    reader, told = story
    at = told[0][0]
    then, corrected = asked(reader, at), asked(reader, at, corrected=True)
    expected = [r.view.at for r in (*filled(FIRST), *filled(SECOND))]
    for times, some in ((then.series[0].times, 0), (corrected.series[0].times, len(expected))):
        assert len(np.intersect1d(times, expected)) == pytest.approx(some, abs=0.3 * some), "those with a sample"
    assert (corrected.figures[4].known >= then.figures[4].known).all()


def test_a_filled_poll_is_shown_and_stepped_to_by_the_corrected_past_alone(story: Story) -> None:
    reader, _ = story
    at = FIRST[0] + HOUR
    then, corrected = reader.view(at), reader.view(at, corrected=True)
    assert then is not None
    assert corrected is not None
    assert (then.at, corrected.at) == (LEFT, at)
    assert reader.step(LEFT, 1, corrected=False) == BACK + 600.0
    assert reader.step(LEFT, 1) == FIRST[0] + 600.0


def test_a_past_that_was_watched_is_known_as_it_was(writer: Writer, reader: HistoryReader) -> None:
    """The demo's: nobody brought it later."""
    write(writer, World(network(3), start=START + DAY).polls(2))
    fill(writer, reader, filled(FIRST), 0.0)
    view = reader.view(FIRST[1])
    assert view is not None
    assert view.at == FIRST[1]
    assert len(asyncio.run(reader.reader(FIRST[1]).series(CIRCUIT, ("rx_bps",), Range(*FIRST))).times) > 10
