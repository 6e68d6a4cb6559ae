"""Which edges a poll writes into the ledger (docs/values.md 4 and 10). Python looks at changed circuits only."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from noctui.engine.ledger import Ledger
from noctui.engine.refold import LATE, Event, Gap
from noctui.engine.state import NOTHING, Circuits
from noctui.model.batch import PortEvent
from noctui.model.edges import Edge
from noctui.model.view import F8, U1
from noctui.model.words import State

LOST = (State.UNKNOWN, State.AWAY)
_STATES = tuple(State)


class Change(NamedTuple):
    """A circuit's ledger state before and after a poll that wrote an open edge, and since when it was in either."""

    row: int
    before: State
    after: State
    began: float
    before_began: float


@dataclass(slots=True)
class Written:
    """What one poll wrote. `first` are the rows of circuits that are new: their edges are no changes."""

    edges: list[Edge] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    first: NDArray[np.intp] | None = None


class Changes:
    """Turns judged states and port events into edges; keeps the events that a later return may need."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._kept: dict[str, list[Event]] = {}
        self._gaps: dict[str, list[Gap]] = {}

    def write(
        self,
        state: Circuits,
        ids: Sequence[str],
        row_of: Mapping[str, int],
        judged: U1,
        uptime: F8,
        events: Sequence[PortEvent],
        at: float,
    ) -> Written:
        """Edges of one poll. `judged` are the states, `uptime` that of each circuit's gateway by now (NaN: unknown)."""
        written = Written()
        news = _by_row(events, row_of, at) if events else {}
        rows = np.flatnonzero(judged != state.ledger)
        if len(rows):
            first = state.ledger[rows] == NOTHING
            if first.any():
                self._first(state, ids, rows[first], judged, at, written)
                rows = rows[~first]
        todo = sorted({*rows.tolist(), *news}) if news else rows.tolist()
        if todo:
            self._each(state, ids, todo, judged, uptime, news, at, written)
        return written

    def _first(
        self, state: Circuits, ids: Sequence[str], rows: NDArray[np.intp], judged: U1, at: float, written: Written
    ) -> None:
        kinds = judged[rows]
        state.ledger[rows] = kinds
        state.opened[rows] = at
        state.painted[rows] = at
        written.first = rows
        written.edges.extend(
            Edge(circuit_id=ids[row], event_time=at, state=_STATES[kind], known_at=at)
            for row, kind in zip(rows.tolist(), kinds.tolist(), strict=True)
        )

    def _each(
        self,
        state: Circuits,
        ids: Sequence[str],
        todo: list[int],
        judged: U1,
        uptime: F8,
        news: Mapping[int, list[Event]],
        at: float,
        written: Written,
    ) -> None:
        columns = (judged, state.ledger, state.opened, state.observed, state.prev, state.flapped, uptime)
        picked = (column[todo].tolist() for column in columns)
        for row, now, was, opened, observed, prev, flapped, up_for in zip(todo, *picked, strict=True):
            circuit_id, events = ids[row], news.get(row, [])
            one = _One(state, row, circuit_id, _STATES[was], opened, at, self._ledger, written)
            kind = _STATES[now]
            if was in LOST and kind not in LOST:
                one.open(kind, at, "poll")
                self._returned(one, opened, kind, flapped, at - up_for, events)
            elif kind in LOST:
                if kind != was:
                    start = opened if was in LOST else max(observed, opened)
                    one.open(kind, start, "gateway" if kind is State.AWAY else "stale")
            elif kind is State.DISABLED:
                if kind != was:
                    one.open(kind, at, "poll", at - prev)
            else:
                self._moved(one, kind, events, prev, flapped)
            one.done()
            if events and circuit_id in self._gaps:
                self._late(state, row, circuit_id, events, at, written)
            if events and kind in LOST:
                self._kept.setdefault(circuit_id, []).extend(events)
            elif kind is State.DISABLED and (events or circuit_id in self._kept):
                # Only what the next gap could still begin before is worth keeping.
                since = max(observed, one.began)
                self._kept[circuit_id] = [e for e in (*self._kept.get(circuit_id, ()), *events) if e[0] >= since]
            elif circuit_id in self._kept and kind not in LOST:
                del self._kept[circuit_id]

    def _moved(self, one: _One, kind: State, events: list[Event], prev: float, flapped: float) -> None:
        """To up or down, or no change but events that say there was one in between."""
        present = one.before
        if present is not State.DISABLED:
            for time, up in events:
                told = State.UP if up else State.DOWN
                if time > prev and told is not present:
                    one.open(told, time, "event")
                    present = told
        if present is not kind:
            if prev < flapped <= one.at:
                one.open(kind, flapped, "port")
            else:
                one.open(kind, one.at, "poll", one.at - prev)

    def _returned(
        self, one: _One, start: float, found: State, flapped: float, boot: float, events: list[Event]
    ) -> None:
        gap = Gap(start, one.at, boot, flapped, found, one.before)
        gap.learn([*self._kept.get(one.circuit_id, ()), *events])
        one.repaint(gap)
        self._ledger.hold(one.state, one.row, one.circuit_id, gap.start, gap.end + LATE)
        self._gaps[one.circuit_id] = [*self._open_gaps(one.circuit_id, one.at), gap]

    def _late(
        self, state: Circuits, row: int, circuit_id: str, events: list[Event], at: float, written: Written
    ) -> None:
        gaps = self._open_gaps(circuit_id, at)
        if not gaps:
            del self._gaps[circuit_id]
            return
        self._gaps[circuit_id] = gaps
        for gap in gaps:
            if gap.learn(events):
                _One(state, row, circuit_id, gap.lost, gap.start, at, self._ledger, written).repaint(gap)

    def _open_gaps(self, circuit_id: str, at: float) -> list[Gap]:
        return [gap for gap in self._gaps.get(circuit_id, ()) if at - gap.end <= LATE]

    def gone(self, state: Circuits, ids: Sequence[str], rows: Sequence[int], at: float, written: Written) -> None:
        """Circuits that left the inventory: unknown from their last observation on."""
        for row in rows:
            was, opened = int(state.ledger[row]), float(state.opened[row])
            start = opened if was in LOST else max(float(state.observed[row]), opened)
            one = _One(state, row, ids[row], _STATES[was], opened, at, self._ledger, written)
            one.open(State.UNKNOWN, start, "gone")
            one.done()

    def remember(self, circuit_id: str, gap: Gap) -> None:
        """A gap that closed less than an hour before a restart."""
        self._gaps.setdefault(circuit_id, []).append(gap)

    def forget(self, at: float) -> None:
        """Let go of gaps that late events can no longer change."""
        for circuit_id in [i for i, gaps in self._gaps.items() if at - gaps[-1].end > LATE]:
            del self._gaps[circuit_id]


