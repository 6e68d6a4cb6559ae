"""What a verdict says while its period runs: breaks, at risk, unsure; and its outages as they are told."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from msgspec.structs import replace

from noctui.model.edges import Edge
from noctui.model.sla import Divisor, Impact, Service
from noctui.model.verdicts import Outcome
from noctui.model.words import State
from noctui.sla.evaluate import evaluate
from noctui.sla.evidence import Evidence
from tests.sla.scenes import (
    CIRCUIT,
    DAY,
    HOUR,
    MINUTE,
    PROMISE,
    SERVICE,
    at,
    down_for,
    edge,
    line,
    period,
    promised,
    score,
    stretches,
    work,
)

SINCE_SIX = line([("04-10 06:00", None)])


def test_down_now_breaks_when_the_rest_of_the_budget_is_used_up() -> None:
    verdict = score(SINCE_SIX, now="04-10 06:40")
    assert (verdict.outcome, verdict.breaks_at) == (Outcome.BREAKS, at("04-10 06:43") + 12)
    assert score(SINCE_SIX, now="04-10 06:44").outcome is Outcome.BROKEN
    assert score(SINCE_SIX, now="04-10 06:44").broke_at == verdict.breaks_at


def test_a_blip_of_half_a_minute_does_not_break_yet() -> None:
    """The row shows it at once; it is an outage after 60 s, then with its true begin."""
    assert score(SINCE_SIX, now="04-10 06:00:30").outcome is Outcome.MET
    verdict = score(SINCE_SIX, now="04-10 06:01")
    assert (verdict.outcome, verdict.counted) == (Outcome.BREAKS, MINUTE)


def test_while_a_window_excuses_it_the_clock_stands() -> None:
    """Down since 06:00 in a window to 10:00: it breaks 43 min 12 s after that."""
    verdict = score(SINCE_SIX, work(("04-10 06:00", "04-10 10:00")), now="04-10 06:30")
    assert (verdict.counted, verdict.excused, verdict.breaks_at) == (0, 30 * MINUTE, at("04-10 10:43") + 12)


def test_while_the_announced_impact_lasts_the_clock_stands() -> None:
    promise = replace(PROMISE, impact=Impact.ANNOUNCED)
    verdict = score(SINCE_SIX, work(("04-10 06:00", "04-10 10:00"), impact=HOUR), promise=promise, now="04-10 06:30")
    assert verdict.breaks_at == at("04-10 07:43") + 12


def test_with_more_budget_left_than_time_it_cannot_break_any_more() -> None:
    verdict = score(line([("04-30 23:30", None)]), now="04-30 23:40")
    assert (verdict.breaks_at, verdict.outcome) == (None, Outcome.MET)


def test_up_again_it_breaks_no_more() -> None:
    verdict = score(line([("04-10 06:00", "04-10 06:30")]), now="04-10 06:31")
    assert (verdict.outcome, verdict.breaks_at) == (Outcome.AT_RISK, None)
    assert [(o.ended, o.over) for o in verdict.outages] == [(at("04-10 06:30"), False)]
    assert score(line([("04-10 06:00", "04-10 06:30")]), now="04-10 06:32").outages[0].over


@pytest.mark.parametrize(
    ("used", "now", "outcome"),
    [
        (0, "04-11 00:00", Outcome.MET),
        (1295, "04-11 00:00", Outcome.MET),  # not half of it yet, whatever the pace
        (1296, "04-11 00:00", Outcome.AT_RISK),  # half, and 1.5 budgets at this pace
        (1296, "04-20 00:00", Outcome.MET),  # half, and it lasts
        (1944, "04-30 00:00", Outcome.AT_RISK),  # three quarters
        (2592, "04-30 00:00", Outcome.AT_RISK),  # all: still met
        (2592, "05-01 00:00", Outcome.MET),
        (2593, "04-30 00:00", Outcome.BROKEN),
    ],
)
def test_at_risk(used: int, now: str, outcome: Outcome) -> None:
    assert score(down_for(used, "04-02 06:00") if used else line(), now=now).outcome is outcome


def test_nothing_is_known_is_neither_met_nor_100_percent() -> None:
    verdict = score((), now="05-02 00:00")
    assert verdict.outcome is Outcome.UNSURE
    assert verdict.achieved is None
    assert verdict.achieved_at_least == 0
    assert verdict.unknown == 30 * DAY
    assert verdict.coverage == 0


def test_before_its_period_nothing_is_said() -> None:
    verdict = evaluate(PROMISE, SERVICE, period(), Evidence(line()), at("03-20 00:00"))
    assert (verdict.elapsed, verdict.to_come, verdict.achieved, verdict.coverage) == (0, 30 * DAY, None, None)
    assert (verdict.burn, verdict.projected, verdict.outcome) == (None, None, Outcome.MET)


def test_what_came_after_the_last_poll_nobody_has_seen() -> None:
    evidence = Evidence(line(), watched_until=at("04-10 06:00"))
    verdict = evaluate(PROMISE, SERVICE, period(), evidence, at("04-10 08:00"))
    assert (verdict.unknown, verdict.outcome) == (2 * HOUR, Outcome.UNSURE)


def test_down_when_last_seen_is_not_down_now() -> None:
    evidence = Evidence(SINCE_SIX, watched_until=at("04-10 06:10"))
    verdict = evaluate(PROMISE, SERVICE, period(), evidence, at("04-10 06:30"))
    assert (verdict.down, verdict.unknown, verdict.breaks_at) == (10 * MINUTE, 20 * MINUTE, None)


def test_a_port_switched_off_is_no_downtime_and_leaves_the_coverage() -> None:
    edges = [*line(), edge(at("04-10 00:00"), State.DISABLED), edge(at("04-20 00:00"), State.UP)]
    verdict = score(edges)
    assert (verdict.disabled, verdict.counted) == (10 * DAY, 0)
    assert verdict.coverage == 100
    assert verdict.outcome is Outcome.MET


def test_away_counts_as_unknown() -> None:
    edges = [*line(), edge(at("04-10 00:00"), State.AWAY), edge(at("04-10 02:00"), State.UP)]
    assert (score(edges).unknown, score(edges).outcome) == (2 * HOUR, Outcome.UNSURE)


def test_an_unknown_blip_shorter_than_the_minimum_decides_nothing() -> None:
    """Had it been down, 50 s would not have counted, not even of 100 %."""
    verdict = score(line(unknown=[("04-10 06:00", "04-10 06:00:50")]), promise=promised("100"))
    assert (verdict.unknown, verdict.counted_at_most, verdict.outcome) == (50, 0, Outcome.MET)


def test_outages_are_told_with_what_became_of_them() -> None:
    """As the SLA screen lists them: running and counting, excused, under 60 s."""
    verdict = score(
        line([("04-04 11:15", "04-04 11:15:20"), ("04-08 06:02", "04-08 07:50"), ("04-10 06:00", None)]),
        work(("04-08 06:00", "04-08 10:00")),
        now="04-10 06:22",
    )
    short, excused, running = verdict.outages
    assert (short.down, short.uncounted, short.confirmed) == (20, 20, False)
    assert (excused.excused, excused.counted, excused.excused_by) == (108 * MINUTE, 0, ("29811002",))
    assert (running.counted, running.ended, running.over) == (22 * MINUTE, None, False)


def test_a_partial_month_says_so() -> None:
    verdict = score(line(), service=replace(SERVICE, turn_up=date(2026, 4, 16)))
    assert verdict.partial
    assert verdict.budget == 1296


def test_a_clean_circuit_burns_nothing() -> None:
    verdict = score(line(), now="04-11 00:00")
    assert verdict.used == verdict.burn == verdict.projected == Fraction(0)
    assert verdict.runs_out_at is None
    assert verdict.achieved == Fraction(100)


def test_other_circuits_edges_do_not_matter() -> None:
    others: list[Edge] = [edge(at("04-05 00:00"), State.DOWN, circuit_id="s9:ge-0/0/0"), *line()]
    assert score(others, service=Service(service_id=CIRCUIT)).down == 0


@pytest.mark.parametrize(("gap", "counted"), [(60, 80), (61, 0)])
def test_two_blips_a_minute_apart_are_one_outage(gap: int, counted: int) -> None:
    """40 s, up for 60 s, 40 s: 80 s down. A second more between them, and neither counts."""
    first = at("04-10 06:00")
    edges = stretches([(first, first + 40, State.DOWN), (first + 40 + gap, first + 80 + gap, State.DOWN)])
    assert score(edges).counted == counted


def test_a_divisor_of_30_days_is_prorated_by_the_share_of_the_month() -> None:
    """Turned up on 17 May: 15 of 31 days."""
    promise = replace(PROMISE, divisor=Divisor.THIRTY_DAYS)
    service = replace(SERVICE, turn_up=date(2026, 5, 17))
    assert Fraction(score(line(), promise=promise, service=service, when="05-20 00:00").divisor) == Fraction(
        30 * DAY * 15, 31
    )
    whole = replace(promise, prorate=False)
    assert Fraction(score(line(), promise=whole, service=service, when="05-20 00:00").divisor) == 30 * DAY


def test_windows_that_excuse_nothing_stay_in_the_period() -> None:
    promise = replace(PROMISE, divisor=Divisor.WITHOUT_WINDOWS, impact=Impact.COUNTS)
    verdict = score(line(), work(("04-10 06:00", "04-10 10:00")), promise=promise)
    assert Fraction(verdict.divisor) == 30 * DAY
