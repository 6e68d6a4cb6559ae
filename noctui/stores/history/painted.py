"""The painted timelines of all circuits, hour by hour, for the hourly figures."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

import numpy as np

from noctui.engine.timeline import Line
from noctui.kpi.hourly import MIXED
from noctui.model.view import U1
from noctui.model.words import State

Stroke = tuple[int, float, float | None, int]
"""(slot, event_time, until, state) of an edge."""


class Painted:
    """Lines by slot; edges are laid in the order they were learned."""

    def __init__(self, slots: int) -> None:
        self._lines: dict[int, Line] = {}
        self._slots = slots
        self._moved = np.full(slots, -np.inf)  # where the last stretch begins
        self._state = np.full(slots, State.UNKNOWN, np.uint8)  # and its state

    def lay(self, strokes: Iterable[Stroke]) -> None:
        for slot, start, until, state in strokes:
            if slot >= self._slots:
                continue
            line = self._lines.get(slot)
            if line is None:
                line = self._lines[slot] = Line(float("-inf"), State.UNKNOWN)
            if until is None:
                line.open(start, state)
            else:
                line.paint(start, until, state)
            self._moved[slot], self._state[slot] = line.starts[-1], line.states[-1]

    def whole(self, start: float) -> U1:
        """[slots] the state that lasts since before `start`, else `MIXED`: one that begins there may be a flap."""
        return np.where(self._moved < start, self._state, MIXED).astype(np.uint8)

    def stretches(self, start: float, end: float, whole: U1) -> Iterator[tuple[int, float, float, int, bool]]:
        """Of each `MIXED` circuit what lies in [start, end): (slot, start, end, state, began with a flap)."""
        for slot in np.flatnonzero(whole == MIXED).tolist():
            line = self._lines[slot]
            ends = [*line.starts[1:], float("inf")]
            for began, ended, state, flap in zip(line.starts, ends, line.states, line.flaps(), strict=True):
                if ended > start and began < end:
                    yield slot, began, ended, state, flap

    def forget(self, before: float) -> None:
        for line in self._lines.values():
            line.forget(before, float("inf"))


def painted_since(db: sqlite3.Connection, slots: int, since: float) -> Painted:
    """All that is known by now and matters after `since`: each circuit's open edge of then, and all later ones."""
    base = (
        "SELECT b.known_at FROM edges b WHERE b.circuit_no = c.no AND b.until IS NULL AND b.event_time <= ?"
        " ORDER BY b.known_at DESC, b.id DESC LIMIT 1"
    )
    found = Painted(slots)
    found.lay(
        db.execute(
            "SELECT e.circuit_no, e.event_time, e.until, e.state FROM circuits c JOIN edges e ON e.circuit_no = c.no"
            f" WHERE e.known_at >= coalesce(({base}), -1e18) ORDER BY e.known_at, e.id",
            (since,),
        )
    )
    return found
