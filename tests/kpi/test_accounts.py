"""Accounts add up the same by whatever parts a stretch was put together from, and give figures of all of it."""

from __future__ import annotations

import math
from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.kpi import hourly
from noctui.kpi.accounts import all_joined, grouped, joined, nothing, of_columns, taken
from noctui.kpi.figures import figures
from noctui.kpi.spans import spans
from noctui.model.figures import GAUGE, Accounts
from noctui.model.scene import Range
from noctui.model.words import Metric, State

MINUTE = 60_000
HOURS = Range(0.0, 3600.0)


def states(up: int, down: int, unknown: int, disabled: int = 0, flaps: int = 0) -> Accounts:
    """One circuit's stretch, in minutes."""
    columns = {f"{name}_avg": np.full(1, np.nan, np.float32) for name in hourly.GAUGES}
    columns |= {f"{name}_max": np.full(1, np.nan, np.float32) for name in hourly.GAUGES}
    columns |= {
        f"{name}_seconds": np.full(1, 60.0 * value, np.float32)
        for name, value in (("up", up), ("down", down), ("unknown", unknown), ("disabled", disabled), ("sampled", 0))
    }
    columns["flaps"] = np.full(1, flaps, np.float32)
    return of_columns(columns, (up + down + unknown + disabled) * MINUTE)


def test_an_hour_with_unknown_time() -> None:
    """Numbers f: 40 up, 10 down, 10 unknown: 80.00 %, bounds [66.67, 83.33], coverage 83.33 %."""
    found = figures(states(40, 10, 10), HOURS, ("c",))
    assert found.available[0] == pytest.approx(80.0)
    assert found.at_least[0] == pytest.approx(66.67, abs=0.005)
    assert found.at_most[0] == pytest.approx(83.33, abs=0.005)
    assert found.coverage[0] == pytest.approx(83.33, abs=0.005)


def test_an_hour_without_data_has_no_availability_and_no_bounds() -> None:
    """Numbers f: all unknown is null; S0 made 100 % of it."""
    found = figures(states(0, 0, 60), HOURS, ("c",))
    assert math.isnan(found.available[0])
    assert math.isnan(found.at_most[0])
    assert found.coverage[0] == 0.0


def test_time_that_is_disabled_counts_neither_way() -> None:
    found = figures(states(30, 0, 0, disabled=30), HOURS, ("c",))
    assert (found.available[0], found.coverage[0]) == (100.0, 100.0)
    none = figures(states(0, 0, 0, disabled=60), HOURS, ("c",))
    assert math.isnan(none.available[0])
    assert math.isnan(none.coverage[0])


def test_several_hours_add_up_by_seconds_never_by_percentages() -> None:
    """Numbers f: an hour down for half of it, and one of which 6 minutes are known: not the mean of 50 and 100."""
    both = joined(states(30, 30, 0), states(6, 0, 54))
    assert figures(both, HOURS, ("c",)).available[0] == pytest.approx(100 * 36 / 66)


def test_mean_time_between_and_to_repair_of_a_day() -> None:
    """Numbers f: 24 h with outages of 5, 10 and 15 min: availability 97.9167 %."""
    assert figures(states(1410, 30, 0), HOURS, ("c",)).available[0] == pytest.approx(97.9167, abs=0.00005)


def test_a_month_with_an_outage() -> None:
    """Numbers f: 720 h with 4 h of outage: raw 99.4444 %."""
    assert figures(states(716 * 60, 240, 0), HOURS, ("c",)).available[0] == pytest.approx(99.4444, abs=0.00005)


Story = tuple[list[tuple[int, int, float]], list[tuple[int, int]]]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Samples (second, level, value) and states (second, State) of a circuit's three hours."""
    samples = draw(
        st.lists(
            st.tuples(st.integers(-300, 11_400), st.integers(0, 3), st.floats(0, 200, width=16)),
            max_size=40,
            unique_by=lambda s: s[0],
        )
    )
    changes = draw(st.lists(st.tuples(st.integers(0, 10_800), st.integers(0, 4)), max_size=8, unique_by=lambda s: s[0]))
    return sorted(samples), sorted(changes)


def accounts(story: Story, start: int, end: int) -> Accounts:
    """Worked out from the samples and the states, as an hour or a part of one is."""
    samples, changes = story
    at = np.array([float(t) for t, _, _ in samples])
    levels = np.array([[lv] for _, lv, _ in samples], np.uint8).reshape(-1, 1)
    values = np.array([[v] for _, _, v in samples], np.float32).reshape(-1, 1)
    own = np.full((len(at), 1), True)
    names = (*hourly.GAUGES, *hourly.RATES)
    inside = slice(*np.searchsorted(at, (start, end), side="right").tolist())
    found = hourly.gauges(
        hourly.Samples(spans(at, np.full(len(at), 60.0), own, start, end), dict.fromkeys(names, values), levels, inside)
    )
    ends = [t for t, _ in changes[1:]] + [10_800]
    stretches = [(0, float(t), float(e), s, True) for (t, s), e in zip(changes, ends, strict=False)]
    cut = [s for s in stretches if s[2] > start and s[1] < end]
    found |= hourly.states(np.full(1, hourly.MIXED, np.uint8), cut, float(start), float(end))
    return of_columns(found, (end - start) * 1000)


