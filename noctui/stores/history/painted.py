"""The painted timelines of circuits, hour by hour or day by day, for the figures of their states."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.engine.timeline import Line
from noctui.kpi.hourly import MIXED
from noctui.model.view import B1, F8, U1
from noctui.model.words import State

I8 = NDArray[np.int64]
Stroke = tuple[int, float, float | None, int]
"""(slot, event_time, until, state) of an edge."""


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds in states, and flaps, of a stretch; a row per circuit. What is in none of them is unknown."""

    up: I8
    down: I8
    disabled: I8
    flaps: I8


@dataclass(frozen=True, slots=True)
class _Flat:
    """Stretches of all lines."""

    row: NDArray[np.intp]
    start: F8
    end: F8
    state: U1
    flap: B1

    def of(self, mask: B1) -> _Flat:
        return _Flat(self.row[mask], self.start[mask], self.end[mask], self.state[mask], self.flap[mask])


def _stretches(line: Line) -> Iterator[tuple[float, float, int, bool]]:
    """(start, end, state, it began with a flap)"""
    return zip(line.starts, [*line.starts[1:], float("inf")], line.states, line.flaps(), strict=True)


class Painted:
    """Lines of the slots from `first` on (row 0). Edges are laid in the order they were learned."""

    def __init__(self, rows: int, first: int = 0) -> None:
        self._lines: dict[int, Line] = {}
        self._flat: _Flat | None = None
        self._rows, self._first = rows, first
        self._moved = np.full(rows, -np.inf)  # where the last stretch begins
        self._state = np.full(rows, State.UNKNOWN, np.uint8)  # and its state

    def lay(self, strokes: Iterable[Stroke]) -> None:
        self._flat = None
        for slot, start, until, state in strokes:
            row = slot - self._first
            if not 0 <= row < self._rows:
                continue
            line = self._lines.get(row)
            if line is None:
                line = self._lines[row] = Line(float("-inf"), State.UNKNOWN)
            if until is None:
                line.open(start, state)
            else:
                line.paint(start, until, state)
            self._moved[row], self._state[row] = line.starts[-1], line.states[-1]

    def whole(self, start: float, end: float) -> U1:
        """[rows] the state that lasts since before `start` and through [start, end), else `MIXED`: a stretch that
        begins there may be a flap."""
        found = np.where(self._moved < start, self._state, MIXED).astype(np.uint8)
        if self._flat is not None:
            f = self._flat
            through = (f.start < start) & (f.end >= end)
            found[f.row[through]] = f.state[through]
        return found

    def stretches(self, start: float, end: float, whole: U1) -> Iterator[tuple[int, float, float, int, bool]]:
        """Of each `MIXED` circuit what lies in [start, end): (row, start, end, state, began with a flap)."""
        if self._flat is not None:
            f = self._flat.of((whole[self._flat.row] == MIXED) & (self._flat.end > start) & (self._flat.start < end))
            columns = (column.tolist() for column in (f.row, f.start, f.end, f.state, f.flap))
            yield from zip(*columns, strict=True)
            return
        for row in np.flatnonzero(whole == MIXED).tolist():
            for stretch in _stretches(self._lines[row]):
                if stretch[1] > start and stretch[0] < end:
                    yield row, *stretch

    def settle(self) -> None:
        """All is laid: put the stretches of all lines together, so that many questions are answered quickly."""
        found = [(row, *stretch) for row, line in self._lines.items() for stretch in _stretches(line)]
        row, start, end, state, flap = zip(*found, strict=True) if found else ((), (), (), (), ())
        self._flat = _Flat(
            np.array(row, np.intp), np.array(start, np.float64), np.array(end, np.float64),
            np.array(state, np.uint8), np.array(flap, np.bool_),
        )  # fmt: skip

    def times(self, start: float, end: float) -> Times:
        """What [start, end) holds, to the millisecond: parts of a stretch add up to it."""
        zero, length = round(start * 1000.0), round(end * 1000.0) - round(start * 1000.0)
        whole = self.whole(start, end)
        lasted = np.zeros((len(State), self._rows), np.int64)
        flaps = np.zeros(self._rows, np.int64)
        same = np.flatnonzero(whole != MIXED)
        lasted[whole[same], same] = length
        for row, began, ended, state, flapped in self.stretches(start, end, whole):
            last = length if ended >= end else round(ended * 1000.0) - zero
            lasted[state, row] += max(0, last - (0 if began <= start else round(began * 1000.0) - zero))
            flaps[row] += flapped and start <= began
        return Times(lasted[State.UP], lasted[State.DOWN], lasted[State.DISABLED], flaps)

    def next_known(self, slot: int, after: float) -> float | None:
        """When the circuit is up or down for the first time after that: whether this is a flap depends on what was."""
        line = self._lines.get(slot - self._first)
        if line is None:
            return None
        later = range(bisect_right(line.starts, after), len(line.starts))
        return next((line.starts[i] for i in later if line.states[i] in (State.UP, State.DOWN)), None)

    def forget(self, before: float) -> None:
        self._flat = None
        for line in self._lines.values():
            line.forget(before, float("inf"))

    def replace(self, slot: int, strokes: Iterable[Stroke]) -> None:
        self._lines.pop(slot - self._first, None)
        self.lay(strokes)

    def take(self, other: Painted) -> None:
        """The rows of another one whose slots are among these."""
        self._flat = None
        for row, line in other._lines.items():
            own = row + other._first - self._first
            self._lines[own] = line
            self._moved[own], self._state[own] = line.starts[-1], line.states[-1]

    def unknown_before(self, bases: Mapping[int, float], since: float) -> list[int]:
        """Slots that are up or down for the first time at or after `since`, of what is known from their base on."""
        found = []
        for slot, base in bases.items():
            line = self._lines[slot - self._first]
            inside = range(max(0, bisect_right(line.starts, base) - 1), len(line.starts))
            first = next((i for i in inside if line.states[i] in (State.UP, State.DOWN)), None)
            if first is not None and line.starts[first] >= since:
                found.append(slot)
        return found


