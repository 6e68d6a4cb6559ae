"""Figures beside the lanes: worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.scene import Range, Series, Stretch
from noctui.model.words import State
from noctui.tui.panes.chart_lanes import Answer, bands
from noctui.tui.panes.figures import figures, time_above, utilisation_series

NAN = float("nan")


def series(values: list[float], step: float = 60.0, source: str = "polls", seconds: float | None = None) -> Series:
    times = np.arange(1, len(values) + 1, dtype=np.float64) * np.float64(step)
    end = float(times[-1]) if len(values) else 0.0
    return Series(
        "c", Range(end - (seconds or end), end), times, np.full(len(values), step, np.float32),
        {"rx_pct": np.array(values, np.float32)}, source,
    )  # fmt: skip


def test_now_average_percentile_and_highest() -> None:
    found = figures(series([10, 20, NAN, 90]), "rx_pct")
    assert (found.now, found.average, found.highest) == (90.0, 40.0, 90.0)
    assert found.p95 == 90.0  # nearest rank: the third of three


def test_nothing_known_is_not_nought() -> None:
    for empty in (series([]), series([NAN, NAN]), series([1.0])):
        name = "rx_pct" if len(empty.times) != 1 else "loss"
        assert all(math.isnan(v) for v in vars_of(figures(empty, name)))


def vars_of(found: object) -> list[float]:
    return [getattr(found, name) for name in ("now", "average", "p95", "highest")]


def test_a_value_that_is_long_gone_is_not_now() -> None:
    old = series([10.0, 20.0])
    later = Series(old.circuit_id, Range(0, 1000), old.times, old.spans, old.values)
    assert math.isnan(figures(later, "rx_pct").now)


def test_a_percentile_of_a_day_is_over_five_minute_averages() -> None:
    """numbers f: a minute of 100 % in an hour of 10 % is not the 95th percentile, its five minutes average 28."""
    day = [10.0] * 1440
    day[700] = 100.0
    assert figures(series(day), "rx_pct").p95 == 10.0
    assert figures(series(day, seconds=3600.0), "rx_pct").p95 == 10.0
    half = [10.0, 10.0, 10.0, 10.0, 100.0] * 288
    assert figures(series(half), "rx_pct").p95 == pytest.approx(28.0)


def test_hourly_figures_give_no_percentile() -> None:
    assert math.isnan(figures(series([50.0, 60.0], 3600.0, "hours"), "rx_pct").p95)


def test_time_above_a_threshold_ends_at_a_gap() -> None:
    """At it counts; an unknown sample ends the run."""
    found = time_above(series([90, 95, NAN, 91, 89, 90, 90, 90]), "rx_pct", 90.0)
    assert found == (180.0, 360.0)
    assert time_above(series([10.0]), "rx_pct", 90.0) == (0.0, 0.0)
    assert time_above(series([]), "rx_pct", 90.0) == (0.0, 0.0)


def test_a_hole_in_time_ends_a_run() -> None:
    one = series([90.0, 90.0, 90.0])
    times = one.times.copy()
    times[2] += 600
    assert time_above(Series("c", one.range, times, one.spans, one.values), "rx_pct", 90.0) == (120.0, 180.0)


@given(st.lists(st.one_of(st.just(NAN), st.floats(0, 120, width=32)), max_size=40), st.sampled_from([70.0, 80.0, 90.0]))
def test_runs_are_those_of_a_loop(values: list[float], limit: float) -> None:
    longest = total = run = 0
    for value in values:
        run = run + 1 if value >= limit else 0
        total += value >= limit
        longest = max(longest, run)
    assert time_above(series(values), "rx_pct", limit) == (longest * 60.0, total * 60.0)


def test_utilisation_is_the_higher_direction_that_is_known() -> None:
    both = series([10, NAN, 30])
    both.values["tx_pct"] = np.array([20, 5, NAN], np.float32)
    assert utilisation_series(both).values["util"].tolist() == [20.0, 5.0, 30.0]


def test_bands_follow_the_timeline() -> None:
    answer = Answer(
        series([1.0]),
        (Stretch(0, 100, State.UP), Stretch(100, 820, State.DOWN), Stretch(820, 900, State.AWAY),
         Stretch(900, 950, State.UNKNOWN)), (),
    )  # fmt: skip
    found = [(b.kind, b.start, b.end, b.label) for b in bands(answer, "c", Range(0, 1000))]
    assert found == [("outage", 100, 820, "12m"), ("gap", 820, 900, "away"), ("gap", 900, 950, "no data")]
