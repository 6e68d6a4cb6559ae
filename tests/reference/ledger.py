"""The edge ledger of one circuit (docs/values.md 4)."""

from __future__ import annotations

import math

from noctui.model.edges import Edge
from noctui.model.words import State
from tests.reference.painting import Stretch, lay
from tests.reference.refold import LATE, Gap, Heard

LINE = (State.UP, State.DOWN)
LOST = (State.UNKNOWN, State.AWAY)


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

    def judged(
        self, at: float, state: State, *, fresh: bool, observed_at: float, last_flapped: float, uptime: float,
        heard: list[Heard],
    ) -> list[Edge]:  # fmt: skip
        """Take one poll's judgement; the edges that it wrote."""
        mark = len(self.edges)
        if self.present is None:
            self._begin(at, state, at, "poll")
        else:
            if state in LINE:
                self._port_events(at, heard)
            if state != self.present:
                self._change(at, state, observed_at, last_flapped, uptime, heard)
        if state not in LINE:
            self.kept += heard
        self.gaps = [gap for gap in self.gaps if at - gap.end <= LATE]
        for gap in self.gaps:
            if gap.take(heard):
                self._paint(gap, at)
        if fresh:
            self.prev = at
        return self.edges[mark:]

    def gone(self, at: float, observed_at: float) -> list[Edge]:
        """The circuit has left the inventory."""
        self._begin(at, State.UNKNOWN, self._lost_from(observed_at), "gone")
        return self.edges[-1:]

    def _port_events(self, at: float, heard: list[Heard]) -> None:
        for event in heard:
            if event.time > self.prev and self.present in LINE and self.present != event.state:
                self._begin(at, event.state, event.time, "event")

    def _change(
        self, at: float, state: State, observed_at: float, last_flapped: float, uptime: float, heard: list[Heard]
    ) -> None:
        if state in LOST:
            self._begin(at, state, self._lost_from(observed_at), "gateway" if state == State.AWAY else "stale")
        elif self.present == State.UNKNOWN or self.present == State.AWAY:
            gap = Gap(self.began, at, self.present, state, last_flapped, uptime)
            self._begin(at, state, at, "poll")
            gap.take(self.kept)
            gap.take(heard)
            self.gaps.append(gap)
            self._paint(gap, at)
        elif state in LINE and self.prev < last_flapped <= at:
            self._begin(at, state, last_flapped, "port")
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
        for start, end, state in gap.fold():
            self._write(
                Edge(circuit_id=self.circuit_id, event_time=start, until=end, state=state, known_at=at, source="refold")
            )

    def _write(self, edge: Edge) -> None:
        self.edges.append(edge)
        self.painted = lay(self.painted, edge)
