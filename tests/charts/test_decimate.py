"""Charts draw the highest value of every dot column, and nothing where nothing is known."""

from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noctui.charts.decimate import decimate, runs

VALUES = st.floats(0, 1e6, width=32) | st.just(math.nan)
POLLS = st.lists(st.tuples(st.floats(1, 600), VALUES), min_size=1, max_size=80)


def polls(made: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, spans and values of polls that follow one another without a seam."""
    spans = np.array([length for length, _ in made])
    return np.cumsum(spans), spans.astype(np.float32), np.array([v for _, v in made], np.float32)


@given(POLLS, st.integers(1, 60))
def test_the_highest_value_is_kept_whatever_the_width(made: list[tuple[float, float]], columns: int) -> None:
    times, spans, values = polls(made)
    dots = decimate(times, spans, values, 0.0, float(times[-1]), columns)
    assert np.nanmax(dots, initial=-1) == np.nanmax(values, initial=-1)
    assert set(dots[np.isfinite(dots)].tolist()) <= set(values.tolist())


@given(POLLS, st.integers(1, 60))
def test_each_dot_is_the_highest_of_the_polls_that_its_column_touches(
    made: list[tuple[float, float]], columns: int
) -> None:
    times, spans, values = polls(made)
    begins = times - spans
    end = float(times[-1])
    for i, dot in enumerate(decimate(times, spans, values, 0.0, end, columns).tolist()):
        left, right = end / columns * i, end if i == columns - 1 else end / columns * (i + 1)
        inside = [v for a, b, v in zip(begins, times, values.tolist(), strict=True) if b > left and a < right]
        known = [v for v in inside if not math.isnan(v)]
        assert (math.isnan(dot) and not known) or dot == max(known)


@given(st.lists(VALUES, max_size=60), st.sampled_from([1, 2]))
def test_runs_are_the_known_dots_in_order_and_none_crosses_a_gap(values: list[float], each: int) -> None:
    dots = np.array(values, np.float32)
    found = list(runs(dots, each))
    at = [round(x * each - 0.5) for xs, _ in found for x in xs.tolist()]
    assert at == np.flatnonzero(np.isfinite(dots)).tolist()
    assert [y for _, ys in found for y in ys.tolist()] == dots[np.isfinite(dots)].tolist()
    for xs, _ in found:
        assert np.allclose(np.diff(xs), 1 / each)
    ends = [(xs[0], xs[-1]) for xs, _ in found]
    assert all(after[0] - before[1] > 1 / each for before, after in itertools.pairwise(ends))


def test_a_gap_of_one_column_parts_two_runs() -> None:
    first, second = runs(np.array([1, 2, np.nan, 4], np.float32))
    assert first[0].tolist() == [0.25, 0.75]
    assert second[0].tolist() == [1.75]
    assert second[1].tolist() == [4]


def test_a_poll_that_is_missing_leaves_its_columns_empty() -> None:
    """60 s polls at 60 and 240 s: nothing stands for the two minutes between."""
    dots = decimate(np.array([60.0, 240.0]), np.full(2, 60, np.float32), np.array([5, 7], np.float32), 0, 240, 4)
    assert [None if math.isnan(v) else v for v in dots.tolist()] == [5, None, None, 7]
