"""From Mist's answers to chunks for the inbox: a day of polls each, with the ledger's edges, events and alarms.

Polls stand at the time they speak of. They, edges, events and alarms are known since now: what was learned late does
not belong to what was known then. So the edges all have an end, and never reach beyond their hole.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from noctui.engine.engine import Engine
from noctui.engine.refold import Stretch
from noctui.engine.rules import Rules
from noctui.engine.timeline import Line
from noctui.model.batch import Told
from noctui.model.cloud import DeviceEvent, MistAlarm
from noctui.model.edges import Edge
from noctui.model.inventory import Inventory
from noctui.model.words import State
from noctui.model.work import PollRecord
from noctui.runtime.backfill_before import before, lines_of
from noctui.runtime.backfill_evidence import Heard, heard, states, tables
from noctui.runtime.backfill_fetch import alarms_of, events_of
from noctui.runtime.backfill_kept import Record
from noctui.runtime.backfill_plan import COARSE, FINE, Hole
from noctui.runtime.backfill_polls import records
from noctui.runtime.backfill_ports import Names, names_of
from noctui.runtime.backfill_work import Work
from noctui.settings import Thresholds
from noctui.sources.mist.alarms import AlarmLog
from noctui.sources.mist.events import EventLog
from noctui.stores.history import HistoryReader, PastBuilder
from noctui.stores.history.holes import alarms_held, polls_around, seq_at, times_silent
from noctui.stores.history.past import Chunk
from noctui.stores.history.rows import EdgeRow

DAY = 86_400.0
SOURCE = "back-fill"
NEVER = float("inf")
_BUCKETS = (FINE.seconds, COARSE.seconds)


@dataclass
class Built:
    """What the chunks hold, all together."""

    polls: int = 0
    seconds: float = 0.0
    edges: int = 0
    events: int = 0
    alarms: int = 0
    circuits: set[str] = field(default_factory=set)


class Builder:
    """Builds the chunks of a back-fill whose answers are all there. Blocking: for a thread."""

    def __init__(
        self, work: Work, kept: Mapping[str, Record], history: HistoryReader, thresholds: Thresholds, known_at: float
    ) -> None:
        self.built = Built()
        self._work, self._history, self._known_at = work, history, known_at
        self._rules = Rules(thresholds.at)
        rows = [row for a in work.asks if a.kind == "events" for row in events_of(kept.get(a.key))]
        self._names: Names = names_of(work.versions, rows)
        self._heard: Heard = heard(rows, self._names)
        self._events = EventLog(0.0, 0.0).tell(rows, known_at, self._names.circuit, True)
        self._alarm_rows = [row for a in work.asks if a.kind == "alarms" for row in alarms_of(kept.get(a.key))]
        self._tables = tables(work, kept)

    def chunks(self) -> Iterator[Chunk]:
        """Oldest first."""
        holes, edges = self._work.holes, self._edges()
        lines, numbers = lines_of(edges), self._history.numbers()
        told = _Telling(self._events, self._new_alarms())
        builder: PastBuilder | None = None
        ends: dict[str, State] = {}
        last: Hole | None = None
        for hole, inventory in zip(holes, self._work.inventories, strict=True):
            joined = last is not None and last.end == hole.start
            goes_on = joined and last is not None and last.last == hole.first
            table = self._tables[hole.grain.seconds]
            known = before(edges, hole, None if joined else self._seen(hole))
            if joined:
                known = replace(known, states=ends)
            found = states(self._work, hole, table, self._heard, known)
            _lay(lines, found)
            if builder is None or not goes_on:
                if builder is not None:
                    yield from map(self._finished, builder.finish())
                builder = PastBuilder(numbers, inventory.org_id, paths_from=NEVER)
            seq = seq_at(self._history, hole.start)
            silent = times_silent(self._history, hole.first, hole.last)
            begun = goes_on or (hole.first == hole.start and self._stands(hole))
            made = records(Engine(self._rules), hole, inventory, table, lines, seq, begun, silent)
            seeds = () if goes_on else _seeds(hole, inventory, known.states)
            for record in self._with_news(made, hole, found, seeds, told):
                yield from map(self._finished, builder.add(record))
            ends = {c: s[-1][2] for c, s in found.items() if s and s[-1][1] == hole.end}
            self._count(hole, found)
            last = hole
        if builder is not None:
            yield from map(self._finished, builder.finish())

    def _edges(self) -> tuple[Edge, ...]:
        begin = min(hole.start for hole in self._work.holes)
        return tuple(self._history.edges_known(self._known_at, begin - DAY))

    def _seen(self, hole: Hole) -> float | None:
        """The poll that the hole begins with, if it was one that saw the network then: buckets that were filled in
        before say nothing of what the ledger knew."""
        at, every = polls_around(self._history, hole.start, hole.start)
        here = at == hole.start
        return hole.start if len(at) and here.any() and float(every[here][0]) not in _BUCKETS else None

    def _stands(self, hole: Hole) -> bool:
        """A poll stands at the beginning of the first bucket already: none has to say that nobody looked until then."""
        at, _ = polls_around(self._history, hole.first, hole.first)
        return bool((at == hole.first).any())

    def _new_alarms(self) -> list[MistAlarm]:
        """Those that history does not have, or has another version of."""
        low, high = min(h.start for h in self._work.holes), max(h.end for h in self._work.holes)
        log = AlarmLog(0.0)
        log.recall(alarms_held(self._history, low, high))
        return list(log.take(self._alarm_rows, self._known_at, self._names.circuit))

    def _with_news(
        self,
        made: Iterator[PollRecord],
        hole: Hole,
        found: Mapping[str, Sequence[Stretch]],
        seeds: tuple[Edge, ...],
        told: _Telling,
    ) -> Iterator[PollRecord]:
        """The records with what happened until each; the last one with all that is left of the hole."""
        edges = sorted(_edges_of(found), key=lambda e: (e.event_time, e.circuit_id))
        done = 0
        for record, is_last in _marked(made):
            at = hole.end if is_last else record.view.at
            stop = done
            while stop < len(edges) and edges[stop].event_time < at:
                stop += 1
            news = tuple(msgspec.structs.replace(e, known_at=record.view.at) for e in edges[done:stop])
            yield replace(record, edges=(*seeds, *news), told=told.until(at))
            seeds, done = (), stop
            self.built.polls += 1

    def _finished(self, chunk: Chunk) -> Chunk:
        """As it goes into history, known since now; without edges that only served to build the hours."""
        edges: list[tuple[str, EdgeRow]] = []
        for circuit_id, (start, until, state, _, source, evidence, uncertainty) in chunk.edges:
            if until is not None:
                edges.append((circuit_id, (start, until, state, self._known_at, source, evidence, uncertainty)))
        self.built.edges += len(edges)
        self.built.events += len(chunk.events)
        self.built.alarms += len(chunk.alarms)
        return msgspec.structs.replace(chunk, edges=edges, known_at=self._known_at)

    def _count(self, hole: Hole, found: Mapping[str, Sequence[Stretch]]) -> None:
        self.built.seconds += hole.last - hole.first
        self.built.circuits |= {circuit_id for circuit_id, stretches in found.items() if stretches}


class _Telling:
    """Events and alarms in the order they happened, handed out as time passes."""

    def __init__(self, events: Sequence[DeviceEvent], alarms: Sequence[MistAlarm]) -> None:
        self._events = deque(sorted(events, key=lambda e: e.event_time))
        self._alarms = deque(sorted(alarms, key=lambda a: a.opened))

    def until(self, at: float) -> Told:
        """What happened before `at` and was not handed out yet."""
        events, alarms = [], []
        while self._events and self._events[0].event_time < at:
            events.append(self._events.popleft())
        while self._alarms and self._alarms[0].opened < at:
            alarms.append(self._alarms.popleft())
        return Told(tuple(alarms), tuple(events))


def _marked(made: Iterator[PollRecord]) -> Iterator[tuple[PollRecord, bool]]:
    """Each, and whether it is the last."""
    held: PollRecord | None = None
    for record in made:
        if held is not None:
            yield held, False
        held = record
    if held is not None:
        yield held, True


def _edges_of(found: Mapping[str, Sequence[Stretch]]) -> Iterator[Edge]:
    for circuit_id, stretches in found.items():
        for start, until, state in stretches:
            yield Edge(circuit_id=circuit_id, event_time=start, until=until, state=state, known_at=start, source=SOURCE)


def _seeds(hole: Hole, inventory: Inventory, before: Mapping[str, State]) -> tuple[Edge, ...]:
    """What the hours of a chunk are painted on: the state that each circuit was in, unknown from the hole on. They have
    no end, and so do not get into the ledger."""
    made = []
    for circuit in inventory.circuits:
        was = before.get(circuit.circuit_id, State.UNKNOWN)
        for at, state in ((hole.start - DAY, was), (hole.start, State.UNKNOWN)):
            made.append(Edge(circuit_id=circuit.circuit_id, event_time=at, state=state, known_at=hole.start))
    return tuple(made)


def _lay(lines: dict[str, Line], found: Mapping[str, Sequence[Stretch]]) -> None:
    for circuit_id, stretches in found.items():
        line = lines.setdefault(circuit_id, Line(float("-inf"), State.UNKNOWN))
        for start, until, state in stretches:
            line.paint(start, until, state)
