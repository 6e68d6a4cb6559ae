"""Which planned work excuses: its status, its notice, its hours, what later versions of it say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from noctui.model.sla import Emergency, Hours, Impact, Planned, PlannedWindow, Promise
from noctui.sla.excuses import forgiven, granted
from noctui.sla.hours import allowed
from noctui.sla.intervals import Spans, union
from tests.sla.scenes import CIRCUIT, DAY, HOUR, PROMISE, at, line, score, work

YEAR = at("01-01 00:00"), at("12-31 00:00")
NIGHT = ("04-10 06:00", "04-10 10:00")


def excused(*works: Planned, promise: Promise = PROMISE, circuit_id: str = CIRCUIT, zone: str = "UTC") -> Spans:
    """The seconds that would be excused."""
    return union(*(g.spans for g in granted(promise, works, circuit_id, zone, YEAR)))


def hours(start: str, end: str) -> Spans:
    return ((at(f"04-10 {start}"), at(f"04-10 {end}")),)


@pytest.mark.parametrize("status", ["CONFIRMED", "IN-PROCESS", "COMPLETED", "RE-SCHEDULED", "confirmed"])
def test_work_that_takes_place_excuses(status: str) -> None:
    assert excused(work(NIGHT, status=status)) == hours("06:00", "10:00")


@pytest.mark.parametrize("status", ["TENTATIVE", "CANCELLED", "POSTPONED?", ""])
def test_other_work_does_not(status: str) -> None:
    assert excused(work(NIGHT, status=status)) == ()


@pytest.mark.parametrize(
    ("impact", "excuses"), [("NO-IMPACT", False), ("REDUCED-REDUNDANCY", False), ("DEGRADED", True), ("OUTAGE", True)]
)
def test_work_that_must_not_take_it_down_excuses_nothing(impact: str, excuses: bool) -> None:
    assert bool(excused(replace(work(NIGHT), impact_of={CIRCUIT: impact}))) is excuses


def test_work_on_another_circuit_excuses_nothing() -> None:
    assert excused(work(NIGHT), circuit_id="s2:ge-0/0/0") == ()


def test_a_night_in_reserve_excuses_nothing_until_it_is_the_one_used() -> None:
    windows = (PlannedWindow(start=at("04-10 06:00"), end=at("04-10 10:00"), backup=True),)
    assert excused(replace(work(), windows=windows)) == ()


def test_each_window_of_a_work_excuses_for_itself_and_not_what_lies_between() -> None:
    """Two nights of 6 h are 12 h and not 30 h: a carrier's parser that merges them would hide real outages."""
    nights = work(("04-10 05:00", "04-10 11:00"), ("04-11 05:00", "04-11 11:00"))
    verdict = score(line([("04-10 09:00", "04-11 06:00")]), nights)
    assert (verdict.excused, verdict.counted) == (3 * HOUR, 18 * HOUR)


def test_moved_work_excuses_its_new_window_alone() -> None:
    moved = work(("04-12 06:00", "04-12 10:00"), status="RE-SCHEDULED", announced="04-05 00:00")
    assert excused(work(NIGHT), moved) == ((at("04-12 06:00"), at("04-12 10:00")),)


def test_work_that_grows_at_the_last_minute_excuses_what_was_said_in_time() -> None:
    """Ten days of notice; the night before, 06-10 becomes 05-12."""
    promise = replace(PROMISE, notice=10 * DAY)
    grown = work(("04-10 05:00", "04-10 12:00"), announced="04-09 00:00")
    assert excused(work(NIGHT), grown, promise=promise) == hours("06:00", "10:00")
    assert excused(work(NIGHT), grown) == hours("05:00", "12:00")


def test_a_window_that_shrank_and_grew_again_excuses_what_was_never_taken_back() -> None:
    promise = replace(PROMISE, notice=5 * DAY)
    shrunk = work(("04-10 06:00", "04-10 08:00"), announced="04-01 00:00")
    grown = work(NIGHT, announced="04-09 00:00")
    assert excused(work(NIGHT), shrunk, grown, promise=promise) == hours("06:00", "08:00")


def test_updates_while_it_runs_do_not_make_the_notice_late() -> None:
    promise = replace(PROMISE, notice=10 * DAY)
    running = work(NIGHT, status="IN-PROCESS", announced="04-10 06:01")
    done = work(NIGHT, status="COMPLETED", announced="04-10 09:55")
    assert excused(work(NIGHT), running, done, promise=promise) == hours("06:00", "10:00")


def test_work_that_was_cancelled_and_comes_again_is_announced_anew() -> None:
    promise = replace(PROMISE, notice=10 * DAY)
    cancelled = work(NIGHT, status="CANCELLED", announced="04-01 00:00")
    again = work(NIGHT, announced="04-08 00:00")
    assert excused(work(NIGHT), cancelled, again, promise=promise) == ()


@pytest.mark.parametrize(
    ("announced", "notice", "excuses"),
    [
        ("03-31 06:00", 10 * DAY, True), ("03-31 06:01", 10 * DAY, False), ("04-10 06:00", 0, True),
        ("04-10 06:01", 0, False), ("04-11 00:00", None, True),
    ],
)  # fmt: skip
def test_the_notice_that_is_needed(announced: str, notice: int | None, excuses: bool) -> None:
    promise = replace(PROMISE, notice=notice)
    assert bool(excused(work(NIGHT, announced=announced), promise=promise)) is excuses


