"""Formats of the screens' number table: worked cases, and that no value breaks out of its column."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.words import BandwidthSource
from noctui.tui.look import numbers as n

NIGHT = datetime(2026, 11, 23, 3, 14, 7, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        (n.utilisation, 93.4, "93.4"), (n.utilisation, 102.6, "102.6"), (n.utilisation, 0.04, "0.0"),
        (n.utilisation, 999.96, "1000"), (n.loss, 0.62, "0.62"), (n.loss, 12.4, "12.40"), (n.loss, 100.0, "100"),
        (n.loss, 99.999, "99.99"), (n.milliseconds, 47.2, "47.2"), (n.milliseconds, 118.0, "118"),
        (n.milliseconds, 99.96, "100"), (n.milliseconds, 1204.0, "1204"), (n.milliseconds, 12_000.0, "12k"),
        (n.mos, 4.31, "4.31"), (n.duration, 47, "47s"), (n.duration, 59.9, "59s"), (n.duration, 22 * 60 + 47, "22m"),
        (n.duration, 3 * 3600 + 4 * 60, "3h04m"), (n.duration, 36_000, "10h00"),
        (n.duration, 2 * 86_400 + 7 * 3600, "2d07h"),
        (n.duration, 41 * 86_400, "41d"), (n.duration_prose, 22 * 60 + 47, "22m47s"), (n.duration_prose, 1080, "18m"),
        (n.duration_prose, 36_000, "10h00m"), (n.rate, 1.24e9, "1.24G"), (n.rate, 87.3e6, "87.3M"),
        (n.rate, 912e3, "912k"),
        (n.rate, 999.7e3, "1.00M"), (n.rate, 640.0, "640"), (n.bandwidth, 500e6, "500M"), (n.bandwidth, 1e9, "1.0G"),
        (n.bandwidth, 1.5e6, "1.5M"), (n.bandwidth, 5e6, "5M"), (n.bandwidth, 10e9, "10G"), (n.bandwidth, 0, "–"),
        (n.count, 9525, "9,525"), (n.count, 99_249, "99.2k"), (n.count, 99_999, "99.9k"), (n.count, 123_456, "123k"),
        (n.money, 1240, "1,240.00"),
    ],
)  # fmt: skip
def test_worked_cases(form: Callable[[float], str], value: float, text: str) -> None:
    assert form(value) == text


FORMS: list[tuple[Callable[[float | None], str], int]] = [
    (n.utilisation, 5), (n.loss, 5), (n.milliseconds, 4), (n.mos, 4), (n.availability, 7), (n.duration, 5), (n.rate, 5),
    (n.bandwidth, 4), (n.count, 5),
]  # fmt: skip


@pytest.mark.parametrize(("form", "cells"), FORMS)
@given(value=st.floats(min_value=0, max_value=1e13) | st.floats(min_value=0, max_value=1100) | st.just(math.inf))
def test_no_value_is_wider_than_its_column(form: Callable[[float | None], str], cells: int, value: float) -> None:
    assert 1 <= len(form(value)) <= cells


@pytest.mark.parametrize(("form", "cells"), FORMS)
@pytest.mark.parametrize("value", [None, math.nan, -1.0])
def test_unknown_is_a_dash_and_never_zero(form: Callable[[float | None], str], cells: int, value: float | None) -> None:
    assert form(value) == "–"


@pytest.mark.parametrize("form", [n.utilisation, n.loss, n.milliseconds, n.rate, n.count])
def test_zero_is_a_bare_zero_and_faint(form: Callable[[float | None], str]) -> None:
    assert form(0.0) == "0"
    assert n.tone(form(0.0), "crit") == "faint"
    assert n.tone(form(1234.0), "crit") == "crit"
    assert n.tone(form(None)) == "faint"


@pytest.mark.parametrize(
    ("value", "text"),
    [(99.9469, "99.946"), (99.99999, "99.999"), (100.0, "100.000"), (0.0, "0.000"), (98.914, "98.914")],
)
def test_availability_is_cut_and_only_whole_is_written_100(value: float, text: str) -> None:
    assert n.availability(value) == text


@given(st.integers(0, 99_999))
def test_availability_survives_being_stored_as_float32(thousandths: int) -> None:
    import numpy as np

    stored = float(np.float32(thousandths / 1000))
    assert n.availability(stored) == f"{thousandths / 1000:.3f}"


def test_unsure_availability_is_rounded_outwards() -> None:
    assert n.availability_between(99.939, 99.961) == "99.93–99.97"
    assert n.availability_between(99.2, 100.0) == "99.20–100"
    assert n.availability_between(math.nan, 100.0) == "–"


@given(st.floats(0, 100), st.floats(0, 100))
def test_unsure_availability_fits_11_cells_and_holds_both_bounds(a: float, b: float) -> None:
    low, high = sorted((a, b))
    text = n.availability_between(low, high)
    first, last = text.split("–")
    assert len(text) <= 11
    assert float(first) <= low + 1e-5
    assert float(last) >= high - 1e-5


@given(st.floats(min_value=0, max_value=8e5), st.floats(min_value=0, max_value=8e5))
def test_a_longer_duration_never_looks_shorter(a: float, b: float) -> None:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

    def seconds(text: str) -> int:
        total, digits = 0, ""
        for char in text:
            if char.isdigit():
                digits += char
            else:
                total, digits = total + int(digits) * units[char], ""
        return total + (int(digits) * 60 if digits else 0)  # 10h00

    low, high = sorted((a, b))
    assert seconds(n.duration(low)) <= seconds(n.duration(high)) <= high


def test_event_times_name_the_day_only_when_it_is_another_one() -> None:
    assert n.event_time(NIGHT - 15, NIGHT) == "03:13:52"
    assert n.event_time(NIGHT - 19_200, NIGHT) == "Nov 22 21:54"
    assert n.event_time(NIGHT - 366 * 86_400, NIGHT) == "Nov 22 2025"
    assert n.event_time(NIGHT - 15, NIGHT, ZoneInfo("America/Denver")) == "20:13:52"


def test_a_bandwidths_mark_tells_where_it_comes_from() -> None:
    assert [n.bandwidth_mark(source) for source in reversed(BandwidthSource)] == [" ", "s", "t", "l", " "]
