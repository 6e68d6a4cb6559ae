"""Calendar days, ISO weeks and months in the configured zone, in UTC seconds."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.kpi.calendar import by_key, day, hours_of_week, month, period, periods, week
from noctui.model.figures import Grain

ZONES = (
    "UTC", "America/Denver", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe",
    "America/Havana", "Pacific/Chatham",
)  # fmt: skip


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("of", "minutes"), [("2026-03-08", 1380), ("2026-11-01", 1500), ("2026-07-01", 1440)], ids=["23 h", "25 h", "24 h"]
)
def test_days_of_daylight_saving(of: str, minutes: int) -> None:
    """Numbers f: a local day at DST is 1,380 or 1,500 minutes."""
    assert day(date.fromisoformat(of), "America/Denver").seconds == minutes * 60


def test_a_shift_of_half_an_hour() -> None:
    """Lord Howe shifts by 30 minutes: 23.5 and 24.5 hours."""
    assert day(date(2026, 10, 4), "Australia/Lord_Howe").seconds == 23.5 * 3600
    assert day(date(2026, 4, 5), "Australia/Lord_Howe").seconds == 24.5 * 3600


def test_a_day_whose_midnight_does_not_exist_begins_with_its_first_instant() -> None:
    """Havana goes from 23:59:59 to 01:00."""
    assert day(date(2026, 3, 8), "America/Havana").start == at("2026-03-08T05:00")
    assert day(date(2026, 3, 8), "America/Havana").seconds == 23 * 3600


def test_a_day_that_begins_twice_begins_the_first_time() -> None:
    """Havana goes back from 01:00 to 00:00: that day has 25 hours."""
    assert day(date(2026, 11, 1), "America/Havana").seconds == 25 * 3600


def test_zones_off_the_hour() -> None:
    assert day(date(2026, 11, 28), "Asia/Kolkata").start == at("2026-11-27T18:30")
    assert day(date(2026, 11, 28), "Asia/Kathmandu").start == at("2026-11-27T18:15")


@pytest.mark.parametrize(
    ("of", "key", "start"),
    [
        ("2026-12-31", "2026-W53", "2026-12-28"),
        ("2027-01-03", "2026-W53", "2026-12-28"),
        ("2027-01-04", "2027-W01", "2027-01-04"),
        ("2021-01-03", "2020-W53", "2020-12-28"),
        ("2024-12-30", "2025-W01", "2024-12-30"),
    ],
)
def test_iso_weeks_around_new_year(of: str, key: str, start: str) -> None:
    """ISO 8601: week 1 holds the year's first Thursday; 2020 and 2026 have 53."""
    found = week(date.fromisoformat(of), "UTC")
    assert (found.key, found.start) == (key, at(start))


def test_months_have_their_own_length() -> None:
    assert month(date(2028, 2, 29), "UTC").seconds == 29 * 86_400
    assert month(date(2026, 2, 1), "UTC").seconds == 28 * 86_400
    assert month(date(2026, 12, 31), "UTC").end == at("2027-01-01")
    assert month(date(2026, 3, 15), "America/Denver").seconds == 31 * 86_400 - 3600


@given(st.floats(1.4e9, 2.0e9), st.sampled_from(ZONES), st.sampled_from([Grain.DAY, Grain.WEEK, Grain.MONTH]))
def test_an_instant_lies_in_its_period_and_periods_leave_no_hole(at: float, zone: str, grain: Grain) -> None:
    found = period(grain, at, zone)
    assert found.start <= at < found.end
    assert period(grain, found.end, zone).start == found.end
    assert by_key(grain, found.key, zone) == found
    row = periods(grain, found.start - 1, found.end + 1, zone)
    assert [p.end for p in row[:-1]] == [p.start for p in row[1:]]
    assert len(row) == 3


@pytest.mark.parametrize(
    ("grain", "key"),
    [
        (Grain.DAY, "2026-02-30"),
        (Grain.DAY, "20261128"),
        (Grain.WEEK, "2025-W53"),
        (Grain.MONTH, "2026-13"),
        (Grain.MONTH, "soon"),
    ],
)
def test_a_key_that_names_nothing_is_refused_with_an_example(grain: Grain, key: str) -> None:
    with pytest.raises(ValueError, match=rf"'{key}' is no {grain.word} such as 2026-"):
        by_key(grain, key, "UTC")


def test_hours_of_the_week_are_local() -> None:
    """2026-11-30 is a Monday; 06:00 UTC there is 23:00 of Sunday in Denver."""
    assert hours_of_week([at("2026-11-30T00:00"), at("2026-11-30T06:00")], "UTC") == [0, 6]
    assert hours_of_week([at("2026-11-30T06:00")], "America/Denver") == [167]
