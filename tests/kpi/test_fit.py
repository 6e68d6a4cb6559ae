"""Lines through values: numbers h, and numpy's own least squares as the judge."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.kpi.fit import fit, reach

NAN = math.nan
VALUES = st.one_of(st.just(NAN), st.floats(-1e6, 1e6).map(lambda v: round(v, 3)))
TABLES = st.integers(1, 28).flatmap(
    lambda steps: st.lists(st.lists(VALUES, min_size=steps, max_size=steps), min_size=1, max_size=6)
)


def rows(*values: list[float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array(values, np.float64)


def test_time_to_threshold() -> None:
    """Numbers h: 50 52 53 56 57 60 61 64 has slope 1.9643 a step and reaches 90 13.49 steps after the last."""
    found = fit(rows([50, 52, 53, 56, 57, 60, 61, 64]))
    assert found.slope[0] == pytest.approx(1.9643, abs=5e-5)
    assert reach(found, 90.0)[0] == pytest.approx(13.49, abs=5e-3)
    assert found.r2[0] == pytest.approx(0.98889, abs=5e-6)
    assert found.n[0] == 8


@pytest.mark.parametrize("values", [[50.0] * 8, [0.1] * 28, [64.0, 61, 60, 57, 56, 53, 52, 50]])
def test_what_is_flat_or_falls_never_gets_there(values: list[float]) -> None:
    """Numbers h: slope <= 0 is "never". A row that does not move has no slope at all, not one of rounding."""
    assert reach(fit(rows(values)), 90.0).tolist() == [math.inf]


def test_a_row_that_does_not_move_lies_on_its_line() -> None:
    found = fit(rows([0.1] * 28))
    assert (found.slope[0], found.level[0], found.r2[0]) == (0.0, 0.1, 1.0)


@pytest.mark.parametrize("values", [[88.0, 90, 92], [96.0, 94, 92], [90.0, 90]])
def test_what_is_there_already_takes_no_step_whichever_way_it_goes(values: list[float]) -> None:
    assert reach(fit(rows(values)), 90.0).tolist() == [0.0]


def test_an_unknown_step_is_left_out_and_keeps_its_place() -> None:
    found = fit(rows([10, NAN, NAN, 40, NAN]))
    assert (found.slope[0], found.level[0], found.n[0]) == (pytest.approx(10), pytest.approx(50), 2)
    assert reach(found, 90.0)[0] == pytest.approx(4)


@pytest.mark.parametrize("values", [[NAN, NAN, NAN], [NAN, 7, NAN], [7.0]])
def test_fewer_than_two_values_have_no_line(values: list[float]) -> None:
    found = fit(rows(values))
    assert np.isnan([found.slope[0], found.level[0], found.r2[0], reach(found, 90.0)[0]]).all()


def test_too_few_values_or_no_threshold_give_no_forecast() -> None:
    found = fit(rows([1, 2, 3], [1, 2, 3]))
    assert np.isnan(reach(found, 90.0, least=4)).all()
    assert reach(found, np.array([4.0, NAN])).tolist() == pytest.approx([1.0, NAN], nan_ok=True)


def test_no_rows_and_no_steps() -> None:
    assert fit(np.zeros((0, 28))).slope.tolist() == []
    assert fit(np.zeros((2, 0))).n.tolist() == [0, 0]


@given(st.lists(VALUES, min_size=2, max_size=40))
def test_it_is_the_least_squares_of_numpy(values: list[float]) -> None:
    y, x = np.array(values), np.arange(len(values)) - (len(values) - 1.0)
    known = ~np.isnan(y)
    found = fit(y[None])
    if known.sum() < 2:
        assert math.isnan(found.slope[0])
        return
    slope, level = np.polyfit(x[known], y[known], 1)
    size = max(1.0, float(np.abs(y[known]).max()))
    assert found.slope[0] == pytest.approx(slope, abs=1e-9 * size)
    assert found.level[0] == pytest.approx(level, abs=1e-8 * size)
    left = y[known] - (slope * x[known] + level)
    around = y[known] - y[known].mean()
    if (around**2).sum() > (1e-6 * size) ** 2:
        assert found.r2[0] == pytest.approx(1 - (left**2).sum() / (around**2).sum(), abs=1e-6)


@given(TABLES, st.integers(0, 999))
def test_a_row_is_fitted_the_same_whoever_stands_beside_it(table: list[list[float]], seed: int) -> None:
    given_ = np.array(table)
    order = np.random.default_rng(seed).permutation(len(given_))
    whole, moved = fit(given_), fit(given_[order])
    for name in ("slope", "level", "r2", "n"):
        each = np.array([getattr(fit(row[None]), name)[0] for row in given_])
        np.testing.assert_array_equal(getattr(whole, name), each)
        np.testing.assert_array_equal(getattr(moved, name), each[order])


@given(st.floats(-100, 100), st.floats(-5, 5), st.integers(2, 28), st.floats(-200, 200))
def test_the_line_is_at_the_threshold_when_it_is_said_to_be(
    start: float, slope: float, steps: int, threshold: float
) -> None:
    found = fit(start + slope * np.arange(steps, dtype=np.float64)[None])
    until = reach(found, threshold)[0]
    if 0 < until < 1e6:
        assert found.level[0] + found.slope[0] * until == pytest.approx(threshold, abs=1e-6)
    elif until == 0:
        assert found.level[0] >= threshold
    else:
        assert found.level[0] < threshold
        assert found.slope[0] < 1e-3
