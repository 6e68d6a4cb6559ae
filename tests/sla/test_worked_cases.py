"""The worked cases that promises are held to, each by its number in the list of maintenance and SLA facts, 5.4.

They were checked there with exact fractions. Percentages are cut off after the decimals shown, as on screen.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from msgspec.structs import replace

from noctui.kpi.outages import repair
from noctui.model.sla import Divisor, Impact, Interval, Promise
from noctui.model.verdicts import Outcome, Verdict, thousandths
from noctui.model.words import State
from noctui.sla.periods import midnight, period_at
from tests.sla.scenes import (
    DAY,
    HOUR,
    MINUTE,
    PROMISE,
    SERVICE,
    after,
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

TWO_CUTS = line([("04-10 06:05", "04-10 06:45"), ("04-10 11:05", "04-10 11:25")])
NIGHT = ("04-10 06:00", "04-10 10:00")


def six(percent: Fraction | None) -> str:
    assert percent is not None
    return f"{float(percent):.6f}"


@pytest.mark.parametrize(
    ("case", "when", "seconds", "percent", "outcome"),
    [
        ("1 equality", "04-20 00:00", 2592, "99.900000", Outcome.MET),
        ("1 a second more", "04-20 00:00", 2593, "99.899961", Outcome.BROKEN),
        ("2 below", "05-20 00:00", 2678, "99.900015", Outcome.MET),
        ("2 above", "05-20 00:00", 2679, "99.899978", Outcome.BROKEN),
    ],
)
def test_cases_1_and_2_the_edge_is_exact(case: str, when: str, seconds: int, percent: str, outcome: Outcome) -> None:
    verdict = score(down_for(seconds, when), when=when)
    assert (six(verdict.achieved), verdict.outcome, verdict.left >= 0) == (percent, outcome, outcome is Outcome.MET)


@pytest.mark.parametrize(
    ("uptime", "month", "budget"),
    [
        ("99.5", "04-20 00:00", "12960"), ("99.9", "02-20 00:00", "2419.2"), ("99.9", "04-20 00:00", "2592"),
        ("99.95", "05-20 00:00", "1339.2"), ("99.99", "04-20 00:00", "259.2"), ("99.999", "02-20 00:00", "24.192"),
    ],
)  # fmt: skip
def test_allowances_of_months(uptime: str, month: str, budget: str) -> None:
    """The table of allowances, 5.1."""
    assert score(line(), promise=promised(uptime), when=month).budget == Fraction(budget)


@pytest.mark.parametrize(
    ("uptime", "outcome"), [("99.9", Outcome.MET), ("99.95", Outcome.MET), ("99.99", Outcome.BROKEN)]
)
def test_case_5_an_outage_inside_the_window_and_one_outside(uptime: str, outcome: Outcome) -> None:
    verdict = score(TWO_CUTS, work(NIGHT), promise=promised(uptime))
    assert (verdict.counted, verdict.excused, six(verdict.achieved)) == (20 * MINUTE, 40 * MINUTE, "99.953704")
    assert verdict.outcome is outcome
    assert [(o.counted, o.excused, o.excused_by) for o in verdict.outages] == [
        (0, 40 * MINUTE, ("29811002",)), (20 * MINUTE, 0, ()),
    ]  # fmt: skip


def test_case_6_outages_over_the_windows_edges() -> None:
    verdict = score(line([("04-10 05:40", "04-10 07:30"), ("04-10 09:30", "04-10 10:45")]), work(NIGHT))
    assert [o.counted // MINUTE for o in verdict.outages] == [20, 45]
    assert (six(verdict.achieved), verdict.outcome) == ("99.849537", Outcome.BROKEN)


@pytest.mark.parametrize(
    ("impact", "minutes", "percent", "outcome"),
    [
        (Impact.WINDOW, 0, "100.000000", Outcome.MET),
        (Impact.ANNOUNCED, 45, "99.895833", Outcome.BROKEN),
        (Impact.COUNTS, 225, "99.479167", Outcome.BROKEN),
    ],
)
def test_case_7_three_hours_told_for_a_window_of_four(
    impact: Impact, minutes: int, percent: str, outcome: Outcome
) -> None:
    notice = work(NIGHT, impact=3 * HOUR)
    verdict = score(line([("04-10 06:05", "04-10 09:50")]), notice, promise=replace(PROMISE, impact=impact))
    assert (verdict.counted, six(verdict.achieved), verdict.outcome) == (minutes * MINUTE, percent, outcome)


@pytest.mark.parametrize("reason", ["cancelled", "late"])
def test_case_8_a_cancelled_or_a_late_notice_excuses_nothing(reason: str) -> None:
    if reason == "cancelled":
        verdict = score(TWO_CUTS, work(NIGHT), work(NIGHT, status="CANCELLED", announced="04-09 00:00"))
    else:
        promise = replace(PROMISE, notice=10 * DAY)
        verdict = score(TWO_CUTS, work(NIGHT, announced="04-09 00:00"), promise=promise)
    assert (verdict.counted, six(verdict.achieved)) == (60 * MINUTE, "99.861111")
    assert verdict.outcome is Outcome.BROKEN


def test_case_9_what_overlaps_is_counted_once() -> None:
    other = replace(work(("04-10 09:00", "04-10 12:00")), maintenance_id="29811003")
    assert score(TWO_CUTS, work(NIGHT), other).counted == 0
    reports = [
        replace(edge(at(start), State.DOWN), until=at(end))
        for start, end in (("04-10 10:00", "04-10 10:30"), ("04-10 10:20", "04-10 10:50"))
    ]
    assert score([*line(), *reports]).counted == 50 * MINUTE


def test_case_10_an_outage_over_the_periods_edge_is_split_there() -> None:
    edges = line([("04-30 23:40", "05-01 00:10")])
    assert score(edges).counted == 20 * MINUTE
    assert score(edges, when="05-20 00:00").counted == 10 * MINUTE


def test_case_10_its_length_is_the_whole_one() -> None:
    """70 s of which 30 s lie in April are no blip of 30 s."""
    edges = line([("04-30 23:59:30", "05-01 00:00:40")])
    assert (score(edges).counted, score(edges, when="05-20 00:00").counted) == (30, 40)


@pytest.mark.parametrize(
    ("zone", "percent", "outcome"),
    [("America/New_York", "99.900023", Outcome.MET), ("UTC", "99.899884", Outcome.BROKEN)],
)
def test_case_11_a_month_in_which_clocks_go_back_is_an_hour_longer(zone: str, percent: str, outcome: Outcome) -> None:
    verdict = score(down_for(2595, "11-10 06:00"), promise=replace(PROMISE, zone=zone), when="11-20 00:00")
    assert (six(verdict.achieved), verdict.outcome) == (percent, outcome)
    if zone != "UTC":
        assert (verdict.period.start, verdict.period.end) == (at("11-01 04:00"), at("12-01 05:00"))


def test_case_12_turned_up_on_the_31st() -> None:
    promise = replace(PROMISE, interval=Interval.TURN_UP)
    service = replace(SERVICE, turn_up=date(2026, 1, 31))
    starts, when = [], at("01-31 00:00")
    for _ in range(4):
        found = period_at(promise, service, when)
        starts.append(found.key)
        when = found.end
    assert starts == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


def test_case_13_the_bankers_month_in_both_shapes() -> None:
    promise = replace(PROMISE, interval=Interval.BANKERS)
    service = replace(SERVICE, turn_up=date(2026, 1, 15))
    third = period_at(promise, service, at("01-15 00:00") + 2 * 30 * DAY + 5)
    assert (third.start, third.seconds) == (at("01-15 00:00") + 60 * DAY, 30 * DAY)
    edges = down_for(44 * MINUTE, "05-10 06:00")
    divided = score(edges, promise=replace(PROMISE, divisor=Divisor.THIRTY_DAYS), when="05-20 00:00")
    assert (six(divided.achieved), divided.outcome) == ("99.898148", Outcome.BROKEN)
    whole = score(edges, when="05-20 00:00")
    assert (six(whole.achieved), whole.outcome) == ("99.901434", Outcome.MET)


@pytest.mark.parametrize(
    ("prorate", "percent", "outcome"), [(True, "99.861111", Outcome.BROKEN), (False, "99.930556", Outcome.MET)]
)
def test_case_14_the_month_of_turning_up_is_partial(prorate: bool, percent: str, outcome: Outcome) -> None:
    service = replace(SERVICE, turn_up=date(2026, 4, 16))
    edges = down_for(30 * MINUTE, "04-20 06:00")
    verdict = score(edges, promise=replace(PROMISE, prorate=prorate), service=service)
    assert (six(verdict.achieved), verdict.outcome, verdict.partial) == (percent, outcome, True)
    assert verdict.period.seconds == 15 * DAY


def test_case_15_unknown_time_is_counted_both_ways() -> None:
    verdict = score(line([("04-10 06:00", "04-10 06:30")], unknown=[("04-12 00:00", "04-12 02:00")]))
    assert (six(verdict.achieved), six(verdict.achieved_at_least)) == ("99.930556", "99.652778")
    assert (six(verdict.achieved_known), six(verdict.coverage)) == ("99.930362", "99.722222")
    assert verdict.outcome is Outcome.UNSURE


@pytest.mark.parametrize(("merge_gap", "counted"), [(0, 0), (60, 2250)])
def test_case_16_fifty_flaps(merge_gap: int, counted: int) -> None:
    """50 of 45 s, 15 s apart: one outage, of which only the down seconds count. Counting the gaps too, 2,985 s, is no
    choice here: up is up."""
    start = at("04-10 06:00")
    edges = stretches([(start + 60 * n, start + 60 * n + 45, State.DOWN) for n in range(50)])
    verdict = score(edges, promise=replace(PROMISE, merge_gap=merge_gap))
    assert (verdict.counted, verdict.down, verdict.outcome) == (counted, 2250, Outcome.MET)
    if merge_gap:
        assert six(verdict.achieved) == "99.913194"
        assert len(verdict.outages) == 1


def test_case_18_repair_and_failure_agree_with_what_is_achieved() -> None:
    cuts = [("04-05 06:00", "04-05 06:12"), ("04-10 06:00", "04-10 06:48"), ("04-20 06:00", "04-20 08:00")]
    verdict = score(line(cuts))
    told = repair(len(verdict.outages), verdict.up, verdict.down)
    assert (told.to_repair, told.between) == (60 * MINUTE, 14_340 * MINUTE)
    assert told.to_repair is not None
    assert told.between is not None
    assert six(verdict.achieved) == "99.583333" == f"{100 * told.between / (told.between + told.to_repair):.6f}"
    assert repair(0, verdict.up, 0).to_repair is None


def burnt(seconds: int, now: str) -> Verdict:
    return score(down_for(seconds, "04-02 06:00"), now=now)


def test_case_19_half_the_budget_after_a_third_of_the_month() -> None:
    verdict = burnt(1296, "04-11 00:00")
    assert (verdict.used, verdict.burn, verdict.projected) == (Fraction(1, 2), Fraction(3, 2), Fraction(3888))
    assert verdict.runs_out_at == at("04-21 00:00")
    assert verdict.outcome is Outcome.AT_RISK


def test_case_20_time_to_breach_while_it_is_down() -> None:
    verdict = score(line([("04-10 06:00", None)]), now="04-10 06:30")
    assert verdict.counted == 30 * MINUTE
    assert verdict.left == 13 * MINUTE + 12
    assert verdict.breaks_at == at(after("04-10 06:30", 13 * MINUTE + 12))
    assert verdict.outcome is Outcome.BREAKS
    assert verdict.outages[0].ended is None


def test_case_20_what_breaks_never_reads_as_kept() -> None:
    assert thousandths(Fraction(100 * (2_592_000 - 2595), 2_592_000)) == "99.899"
    assert (thousandths(Fraction(100)), thousandths(None)) == ("100.000", "–")


def test_windows_may_leave_both_sides() -> None:
    """720 h, a window of 4 h with 3 h down inside, 1 h outside: 99.8611, or 99.8603 without windows (numbers, f)."""
    edges = line([("04-10 06:30", "04-10 09:30"), ("04-12 06:00", "04-12 07:00")])
    assert f"{float(score(edges).achieved or 0):.4f}" == "99.4444"
    assert f"{float(score(edges, work(NIGHT)).achieved or 0):.4f}" == "99.8611"
    without = score(edges, work(NIGHT), promise=replace(PROMISE, divisor=Divisor.WITHOUT_WINDOWS))
    assert f"{float(without.achieved or 0):.4f}" == "99.8603"
    assert Fraction(without.divisor) == 716 * HOUR


def test_a_month_is_as_long_as_its_days() -> None:
    """Each day of March 2026 in New York is 24 h, but the 8th, when clocks go forward: 23 h."""
    zone = "America/New_York"
    lengths = [midnight(date(2026, 3, d + 1), zone) - midnight(date(2026, 3, d), zone) for d in range(1, 31)]
    assert lengths == [23 * HOUR if d == 8 else DAY for d in range(1, 31)]
    march = period(Promise(name="x", uptime="99.9", zone=zone), "03-20 00:00")
    assert march.seconds == 31 * DAY - HOUR