class _One:
    """One circuit's edges in one poll."""

    __slots__ = ("at", "before", "began", "circuit_id", "ledger", "now", "opened", "row", "state", "written")

    def __init__(
        self,
        state: Circuits,
        row: int,
        circuit_id: str,
        before: State,
        opened: float,
        at: float,
        ledger: Ledger,
        written: Written,
    ) -> None:
        self.state, self.row, self.circuit_id, self.before, self.opened = state, row, circuit_id, before, opened
        self.at, self.ledger, self.written = at, ledger, written
        self.now: State | None = None
        self.began = opened

    def open(self, kind: State, start: float, source: str, uncertainty: float = 0.0) -> None:
        self.ledger.open(self.state, self.row, self.circuit_id, start, kind)
        self.written.edges.append(
            Edge(
                circuit_id=self.circuit_id,
                event_time=start,
                state=kind,
                known_at=self.at,
                source=source,
                uncertainty=uncertainty,
            )
        )
        self.now, self.began = kind, start

    def repaint(self, gap: Gap) -> None:
        for start, until, kind in gap.fold():
            self.ledger.paint(self.state, self.row, self.circuit_id, start, until, kind)
            self.written.edges.append(
                Edge(
                    circuit_id=self.circuit_id,
                    event_time=start,
                    until=until,
                    state=kind,
                    known_at=self.at,
                    source="refold",
                )
            )

    def done(self) -> None:
        if self.now is not None:
            self.written.changes.append(Change(self.row, self.before, self.now, self.began, self.opened))


def _by_row(events: Sequence[PortEvent], row_of: Mapping[str, int], at: float) -> dict[int, list[Event]]:
    """Events of known circuits and times per row in order of time; one later than `at` counts at `at`."""
    found: dict[int, list[Event]] = {}
    for event in events:
        row = row_of.get(event.circuit_id)
        if row is not None and not math.isnan(event.event_time):
            found.setdefault(row, []).append((min(event.event_time, at), event.up))
    for ordered in found.values():
        ordered.sort(key=lambda e: e[0])
    return found
