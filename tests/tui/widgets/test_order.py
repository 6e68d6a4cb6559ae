"""Order of rows against Python's own sorting."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from noctui.tui.widgets.order import Sorter, held

FLOATS = st.lists(st.floats(width=32) | st.sampled_from([0.0, -0.0, 1.0, math.nan, math.inf, -math.inf]), max_size=40)


def expected(values: list[Any], descending: bool) -> list[int]:
    """Stable by row, unknown last either way."""
    known = [i for i, v in enumerate(values) if v == v]
    known.sort(key=lambda i: values[i], reverse=descending)  # keeps equal values in row order
    return known + [i for i, v in enumerate(values) if v != v]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@given(values=FLOATS, descending=st.booleans())
def test_floats(kind: type[np.floating[Any]], values: list[float], descending: bool) -> None:
    assert Sorter().order(np.array(values, kind), descending).tolist() == expected(values, descending)


@given(st.lists(st.floats(0, 4e9).map(math.floor).map(float) | st.just(math.nan), max_size=40), st.booleans())
def test_whole_seconds(values: list[float], descending: bool) -> None:
    assert Sorter().order(np.array(values, np.float64), descending).tolist() == expected(values, descending)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=40), st.booleans())
def test_values_that_differ_in_their_last_bits_only(steps: list[int], descending: bool) -> None:
    values = (1.0 + np.array(steps) * 2.0**-52).tolist()
    assert Sorter().order(np.array(values, np.float64), descending).tolist() == expected(values, descending)


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.bool_])
@given(values=st.lists(st.integers(0, 9), max_size=40), descending=st.booleans())
def test_integers(kind: type[np.generic], values: list[int], descending: bool) -> None:
    column: NDArray[Any] = np.array(values, kind)
    assert Sorter().order(column, descending).tolist() == expected(column.tolist(), descending)


@given(st.lists(st.integers(-(2**62), 2**62), max_size=20), st.booleans())
def test_wide_integers(values: list[int], descending: bool) -> None:
    assert Sorter().order(np.array(values, np.int64), descending).tolist() == expected(values, descending)


@pytest.mark.parametrize("kind", ["U", "O"])
@given(values=st.lists(st.text(alphabet="abä", max_size=3), max_size=30), descending=st.booleans())
def test_texts(kind: str, values: list[str], descending: bool) -> None:
    column: NDArray[Any] = np.array(values, np.dtype(object) if kind == "O" else np.dtype("U4"))
    assert Sorter().order(column, descending).tolist() == expected(values, descending)


def test_a_column_that_did_not_change_is_not_sorted_again() -> None:
    sorter = Sorter()
    first = sorter.order(np.array([3.0, 1.0, 2.0], np.float32), True)
    assert sorter.order(np.array([3.0, 1.0, 2.0], np.float32), True) is first
    assert sorter.order(np.array([3.0, 1.0, 2.5], np.float32), False) is not first


def test_a_held_order_keeps_its_rows_and_appends_new_ones() -> None:
    previous, order = np.array([2, 0, 3]), np.array([4, 3, 2, 1, 0])
    assert held(previous, order, None).tolist() == [2, 0, 3, 4, 1]
    mask = np.array([True, True, False, True, False])
    assert held(previous, order, mask).tolist() == [2, 0, 3, 1]  # 2 left the filter and stays
