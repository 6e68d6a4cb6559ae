"""The 95th percentile: nearest rank, as carriers bill (facts/numbers.md c); and from histograms, to within 1 %."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.kpi.percentile import (
    ERROR,
    highest,
    merged,
    nearest_rank,
    percentile,
    rank,
    rank_of_highest,
    room_for,
    sketches,
)


@pytest.mark.parametrize(("slots", "at"), [(8640, 8208), (8928, 8482), (8064, 7661)], ids=["30 d", "31 d", "28 d"])
def test_the_rank_of_a_billing_month(slots: int, at: int) -> None:
    """Numbers c: 8,640 five-minute averages, drop the top 432, bill the highest of the remaining 8,208."""
    assert rank(slots) == at
    assert nearest_rank(np.arange(1, slots + 1, dtype=np.float32)[None])[0] == at


@pytest.mark.parametrize(("n", "value"), [(100, 95), (24, 23), (1, 1), (2, 2), (20, 19)])
def test_nearest_rank_of_the_first_numbers(n: int, value: int) -> None:
    """Numbers c: 1..100 gives 95 (not 95.05, not 96); 24 hourly values give 23 (not 22.85)."""
    assert nearest_rank(np.arange(1, n + 1, dtype=np.float32)[None])[0] == value


def test_unknown_values_have_no_rank_and_no_value_has_no_percentile() -> None:
    some = np.array([[math.nan, 7, math.nan], [math.nan, math.nan, math.nan]], np.float32)
    assert nearest_rank(some)[0] == 7
    assert math.isnan(nearest_rank(some)[1])


def test_the_p95_of_a_week_is_not_the_highest_p95_of_its_days() -> None:
    """Numbers c and predecessors: one bad day of seven is not a bad week."""
    days = np.tile(np.full(288, 10.0, np.float32), (7, 1))
    days[3, -20:] = 90.0
    assert nearest_rank(days).max() == 90.0
    assert nearest_rank(days.reshape(1, -1))[0] == 10.0
    parts = [sketches(day[None]) for day in days]
    assert percentile(merged(parts), 1)[0] == pytest.approx(10.0, rel=ERROR)


@given(
    st.lists(
        st.lists(st.one_of(st.just(0.0), st.floats(0.0009765625, 1e10, width=32)), min_size=1, max_size=60),
        min_size=1,
        max_size=6,
    )
)
def test_merged_histograms_give_the_rank_of_all_values_together(parts: list[list[float]]) -> None:
    together = np.array([v for part in parts for v in part], np.float32)[None]
    exact = nearest_rank(together)[0]
    found = percentile(merged([sketches(np.array([part], np.float32)) for part in parts]), 1)[0]
    assert found == pytest.approx(exact, rel=ERROR * 1.001, abs=1e-4)


def test_rows_are_merged_into_groups_and_rows_without_a_group_are_left_out() -> None:
    found = sketches(np.array([[1, 1], [100, 100], [5000, 5000]], np.float32))
    both = percentile(merged([found], [np.array([0, 0, -1])]), 2)
    assert both[0] == pytest.approx(100, rel=ERROR)
    assert math.isnan(both[1])


@given(st.integers(0, 2**32), st.integers(0, 400), st.integers(0, 40), st.floats(0.0, 1.0))
def test_the_highest_values_are_enough_to_go_on_with(seed: int, before: int, more: int, gaps: float) -> None:
    """As a window does at each poll: most of it stays, its ends are others."""
    rng = np.random.default_rng(seed)
    values = np.round(rng.random((3, before + more)) * 50).astype(np.float32)
    values[rng.random(values.shape) < gaps] = np.nan
    kept = highest(values[:, :before], room_for(before + more))
    np.testing.assert_array_equal(rank_of_highest(kept, values[:, before:]), nearest_rank(values))


def test_room_for_a_month_is_a_twentieth_of_it() -> None:
    """Numbers c: of 8,640 averages the highest 432 are dropped, the next is billed."""
    assert room_for(8640) == 433
    assert room_for(0) == 1
