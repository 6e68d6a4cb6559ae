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
_LOST_BY = {State.AWAY: "gateway", State.UNKNOWN: "stale"}


class Change(NamedTuple):
    """A circuit's ledger state before and after a poll that wrote an open edge, and since when it was in either."""

    row: int
    before: State
    after: State
    began: float
    before_began: float


@dataclass(slots=True)
class Written:
    """What one poll wrote. `first` are the rows of circuits that are new: their edges are no changes.

    `repainted` are rows whose past alone was painted anew.
    """

    edges: list[Edge] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    first: NDArray[np.intp] | None = None
    repainted: list[int] = field(default_factory=list)


class Told(NamedTuple):
    """A circuit's port events of one poll in order of time, and those of them later than `after`, all earlier ones."""

    events: list[Event]
    after: float  # -inf: none before


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
        judged: U1,
        observed_before: F8,
        boot: F8,
        news: Mapping[int, Told],
        at: float,
    ) -> Written:
        """Edges of one poll. `judged` are the states, `news` what was heard, by row.

        `observed_before` is of the samples before this poll's, `boot` is of each circuit's gateway (NaN: unknown).
        """
        written = Written()
        rows = np.flatnonzero(judged != state.ledger)
        if len(rows):
            first = state.ledger[rows] == NOTHING
            if first.any():
                self._first(state, ids, rows[first], judged, at, written)
                rows = rows[~first]
        todo = sorted({*rows.tolist(), *news}) if news else rows.tolist()
        if todo:
            self._each(state, ids, todo, (judged, observed_before, boot), news, at, written)
        return written

    def _first(
        self, state: Circuits, ids: Sequence[str], rows: NDArray[np.intp], judged: U1, at: float, written: Written
    ) -> None:
        kinds, observed, flapped, heard = judged[rows], state.observed[rows], state.flapped[rows], state.heard[rows]
        down = kinds == State.DOWN
        seen = ((kinds == State.UNKNOWN) | (kinds == State.AWAY)) & ~np.isnan(observed)
        port = down & (state.line[rows] == State.DOWN) & (flapped <= at)
        event = down & ~port & (heard > observed)
        start = np.where(seen, observed, np.where(port, flapped, np.where(event, heard, at)))
        state.ledger[rows] = kinds
        state.opened[rows] = start
        state.painted[rows] = start
        written.first = rows
        told = (column.tolist() for column in (rows, kinds, start, seen, port, event))
        for row, kind, began, was_seen, by_port, by_event in zip(*told, strict=True):
            lost = _LOST_BY[kind] if was_seen else ""
            source = lost or (by_port and "port") or (by_event and "event") or "poll"
            written.edges.append(
                Edge(circuit_id=ids[row], event_time=began, state=_STATES[kind], known_at=at, source=source)
            )

    def _each(
        self,
        state: Circuits,
        ids: Sequence[str],
        todo: list[int],
        found: tuple[U1, F8, F8],
        news: Mapping[int, Told],
        at: float,
        written: Written,
    ) -> None:
        columns = (*found, state.ledger, state.opened, state.observed, state.prev, state.flapped)
        picked = (column[todo].tolist() for column in columns)
        for row, now, seen, boot, was, opened, observed, prev, flapped in zip(todo, *picked, strict=True):
            circuit_id, told = ids[row], news.get(row, _SILENCE)
            events = told.events
            one = _One(state, row, circuit_id, _STATES[was], opened, at, self._ledger, written)
            kind = _STATES[now]
            if was in LOST and kind not in LOST:
                one.open(kind, at, "poll")
                line = _STATES[state.line[row]]
                steady = line is State.DOWN and flapped <= opened < observed
                self._returned(one, Gap(opened, at, boot, flapped, line, one.before, steady), events)
            elif kind in LOST:
                if kind != was:
                    start = opened if was in LOST else max(observed, opened)
                    one.open(kind, start, _LOST_BY[kind])
            elif kind is State.DISABLED:
                if kind != was:
                    one.open(kind, at, "poll", at - prev)
            elif prev == prev:  # else this is the first poll that knows it
                self._moved(one, kind, [e for e in events if e[0] > max(told.after, seen, opened)], prev, flapped)
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
                if told is not present:
                    one.open(told, time, "event")
                    present = told
        if present is not kind:
            if max(prev, one.began) < flapped <= one.at:
                one.open(kind, flapped, "port")
            else:
                one.open(kind, one.at, "poll", one.at - prev)

    def _returned(self, one: _One, gap: Gap, events: list[Event]) -> None:
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
                before = len(written.edges)
                _One(state, row, circuit_id, gap.lost, gap.start, at, self._ledger, written).repaint(gap)
                if len(written.edges) > before:
                    written.repainted.append(row)

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

    __slots__ = ("at", "before", "began", "circuit_id", "ledger", "now", "row", "state", "was_since", "written")

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
        self.state, self.row, self.circuit_id, self.before = state, row, circuit_id, before
        self.at, self.ledger, self.written = at, ledger, written
        self.was_since = ledger.lasting_since(state, row, circuit_id)
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
        why = gap.why()
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
                    evidence=why,
                )
            )

    def done(self) -> None:
        if self.now is not None:
            self.written.changes.append(Change(self.row, self.before, self.now, self.began, self.was_since))


_SILENCE = Told([], -math.inf)


def hear(state: Circuits, events: Sequence[PortEvent], row_of: Mapping[str, int], at: float) -> dict[int, Told]:
    """Events of known circuits and times by row; one later than `at` counts at `at`. Keeps the newest of each row."""
    found: dict[int, list[Event]] = {}
    for event in events:
        row = row_of.get(event.circuit_id)
        if row is not None and not math.isnan(event.event_time):
            found.setdefault(row, []).append((min(event.event_time, at), event.up))
    told: dict[int, Told] = {}
    for row, ordered in found.items():
        ordered.sort(key=lambda e: e[0])
        before = float(state.heard[row])
        told[row] = Told(ordered, before if before == before else -math.inf)
        newest, up = ordered[-1]
        if newest > told[row].after:
            state.heard[row], state.heard_line[row] = newest, State.UP if up else State.DOWN
    return told
