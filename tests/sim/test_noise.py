"""Noise that needs no state."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noctui.sim.noise import draw, hashed, keys, lane, number, smooth, uniform


def test_the_same_seed_stream_and_row_always_give_the_same_number() -> None:
    assert np.array_equal(draw(7, 3, 1000), draw(7, 3, 1000))
    assert np.array_equal(draw(7, 3, 10), draw(7, 3, 1000)[:10])
    assert number(1, 2, 3) == number(1, 2, 3)


def test_other_seeds_and_streams_are_other_numbers() -> None:
    base = draw(7, 3, 1000)
    for other in (draw(8, 3, 1000), draw(7, 4, 1000)):
        assert abs(float(np.corrcoef(base, other)[0, 1])) < 0.1


def test_numbers_are_spread_evenly() -> None:
    """Each tenth of 20,000 numbers holds 2,000, within four standard deviations (170)."""
    counts = np.histogram(draw(1, 1, 20_000), bins=10, range=(0, 1))[0]
    assert np.all(np.abs(counts - 2000) < 170)


def test_the_lanes_of_one_hash_are_independent() -> None:
    h = hashed(keys(1, 1, 5000), np.array([[9]]))
    lanes = np.array([lane(h, which)[0] for which in range(4)])
    assert np.all(np.abs(np.corrcoef(lanes) - np.eye(4)) < 0.08)
    assert lanes.min() >= 0.0
    assert lanes.max() < 1.0


def test_numbers_of_the_next_bucket_tell_nothing_of_this_one() -> None:
    key = keys(1, 1, 2)
    now = uniform(hashed(key, np.arange(5000).reshape(-1, 1)))[:, 0]
    assert abs(float(np.corrcoef(now[1:], now[:-1])[0, 1])) < 0.06


@given(t=st.floats(1.5e9, 2.5e9), period=st.floats(30, 4000))
def test_smooth_noise_stays_in_bounds_and_has_no_jumps(t: float, period: float) -> None:
    """In a thousandth of its period it moves by at most 2 × 1.5 / 1000."""
    key = keys(1, 1, 20)
    a, b = smooth(key, np.array([[t]]), period), smooth(key, np.array([[t + period / 1000]]), period)
    assert np.all(np.abs(a) <= 1.0)
    assert np.all(np.abs(a - b) <= 0.0031)
