"""The forecast within hours: said of a steady rise, not of noise, a step, or a rise that has turned."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.kpi.fit import fit, reach
from noctui.kpi.soon import LEAST, SIGHT, SLOTS, soon

NAN, NEVER = math.nan, math.inf
STEP = np.arange(SLOTS, dtype=np.float64)


def one(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], threshold: float = 100.0) -> float:
    return float(soon(values[None], threshold)[0])


def test_a_steady_rise_reaches_it_in_eight_slots() -> None:
    """The circuit of the sample screen, `≥ 100 % in 40m` (SCREENS, Circuit): 40 minutes are eight slots."""
    assert one(62 + 2.0 * STEP) == pytest.approx((100 - 84) / 2)


def test_what_has_reached_it_is_there() -> None:
    assert one(np.array([40.0] * 11 + [100])) == 0.0


@pytest.mark.parametrize("ago", range(1, SLOTS))
def test_traffic_that_moved_over_from_another_circuit_is_no_rise(ago: int) -> None:
    """From 13 to 93 % when the site fails over: a line through it says 100 % within minutes, for most of an hour."""
    assert one(np.where(SLOTS - ago > STEP, 13.0, 93.0)) == NEVER


def test_a_rise_that_has_turned_is_none_any_more() -> None:
    """Its line still rises, to 90 within the sight; the last three values fall."""
    turned = 50 + 3 * np.minimum(STEP, 16 - STEP)
    line = fit(turned[None])
    assert reach(line, 90.0)[0] < SIGHT
    assert one(turned, 90.0) == NEVER


def test_a_circuit_that_is_busy_but_steady_is_left_alone() -> None:
    noise = np.array([0.0, 2, -1, 1, -2, 0, 2, -1, 1, 0, -2, 1])
    assert one(88 + noise, 90.0) == NEVER


def test_noise_is_hardly_ever_a_forecast_and_a_rise_through_noise_mostly_is_one() -> None:
    """A shop's utilisation about 75 %, give or take 3 points; the same noise on rises that reach 90 % in sight."""
    rng = np.random.default_rng(11)
    noise = rng.normal(0, 3, (20_000, SLOTS))
    assert (soon(75 + noise, 90.0) <= SIGHT).mean() < 0.001
    pace = rng.uniform(1.5, 3, (20_000, 1))
    due = (90 - 50 - pace[:, 0] * (SLOTS - 1)) / pace[:, 0]
    said = soon(50 + pace * STEP + noise, 90.0)
    hit = np.isfinite(said)
    assert hit.mean() > 0.8
    assert np.median(np.abs(said - due)[hit]) < 1


def test_what_is_further_away_than_twice_the_hour_is_out_of_sight() -> None:
    assert one(50 + STEP, 61 + SIGHT) == pytest.approx(SIGHT)
    assert one(50 + STEP, 62 + SIGHT) == NEVER


def test_too_little_known_gives_no_forecast() -> None:
    rising = 62 + 2.0 * STEP
    holes = rising.copy()
    holes[1 : 1 + SLOTS - LEAST] = NAN
    assert one(holes) == pytest.approx(8)
    holes[0] = NAN
    assert math.isnan(one(holes))
    silent = rising.copy()
    silent[-1] = NAN
    assert math.isnan(one(silent))
    assert math.isnan(one(rising, NAN))


def test_a_step_over_a_gap_is_a_step() -> None:
    assert one(np.array([13, 13, 13, 13, 13, NAN, NAN, 93, 93, 93, 93, 93.0])) == NEVER


@given(
    st.lists(
        st.lists(st.one_of(st.just(NAN), st.floats(0, 200)), min_size=SLOTS, max_size=SLOTS), min_size=1, max_size=5
    )
)
def test_each_row_speaks_for_itself_and_within_sight(table: list[list[float]]) -> None:
    values = np.array(table)
    found = soon(values, 90.0)
    np.testing.assert_array_equal(found, [one(row, 90.0) for row in values])
    said = found[np.isfinite(found)]
    assert ((said >= 0) & (said <= SIGHT)).all()
