"""What is usual: medians and robust z-scores (numbers h), and hours of the week in local time."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.kpi.baseline import HOURS, baseline, medians, robust_z, usual, weeks_of, z_of_hour
from noctui.model.figures import Baseline

NAN = math.nan
HOUR = 3600.0
MONDAY = datetime(2026, 11, 2, tzinfo=UTC).timestamp()
SEEN = [10, 11, 9, 10, 12, 10, 11, 9, 10, 50.0]
ROWS = st.integers(1, 12).flatmap(
    lambda n: st.lists(
        st.lists(st.one_of(st.just(NAN), st.floats(-1e6, 1e6)), min_size=n, max_size=n), min_size=1, max_size=6
    )
)


def hours(start: str, end: str) -> list[float]:
    """The UTC hours that begin in [start, end)."""
    first, last = (datetime.fromisoformat(t).replace(tzinfo=UTC).timestamp() for t in (start, end))
    return [first + HOUR * i for i in range(int((last - first) // HOUR))]


def test_the_robust_z_score() -> None:
    """Numbers h: median 10, MAD 1, z(50) = 26.98; the plain one is 2.84 and misses a rule of three sigma."""
    of = usual(np.array([SEEN]))
    assert (of.median[0], of.mad[0]) == (10, 1)
    assert robust_z(50.0, of)[0] == pytest.approx(26.98)
    assert (50 - np.mean(SEEN)) / np.std(SEEN, ddof=1) == pytest.approx(2.84, abs=5e-3)


def test_a_mad_of_nothing_gives_way_to_the_mean_deviation() -> None:
    """Numbers h: MAD = 0 takes the mean absolute deviation times 1.2533, here of 0 0 0 0 0 0 0 10."""
    of = usual(np.array([[20.0] * 7 + [30.0]]))
    assert of.mad[0] == 0
    assert robust_z(30.0, of)[0] == pytest.approx(10 / (1.2533 * 10 / 8))


def test_values_that_never_differ_are_measured_in_units() -> None:
    """Numbers h: a unit floor, never a division by 0."""
    of = usual(np.array([[20.0] * 8]), 0.5)
    assert robust_z(np.array([20.0]), of).tolist() == [0]
    assert robust_z(np.array([20.4]), of).tolist() == [pytest.approx(0.8)]


def test_unknown_is_left_out_and_nothing_known_is_unknown() -> None:
    of = usual(np.array([[NAN, 1, 3, NAN], [NAN] * 4]))
    assert of.median.tolist() == pytest.approx([2, NAN], nan_ok=True)
    assert np.isnan([of.mad[1], of.spread[1], robust_z(5.0, of)[1]]).all()
    assert medians(np.zeros((2, 0))).tolist() == pytest.approx([NAN, NAN], nan_ok=True)


@given(ROWS)
def test_medians_and_their_deviations_are_those_of_plain_python(table: list[list[float]]) -> None:
    of = usual(np.array(table))
    for i, row in enumerate(table):
        known = [v for v in row if not math.isnan(v)]
        middle = median(known) if known else NAN
        assert of.median[i] == pytest.approx(middle, nan_ok=True)
        assert of.mad[i] == pytest.approx(median(abs(v - middle) for v in known) if known else NAN, nan_ok=True)


@given(ROWS, st.integers(0, 999), st.floats(-1e6, 1e6))
def test_neither_the_order_of_values_nor_other_rows_matter(table: list[list[float]], seed: int, value: float) -> None:
    given_ = np.array(table)
    across = np.random.default_rng(seed).permutation(given_.shape[1])
    whole = robust_z(value, usual(given_))
    np.testing.assert_allclose(robust_z(value, usual(given_[:, across])), whole, rtol=1e-12)
    np.testing.assert_array_equal([robust_z(value, usual(row[None]))[0] for row in given_], whole)
    assert np.isfinite(whole[~np.isnan(given_).all(axis=1)]).all()


# Hours of the week


def weekly(weeks: int, zone: str = "UTC", at: float | None = None, value: float = 50.0) -> Baseline:
    """So many weeks from Monday 2026-11-02 on, each hour's average its own number plus the week's."""
    starts = [MONDAY + HOUR * i for i in range(HOURS * weeks)]
    averages = np.array([i % HOURS + i // HOURS for i in range(len(starts))], np.float64)
    return baseline("c", "util", averages, starts, zone, starts[-1] + HOUR if at is None else at, value)


def test_an_hour_of_the_week_against_its_own_kind() -> None:
    """Monday 00:00 had 0, 1, 2, 3 and 4 per cent; now it has 50."""
    found = weekly(5)
    assert (found.hour, found.value) == (0, 50)
    assert (found.median[0], found.mad[0], found.weeks[0]) == (2, 1, 5)
    assert found.z == pytest.approx(0.6745 * 48)
    assert found.median.tolist() == [hour + 2 for hour in range(HOURS)]


def test_two_weeks_of_that_hour_are_needed() -> None:
    """Numbers h: needs at least two weeks; of one week there is a median, and no score."""
    assert math.isnan(weekly(1).z)
    assert weekly(1).median[0] == 0
    assert weekly(2).z == pytest.approx((50 - 0.5) / 1.0)  # a MAD of 0.5 is less than the unit allows


def test_the_hour_that_is_judged_is_no_part_of_what_is_usual() -> None:
    """The last hour, Sunday 23:00, judged when it is over: four others of its kind are left."""
    found = weekly(5, at=MONDAY + HOUR * (5 * HOURS - 1))
    assert (found.hour, found.weeks[HOURS - 1], found.weeks[0]) == (HOURS - 1, 4, 5)
    assert found.median[HOURS - 1] == HOURS - 1 + 1.5


def test_buckets_are_local_hours() -> None:
    """Monday 06:00 UTC is Sunday 23:00 in Denver in November: what was in bucket 6 is in 167."""
    assert weekly(5, "America/Denver").median[HOURS - 1] == weekly(5).median[6]


def test_in_a_zone_off_the_hour_an_hour_belongs_where_it_begins() -> None:
    """Monday 00:00 UTC is 05:30 in Kolkata: hour 5."""
    assert weekly(5, "Asia/Kolkata").median[5] == weekly(5).median[0]


def test_a_doubled_hour_goes_to_its_bucket_twice_and_counts_as_one_week() -> None:
    """Berlin sets its clock back on Sunday 2026-10-25 at 03:00: there are two hours from 02:00 on."""
    starts = hours("2026-10-17T22:00", "2026-10-31T23:00")
    at_two = [s for s in starts if datetime.fromtimestamp(s, ZoneInfo("Europe/Berlin")).strftime("%a %H") == "Sun 02"]
    assert len(at_two) == 3
    averages = np.array([{at_two[0]: 10.0, at_two[1]: 20.0, at_two[2]: 60.0}.get(s, NAN) for s in starts])
    found = baseline("c", "util", averages, starts, "Europe/Berlin", starts[-1] + HOUR, 1.0)
    bucket = 6 * 24 + 2
    assert (found.median[bucket], found.weeks[bucket]) == (20, 2)
    assert found.weeks.sum() == 2


def test_a_missing_hour_is_in_no_bucket() -> None:
    """Berlin sets its clock forward on Sunday 2027-03-28 at 02:00: that day has no hour from 02:00 on."""
    starts = hours("2027-03-27T23:00", "2027-03-28T22:00")
    found = baseline("c", "util", np.ones(23), starts, "Europe/Berlin", starts[-1] + HOUR, 1.0)
    assert len(starts) == 23
    assert found.weeks[6 * 24 :].tolist() == [1, 1, 0] + [1] * 21


def test_weeks_without_values_are_not_counted() -> None:
    starts = np.array([0.0, 7, 14, 21]) * 24 * HOUR
    assert weeks_of(starts, np.array([[True, False, True, False], [False] * 4])).tolist() == [2, 0]


def test_no_history_at_all() -> None:
    found = baseline("c", "util", np.zeros(0), [], "UTC", MONDAY, 50.0)
    assert (len(found.median), found.weeks.sum(), found.hour) == (HOURS, 0, 0)
    assert np.isnan(found.median).all()
    assert math.isnan(found.z)


@given(st.integers(0, 999), st.sampled_from(["UTC", "America/Denver", "Asia/Kolkata", "Australia/Lord_Howe"]))
def test_all_circuits_at_one_hour_are_judged_as_each_alone(seed: int, zone: str) -> None:
    rng = np.random.default_rng(seed)
    first = MONDAY + HOUR * int(rng.integers(0, 8760))
    starts = [first + HOUR * i for i in range(HOURS * 3)]
    averages = rng.uniform(0, 100, (4, len(starts)))
    averages[rng.random(averages.shape) < 0.3] = NAN
    values, at = rng.uniform(0, 100, 4), starts[-1] + 1800 - HOUR * int(rng.integers(-1, 3))
    together = z_of_hour(averages, starts, zone, at, values, "util")
    for row in range(4):
        alone = baseline("c", "util", averages[row], starts, zone, at, float(values[row]))
        assert together[row] == pytest.approx(alone.z, nan_ok=True)
        local = datetime.fromtimestamp(at, ZoneInfo(zone))
        assert alone.hour == 24 * local.weekday() + local.hour
