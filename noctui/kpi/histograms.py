"""Histograms of many rows as one table, for adding up many of them: a cell per row and bucket. Pure.

What `kpi.percentile.Sketches` says in entries, in the same buckets: adding a day is one addition per entry, without
sorting, and the room it takes does not depend on how many days were added.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.percentile import BUCKETS, Sketches, buckets, middle
from noctui.model.view import F4, F8

I8 = NDArray[np.int64]


ROWS = 512
"""Rows whose percentiles are found at a time."""


class Histograms:
    """`counts` [rows, buckets]: as wide as the highest bucket so far, so 3 kB a row for percentages, 7 for rates."""

    def __init__(self, rows: int) -> None:
        self.counts = np.zeros((rows, 1), np.uint32)

    def __len__(self) -> int:
        return len(self.counts)

    def add(self, found: Sketches, into: I8 | None = None) -> None:
        """Entries; those of row i to row `into[i]` (-1: left out), or to row i itself."""
        if not len(found.row):
            return
        self._widen(int(found.bucket.max()) + 1)
        if into is None:  # a row has each bucket once
            self.counts[found.row, found.bucket] += found.count
            return
        row = into[found.row]
        kept = row >= 0
        self._add(row[kept], found.bucket[kept], found.count[kept])

    def add_values(self, values: F4, into: I8 | None = None) -> None:
        """[rows, n] with NaN for unknown, a negative one counts as 0; of row i to row `into[i]`, or to row i itself."""
        row, column = np.nonzero(~np.isnan(values) if into is None else ~np.isnan(values) & (into >= 0)[:, None])
        if not len(row):
            return
        bucket = buckets(np.maximum(values[row, column], 0))
        self._widen(int(bucket.max()) + 1)
        self._add(row if into is None else into[row], bucket, np.uint32(1))

    def _widen(self, width: int) -> None:
        if width > self.counts.shape[1]:
            wider = np.zeros((len(self.counts), min(BUCKETS, width + width // 8)), np.uint32)
            wider[:, : self.counts.shape[1]] = self.counts
            self.counts = wider

    def _add(self, row: NDArray[np.integer], bucket: NDArray[np.uint16], count: NDArray[np.uint32] | np.uint32) -> None:
        cell = row.astype(np.int64) * self.counts.shape[1] + bucket
        np.add.at(self.counts.reshape(-1), cell, count)

    def percentile(self, percent: int = 95) -> F8:
        """[rows] of nearest rank, to within `percentile.ERROR`; NaN of rows without values."""
        out = np.full(len(self.counts), np.nan)
        for first in range(0, len(out), ROWS):
            counts = self.counts[first : first + ROWS]
            running = np.cumsum(counts, axis=1, dtype=np.uint32)
            total = running[:, -1].astype(np.int64)
            at = np.argmax(running >= (-(-percent * total // 100))[:, None], axis=1)
            out[first : first + ROWS] = np.where(total > 0, middle(at), np.nan)
        return out

    def sketches(self) -> Sketches:
        """As entries, by row, then bucket."""
        row, bucket = np.nonzero(self.counts)
        return Sketches(row.astype(np.uint32), bucket.astype(np.uint16), self.counts[row, bucket])
