"""The order of rows: by one typed column, equal values by row number, unknown last whichever way it goes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Order = NDArray[np.intp]

_LAST = np.uint32(0xFFFFFFFF)
_SPAN = 0xFFFFFFFE


def ranks(values: NDArray[Any], descending: bool) -> NDArray[np.uint32]:
    """[rows] unsigned numbers that sort as `values` do, NaN and NaT highest; equal values have equal ranks."""
    kind = values.dtype.kind
    if kind == "f" and values.dtype.itemsize <= 4:
        return _float32_ranks(values.astype(np.float32, copy=False), descending)
    if kind == "f":
        return _float_ranks(values, descending)
    if kind in "biu":
        return _integer_ranks(values, descending)
    texts = values.astype(str) if kind == "O" else values
    return _dense(texts, np.zeros(len(values), np.bool_), descending)


def _float32_ranks(values: NDArray[np.float32], descending: bool) -> NDArray[np.uint32]:
    """IEEE floats compare like integers once the sign is folded in."""
    bits = (values + np.float32(0)).view(np.uint32)  # adding 0 makes −0 the same as 0
    up = np.where(bits >> np.uint32(31), ~bits, bits | np.uint32(0x80000000))
    return np.where(np.isnan(values), _LAST, ~up if descending else up)


def _float_ranks(values: NDArray[Any], descending: bool) -> NDArray[np.uint32]:
    """Whole seconds and counts fit 32 bits exactly from their lowest on; anything finer is ranked by sorting."""
    unknown = np.isnan(values)
    known = values[~unknown]
    if not len(known):
        return np.full(len(values), _LAST)
    low, high = known.min(), known.max()
    if np.isfinite(low) and np.isfinite(high) and high - low <= _SPAN and not np.any(np.floor(known) != known):
        offset = (high - values) if descending else (values - low)
        return np.where(unknown, _LAST, np.where(unknown, 0, offset).astype(np.uint32))
    return _dense(values, unknown, descending)


def _integer_ranks(values: NDArray[Any], descending: bool) -> NDArray[np.uint32]:
    if not len(values):
        return np.zeros(0, np.uint32)
    wide = values.astype(np.int64, copy=False)
    low, high = int(wide.min()), int(wide.max())
    if high - low > _SPAN:
        return _dense(values, np.zeros(len(values), np.bool_), descending)
    return ((high - wide) if descending else (wide - low)).astype(np.uint32)


def _dense(values: NDArray[Any], unknown: NDArray[np.bool_], descending: bool) -> NDArray[np.uint32]:
    known = np.flatnonzero(~unknown)
    _, place = np.unique(values[known], return_inverse=True)
    if descending and len(place):
        place = place.max() - place
    out = np.full(len(values), _LAST)
    out[known] = place.astype(np.uint32)
    return out


class Sorter:
    """Orders rows, and does nothing where nothing moved: the last answer is kept while its column stays the same."""

    def __init__(self) -> None:
        self._values: NDArray[Any] | None = None
        self._descending = False
        self._keys: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._order: Order = np.zeros(0, np.intp)

    def order(self, values: NDArray[Any], descending: bool) -> Order:
        """[rows] row numbers in order. Rank and row share one integer, so a plain sort is stable."""
        if values is self._values and descending == self._descending:
            return self._order
        keys = ranks(values, descending).astype(np.uint64)
        keys <<= np.uint64(32)
        keys |= np.arange(len(values), dtype=np.uint64)
        same = self._values is not None and np.array_equal(keys, self._keys)
        self._values, self._descending = values, descending
        if not same:
            self._keys = keys
            self._order = (np.sort(keys) & np.uint64(0xFFFFFFFF)).astype(np.intp)
        return self._order


def held(previous: Order, order: Order, mask: NDArray[np.bool_] | None) -> Order:
    """The previous order kept as it is, rows that left the filter included; rows that are new in it come last."""
    if mask is None and len(previous) == len(order):
        return previous
    shown = np.zeros(len(order), np.bool_)
    shown[previous] = True
    new = ~shown if mask is None else mask & ~shown
    return np.concatenate([previous, order[new[order]]])
