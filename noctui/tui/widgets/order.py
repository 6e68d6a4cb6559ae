"""The order of rows: by one typed column, equal values by row number, unknown last whichever way it goes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Order = NDArray[np.intp]
Ranks = NDArray[np.uint32] | NDArray[np.uint64]

_SIGN = np.uint64(1 << 63)
_SPAN = 0xFFFFFFFE


def ranks(values: NDArray[Any], descending: bool) -> Ranks:
    """[rows] unsigned numbers that sort as `values` do, NaN highest; equal values have equal ranks."""
    kind = values.dtype.kind
    if kind == "f" and values.dtype.itemsize <= 4:
        return _float32_ranks(values.astype(np.float32, copy=False), descending)
    if kind == "f":
        return _float64_ranks(values.astype(np.float64, copy=False), descending)
    if kind in "biu":
        return _integer_ranks(values, descending)
    texts = values.astype(str) if kind == "O" else values
    _, place = np.unique(texts, return_inverse=True)
    if descending and len(place):
        place = place.max() - place
    return place.astype(np.uint32)


def _float32_ranks(values: NDArray[np.float32], descending: bool) -> Ranks:
    """IEEE floats compare like integers once the sign is folded in."""
    bits = (values + np.float32(0)).view(np.uint32)  # adding 0 makes −0 the same as 0
    up = np.where(bits >> np.uint32(31), ~bits, bits | np.uint32(1 << 31))
    return np.where(np.isnan(values), np.uint32(0xFFFFFFFF), ~up if descending else up)


def _float64_ranks(values: NDArray[np.float64], descending: bool) -> Ranks:
    bits = (values + 0.0).view(np.uint64)
    up = np.where(bits >> np.uint64(63), ~bits, bits | _SIGN)
    return np.where(np.isnan(values), ~np.uint64(0), ~up if descending else up)


def _integer_ranks(values: NDArray[Any], descending: bool) -> Ranks:
    if not len(values):
        return np.zeros(0, np.uint32)
    low, high = int(values.min()), int(values.max())
    if high - low <= _SPAN:
        wide = values.astype(np.int64, copy=False)
        return ((high - wide) if descending else (wide - low)).astype(np.uint32)
    up = values if values.dtype == np.uint64 else values.astype(np.int64, copy=False).view(np.uint64) ^ _SIGN
    return ~up if descending else up


def order_of(by: Ranks) -> Order:
    """[rows] row numbers by rank, equal ranks by row. Rank and row share one integer, so a plain sort is stable."""
    count = len(by)
    rows = np.arange(count, dtype=np.uint64)
    if by.dtype == np.uint32:
        return _rows_of(np.sort((by.astype(np.uint64) << np.uint64(32)) | rows), 32)
    bits = max((count - 1).bit_length(), 1)  # the row takes the place of the rank's lowest bits
    order = _rows_of(np.sort((by >> np.uint64(bits) << np.uint64(bits)) | rows), bits)
    sorted_ranks = by[order]
    if np.all(sorted_ranks[1:] >= sorted_ranks[:-1]):
        return order
    return np.argsort(by, kind="stable")  # they differ in those bits only


def _rows_of(keys: NDArray[np.uint64], bits: int) -> Order:
    return (keys & np.uint64((1 << bits) - 1)).astype(np.intp)


class Sorter:
    """Orders rows, and does nothing where nothing moved: the last answer is kept while its column stays the same."""

    def __init__(self) -> None:
        self._values: NDArray[Any] | None = None
        self._descending = False
        self._ranks: Ranks = np.zeros(0, np.uint32)
        self._order: Order = np.zeros(0, np.intp)

    def order(self, values: NDArray[Any], descending: bool) -> Order:
        """[rows] row numbers in order."""
        if values is self._values and descending == self._descending:
            return self._order
        new = ranks(values, descending)
        if self._values is None or new.dtype != self._ranks.dtype or not np.array_equal(new, self._ranks):
            self._order = order_of(new)
        self._values, self._descending, self._ranks = values, descending, new
        return self._order


def held(previous: Order, order: Order, mask: NDArray[np.bool_] | None) -> Order:
    """The previous order kept as it is, rows that left the filter included; rows that are new in it come last."""
    if mask is None and len(previous) == len(order):
        return previous
    shown = np.zeros(len(order), np.bool_)
    shown[previous] = True
    new = ~shown if mask is None else mask & ~shown
    return np.concatenate([previous, order[new[order]]])
