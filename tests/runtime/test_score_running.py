"""Scored poll by poll, promises are what they are when all is scored anew."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.model.edges import Edge
from noctui.model.inventory import Inventory
from noctui.model.notices import Status
from noctui.model.sla import Promise
from noctui.model.verdicts import Outcome
from noctui.model.view import View
from noctui.model.words import State
from noctui.model.works import Work
from noctui.planned.providers import Provider
from noctui.promise_settings import Applies, PromiseSettings
from noctui.runtime.score_running import Running
from noctui.runtime.scoring import Scores, gather
from noctui.sla.evaluate import evaluate
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import open_reader, open_writer
from tests.planned.made import work
from tests.runtime.test_scoring import VIEW, at
from tests.stores.made import World, network

NETWORK = msgspec.structs.replace(
    network(3),
    circuits=tuple(
        msgspec.structs.replace(c, carrier="Zayo", carrier_circuit_id=f"IC-{c.circuit_no}") for c in network(3).circuits
    ),
)
POLL = 60
BEGAN = at("2026-11-10T00:00")
PROMISES = {
    "gold": Promise(name="gold", uptime="99.9"),
    "fair": Promise(name="fair", uptime="99.99", notice=0),
}
SETTINGS = PromiseSettings(PROMISES, (Applies("gold", role="primary"), Applies("fair", role="secondary")))


class Growing:
    """A history in memory that is polled each minute; edges are numbered in the order they are learned."""

    def __init__(self, edges: Sequence[Edge], works: Sequence[Work] = (), inventory: Inventory = NETWORK) -> None:
        self.pool = ThreadPoolExecutor(1)
        self.edges = sorted(edges, key=lambda e: e.known_at)
        self.works, self._inventory = list(works), inventory
        self.newest = float(BEGAN)
        self.providers: Sequence[Provider] | None = None

    def poll_before(self, at: float) -> float:
        return min(self.newest, at // POLL * POLL)

    def step(self, at: float, direction: int, corrected: bool = True) -> float | None:
        if direction < 0:
            poll = int(at) // POLL * POLL
            return min(self.newest, float(poll if poll < at else poll - POLL))
        after = (at // POLL + 1) * POLL
        return after if after <= self.newest else None

    def view(self, at: float, corrected: bool = False) -> View | None:
        return replace(VIEW, at=self.poll_before(at), inventory=self._inventory, interval=float(POLL))

    def inventory(self, at: float) -> Inventory | None:
        return self._inventory

    def edges_known(self, at: float, since: float, by: float | None = None) -> Sequence[Edge]:
        return [e for e in self._there() if e.known_at <= at]

    def works_known(self, since: float, at: float) -> Sequence[Work]:
        return [w for w in self.works if w.known_at <= min(at, self.newest)]

    def marks(self) -> tuple[int, int]:
        return len(self._there()), sum(w.known_at <= self.newest for w in self.works)

    def edges_between(self, after: int, last: int) -> Sequence[Edge]:
        return self._there()[after:last]

    def edges_after(self, at: float) -> Sequence[Edge]:
        return [e for e in self._there() if e.known_at > at]

    def _there(self) -> list[Edge]:
        return [e for e in self.edges if e.known_at <= self.newest]


def anew(history: Growing, instant: float) -> Scores | None:
    found = gather(history, SETTINGS, instant, None)
    if found is None:
        return None
    scores = tuple(found.scored(found.planned()))
    return Scores(found.now, "running", found.inventory, scores, found.faults)


def fell(row: int, time: int, state: State = State.DOWN, late: int = 0) -> Edge:
    known_at = -(-(time + late) // POLL) * POLL
    return Edge(circuit_id=NETWORK.circuits[row].circuit_id, event_time=time, state=state, known_at=known_at)


def on_the_minute(number: int) -> int:
    """When a poll is, too."""
    return BEGAN + number * POLL


UP = [fell(row, BEGAN - 40 * 86_400, State.UP) for row in range(3)]
EDGES = st.lists(
    st.builds(
        fell, st.integers(0, 2), st.integers(BEGAN - 86_400, BEGAN + 9000) | st.integers(0, 150).map(on_the_minute),
        st.sampled_from((State.UP, State.UP, State.DOWN, State.DOWN, State.UNKNOWN, State.DISABLED, State.AWAY)),
        st.sampled_from((0, 0, 0, 600)),
    ),
    max_size=10,
)  # fmt: skip
WORKS = st.lists(
    st.builds(
        lambda n, start, known_at, status: work(
            f"C-{n}", [(BEGAN + start, BEGAN + start + 3000)], [f"IC-{n}"], known_at=BEGAN + known_at, status=status
        ),
        st.integers(0, 2), st.integers(-5000, 8000), st.integers(-5000, 8000),
        st.sampled_from((Status.CONFIRMED, Status.CANCELLED)),
    ),
    max_size=4,
)  # fmt: skip


@settings(max_examples=20)
@given(EDGES, WORKS, st.lists(st.integers(0, 40), min_size=1, max_size=5))
def test_poll_by_poll_it_is_what_scoring_everything_gives(
    edges: list[Edge], works: list[Work], steps: list[int]
) -> None:
    life = [msgspec.structs.replace(w, version=n) for n, w in enumerate(sorted(works, key=lambda w: w.known_at), 1)]
    history = Growing([*UP, *edges], life)
    running = Running(history, SETTINGS)
    for step in steps:
        history.newest += step * POLL
        assert running.scored(history.newest) == anew(history, history.newest)
    before = history.newest - 3 * POLL  # of an instant that is past already
    assert running.scored(before) == anew(history, before)
    assert running.scored(history.newest) == anew(history, history.newest)


def test_a_poll_that_brought_nothing_evaluates_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = [fell(1, BEGAN - 9000), fell(1, BEGAN - 7000, State.UP)]
    history = Growing([*UP, *cut, fell(2, BEGAN + 90)])
    running = Running(history, SETTINGS)
    running.scored(BEGAN)
    asked: list[str] = []

    def counted(promise: Promise, service: object, *rest: object) -> object:
        asked.append(service.service_id)  # type: ignore[attr-defined]
        return evaluate(promise, service, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("noctui.runtime.score_running.evaluate", counted)
    history.newest = BEGAN + 60.0
    running.scored(history.newest)
    assert asked == []
    history.newest = BEGAN + 120.0
    running.scored(history.newest)
    assert asked == [NETWORK.circuits[2].circuit_id]


def test_down_now_it_says_when_the_budget_is_used_up_to_the_second() -> None:
    """Case 20: 99.9 of November is 2,592 s; 1,800 s used, down since 00:00: 13 min 12 s are left."""
    used = [fell(0, BEGAN - 9000), fell(0, BEGAN - 7200, State.UP)]
    history = Growing([*UP, *used, fell(0, BEGAN)])
    running = Running(history, SETTINGS)
    running.scored(BEGAN)
    history.newest = BEGAN + 60.0
    found = running.scored(history.newest)
    assert found is not None
    verdict = found.scores[0].verdict
    assert (verdict.outcome, verdict.breaks_at) == (Outcome.BREAKS, BEGAN + 792)
    history.newest = BEGAN + 780.0
    running.scored(history.newest)
    history.newest = BEGAN + 840.0
    found = running.scored(history.newest)
    assert found is not None
    assert (found.scores[0].verdict.outcome, found.scores[0].verdict.broke_at) == (Outcome.BROKEN, BEGAN + 792)


def test_over_a_real_history_polls_are_gone_on_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = FolderLock(tmp_path)
    assert lock.try_acquire()
    writer = open_writer(tmp_path, "org-1", lock)
    world = World(NETWORK, start=float(BEGAN))
    began = [msgspec.structs.replace(e, known_at=BEGAN + 60.0) for e in UP]
    writer.write(world.poll(edges=tuple(began)))
    history = open_reader(tmp_path)
    running = Running(history, SETTINGS)
    at = history.latest()
    assert at is not None
    first = running.scored(at)
    monkeypatch.setattr("noctui.runtime.score_running.gather", lambda *_: pytest.fail("all was scored anew"))
    cut = Edge(circuit_id=NETWORK.circuits[0].circuit_id, event_time=at + 10, state=State.DOWN, known_at=at + 60.0)
    for edges in ((), (cut,), ()):
        writer.write(world.poll(edges=edges))
        at = history.latest()
        assert at is not None
        found = running.scored(at)
    assert first is not None
    assert found is not None
    assert [s.verdict.down > 0 for s in found.scores] == [True, False, False]
    history.close()
    writer.close()
    lock.release()
