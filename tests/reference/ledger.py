"""The edge ledger of one circuit (docs/values.md 4)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from noctui.model.edges import Edge
from noctui.model.words import State
from tests.reference.painting import Stretch, lay
from tests.reference.refold import LATE, Gap, Heard

LINE = (State.UP, State.DOWN)
LOST = (State.UNKNOWN, State.AWAY)


@dataclass(frozen=True)
class Judged:
    """What one poll found out about a circuit."""

    state: State
    fresh: bool  # judged from a fresh sample
    line: State  # what the last sample says of its line; unknown without one
    observed_at: float  # of the last sample, NaN without one
    last_flapped: float  # of the last sample
    observed_before: float  # `observed_at` of the last sample before this poll
    boot: float  # of the gateway, NaN unknown
    heard: list[Heard]  # port events of this poll
    news: list[Heard]  # those of them that are later than all of earlier polls
    word: Heard | None  # the newest port event that is later than the last sample


class Ledger:
    """Every edge ever written of a circuit, and what the next one depends on."""

    def __init__(self, circuit_id: str) -> None:
        self.circuit_id = circuit_id
        self.edges: list[Edge] = []
        self.painted: list[Stretch] = []  # `paint(self.edges)`, one `lay` per edge
        self.present: State | None = None  # None: no poll knew the circuit yet
        self.began = math.nan  # event_time of the open edge that began `present`
        self.prev = math.nan  # `at` of the latest poll judged from a fresh sample
        self.kept: list[Heard] = []
        self.gaps: list[Gap] = []

    def judged(self, at: float, told: Judged) -> list[Edge]:
        """Take one poll's judgement; the edges that it wrote."""
        mark = len(self.edges)
        if self.present is None:
            self._first(at, told)
        else:
            if told.state in LINE:
                self._port_events(at, told)
            if told.state != self.present:
                self._change(at, told)
        if told.state not in LINE:
            self.kept += told.heard
        self.gaps = [gap for gap in self.gaps if at - gap.end <= LATE]
        for gap in self.gaps:
            if gap.take(told.heard):
                self._paint(gap, at)
        if told.fresh:
            self.prev = at
        return self.edges[mark:]

    def gone(self, at: float, observed_at: float) -> list[Edge]:
        """The circuit has left the inventory."""
        self._begin(at, State.UNKNOWN, self._lost_from(observed_at), "gone")
        return self.edges[-1:]

    def _first(self, at: float, told: Judged) -> None:
        state = told.state
        if state in LOST and not math.isnan(told.observed_at):
            self._begin(at, state, told.observed_at, _lost_by(state))
        elif state == State.DOWN == told.line and told.last_flapped <= at:
            self._begin(at, state, told.last_flapped, "port")
        elif state == State.DOWN and told.word:
            self._begin(at, state, told.word.time, "event")
        else:
            self._begin(at, state, at, "poll")

    def _port_events(self, at: float, told: Judged) -> None:
        began = self.began
        for event in told.news:
            late = event.time <= told.observed_before or event.time <= began
            if not late and self.present in LINE and self.present != event.state:
                self._begin(at, event.state, event.time, "event")

    def _change(self, at: float, told: Judged) -> None:
        state, flapped = told.state, told.last_flapped
        if state in LOST:
            self._begin(at, state, self._lost_from(told.observed_at), _lost_by(state))
        elif self.present == State.UNKNOWN or self.present == State.AWAY:
            gap = Gap(self.began, at, self.present, told.line, flapped, told.observed_at, told.boot)
            self._begin(at, state, at, "poll")
            gap.take(self.kept)
            gap.take(told.heard)
            self.gaps.append(gap)
            self._paint(gap, at)
        elif state in LINE and self.prev < flapped <= at and flapped > self.began:
            self._begin(at, state, flapped, "port")
        else:
            self._begin(at, state, at, "poll", at - self.prev)

    def _lost_from(self, observed_at: float) -> float:
        """Where a lost stretch starts: with the gap that it goes on in, else at the last observation."""
        return self.began if self.present in LOST else max(observed_at, self.began)

    def _begin(self, at: float, state: State, event_time: float, source: str, uncertainty: float = 0.0) -> None:
        self._write(
            Edge(
                circuit_id=self.circuit_id, event_time=event_time, state=state, known_at=at, source=source,
                uncertainty=uncertainty,
            )
        )  # fmt: skip
        self.present, self.began = state, event_time

    def _paint(self, gap: Gap, at: float) -> None:
        why = gap.why()
        for start, end, state in gap.fold():
            self._write(
                Edge(
                    circuit_id=self.circuit_id, event_time=start, until=end, state=state, known_at=at, source="refold",
                    evidence=why,
                )
            )  # fmt: skip

    def _write(self, edge: Edge) -> None:
        self.edges.append(edge)
        self.painted = lay(self.painted, edge)


def _lost_by(state: State) -> str:
    return "gateway" if state == State.AWAY else "stale"
