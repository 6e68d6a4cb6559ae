"""Time in states and flaps of any stretch, from the edge ledger as it was known at an instant.

Painted timelines of all circuits as columns, so that a stretch is summed up in a few array operations; they are kept
and go on with the edges of each new poll. One circuit's are made by the same rules from its own edges.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from noctui.engine.timeline import Line
from noctui.model.view import B1, F8, I4, U1
from noctui.model.words import State

I8 = NDArray[np.int64]
_COLUMNS = "e.circuit_no, e.event_time, e.until, e.state"
_LEARNED = "ORDER BY e.known_at, e.id"


@dataclass(frozen=True, slots=True)
class Strokes:
    """Edges in the order they were learned; `until` is NaN for one that lasts."""

    slot: I4
    start: F8
    until: F8
    state: U1

    def of(self, mask: B1) -> Strokes:
        return Strokes(self.slot[mask], self.start[mask], self.until[mask], self.state[mask])

    def __add__(self, then: Strokes) -> Strokes:
        return Strokes(
            np.concatenate([self.slot, then.slot]),
            np.concatenate([self.start, then.start]),
            np.concatenate([self.until, then.until]),
            np.concatenate([self.state, then.state]),
        )


@dataclass(frozen=True, slots=True)
class Painted:
    """Stretches of one state each, by slot, oldest first; time that none covers is unknown. `flap`: began with one."""

    slot: I4
    start: F8
    end: F8
    state: U1
    flap: B1

    def of(self, mask: B1) -> Painted:
        return Painted(self.slot[mask], self.start[mask], self.end[mask], self.state[mask], self.flap[mask])

    def __add__(self, then: Painted) -> Painted:
        return Painted(
            np.concatenate([self.slot, then.slot]),
            np.concatenate([self.start, then.start]),
            np.concatenate([self.end, then.end]),
            np.concatenate([self.state, then.state]),
            np.concatenate([self.flap, then.flap]),
        )


@dataclass(frozen=True, slots=True)
class States:
    """[rows] milliseconds up, down and disabled, and flaps; the rest of the time is unknown."""

    up: I8
    down: I8
    disabled: I8
    flaps: I8

    def __add__(self, then: States) -> States:
        return States(self.up + then.up, self.down + then.down, self.disabled + then.disabled, self.flaps + then.flaps)


def none(rows: int) -> States:
    zero = np.zeros(rows, np.int64)
    return States(zero, zero, zero, zero)


def seconds_in(painted: Painted, start: float, end: float, slots: int) -> States:
    """What [start, end) holds, by slot. Times are taken to the millisecond: parts of a stretch add up to it."""
    inside = (painted.end > start) & (painted.start < end)
    p = painted.of(inside)
    lasted = np.rint(np.minimum(p.end, end) * 1000.0) - np.rint(np.maximum(p.start, start) * 1000.0)
    lasted = np.maximum(lasted, 0.0)

    def total(state: State) -> I8:
        own = p.state == state
        return np.bincount(p.slot[own], weights=lasted[own], minlength=slots).astype(np.int64)

    began = p.flap & (p.start >= start)
    flaps = np.bincount(p.slot[began], minlength=slots).astype(np.int64)
    return States(total(State.UP), total(State.DOWN), total(State.DISABLED), flaps)


def paint(strokes: Strokes) -> Painted:
    """The timelines that edges paint, laid over each other in the order they were learned (docs/values.md 4)."""
    order = np.argsort(strokes.slot, kind="stable")
    s = Strokes(strokes.slot[order], strokes.start[order], strokes.until[order], strokes.state[order])
    if not len(order):
        return Painted(s.slot, s.start, s.until, s.state, np.zeros(0, np.bool_))
    same = s.slot[1:] == s.slot[:-1]
    # A circuit whose edges all last, each later than the one before, is painted as it was written.
    odd = ~np.isnan(s.until)
    odd[1:] |= same & (s.start[1:] <= s.start[:-1])
    strange = np.isin(s.slot, np.unique(s.slot[odd]))
    plain = _plain(s.of(~strange))
    if strange.any():
        plain = plain + _laid(s.of(strange))
    return _with_flaps(plain)


def _plain(s: Strokes) -> Painted:
    first = np.ones(len(s.slot), np.bool_)
    first[1:] = s.slot[1:] != s.slot[:-1]
    moved = first.copy()
    moved[1:] |= s.state[1:] != s.state[:-1]
    s, first = s.of(moved), first[moved]
    end = np.full(len(s.slot), np.inf)
    end[:-1][~first[1:]] = s.start[1:][~first[1:]]
    return Painted(s.slot, s.start, end, s.state, np.zeros(len(s.slot), np.bool_))


def _laid(s: Strokes) -> Painted:
    lines: dict[int, Line] = {}
    for slot, start, until, state in zip(
        s.slot.tolist(), s.start.tolist(), s.until.tolist(), s.state.tolist(), strict=True
    ):
        line = lines.get(slot)
        if line is None:
            line = lines[slot] = Line(float("-inf"), State.UNKNOWN)
        if until != until:
            line.open(start, state)
        else:
            line.paint(start, until, state)
    slots = [slot for slot, line in lines.items() for _ in line.starts]
    starts = [start for line in lines.values() for start in line.starts]
    ends = [end for line in lines.values() for end in (*line.starts[1:], float("inf"))]
    states = [state for line in lines.values() for state in line.states]
    count = len(slots)
    return Painted(
        np.array(slots, np.int32), np.array(starts), np.array(ends), np.array(states, np.uint8),
        np.zeros(count, np.bool_),
    )  # fmt: skip


def _with_flaps(p: Painted) -> Painted:
    """A stretch begins with a flap when it is up or down, and the up or down before it was the other."""
    told = np.flatnonzero((p.state == State.UP) | (p.state == State.DOWN))
    slot, state = p.slot[told], p.state[told]
    turned = np.zeros(len(told), np.bool_)
    turned[1:] = (slot[1:] == slot[:-1]) & (state[1:] != state[:-1])
    flap = np.zeros(len(p.slot), np.bool_)
    flap[told[turned]] = True
    return Painted(p.slot, p.start, p.end, p.state, flap)


@dataclass(frozen=True, slots=True)
class Timelines:
    """All circuits' timelines from `since` to `until`, by what was known at `known`; `last_id` is the newest edge that
    had been written by then."""

    since: float
    until: float
    known: float
    last_id: int
    strokes: Strokes
    painted: Painted


def read_timelines(db: sqlite3.Connection, since: float, until: float, known: float) -> Timelines:
    """From the file: of each circuit the edge in force at `since` and all that was learned from then on."""
    last_id = int(db.execute("SELECT coalesce(max(id), 0) FROM edges").fetchone()[0])
    base = (
        "SELECT b.known_at FROM edges b WHERE b.circuit_no = c.no AND b.until IS NULL AND b.event_time <= ?1"
        " AND b.known_at <= ?2 ORDER BY b.known_at DESC, b.id DESC LIMIT 1"
    )
    strokes = _strokes(
        db,
        f"SELECT {_COLUMNS} FROM (SELECT c.no AS no, coalesce(({base}), -1e18) AS base FROM circuits c) n"
        " JOIN edges e ON e.circuit_no = n.no AND e.known_at >= n.base AND e.known_at <= ?2 AND e.event_time < ?3"
        f" {_LEARNED}",
        (since, known, until),
    )
    newest = db.execute("SELECT max(known_at) FROM edges WHERE known_at <= ?", (known,)).fetchone()[0]
    strokes = _looking_back(db, strokes, since, known)
    return Timelines(since, until, float("-inf") if newest is None else newest, last_id, strokes, paint(strokes))


def gone_on(db: sqlite3.Connection, had: Timelines, known: float) -> Timelines | None:
    """The same by what is known at `known`, later; None when something was learned out of order since."""
    odd = "SELECT 1 FROM edges WHERE id > ? AND known_at <= ? LIMIT 1"
    if known < had.known or db.execute(odd, (had.last_id, had.known)).fetchone() is not None:
        return None
    last_id = int(db.execute("SELECT coalesce(max(id), 0) FROM edges").fetchone()[0])
    new = _strokes(
        db,
        f"SELECT {_COLUMNS} FROM edges e WHERE e.known_at > ? AND e.known_at <= ? AND e.event_time < ? {_LEARNED}",
        (had.known, known, had.until),
    )
    newest = db.execute("SELECT max(known_at) FROM edges WHERE known_at <= ?", (known,)).fetchone()[0]
    newest = had.known if newest is None else max(had.known, newest)
    if not len(new.slot):
        return Timelines(had.since, had.until, newest, last_id, had.strokes, had.painted)
    touched = np.unique(new.slot)
    strokes = had.strokes + new
    own = np.isin(strokes.slot, touched)
    widened = _looking_back(db, strokes.of(own), had.since, known)
    painted = had.painted.of(~np.isin(had.painted.slot, touched)) + paint(widened)
    return Timelines(had.since, had.until, newest, last_id, strokes.of(~own) + widened, painted)


def of_circuits(db: sqlite3.Connection, slots: Sequence[int], known: float) -> Painted:
    """The whole timelines of a few circuits."""
    return paint(_all_of(db, slots, known))


def _looking_back(db: sqlite3.Connection, strokes: Strokes, since: float, known: float) -> Strokes:
    """A flap is looked at through unknown time: who was neither up nor down just before `since` needs what was before,
    when it is one of them later."""
    painted = paint(strokes)
    told = (painted.state == State.UP) | (painted.state == State.DOWN)
    later = np.unique(painted.slot[told & (painted.start >= since)])
    then = painted.slot[told & (painted.start < since) & (painted.end >= since)]
    lost = np.setdiff1d(later, then)
    if not len(lost):
        return strokes
    return strokes.of(~np.isin(strokes.slot, lost)) + _all_of(db, lost.tolist(), known)


def _all_of(db: sqlite3.Connection, slots: Sequence[int], known: float) -> Strokes:
    return _strokes(
        db,
        f"SELECT {_COLUMNS} FROM json_each(?) j JOIN edges e ON e.circuit_no = j.value"
        f" WHERE e.known_at <= ? {_LEARNED}",
        (msgspec.json.encode([int(slot) for slot in slots]).decode(), known),
    )


def _strokes(db: sqlite3.Connection, query: str, values: Sequence[float | str]) -> Strokes:
    rows = db.execute(query, values).fetchall()
    slot, start, until, state = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Strokes(
        np.array(slot, np.int32), np.array(start, np.float64), np.array(until, np.float64), np.array(state, np.uint8)
    )


__all__ = [
    "Painted", "States", "Strokes", "Timelines", "gone_on", "none", "of_circuits", "paint", "read_timelines",
    "seconds_in",
]  # fmt: skip
