"""Blocks give back exactly what was put in, and are named when they do not match their checksum."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from noctui.stores.history.codec import QUICK, SAME, SMALL, decode, encode
from noctui.stores.history.faults import DamagedBlock
from noctui.stores.history.pack import Pack, build, of_bytes
from tests.examples import some

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, max_side=40)


def measured(scale: int) -> st.SearchStrategy[float]:
    """Values as instruments give them: whole steps of 1 / scale, or unknown."""
    step = st.integers(0, 70_000).map(lambda i: float(np.float32(i / scale)))
    return step | st.just(float("nan"))


ARRAYS: st.SearchStrategy[np.ndarray[Any, Any]] = st.one_of(
    *(hnp.arrays(dtype, SHAPES) for dtype in ("<u1", "<u2", "<u4")),
    hnp.arrays("<f4", SHAPES, elements=st.floats(width=32)),
    *(hnp.arrays("<f4", SHAPES, elements=measured(scale)) for scale in (1, 10, 100, 1000)),
)


def same_bits(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    """Equal bit for bit; which NaN it is does not matter."""
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    if one.dtype.kind == "f":
        nan = np.isnan(one)
        if not np.array_equal(nan, np.isnan(other)):
            return False
        one, other = np.where(nan, 0, one).astype("<f4"), np.where(nan, 0, other).astype("<f4")
    return one.tobytes() == other.tobytes()


@given(ARRAYS, st.sampled_from([QUICK, SMALL]))
@settings(max_examples=some(120), deadline=None)
def test_any_array_comes_back_bit_for_bit(values: np.ndarray[Any, Any], level: int) -> None:
    form, payload = encode(values, level)
    assert same_bits(decode(form, payload, values.shape, slice(None), slice(None)), values)


@given(ARRAYS, st.integers(1, 50), st.data())
@settings(max_examples=some(60), deadline=None)
def test_a_pack_gives_rows_and_parts(values: np.ndarray[Any, Any], step: int, data: st.DataObject) -> None:
    pack = Pack(of_bytes(build({3: values, 9: values[::-1]}, step)), "test")
    start = data.draw(st.integers(0, len(values) - 1))
    stop = data.draw(st.integers(start + 1, len(values)))
    column = data.draw(st.integers(0, values.shape[1] - 1))
    assert same_bits(pack.get(3), values)
    assert same_bits(pack.get(9, start, stop), values[::-1][start:stop])
    assert same_bits(pack.row(3, start), values[start])
    assert same_bits(pack.get(3, start, stop, column), values[start:stop, column])


@pytest.mark.parametrize(("values", "most"), [([0.5, 7.2, np.nan, 25.3], 1), ([12.0, 900.0], 2), ([0.25, 99.75], 2)])
def test_measured_values_take_one_or_two_bytes(values: list[float], most: int) -> None:
    many = np.array(values * 5000, np.float32).reshape(-1, 4)
    rng = np.random.default_rng(1)
    rng.shuffle(many.reshape(-1))
    form, _ = encode(many)
    assert form & 15 >= 4  # scaled
    assert 1 << (((form & 15) - 4) % 3) == most


def test_a_block_of_one_value_is_that_value() -> None:
    form, payload = encode(np.full((60, 256), np.nan, np.float32))
    assert form >> 4 == SAME
    assert len(payload) == 4


@pytest.mark.parametrize("where", [0, 5, 20, 33, 70, -1])
def test_a_damaged_pack_is_named(where: int) -> None:
    values = np.random.default_rng(1).random((64, 16)).astype(np.float32)
    data = bytearray(build({1: values}, 16))
    data[where] ^= 0x10
    with pytest.raises(DamagedBlock, match=r"hour X is damaged|hour X metric 1 is damaged"):
        Pack(of_bytes(bytes(data)), "hour X").get(1)


def test_a_pack_that_is_cut_short_is_named() -> None:
    data = build({1: np.arange(4096, dtype="<u4").reshape(64, 64)}, 16)
    for length in (0, 10, 40, len(data) - 1):
        with pytest.raises(DamagedBlock):
            Pack(of_bytes(data[:length]), "hour X").get(1)