@given(stories(), st.lists(st.integers(1, 10_799), max_size=6, unique=True))
def test_time_is_the_same_however_a_stretch_is_cut(story: Story, cuts: list[int]) -> None:
    """Whole numbers: up, down, unknown, flaps, time above, longest runs, maxima are equal; a mean differs by at most
    the last digit that a cell's own mean is kept to."""
    whole = accounts(story, 0, 10_800)
    edges = [0, *sorted(cuts), 10_800]
    parts = [accounts(story, a, b) for a, b in pairwise(edges)]
    found = all_joined(parts, 1)
    for name in ("up", "down", "unknown", "disabled", "flaps", "known", "above", "longest", "head", "tail"):
        assert getattr(found, name).tolist() == getattr(whole, name).tolist(), name
    assert np.array_equal(found.highest, whole.highest, equal_nan=True)
    mean, other = (figures(a, HOURS, ("c",)).average[0] for a in (found, whole))
    # Half a unit of the fixed point, and half a second's worth of it, for every part and for the whole.
    seconds = np.maximum(whole.known[0] / 1000.0, 1e-9)
    room = (0.5 + 0.5 * (len(parts) + 1) / seconds) * np.array([2e-4] * 6 + [200.0] * 2)
    assert (np.abs(mean - other)[whole.known[0] > 0] <= room[whole.known[0] > 0]).all()


@given(stories(), st.integers(1, 5000), st.integers(5001, 10_799))
def test_joining_is_associative(story: Story, first: int, second: int) -> None:
    a, b, c = (accounts(story, x, y) for x, y in ((0, first), (first, second), (second, 10_800)))
    left, right = joined(joined(a, b), c), joined(a, joined(b, c))
    for field in fields(Accounts):
        one, other = getattr(left, field.name), getattr(right, field.name)
        assert np.array_equal(one, other, equal_nan=field.name == "highest"), field.name


def test_a_run_goes_through_the_edge_of_an_hour() -> None:
    """20 minutes before the hour and 15 after it are one run of 35."""
    rows = [(60 * i, 2 if 41 <= i <= 75 else 0, 50.0) for i in range(121)]
    story: Story = (rows, [])
    both = joined(accounts(story, 0, 3600), accounts(story, 3600, 7200))
    found = figures(both, HOURS, ("c",))
    assert found.longest[0, Metric.UTILISATION, 1] == 35 * 60
    assert found.above[0, Metric.UTILISATION, 1] == 35 * 60


def test_a_group_is_the_sum_of_its_circuits_and_has_no_runs() -> None:
    story: Story = ([(60 * i, 2, 50.0) for i in range(61)], [(0, int(State.UP))])
    one = accounts(story, 0, 3600)
    three = taken(one, np.array([0, 0, -1]))
    both = grouped(three, np.array([0, 0, -1]), 2)
    assert both.up.tolist() == [2 * 3_600_000, 0]
    assert both.above[0, Metric.UTILISATION].tolist() == [2 * 3_600_000, 2 * 3_600_000, 0]
    assert not both.longest.any()
    found = figures(both, HOURS, ("Mountain", "nobody"))
    assert found.average[0, GAUGE["util"]] == pytest.approx(50.0)
    assert np.isnan(found.average[1]).all()
    assert np.isnan(found.highest[1]).all()


def test_a_row_that_is_not_there_is_unknown_all_through() -> None:
    found = taken(accounts(([(60, 0, 1.0)], [(0, int(State.UP))]), 0, 3600), np.array([-1]))
    assert (int(found.unknown[0]), int(found.up[0])) == (3_600_000, 0)
    assert nothing(1, 5).unknown.tolist() == [5]


def test_averages_stay_exact_for_13_months_of_a_whole_network() -> None:
    """No sum leaves 64 bits: 10,000 circuits at 100 % and 1 Gbit/s, 397 days of hours."""
    hours, circuits = 397 * 24, 10_000
    one = accounts(([(60 * i, 0, 100.0) for i in range(-1, 62)], [(0, int(State.UP))]), 0, 3600)
    assert int(one.total[0, GAUGE["util"]]) * hours * circuits < 2**63
    assert int(1e9 * 1e-2 * 3600) * hours * circuits < 2**63
