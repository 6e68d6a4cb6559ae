"""Promises of the periods that run, scored poll by poll: what was learned since is worked out, the rest grows older.

It gives what scoring everything anew gives (tests/runtime/test_score_running.py), at a hundredth of the cost.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from noctui.model.edges import Edge
from noctui.model.sla import Planned, PromisePeriod
from noctui.model.verdicts import Verdict
from noctui.model.words import State
from noctui.promise_settings import PromiseSettings
from noctui.runtime.scoring import FRESH, RUNNING, Gathered, Ledger, Score, Scores, by_circuit, gather
from noctui.runtime.services import Promised
from noctui.sla.evaluate import LOOK, evaluate, outcome
from noctui.sla.evidence import Evidence
from noctui.sla.lines import paint
from noctui.sla.outages import CONFIRM_UP
from noctui.sla.registry import OWN

MOST_NEW = 20_000
"""Edges from which on everything is scored anew."""
HOUR = 3600
"""Seconds after which everything is scored anew: a day may have begun on which another promise holds."""
Marks = tuple[int, int]
"""The newest edge and the newest version of planned work, by number."""
Lives = Mapping[tuple[str, str], list[Planned]]


class Growing(Ledger, Protocol):
    """What is read of a history that grows; `stores.history.HistoryReader` has it."""

    def marks(self) -> Marks: ...
    def edges_between(self, after: int, last: int) -> Sequence[Edge]: ...
    def edges_after(self, at: float) -> Sequence[Edge]: ...


class Running:
    """Of one history and one set of promises. Calls block, and may come from any thread."""

    def __init__(self, history: Growing, settings: PromiseSettings) -> None:
        self._history, self._settings = history, settings
        self._guard = threading.Lock()
        self._of: Gathered | None = None
        self._marks: Marks = (0, 0)
        self._early: list[Edge] = []  # learned after the instant that was asked of last
        self._works_at = math.inf  # a notice is there that was not known then
        self._scores: list[Score] = []
        self._steady: list[bool] = []
        self._periods: set[PromisePeriod] = set()
        self._lives: Lives = {}
        self._works: Mapping[str, Sequence[Planned]] = {}

    def scored(self, at: float) -> Scores | None:
        """As known at `at`; None: nothing was known then. Instants that rise are cheap. Raises HistoryError."""
        with self._guard:
            if (self._of is None or not self._go_on(self._of, at)) and not self._begin(at):
                return None
            of = self._of
            assert of is not None
            return Scores(of.now, RUNNING, of.inventory, tuple(self._scores), of.faults)

    def _begin(self, at: float) -> bool:
        """Everything anew."""
        self._of = None
        marks = self._history.marks()
        found = gather(self._history, self._settings, at, None)
        if found is None:
            return False
        self._plan(found)
        self._scores = list(found.scored([v for life in self._lives.values() for v in life]))
        self._early = list(self._history.edges_after(found.now))
        self._marks, self._of = marks, found
        self._steady = [self._is_steady(found, s) for s in self._scores]
        self._periods = {period for _, period in found.todo}
        return True

    def _plan(self, of: Gathered) -> set[str]:
        """Take what is known of planned work; gives the circuits that it concerns otherwise than before."""
        every = of.planned(math.inf)
        planned = [version for version in every if version.known_at <= of.now]
        self._works_at = min((v.known_at for v in every if v.known_at > of.now), default=math.inf)
        before, lives = self._lives, dict[tuple[str, str], list[Planned]]()
        for version in planned:
            lives.setdefault((version.carrier, version.maintenance_id), []).append(version)
        self._lives, self._works = lives, by_circuit(planned)
        others = [key for key in {**before, **lives} if before.get(key) != lives.get(key)]
        return {c for key in others for life in (before, lives) for v in life.get(key, ()) for c in v.circuits}

    def _go_on(self, of: Gathered, at: float) -> bool:
        """From what is known already; False: it has to begin anew."""
        history = self._history
        poll = history.step(math.nextafter(at, math.inf), -1, False)
        if poll is None or of.watched_until is not None or at - poll > FRESH * of.interval:
            return False
        now = math.ceil(poll)
        same = history.inventory(at) is of.inventory
        if now < of.now or not same or now // HOUR != of.now // HOUR or any(p.end <= now for p in self._periods):
            return False
        marks = history.marks()
        if not 0 <= marks[0] - self._marks[0] <= MOST_NEW or marks[1] < self._marks[1]:
            return False
        new = history.edges_between(self._marks[0], marks[0]) if marks[0] > self._marks[0] else ()
        edges = [e for e in (*self._early, *new) if e.known_at <= now]
        self._early = [e for e in (*self._early, *new) if e.known_at > now]
        of.edges.add(edges)
        self._of = of = _later(of, now)
        touched = {e.circuit_id for e in edges}
        if marks[1] > self._marks[1] or now >= self._works_at:
            touched |= self._plan(of)
        self._marks = marks
        self._score(of, touched)
        return True

    def _score(self, of: Gathered, touched: set[str]) -> None:
        for row, (one, period) in enumerate(of.todo):
            if self._steady[row] and not (touched and any(c in touched for c in one.service.circuits)):
                self._scores[row] = Score(one, _older(self._scores[row].verdict, of.now))
            else:
                self._scores[row] = Score(one, self._evaluated(of, one, period))
                self._steady[row] = self._is_steady(of, self._scores[row])

    def _evaluated(self, of: Gathered, one: Promised, period: PromisePeriod) -> Verdict:
        service = one.service
        edges = of.edges.of(service.circuits, period.end + LOOK)
        work = tuple({id(w): w for c in service.circuits for w in self._works.get(c, ())}.values())
        return evaluate(
            one.promise, service, period, Evidence(edges, work), of.now, of.by_name[one.promise.algorithm]
        )  # fmt: skip

    def _is_steady(self, of: Gathered, score: Score) -> bool:
        """While nothing is learned, all that becomes of it is that more time is up: its circuits are, as of now, and
        its last outage is over. Of somebody else's algorithm nobody knows."""
        one, verdict = score.of, score.verdict
        if OWN.get(one.promise.algorithm) is not of.by_name[one.promise.algorithm] or of.watched_until is not None:
            return False
        if any(o.ended is None or of.now - o.ended < CONFIRM_UP for o in verdict.outages):
            return False
        return all(_is_up(of.edges.of((c,), verdict.period.end + LOOK), of.now) for c in one.service.circuits)


def _is_up(edges: Sequence[Edge], now: int) -> bool:
    """Up now, and no edge speaks of the second that begins now, nor of later ones."""
    edge_of = now - 0.5
    if not edges or any(e.event_time >= edge_of or (e.until is not None and e.until >= edge_of) for e in edges):
        return False
    return bool(paint(edges, now - 1, now)[State.UP])


def _later(of: Gathered, now: int) -> Gathered:
    of.edges.now = now
    return Gathered(
        now, of.period, of.inventory, of.todo, of.by_name, of.edges, None, of.interval, of.faults
    )  # fmt: skip


def _older(verdict: Verdict, now: int) -> Verdict:
    """More of the period is over, and was up."""
    more = now - verdict.known_at
    if not more:
        return verdict
    found = verdict.outcome
    if verdict.counted:
        length = verdict.period.seconds
        elapsed = verdict.elapsed + more
        found = outcome(verdict.counted, verdict.counted_at_most, verdict.budget, elapsed, length, breaks=False)
    return msgspec.structs.replace(
        verdict, known_at=now, up=verdict.up + more, to_come=verdict.to_come - more, outcome=found
    )
