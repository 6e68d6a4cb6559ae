"""EWMA and Holt's smoothing: numbers h, and the recursion of the textbook as the judge."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.kpi.smooth import smoothed

NAN = math.nan


def test_ewma() -> None:
    """Numbers h: alpha 0.5 on 10 20 30 20 10."""
    levels, trend = smoothed(np.array([[10, 20, 30, 20, 10.0]]), 0.5)
    assert levels.tolist() == [[10, 15, 22.5, 21.25, 15.625]]
    assert trend.tolist() == [0.0]


def test_holt() -> None:
    """Numbers h: alpha and beta 0.5, first level x0, first trend x1 - x0, on 10 12 14 16 18."""
    levels, trend = smoothed(np.array([[10, 12, 14, 16, 18.0]]), 0.5, 0.5)
    assert (levels[0, -1], trend[0]) == (18, 2)


def test_a_line_with_holes_is_followed_through_them() -> None:
    levels, trend = smoothed(np.array([[NAN, 10, NAN, NAN, 16, NAN, 20, NAN]]), 0.5, 0.5)
    assert trend.tolist() == [2.0]
    assert levels[0].tolist() == pytest.approx([NAN, 10, 10, 10, 16, 18, 20, 22], nan_ok=True)


def test_an_unknown_step_leaves_an_ewma_where_it_is() -> None:
    assert smoothed(np.array([[10, NAN, 20.0]]), 0.5)[0].tolist() == [[10, 10, 15]]


@pytest.mark.parametrize(("values", "level"), [([NAN, NAN], NAN), ([NAN, 5.0], 5.0)])
def test_there_is_no_trend_of_fewer_than_two(values: list[float], level: float) -> None:
    levels, trend = smoothed(np.array([values]), 0.5, 0.5)
    assert levels[0, -1] == pytest.approx(level, nan_ok=True)
    assert math.isnan(trend[0])


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_holt_is_the_recursion_of_the_textbook(values: list[float], alpha: float, beta: float) -> None:
    level, trend = values[0], values[1] - values[0]
    for value in values[1:]:
        before = level
        level = alpha * value + (1 - alpha) * (level + trend)
        trend = beta * (level - before) + (1 - beta) * trend
    levels, found = smoothed(np.array([values, values[::-1]]), alpha, beta)
    assert levels[0, -1] == pytest.approx(level, abs=1e-6)
    assert found[0] == pytest.approx(trend, abs=1e-6)