MANY = 32
"""From so many circuits on their timelines are read together."""
_BASE = (
    "SELECT b.known_at FROM edges b WHERE b.circuit_no = c.no AND b.until IS NULL AND b.event_time <= ?"
    " ORDER BY b.known_at DESC, b.id DESC LIMIT 1"
)
_STROKES = (
    "SELECT e.circuit_no, e.event_time, e.until, e.state FROM circuits c JOIN edges e ON e.circuit_no = c.no"
    f" WHERE c.no >= ? AND c.no < ? AND e.known_at >= coalesce(({_BASE}), -1e18) ORDER BY e.known_at, e.id"
)


def painted_since(db: sqlite3.Connection, first: int, stop: int, since: float) -> Painted:
    """Of the slots from `first` to `stop`: all that is known by now and matters after `since`."""
    found = Painted(stop - first, first)
    # Each circuit's open edge of then and all that was learned later: what lies before it, it paints over.
    strokes = db.execute(_STROKES, (first, stop, since)).fetchall()
    found.lay(strokes)
    bases = {slot: start for slot, start, until, _ in strokes if until is None and start <= since}
    # A flap is seen through any time that is unknown: then what was before the open edge matters after all.
    for slot in found.unknown_before(bases, since):
        edges = "SELECT circuit_no, event_time, until, state FROM edges WHERE circuit_no = ? ORDER BY known_at, id"
        found.replace(slot, db.execute(edges, (slot,)))
    found.settle()
    return found


def painted_of(db: sqlite3.Connection, slots: Sequence[int], since: float) -> Painted:
    """Of these slots, in order, the same; the rows between them are unknown, or not."""
    if len(slots) >= MANY:
        return painted_since(db, slots[0], slots[-1] + 1, since)
    found = Painted(slots[-1] + 1 - slots[0], slots[0])
    for slot in slots:
        found.take(painted_since(db, slot, slot + 1, since))
    found.settle()
    return found
