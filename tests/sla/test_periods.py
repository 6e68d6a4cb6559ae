"""Periods: three kinds, any zone, cut to the service's life."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from noctui.kpi.calendar import day
from noctui.model.sla import Interval, Promise, Service
from noctui.sla.periods import from_turn_up, midnight, period_at
from tests.sla.scenes import DAY, HOUR, PROMISE, SERVICE, at

ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago")
KINDS = (Interval.CALENDAR, Interval.TURN_UP, Interval.BANKERS)


def test_periods_from_the_turn_up_day_keep_their_anchor() -> None:
    first = date(2027, 1, 31)
    assert [from_turn_up(first, n) for n in range(4)] == [
        first, date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30),
    ]  # fmt: skip
    assert from_turn_up(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert from_turn_up(date(2026, 11, 15), 14) == date(2028, 1, 15)


@pytest.mark.parametrize("turned_up", [29, 30, 31])
def test_turned_up_on_the_29th_to_31st_every_period_begins_where_the_last_ended(turned_up: int) -> None:
    """Through two Februaries, one of them of 29 days, in a zone with changes of clocks."""
    promise = replace(PROMISE, interval=Interval.TURN_UP, zone="America/New_York")
    service = replace(SERVICE, turn_up=date(2027, 1, turned_up))
    when = midnight(date(2027, 1, turned_up), promise.zone)
    for number in range(26):
        found = period_at(promise, service, when)
        assert found.start == when == midnight(from_turn_up(date(2027, 1, turned_up), number), promise.zone)
        assert found == period_at(promise, service, found.end - 1)
        assert not found.partial
        when = found.end


@given(
    st.sampled_from(KINDS), st.sampled_from(ZONES), st.integers(1_700_000_000, 2_000_000_000), st.dates(
        date(2020, 1, 1), date(2022, 12, 31)
    ),
)  # fmt: skip
def test_every_instant_lies_in_one_period_and_they_touch(kind: Interval, zone: str, when: int, turn_up: date) -> None:
    promise = Promise(name="x", uptime="99.9", interval=kind, zone=zone)
    service = Service(service_id="c", turn_up=turn_up)
    found = period_at(promise, service, when)
    assert found.start <= when < found.end
    assert 28 * DAY - HOUR <= found.seconds <= 31 * DAY + HOUR
    assert abs(found.seconds - found.days * DAY) <= HOUR
    assert period_at(promise, service, found.end).start == found.end


@given(st.sampled_from(ZONES), st.dates(date(1990, 1, 1), date(2037, 12, 31)))
def test_days_are_those_of_the_other_figures(zone: str, of: date) -> None:
    assert midnight(of, zone) == day(of, zone).start


def test_a_date_that_a_zone_leapt_over_begins_with_the_next() -> None:
    """Apia had no 30 December 2011."""
    assert midnight(date(2011, 12, 30), "Pacific/Apia") == midnight(date(2011, 12, 31), "Pacific/Apia")


def test_days_of_23_and_25_hours() -> None:
    zone = "Europe/Berlin"
    spring, autumn = (
        midnight(d + timedelta(1), zone) - midnight(d, zone) for d in (date(2026, 3, 29), date(2026, 10, 25))
    )
    assert (spring, autumn) == (23 * HOUR, 25 * HOUR)


def test_bankers_months_do_not_care_for_clocks() -> None:
    promise = replace(PROMISE, interval=Interval.BANKERS, zone="America/New_York")
    service = replace(SERVICE, turn_up=date(2026, 10, 15))
    first = period_at(promise, service, at("10-20 00:00"))
    assert (first.start, first.seconds) == (at("10-15 04:00"), 30 * DAY)
    assert datetime.fromtimestamp(first.end, UTC) == datetime(2026, 11, 14, 4, tzinfo=UTC)


def test_an_epoch_of_its_own_counts_periods_and_the_turn_up_day_still_cuts() -> None:
    promise = replace(PROMISE, interval=Interval.BANKERS)
    service = replace(SERVICE, epoch=date(2026, 1, 1), turn_up=date(2026, 1, 10))
    first = period_at(promise, service, at("01-20 00:00"))
    assert (first.start, first.end, first.partial) == (at("01-10 00:00"), at("01-31 00:00"), True)


def test_a_service_that_ended_cuts_its_last_period() -> None:
    service = replace(SERVICE, until=at("04-11 00:00"))
    found = period_at(PROMISE, service, at("04-05 00:00"))
    assert (found.seconds, found.partial, found.days) == (10 * DAY, True, 30)


@pytest.mark.parametrize(
    ("promise", "service", "fault"),
    [
        (replace(PROMISE, interval=Interval.TURN_UP), replace(SERVICE, turn_up=None), "s1:ge-0/0/0 has no turn-up day"),
        (replace(PROMISE, interval="fortnight"), SERVICE, "promise gold: no interval 'fortnight'; there are calendar"),
        (PROMISE, replace(SERVICE, turn_up=date(2026, 6, 1)), "had no service yet at 2026-04-05 00:00 UTC"),
        (PROMISE, replace(SERVICE, until=at("04-02 00:00")), "had no service any more at 2026-04-05 00:00 UTC"),
    ],
)
def test_what_is_no_period_is_said(promise: Promise, service: Service, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        period_at(promise, service, at("04-05 00:00"))
