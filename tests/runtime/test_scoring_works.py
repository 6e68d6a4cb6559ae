"""Promises scored with the carriers' notices that history holds: worked cases of facts/maintenance-sla.md 5.4."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from msgspec import structs

from noctui.model.edges import Edge
from noctui.model.inventory import Inventory
from noctui.model.notices import Impact, Status, Window
from noctui.model.sla import Impact as Forgiven
from noctui.model.sla import Promise
from noctui.model.verdicts import Outcome, Verdict
from noctui.model.words import State
from noctui.model.works import Work
from noctui.promise_settings import Applies, PromiseSettings
from noctui.runtime.scoring import score
from tests.planned.made import work
from tests.runtime.test_scoring import DAY, NETWORK, Kept, at, edge, scored

SEEDED = structs.replace(
    NETWORK, circuits=(structs.replace(NETWORK.circuits[0], carrier="Zayo", carrier_circuit_id="IC-99999"),)
)
"""One circuit, of the notice that other parsers are compared by."""
WINDOW = at("2026-04-09T06:00"), at("2026-04-09T10:00")


def down(*times: tuple[str, str]) -> list[Edge]:
    found = [edge(0, at("2026-01-01"), State.UP)]
    for start, end in times:
        found += [edge(0, at(start), State.DOWN), edge(0, at(end), State.UP)]
    return found


def april(
    edges: Sequence[Edge], works: Sequence[Work], asked: str = "2026-05-20", circuits: Inventory = SEEDED
) -> Verdict:
    kept = Kept(edges, at(asked), circuits)
    kept.works = works
    (one,) = scored(kept, at(asked), "2026-04").scores
    return one.verdict


def notice(**more: object) -> Work:
    given: dict[str, object] = {"known_at": at("2026-03-20"), "seconds": 10_800, **more}
    return work("CHG-20881", [WINDOW], ["IC-99999"], **given)  # type: ignore[arg-type]


TWO_CUTS = down(("2026-04-09T06:05", "2026-04-09T06:45"), ("2026-04-09T11:05", "2026-04-09T11:25"))


def test_an_outage_inside_its_window_is_excused_and_one_after_it_counts() -> None:
    """Case 5: 40 min inside, 20 after: 20 / 43,200 min is met at 99.9 and at 99.95."""
    verdict = april(TWO_CUTS, [notice()])
    assert (verdict.counted, verdict.excused, verdict.outcome) == (20 * 60, 40 * 60, Outcome.MET)
    assert [(o.excused, o.excused_by) for o in verdict.outages] == [(2400, ("CHG-20881",)), (0, ())]


def test_over_its_window_the_rest_counts() -> None:
    """Case 6: down 05:40–07:30 and 09:30–10:45: 20 + 45 min count, which breaks 99.9."""
    cuts = down(("2026-04-09T05:40", "2026-04-09T07:30"), ("2026-04-09T09:30", "2026-04-09T10:45"))
    verdict = april(cuts, [notice()])
    assert (verdict.counted, verdict.outcome) == (65 * 60, Outcome.BROKEN)


@pytest.mark.parametrize(("beyond", "outcome"), [(2592, Outcome.MET), (2593, Outcome.BROKEN)])
def test_at_the_very_second_of_the_budget_it_is_met(beyond: int, outcome: Outcome) -> None:
    """Case 1: 99.9 of a month of 30 days is 2,592 s; all of the window is forgiven beside it."""
    end = WINDOW[1] + beyond
    edges = [edge(0, at("2026-01-01"), State.UP), edge(0, WINDOW[0], State.DOWN), edge(0, end, State.UP)]
    verdict = april(edges, [notice()])
    assert (verdict.counted, verdict.outcome) == (beyond, outcome)


def test_withdrawn_it_excuses_nothing() -> None:
    """Case 8: 40 + 20 min break 99.9."""
    gone = notice(version=2, known_at=at("2026-04-01"), status=Status.CANCELLED)
    assert april(TWO_CUTS, [notice(), gone]).counted == 3600


def test_a_cancellation_that_comes_after_the_month_scores_it_anew_and_what_was_said_is_kept() -> None:
    gone = notice(version=2, known_at=at("2026-05-03"), status=Status.CANCELLED)
    before, after = (april(TWO_CUTS, [notice(), gone], asked) for asked in ("2026-05-02T12:00", "2026-05-04"))
    assert (before.version, before.counted, before.outcome) == (1, 1200, Outcome.MET)
    assert (after.version, after.counted, after.outcome) == (2, 3600, Outcome.BROKEN)


def test_a_cancellation_that_comes_too_late_changes_nothing_and_is_counted() -> None:
    gone = notice(version=2, known_at=at("2026-05-15"), status=Status.CANCELLED)
    kept = Kept(TWO_CUTS, at("2026-05-20"), SEEDED)
    kept.works = [notice(), gone]
    (one,) = scored(kept, at("2026-05-20"), "2026-04").scores
    assert (one.verdict.version, one.verdict.counted, one.too_late) == (1, 1200, 1)


def test_a_circuit_that_an_update_took_out_is_not_excused() -> None:
    other = work("CHG-20881", [WINDOW], ["IC-1"], version=2, known_at=at("2026-04-01"))
    assert april(TWO_CUTS, [notice(), other]).counted == 3600


def test_windows_that_are_for_another_circuit_excuse_nothing() -> None:
    one = notice()
    windows = (
        Window(start=WINDOW[0], end=WINDOW[1], circuits=("IC-1",)),
        Window(start=WINDOW[0] + DAY, end=WINDOW[1] + DAY, circuits=("IC-99999",)),
    )
    each = structs.replace(one, maintenance=structs.replace(one.maintenance, windows=windows))
    assert april(TWO_CUTS, [each]).counted == 3600


def test_a_work_that_another_one_stands_in_for_excuses_nothing() -> None:
    later = WINDOW[0] + DAY, WINDOW[1] + DAY
    new = work("CHG-3", [later], ["IC-99999"], known_at=at("2026-04-01"), supersedes=("CHG-20881",))
    assert april(TWO_CUTS, [notice(), new]).counted == 3600


def test_an_id_that_the_inventory_learns_later_excuses_from_then_on() -> None:
    nameless = structs.replace(NETWORK, circuits=(structs.replace(NETWORK.circuits[0], carrier="Zayo"),))
    assert april(TWO_CUTS, [notice()], circuits=nameless).excused == 0
    assert april(TWO_CUTS, [notice()]).excused == 2400


def test_a_promise_may_forgive_no_more_than_was_announced_and_ask_for_days_of_notice() -> None:
    """Case 7: 3 h were told, down for 3 h 45 min inside: 45 min count. And 10 days' notice: a day is not enough."""
    cuts = down(("2026-04-09T06:05", "2026-04-09T09:50"))
    strict = Promise(name="gold", uptime="99.9", impact=Forgiven.ANNOUNCED, notice=10 * DAY)
    settings = PromiseSettings({"gold": strict}, (Applies("gold", role="primary"),))
    for known_at, counted in ((at("2026-03-20"), 45 * 60), (at("2026-04-08"), 225 * 60)):
        kept = Kept(cuts, at("2026-05-20"), SEEDED)
        kept.works = [notice(known_at=known_at)]
        found = asyncio.run(score(kept, settings, at("2026-05-20"), "2026-04"))
        kept.pool.shutdown()
        assert found is not None
        assert found.scores[0].verdict.counted == counted


def test_no_impact_is_no_excuse() -> None:
    assert april(TWO_CUTS, [notice(impact=Impact.NO_IMPACT)]).counted == 3600
