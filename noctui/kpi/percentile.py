"""Percentiles: nearest rank, of values or of mergeable histograms. Pure.

Nearest rank is rank ceil(0.95 n) of n sorted values, the billing convention (facts: 8,640 five-minute averages of a
30-day month give rank 8,208). A histogram has buckets whose width is a share of their value, so that merged ones give
a percentile with a known relative error; it is never made of smaller periods' percentiles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import F4, F8, U2

I8 = NDArray[np.int64]
ERROR = 0.01
"""Relative error of a percentile from histograms."""
_GAMMA = (1.0 + ERROR) / (1.0 - ERROR)
_LOWEST = 1e-4
"""Smaller values are counted as 0."""
BUCKETS = 2100
"""Enough for 1e-4 … 1e14."""


def rank(n: int, percent: int = 95) -> int:
    """The rank, from 1, of the percentile of n sorted values; 0 of none."""
    return -(-percent * n // 100)


def nearest_rank(values: NDArray[np.floating], percent: int = 95) -> F8:
    """[rows] of values [rows, n] with NaN for unknown: the value of nearest rank among the known; NaN of none."""
    rows, width = values.shape
    if not rows or not width:
        return np.full(rows, np.nan)
    ordered = np.sort(values, axis=1)  # NaN comes last
    known = np.count_nonzero(~np.isnan(values), axis=1)
    at = np.maximum(-(-percent * known // 100) - 1, 0)
    found: F8 = ordered[np.arange(rows), at].astype(np.float64)
    return found


@dataclass(frozen=True, slots=True)
class Highest:
    """The highest values of many rows, rising, -inf where there are fewer; `known` is how many values each row has."""

    top: F4
    known: I8

    @property
    def size(self) -> int:
        """Bytes."""
        return self.top.nbytes + self.known.nbytes


def highest(values: F4, count: int) -> Highest:
    """Of [rows, n] with NaN for unknown the `count` highest: with them a percentile can go on with more values."""
    known = np.count_nonzero(~np.isnan(values), axis=1)
    some = np.where(np.isnan(values), np.float32(-np.inf), values)
    if count < some.shape[1]:
        some = np.partition(some, some.shape[1] - count, axis=1)[:, some.shape[1] - count :]
    return Highest(np.sort(some, axis=1), known.astype(np.int64))


def room_for(n: int, percent: int = 95) -> int:
    """How many of the highest of at most n values are enough to find the percentile of nearest rank."""
    return n - rank(n, percent) + 1


def rank_of_highest(of: Highest, more: F4, percent: int = 95) -> F8:
    """[rows] `nearest_rank` of those and [rows, n] more, NaN for unknown. There must be `room_for` all of them."""
    new = ~np.isnan(more)
    known = of.known + np.count_nonzero(new, axis=1)
    together = np.sort(np.concatenate([of.top, np.where(new, more, np.float32(-np.inf))], axis=1), axis=1)
    at = together.shape[1] - 1 - (known - -(-percent * known // 100))
    found = together[np.arange(len(known)), np.clip(at, 0, together.shape[1] - 1)] if together.shape[1] else known
    return np.where(known > 0, found.astype(np.float64), np.nan)


def buckets(values: F4) -> NDArray[np.uint16]:
    """The bucket of each value (0 is zero); values must be known and not negative."""
    out = np.zeros(values.shape, np.uint16)
    some = values >= _LOWEST
    index = np.ceil(np.log(values[some].astype(np.float64) / _LOWEST) / np.log(_GAMMA)) + 1
    out[some] = np.clip(index, 1, BUCKETS - 1).astype(np.uint16)
    return out


def middle(bucket: NDArray[np.integer]) -> F8:
    """The value that stands for a bucket: none in it is further away than ERROR."""
    exponent = bucket.astype(np.float64) - 1
    return np.where(bucket == 0, 0.0, _LOWEST * 2.0 * _GAMMA**exponent / (_GAMMA + 1.0))


@dataclass(frozen=True, slots=True)
class Sketches:
    """Histograms of many rows: entry k says that `row[k]` has `count[k]` values in `bucket[k]`, by row, then bucket."""

    row: NDArray[np.uint32]
    bucket: U2
    count: NDArray[np.uint32]


def sketches(values: F4) -> Sketches:
    """Of [rows, n] values with NaN for unknown. A negative value counts as 0."""
    row, column = np.nonzero(~np.isnan(values))
    bucket = buckets(np.maximum(values[row, column], 0))
    return _counted(row.astype(np.int64), bucket.astype(np.int64), np.ones(len(row), np.int64))


def merged(parts: list[Sketches], into: list[NDArray[np.int64]] | None = None) -> Sketches:
    """All of them together. `into[i]` moves the rows of part i to other rows (groups); -1 leaves a row out."""
    if not parts:
        none = np.zeros(0, np.int64)
        return _counted(none, none, none)
    rows = [p.row.astype(np.int64) if into is None else into[i][p.row] for i, p in enumerate(parts)]
    row = np.concatenate(rows)
    bucket = np.concatenate([p.bucket for p in parts]).astype(np.int64)
    count = np.concatenate([p.count for p in parts]).astype(np.int64)
    kept = row >= 0
    return _counted(row[kept], bucket[kept], count[kept])


def _counted(row: I8, bucket: I8, count: I8) -> Sketches:
    key, where = np.unique(row * BUCKETS + bucket, return_inverse=True)
    total = np.zeros(len(key), np.int64)
    np.add.at(total, where, count)
    return Sketches((key // BUCKETS).astype(np.uint32), (key % BUCKETS).astype(np.uint16), total.astype(np.uint32))


def percentile(found: Sketches, rows: int, percent: int = 95) -> F8:
    """[rows] the percentile of nearest rank, to within ERROR; NaN of rows without values."""
    out = np.full(rows, np.nan)
    if not len(found.row):
        return out
    total = np.zeros(rows, np.int64)
    np.add.at(total, found.row, found.count.astype(np.int64))
    running = np.cumsum(found.count.astype(np.int64))
    begun = np.concatenate([[0], running[np.flatnonzero(np.diff(found.row))]])
    owner = np.cumsum(np.concatenate([[0], np.diff(found.row) != 0]))
    within = running - begun[owner]
    reached = within >= -(-percent * total[found.row] // 100)
    first = np.flatnonzero(reached)
    # The first entry of each row that reaches its rank.
    rows_there, at = np.unique(found.row[first], return_index=True)
    out[rows_there] = middle(found.bucket[first[at]])
    return out
