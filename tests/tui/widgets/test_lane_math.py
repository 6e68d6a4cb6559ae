"""Decimation, scales and ticks of lanes."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from noctui.tui.widgets.lane_math import F4, F8, Scale, decimate, nice, snap, ticks, top_of, touched

Samples = tuple[F8, F4, F4]
START = 1000.0


@st.composite
def samples(draw: st.DrawFn) -> Samples:
    """Times that rise, each standing for at most the time since the one before; some unknown."""
    steps = draw(st.lists(st.integers(1, 50), min_size=1, max_size=60))
    times: F8 = np.cumsum(np.array(steps, np.float64)) + (START + draw(st.integers(-50, 100)))
    shares = draw(st.lists(st.sampled_from([1.0, 1.0, 0.5]), min_size=len(steps), max_size=len(steps)))
    values = draw(st.lists(st.floats(0, 200, width=32) | st.just(math.nan), min_size=len(steps), max_size=len(steps)))
    return times, (np.array(steps) * np.array(shares)).astype(np.float32), np.array(values, np.float32)


def one_by_one(data: Samples, start: float, end: float, columns: int) -> list[float]:
    """The rule, sample by sample: a value counts in every column that (t − span, t] touches."""
    out = [math.nan] * columns
    wide = (end - start) / columns
    for time, span, value in zip(*(column.tolist() for column in data), strict=True):
        for column in range(columns):
            left, right = start + column * wide, start + (column + 1) * wide
            if time > left and time - span < right and value == value:
                out[column] = value if math.isnan(out[column]) else max(out[column], value)
    return out


@given(samples(), st.integers(1, 40), st.integers(1, 4))
def test_each_column_keeps_its_highest_value_and_gaps_stay_gaps(data: Samples, columns: int, wide: int) -> None:
    end = START + columns * 16 * wide  # edges that floats hold exactly
    times, spans, values = data
    np.testing.assert_array_equal(
        decimate(times, spans, values, START, end, columns), np.array(one_by_one(data, START, end, columns), np.float32)
    )


@given(samples(), st.integers(1, 300))
def test_the_highest_value_on_the_axis_is_always_drawn(data: Samples, columns: int) -> None:
    times, spans, values = data
    end = float(times[-1])
    assume(end > START)
    shown = values[(times > START) & ~np.isnan(values)]
    drawn = decimate(times, spans, values, START, end, columns)
    assume(len(shown))
    assert np.nanmax(drawn) >= shown.max()


def test_a_spike_of_one_minute_in_a_month_is_seen() -> None:
    times: F8 = START + 60.0 * np.arange(1, 44_641, dtype=np.float64)
    values = np.full(44_640, 10, np.float32)
    values[30_000] = 99
    drawn = decimate(times, np.full(44_640, 60, np.float32), values, START, float(times[-1]), 218)
    assert (drawn == 99).sum() == 1
    assert np.nanmin(drawn) == 10


def test_no_samples_is_one_gap() -> None:
    none = np.zeros(0)
    assert np.isnan(decimate(none, none.astype(np.float32), none.astype(np.float32), 0, 10, 4)).all()


@pytest.mark.parametrize(
    ("scale", "highest", "critical", "top"),
    [
        ("percent", 93.4, 90.0, 100), ("percent", 102.6, 90.0, 110), ("percent", 130.0, 90.0, 150),
        ("percent", 210.0, 90.0, 500), ("percent", 600.0, 90.0, 750),
        ("critical", 0.62, 1.0, 1.2), ("critical", 4.2, 1.0, 5.0),
        ("critical", 47.0, 150.0, 180), ("critical", 181.0, 150.0, 200), ("mos", 4.3, None, 5),
        ("open", 2.8e8, None, 3e8), ("open", 0.0, None, 1),
    ],
)  # fmt: skip
def test_scales(scale: Scale, highest: float, critical: float | None, top: float) -> None:
    assert top_of(scale, np.array([1.0 if highest else 0.0, highest, np.nan], np.float32), critical) == pytest.approx(
        top
    )


@given(st.floats(1e-6, 1e12))
def test_a_nice_top_holds_the_value_and_at_most_doubles_it(value: float) -> None:
    assert value * (1 - 1e-9) <= nice(value) <= 2 * value * (1 + 1e-9)


@given(st.floats(1e9, 2e9), st.integers(60, 10**7), st.integers(10, 300), st.floats(0.01, 0.9))
def test_columns_stand_still_while_time_passes(end: float, span: int, columns: int, share: float) -> None:
    wide = span / columns
    start, snapped = snap(end - span, end, columns)
    assert snapped - start == pytest.approx(span)
    assert end - 1e-3 * wide <= snapped <= end + wide * (1 + 1e-3)
    _, later = snap(end - span + share * wide, end + share * wide, columns)
    steps = (later - snapped) / wide
    assert steps == pytest.approx(round(steps), abs=1e-3)


def test_a_band_covers_every_column_that_it_touches() -> None:
    assert touched(0, 100, 5, 15, 10) == (0, 2)
    assert touched(0, 100, 10, 20, 10) == (1, 2)
    assert touched(0, 100, 33, 33, 10) == (3, 4)  # an instant
    assert touched(0, 100, -50, 500, 10) == (0, 10)
    assert touched(0, 100, 100, 120, 10) == (9, 10)
    assert touched(0, 100, 120, 130, 10)[0] == touched(0, 100, 120, 130, 10)[1]


def at(text: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def test_ticks_are_whole_hours_and_name_the_day_at_midnight() -> None:
    start = at("2026-11-22T03:14:00")
    assert [label for _, label in ticks(start, start + 86_400, 71, UTC)] == [
        "06:00", "09:00", "12:00", "15:00", "18:00", "21:00", "Nov 23", "03:00",
    ]  # fmt: skip


def test_ticks_follow_the_zone() -> None:
    start = at("2026-11-22T03:14:00")
    labels = [label for _, label in ticks(start, start + 86_400, 40, ZoneInfo("Asia/Kolkata"))]
    assert labels == ["12:00", "18:00", "Nov 23", "06:00"]


def test_ticks_over_a_change_of_clocks_are_wall_clock_hours() -> None:
    start = at("2026-03-08T00:00:00", "America/Denver")
    labels = [label for _, label in ticks(start, start + 6 * 3600, 60, ZoneInfo("America/Denver"))]
    assert labels == ["Mar 08", "01:00", "03:00", "04:00", "05:00", "06:00"]


def test_ticks_of_a_month_are_days() -> None:
    start = at("2026-10-23T03:14:00")
    labels = [label for _, label in ticks(start, start + 31 * 86_400, 60, UTC)]
    assert all(label[:3] in ("Oct", "Nov") for label in labels)
    assert 3 <= len(labels) <= 6


@given(st.floats(1e9, 2e9), st.integers(300, 34_000_000), st.integers(20, 250))
def test_ticks_rise_and_keep_their_distance(start: float, span: int, columns: int) -> None:
    columns_at = [column for column, _ in ticks(start, start + span, columns, UTC)]
    assert all(b - a >= 7 for a, b in pairwise(columns_at))
    assert all(0 <= column < columns for column in columns_at)
