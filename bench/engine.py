"""One poll through the engine, beside the plain reference loop over the same polls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.made import network, polls
from bench.rows import How, Row, budget, median, milliseconds
from noctui.engine.engine import Engine
from noctui.model.batch import Poll
from noctui.model.inventory import Inventory
from noctui.sim.world import DEFAULT_ANCHOR
from tests.reference.reference import Reference

POLLS = 21
FIRST = 3
"""Polls that are not counted: in the first one everything is new."""
NOTE = (
    "The reference loop is the plain reading of the rules that the engine is tested against: written to be obvious, "
    "not to be fast."
)


def measure(sizes: Sequence[int], how: How) -> Iterator[Row]:
    for size in sizes:
        world, inventory = network(size, DEFAULT_ANCHOR)
        made = list(polls(world, inventory, DEFAULT_ANCHOR, FIRST + how.times(POLLS)))
        took = _engine(made, inventory)
        peer = _reference(made[: 2 if size > 20_000 else 4], inventory)
        yield Row("engine, one poll", size, median(took), "ms", budget(size, 3, 30), "reference loop", peer, 30.0, NOTE)
        # One call is one piece: the engine runs on the collector's thread, not on the screen's loop.
        yield Row("engine, longest poll", size, max(took), "ms")


def _engine(made: Sequence[Poll], inventory: Inventory) -> list[float]:
    engine = Engine()
    return [milliseconds(lambda poll=poll: engine.apply(poll, inventory)) for poll in made][FIRST:]  # type: ignore[misc]


def _reference(made: Sequence[Poll], inventory: Inventory) -> float:
    reference = Reference()
    return median([milliseconds(lambda poll=poll: reference.poll(poll, inventory)) for poll in made][1:])  # type: ignore[misc]
