"""All promises of a history at once give what each would give alone; most are not even looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.edges import Edge
from noctui.model.inventory import Inventory
from noctui.model.sla import Planned, PlannedWindow, Promise, Service
from noctui.model.view import View
from noctui.model.words import State
from noctui.model.works import Work
from noctui.planned.providers import Provider
from noctui.promise_settings import Applies, PromiseSettings
from noctui.runtime import scoring
from noctui.runtime.scoring import Score, Scores, month_of, score
from noctui.runtime.services import Promised
from noctui.sla.evaluate import evaluate
from noctui.sla.evidence import Evidence
from noctui.sla.periods import period_at
from noctui.sla.versions import versions
from tests.stores.made import World, network

GOLD = Promise(name="gold", uptime="99.9")
SETTINGS = PromiseSettings({"gold": GOLD}, (Applies("gold", role="primary"), Applies("gold", role="secondary")))
DAY = 86_400
NETWORK = network(3)
VIEW = World(NETWORK).poll().view


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


class Kept:
    """A history in memory: its newest poll was at `now`, and polls never paused."""

    def __init__(self, edges: Sequence[Edge], now: float, inventory: Inventory = NETWORK) -> None:
        self.pool = ThreadPoolExecutor(1)
        self._edges, self._now, self._inventory = edges, now, inventory
        self.works: Sequence[Work] = ()
        self.providers: Sequence[Provider] | None = None

    def step(self, at: float, direction: int, corrected: bool = True) -> float | None:
        return at

    def view(self, at: float, corrected: bool = False) -> View | None:
        return replace(VIEW, at=self._now, inventory=self._inventory)

    def inventory(self, at: float) -> Inventory | None:
        return self._inventory

    def edges_known(self, at: float, since: float, by: float | None = None) -> Sequence[Edge]:
        return sorted((e for e in self._edges if e.known_at <= at), key=lambda e: e.known_at)

    def works_known(self, since: float, at: float) -> Sequence[Work]:
        return [w for w in self.works if w.known_at <= at]


def scored(history: Kept, now: float, period: str = "running", planned: Sequence[Planned] = ()) -> Scores:
    try:
        found = asyncio.run(score(history, SETTINGS, now, period, planned))
    finally:
        history.pool.shutdown()
    assert found is not None
    return found


def edge(row: int, time: int, state: State, late: int = 0) -> Edge:
    return Edge(circuit_id=NETWORK.circuits[row].circuit_id, event_time=time, state=state, known_at=time + late)


EDGES = st.lists(
    st.builds(
        edge, st.integers(0, 2), st.integers(at("2026-09-01"), at("2026-12-31")), st.sampled_from(State),
        st.sampled_from((0, 0, 600, 3 * DAY, 40 * DAY)),
    ),
    max_size=12,
)  # fmt: skip


@given(EDGES, st.sampled_from(("running", "2026-10", "2026-11")), st.integers(at("2026-11-01"), at("2027-01-15")))
def test_together_they_are_what_each_is_alone(edges: list[Edge], period: str, now: int) -> None:
    found = scored(Kept(edges, now), now, period)
    assert [s.verdict.service_id for s in found.scores] == [c.circuit_id for c in NETWORK.circuits]
    inside = now if period == "running" else at(f"{period}-15")
    for one in found.scores:
        service = Service(service_id=one.verdict.service_id)
        evidence = Evidence(tuple(e for e in edges if e.circuit_id == service.service_id))
        month = period_at(GOLD, service, inside)
        closed = versions(GOLD, service, month, evidence, now)
        assert one.verdict == (closed[-1] if closed else evaluate(GOLD, service, month, evidence, now))


def test_circuits_to_which_nothing_happened_are_scored_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    one_by_one = scoring._score

    def counted(one: Promised, *rest: object) -> Score:
        asked.append(one.service.service_id)
        return one_by_one(one, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(scoring, "_score", counted)
    up = [edge(row, at("2026-09-01"), State.UP) for row in range(3)]
    cut = [edge(2, at("2026-11-03"), State.DOWN), edge(2, at("2026-11-04"), State.UP)]
    found = scored(Kept([*up, *cut], at("2026-11-28")), at("2026-11-28"))
    assert asked == [NETWORK.circuits[0].circuit_id, NETWORK.circuits[2].circuit_id]
    assert [s.verdict.counted for s in found.scores] == [0, 0, DAY]


def test_planned_work_excuses_the_circuit_that_it_names() -> None:
    up = [edge(row, at("2026-09-01"), State.UP) for row in range(2)]
    cuts = [
        e for row in range(2) for e in (edge(row, at("2026-11-03"), State.DOWN), edge(row, at("2026-11-04"), State.UP))
    ]
    work = Planned(
        carrier="Lumen", maintenance_id="m1", status="CONFIRMED", circuits=(NETWORK.circuits[0].circuit_id,),
        windows=(PlannedWindow(start=at("2026-11-03"), end=at("2026-11-04")),), announced_at=at("2026-10-01"),
        known_at=at("2026-10-01"),
    )  # fmt: skip
    found = scored(Kept([*up, *cuts], at("2026-11-28")), at("2026-11-28"), planned=(work,))
    assert [(s.verdict.counted, s.verdict.excused) for s in found.scores][:2] == [(0, DAY), (DAY, 0)]


def test_a_circuit_that_has_gone_has_a_month_that_ends_with_it() -> None:
    gone = Edge(
        circuit_id=NETWORK.circuits[2].circuit_id, event_time=at("2026-11-11"), state=State.UNKNOWN,
        known_at=at("2026-11-11") + 60, source="gone",
    )  # fmt: skip
    up = [edge(row, at("2026-09-01"), State.UP) for row in range(3)]

    class Left(Kept):
        def inventory(self, at: float) -> Inventory | None:
            rest = msgspec.structs.replace(NETWORK, circuits=NETWORK.circuits[:2], rev=2)
            return rest if at >= self._now - 1 else NETWORK

    month = scored(Left([*up, gone], at("2027-01-10")), at("2027-01-10"), "2026-11")
    (last,) = (s.verdict for s in month.scores if s.verdict.service_id == gone.circuit_id)
    assert (last.period.end, last.unknown, last.partial) == (at("2026-11-11"), 0, True)
    assert len(scored(Left([*up, gone], at("2027-01-10")), at("2027-01-10")).scores) == 2


@pytest.mark.parametrize("text", ["2026-00", "2026-13", "26-10", "2026-1", "2026-10-01", "9999-12", "١٢٣٤-10", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no month such as 2026-10"):
        month_of(text)
