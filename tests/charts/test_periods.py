"""Boxes: calendar stretches of a zone, and five numbers by nearest rank (DESIGN 5)."""

from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noctui.charts.periods import edges, five_numbers, grain_of
from noctui.model.scene import WINDOWS, Range
from tests.charts.test_hours import at, samples


def test_the_longer_the_range_the_longer_a_box() -> None:
    grains = {word: grain_of(Range(0, seconds)) for word, seconds in WINDOWS.items()}
    assert grains == {
        "1h": "hour",
        "3h": "hour",
        "12h": "hour",
        "24h": "hour",
        "7d": "day",
        "31d": "day",
        "13mo": "month",
    }


def test_days_follow_the_zone_with_its_days_of_23_and_25_hours() -> None:
    """Berlin, the end of October 2026: Saturday to Monday, Sunday has 25 hours."""
    found, labels = edges(Range(at("2026-10-24T12:00"), at("2026-10-26T12:00")), "day", "Europe/Berlin")
    assert labels == ["Oct 24", "Oct 25", "Oct 26"]
    assert [(b - a) / 3600 for a, b in itertools.pairwise(found)] == [24, 25, 24]
    found, _ = edges(Range(at("2026-03-28T23:00"), at("2026-03-29T12:00")), "day", "Europe/Berlin")
    assert [(b - a) / 3600 for a, b in itertools.pairwise(found)] == [23]


def test_months_go_over_the_year_and_the_leap_day() -> None:
    _, labels = edges(Range(at("2027-11-20T00:00"), at("2028-03-02T00:00")), "month", "UTC")
    assert labels == ["Nov", "Dec", "Jan", "Feb", "Mar"]


@given(st.lists(st.integers(0, 1000), max_size=50))
def test_five_numbers_are_nearest_ranks_of_what_is_known(values: list[int]) -> None:
    polls = [(60.0 * (i + 1), 60.0, float(v)) for i, v in enumerate(values)] + [(5000.0, 60.0, math.nan)]
    (five,) = five_numbers(samples(polls), [0.0, 6000.0]).tolist()
    if not values:
        assert all(math.isnan(v) for v in five)
        return
    rising = sorted(values)
    for share, value in zip((0.0, 0.25, 0.5, 0.75, 1.0), five, strict=True):
        assert value == next(v for i, v in enumerate(rising, 1) if i >= share * len(rising))
    assert five == sorted(five)


def test_a_sample_belongs_to_the_stretch_it_ends_in() -> None:
    """The poll at midnight stands for the minute before it."""
    found = five_numbers(samples([(100, 60, 1), (160, 60, 9)]), [0, 100, 200])
    assert np.array_equal(found[:, 4], [1, 9])
