"""The 24-hour figures of a filled View equal a second-by-second reading of the timeline (docs/values.md 4)."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noctui.engine.timeline import Line
from noctui.model.words import State
from noctui.runtime.backfill_figures import DAY, day_figures

HOUR = 3600.0
STATES = [State.UNKNOWN, State.UP, State.DOWN, State.AWAY, State.DISABLED]


def line_of(*stretches: tuple[float, State]) -> Line:
    line = Line(-math.inf, State.UNKNOWN)
    for start, state in stretches:
        line.open(start, state)
    return line


def test_a_day_with_an_hour_down() -> None:
    line = line_of((0.0, State.UP), (20 * HOUR, State.DOWN), (21 * HOUR, State.UP))
    found = day_figures([line], np.array([24 * HOUR, 45 * HOUR]))
    assert found.state[:, 0].tolist() == [State.UP, State.UP]
    assert found.since[:, 0].tolist() == [21 * HOUR, 21 * HOUR]
    assert found.flaps[:, 0].tolist() == [2, 0]
    np.testing.assert_allclose(found.available[:, 0], [100 * 23 / 24, 100.0], rtol=1e-6)
    np.testing.assert_allclose(found.covered[:, 0], [100.0, 100.0], rtol=1e-6)


def test_a_circuit_that_nothing_is_known_of() -> None:
    found = day_figures([line_of()], np.array([24 * HOUR]))
    assert (found.state[0, 0], found.flaps[0, 0], found.covered[0, 0]) == (State.UNKNOWN, 0, 0.0)
    assert math.isnan(found.available[0, 0])
    assert math.isnan(found.since[0, 0])


@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(STATES)), max_size=8),
    st.lists(st.integers(0, 70), min_size=1, max_size=4),
)
def test_any_timeline_hour_by_hour(turns: list[tuple[int, State]], hours: list[int]) -> None:
    line = line_of(*((hour * HOUR, state) for hour, state in sorted(turns, key=lambda t: t[0])))
    at = np.array(sorted(set(hours))) * HOUR
    found = day_figures([line], at)
    for i, end in enumerate(at.tolist()):
        middles = np.arange(end - DAY, end, HOUR) + HOUR / 2
        seen = [next((s for b, s in zip(line.starts[::-1], line.states[::-1], strict=True) if b <= m)) for m in middles]
        up, down, off = (sum(s == what for s in seen) for what in (State.UP, State.DOWN, State.DISABLED))
        assert found.state[i, 0] == seen[-1]
        if up + down:
            assert math.isclose(found.available[i, 0], 100 * up / (up + down), rel_tol=1e-5)
        else:
            assert math.isnan(found.available[i, 0])
        if off < 24:
            assert math.isclose(found.covered[i, 0], 100 * (up + down) / (24 - off), rel_tol=1e-5, abs_tol=1e-5)
        turned = [b for b, flap in zip(line.starts, line.flaps(), strict=True) if flap and end - DAY < b <= end]
        assert found.flaps[i, 0] == len(turned)
