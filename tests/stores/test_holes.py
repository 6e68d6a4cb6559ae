"""Which times nobody polled: what a back-fill may fill."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noctui.stores.history.holes import holes


def found(at: list[float], start: float, end: float, every: float = 60.0) -> list[tuple[float, float, float]]:
    return holes(np.array(at), np.full(len(at), every), start, end)


def test_between_polls_that_are_more_than_three_intervals_apart_is_a_hole() -> None:
    """DESIGN 5: a sample stands for at most three intervals before it, so the hole is to be filled up to there."""
    assert found([0.0, 60.0, 240.0], 0.0, 240.0) == []
    assert found([0.0, 60.0, 1060.0], 0.0, 1060.0) == [(60.0, 1060.0, 880.0)]


def test_before_the_first_poll_is_one_and_after_the_last_is_none() -> None:
    assert found([5000.0, 5060.0], 1000.0, 9000.0) == [(1000.0, 5000.0, 4820.0)]
    assert found([5000.0], 6000.0, 9000.0) == []
    assert found([], 0.0, 100.0) == []


def test_a_range_cuts_holes() -> None:
    assert found([0.0, 10_000.0], 2000.0, 4000.0) == [(2000.0, 4000.0, 4000.0)]
    assert found([0.0, 10_000.0], 9900.0, 9990.0) == [], "there the samples of the poll after stand"


def test_polls_of_buckets_reach_as_far_as_their_own_interval() -> None:
    """What was filled with hours is not to be filled again."""
    at, every = np.array([0.0, 3600.0, 7200.0, 10_800.0, 14_000.0]), np.array([60.0, 3600.0, 3600.0, 3600.0, 60.0])
    assert holes(at, every, 0.0, 14_000.0) == [(10_800.0, 14_000.0, 13_820.0)]


@given(st.sets(st.integers(0, 20_000), max_size=12), st.integers(0, 20_000), st.integers(0, 20_000))
def test_holes_and_what_polls_stand_for_are_the_whole_range_up_to_the_last_poll(
    times: set[int], start: int, end: int
) -> None:
    """Second by second: each that is before some poll is in a hole, or within three intervals before a poll."""
    at = sorted(map(float, times))
    chosen = found(at, float(start), float(end))
    assert all(start <= a < fill <= b <= end for a, b, fill in chosen)
    for second in range(start, end, 17):
        moment = second + 0.5
        later = [t for t in at if t > moment]
        held = bool(later) and min(later) - moment < 180.0
        between = [t for t in at if t <= moment]
        near = bool(later) and bool(between) and min(later) - max(between) <= 180.0
        inside = any(a <= moment < fill for a, _, fill in chosen)
        assert inside == (bool(later) and not held and not near), moment
