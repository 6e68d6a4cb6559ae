"""Hours of the week: samples split at the hour's edge, hours by the local clock."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.charts.hours import HOUR, by_week, hourly
from noctui.charts.wish import Samples
from noctui.model.scene import Range


def samples(made: list[tuple[float, float, float]], means: list[float] | None = None) -> Samples:
    """(end, span, value) each."""
    ends = np.array([e for e, _, _ in made], np.float64)
    return Samples(
        "c", Range(0.0, 1e9), ends, np.array([s for _, s, _ in made], np.float32),
        np.array([v for _, _, v in made], np.float32), means is not None,
        None if means is None else np.array(means, np.float32),
    )  # fmt: skip


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_a_sample_over_the_hours_edge_counts_in_both() -> None:
    """10 for the last quarter of hour 0 and the first of hour 1, then 40 for a quarter: 10, and (10 + 40) / 2."""
    starts, averages = hourly(samples([(HOUR + 900, 1800, 10), (HOUR + 1800, 900, 40)]))
    assert starts.tolist() == [0, HOUR]
    assert averages.tolist() == [10, 25]


def test_unknown_samples_count_nowhere_and_missing_hours_are_missing() -> None:
    starts, _ = hourly(samples([(60, 60, 5), (2 * HOUR, 60, math.nan), (5 * HOUR, 60, 7)]))
    assert starts.tolist() == [0, 4 * HOUR]
    assert hourly(samples([]))[0].tolist() == []


def test_of_an_hour_held_as_one_its_average_counts_and_not_its_highest() -> None:
    starts, averages = hourly(samples([(HOUR, HOUR, 90), (2 * HOUR, HOUR, 80)], [20, 30]))
    assert (starts.tolist(), averages.tolist()) == ([0, HOUR], [20, 30])


@given(st.lists(st.tuples(st.integers(1, 5400), st.integers(0, 100)), min_size=1, max_size=40))
def test_no_second_is_lost_or_counted_twice(made: list[tuple[int, int]]) -> None:
    """Hours weighed by their known seconds add up to the samples weighed by theirs."""
    ends = np.cumsum([s for s, _ in made])
    polls = [(float(e), float(s), float(v)) for e, (s, v) in zip(ends, made, strict=True)]
    starts, averages = hourly(samples(polls))
    last = float(ends[-1])
    seconds = np.minimum(starts + HOUR, last) - starts
    assert float((averages * seconds).sum()) == pytest.approx(sum(s * v for s, v in made))


def test_an_hour_belongs_to_the_local_hour_it_begins_in() -> None:
    """Monday 2026-11-23 03:00 UTC is Sunday 20:00 in Denver, and 08:30 in Kolkata: hour 8."""
    start = np.array([at("2026-11-23T03:00")])
    for zone, day, hour in (("UTC", 0, 3), ("America/Denver", 6, 20), ("Asia/Kolkata", 0, 8)):
        values, weeks = by_week(start, np.array([42.0]), zone)
        assert values[day, hour] == 42
        assert weeks.sum() == 1
        assert np.isnan(values).sum() == 167


def test_the_hour_that_clocks_repeat_counts_twice_and_the_one_they_skip_not_at_all() -> None:
    """Berlin 2026: on October 25 the hour from 02:00 is there twice, on March 29 it is not."""
    autumn = at("2026-10-24T22:00") + HOUR * np.arange(25, dtype=np.float64)
    _, weeks = by_week(autumn, np.ones(25), "Europe/Berlin")
    assert weeks[6].tolist() == [1, 1, 2, *[1] * 21]
    spring = at("2026-03-28T23:00") + HOUR * np.arange(23, dtype=np.float64)
    values, weeks = by_week(spring, np.ones(23), "Europe/Berlin")
    assert weeks[6].tolist() == [1, 1, 0, *[1] * 21]
    assert math.isnan(values[6, 2])


def test_several_weeks_are_averaged() -> None:
    monday = at("2026-11-02T09:00")
    values, weeks = by_week(
        monday + 7 * 24 * HOUR * np.arange(3, dtype=np.float64), np.array([10.0, 20.0, 60.0]), "UTC"
    )
    assert (values[0, 9], weeks[0, 9]) == (30, 3)
