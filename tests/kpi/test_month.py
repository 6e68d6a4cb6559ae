"""A month of hours equals a plain loop over them, to the last digit (S0-PAR: parallel results equal sequential)."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noctui.kpi.accounts import all_joined, of_columns
from noctui.kpi.figures import figures
from noctui.kpi.hourly import COLUMNS
from noctui.kpi.percentile import nearest_rank
from noctui.model.figures import GAUGE, GAUGES, METRIC_GAUGE
from noctui.model.scene import Range
from noctui.model.words import Metric
from tests.reference import rollup
from tests.reference.rollup import LEVELS, Hour

PART = st.floats(0.0, 1.0, width=32)


@st.composite
def hours(draw: st.DrawFn) -> Hour:
    """An hour as it may be stored, or nothing at all."""
    if draw(st.integers(0, 5)) == 0:
        return {}
    f4 = np.float32
    up = f4(3600.0 * draw(PART))
    down = f4((3600.0 - float(up)) * draw(PART))
    hour: dict[str, float] = dict.fromkeys(COLUMNS, 0.0)
    hour |= {"up_seconds": float(up), "down_seconds": float(down), "flaps": float(draw(st.integers(0, 9)))}
    hour["unknown_seconds"] = 3600.0 - float(up) - float(down)
    for name in GAUGES:
        known = float(f4(3600.0 * draw(PART))) if draw(st.booleans()) else 0.0
        value = float(f4(draw(st.floats(0.0, 1e10 if name.endswith("bps") else 1e4, width=32))))
        hour |= {f"{name}_known": known, f"{name}_avg": value if known else math.nan}
        hour[f"{name}_max"] = value if known else math.nan
    for metric in METRIC_GAUGE.values():
        for level in LEVELS:
            all_of_it = draw(st.integers(0, 3)) == 0
            head, tail = (3600.0, 3600.0) if all_of_it else (draw(st.integers(0, 1000)), draw(st.integers(0, 1000)))
            longest = 3600.0 if all_of_it else max(head, tail, draw(st.integers(0, 1500)))
            above = 3600.0 if all_of_it else min(3599.0, longest + head + tail)
            for kind, value in (("head", head), ("tail", tail), ("longest", longest), ("above", above)):
                hour[f"{metric}_{kind}_{level}"] = float(value)
    return hour


@given(st.lists(st.lists(hours(), min_size=2, max_size=2), min_size=1, max_size=12))
def test_equals_the_plain_loop(month: list[list[Hour]]) -> None:
    parts = [
        of_columns(
            {name: np.array([circuit.get(name, math.nan) for circuit in hour], np.float32) for name in COLUMNS},
            rollup.HOUR_MS,
        )
        for hour in month
    ]
    found = figures(all_joined(parts, 2), Range(0.0, 3600.0 * len(month)), ("a", "b"))
    for row in range(2):
        plain = rollup.add_up([hour[row] for hour in month])
        assert [round(1000 * v[row]) for v in (found.up, found.down, found.unknown)] == [
            plain.up, plain.down, plain.unknown,
        ]  # fmt: skip
        assert int(found.flaps[row]) == plain.flaps
        assert same(float(found.available[row]), plain.available)
        for gauge in GAUGES:
            assert same(float(found.average[row, GAUGE[gauge]]), plain.average(gauge)), gauge
            assert same(float(found.highest[row, GAUGE[gauge]]), plain.highest[gauge]), gauge
        for metric in Metric:
            for i, level in enumerate(LEVELS):
                of = METRIC_GAUGE[metric], level
                assert round(1000 * found.above[row, metric, i]) == plain.above[of], of
                assert round(1000 * found.longest[row, metric, i]) == plain.longest[of], of


@given(st.lists(st.one_of(st.just(math.nan), st.floats(0, 1e6, width=32)), min_size=1, max_size=50))
def test_percentiles_equal_a_sorted_list(values: list[float]) -> None:
    assert same(float(nearest_rank(np.array([values], np.float32))[0]), rollup.nearest_rank(values))


def same(one: float, other: float) -> bool:
    """To the last digit."""
    return one == other or (math.isnan(one) and math.isnan(other))
