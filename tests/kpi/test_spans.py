"""What a sample stands for, in whole milliseconds: parts of a stretch add up to it wherever it is cut (DESIGN 5)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noctui.kpi.spans import spans

START = 1_764_000_000.0


def stands_for(times: list[float], interval: float = 60.0, length: float = 3600.0) -> list[int]:
    """Milliseconds of a stretch from START that each sample of one circuit stands for; times count from START."""
    at = np.array(times) + START
    found = spans(at, np.full(len(at), interval), np.full((len(at), 1), True), START, START + length)
    return [int(w) for w in found.weight[:, 0]]


def test_a_sample_stands_for_the_time_since_the_one_before() -> None:
    assert stands_for([0.25, 60.75, 120.75]) == [250, 60_500, 60_000]


def test_at_most_three_intervals_and_nothing_outside() -> None:
    assert stands_for([-30, 500, 3590, 3650]) == [0, 180_000, 180_000, 10_000]


def test_a_sample_far_outside_stands_for_nothing_inside() -> None:
    """A clock that jumps: a poll of last year and one of next year."""
    assert stands_for([-40_000_000, 100, 40_000_000]) == [0, 100_000, 0]


@given(
    st.lists(st.integers(-4_000_000, 8_000_000), min_size=1, max_size=50, unique=True),
    st.lists(st.integers(1, 3_599_999), max_size=5, unique=True),
    st.sampled_from([5.0, 60.0, 300.0]),
)
def test_parts_add_up_to_the_whole(times: list[int], cuts: list[int], interval: float) -> None:
    at = np.array(sorted(times)) / 1000.0 + START
    every, own = np.full(len(at), interval), np.full((len(at), 1), True)
    whole = spans(at, every, own, START, START + 3600.0)
    edges = [0, *sorted(cuts), 3_600_000]
    parts = [spans(at, every, own, START + a / 1000.0, START + b / 1000.0).weight for a, b in pairwise(edges)]
    assert np.array_equal(np.sum(parts, axis=0), whole.weight)
    cut = [whole.part(a, b).weight for a, b in pairwise(edges)]
    assert all((a == b).all() for a, b in zip(parts, cut, strict=True))