@pytest.mark.parametrize(
    ("rule", "excuses"), [(Emergency.PLANNED, False), (Emergency.EXCUSED, True), (Emergency.COUNTS, False)]
)
def test_an_emergency_told_an_hour_before(rule: Emergency, excuses: bool) -> None:
    told = replace(work(NIGHT, announced="04-10 05:00"), emergency=True)
    assert bool(excused(told, promise=replace(PROMISE, notice=DAY, emergency=rule))) is excuses


def test_an_emergency_that_counts_does_so_however_early_it_was_told() -> None:
    told = replace(work(NIGHT), emergency=True)
    assert excused(told, promise=replace(PROMISE, emergency=Emergency.COUNTS)) == ()


def test_only_what_lies_in_allowed_local_hours_excuses() -> None:
    """00:00-06:00 in New York is 04:00-10:00Z in April; a contract may name its own zone."""
    promise = replace(PROMISE, hours=(Hours(0, 360),))
    evening = work(("04-10 02:00", "04-10 07:00"))
    assert excused(evening, promise=promise, zone="America/New_York") == hours("04:00", "07:00")
    assert excused(evening, promise=replace(promise, hours_zone="UTC"), zone="America/New_York") == hours(
        "02:00", "06:00"
    )


@pytest.mark.parametrize(("day", "length"), [("03-08", 5), ("03-09", 6), ("11-01", 7)])
def test_hours_on_days_when_clocks_change(day: str, length: int) -> None:
    start = at(f"{day} 00:00")
    found = allowed([Hours(0, 360)], "America/New_York", start, start + DAY)
    assert sum(b - a for a, b in found) == length * HOUR


def test_windows_that_last_for_ages_cost_nothing_and_excuse_what_they_may() -> None:
    """From 1970 to the year 5000; a notice is data from outside."""
    ages = replace(work(), windows=(PlannedWindow(start=0, end=95_617_584_000),), announced_at=-1)
    promise = replace(PROMISE, hours=(Hours(0, 360),))
    assert score(line([("04-10 05:00", "04-10 07:00")]), ages, promise=promise).excused == HOUR


def test_windows_that_end_before_they_start_excuse_nothing() -> None:
    assert excused(work(("04-10 10:00", "04-10 06:00")), work(("04-10 06:00", "04-10 06:00"))) == ()


def test_hours_past_midnight_belong_to_the_day_they_begin_on() -> None:
    """22:00-04:00, Saturdays only; 11 April 2026 is a Saturday."""
    found = allowed([Hours(1320, 240, (5,))], "UTC", at("04-06 00:00"), at("04-13 00:00"))
    assert found == ((at("04-11 22:00"), at("04-12 04:00")),)
    rest = allowed([Hours(1320, 240, (5,))], "UTC", at("04-12 01:00"), at("04-13 00:00"))
    assert rest == ((at("04-12 01:00"), at("04-12 04:00")),)


def test_an_interruption_told_for_several_windows_together_is_forgiven_once() -> None:
    promise = replace(PROMISE, impact=Impact.ANNOUNCED)
    nights = work(("04-10 06:00", "04-10 10:00"), ("04-11 06:00", "04-11 10:00"), impact=HOUR)
    edges = line([("04-10 06:00", "04-10 06:30"), ("04-11 06:00", "04-11 09:00")])
    assert score(edges, nights, promise=promise).counted == 150 * 60  # half an hour of it is left for the second night
    each = replace(nights, windows=tuple(replace(w, each=True) for w in nights.windows))
    assert score(edges, each, promise=promise).counted == 2 * HOUR


def test_an_announced_impact_of_nothing_forgives_nothing_and_an_untold_one_all() -> None:
    promise = replace(PROMISE, impact=Impact.ANNOUNCED)
    edges = line([("04-10 06:00", "04-10 07:00")])
    told = {impact: score(edges, work(NIGHT, impact=impact), promise=promise).counted for impact in (0, None)}
    assert told == {0: HOUR, None: 0}


def test_of_a_period_no_more_than_so_much_is_excused() -> None:
    promise = replace(PROMISE, excused_at_most=2 * HOUR)
    verdict = score(line([("04-10 06:00", "04-10 09:00")]), work(NIGHT), promise=promise)
    assert (verdict.excused, verdict.counted) == (2 * HOUR, HOUR)


def test_what_is_forgiven_are_the_first_seconds() -> None:
    windows = granted(replace(PROMISE, impact=Impact.ANNOUNCED), [work(NIGHT, impact=3 * HOUR)], CIRCUIT, "UTC", YEAR)
    down = hours("06:05", "09:50")
    assert forgiven(replace(PROMISE, impact=Impact.ANNOUNCED), windows, down) == hours("06:05", "09:05")


@given(st.permutations([
    work(NIGHT), work(NIGHT, status="IN-PROCESS", announced="04-10 06:00"),
    work(("04-10 06:00", "04-10 12:00"), announced="04-10 05:00"), replace(work(NIGHT), maintenance_id="other"),
]))  # fmt: skip
def test_the_order_notices_come_in_does_not_matter(works: list[Planned]) -> None:
    assert excused(*works, promise=replace(PROMISE, notice=DAY)) == hours("06:00", "10:00")
