"""What is remembered of gateways and peer paths: the newest row of each, until the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from noctui.engine.rows import Placed, Placer
from noctui.model.batch import Batch
from noctui.model.view import B1, F4, F8


class Kept:
    """The columns of the newest row of every id, and when it was observed. One that leaves is forgotten."""

    def __init__(self, names: Sequence[str], dtype: type[np.float32] | type[np.float64] = np.float64) -> None:
        self._names = tuple(names)
        self._dtype = dtype
        self._placer = Placer()
        self._ids: tuple[str, ...] = ()
        self.values: NDArray[np.floating] = np.zeros((len(self._names), 0), dtype)
        self.observed: F8 = np.zeros(0)

    def follow(self, ids: tuple[str, ...], old_row: Mapping[str, int]) -> None:
        """Take the rows of a changed inventory; `old_row` is id → row in the one before."""
        if ids == self._ids:
            return
        rows = np.array([old_row.get(i, -1) for i in ids], np.intp)
        here = rows >= 0
        values, observed = np.full((len(self._names), len(ids)), np.nan, self._dtype), np.full(len(ids), np.nan)
        values[:, here] = self.values[:, rows[here]]
        observed[here] = self.observed[rows[here]]
        self.values, self.observed, self._ids = values, observed, ids

    def take(self, batch: Batch | None, row_of: Mapping[str, int], at: float) -> Placed | None:
        """Take a poll's rows in; tells where they are in the batch."""
        if batch is None:
            return None
        placed = self._placer.place(batch.ids, row_of)
        fresh = np.empty((len(self._names), len(placed.source)), self._dtype)
        for row, name in enumerate(self._names):
            fresh[row] = placed.column(batch, name)
        observed = np.fmin(placed.lay(batch.observed_at), at)
        if placed.present is None:
            self.values, self.observed = fresh, observed
        else:
            self.values = np.where(placed.present, fresh, self.values)
            self.observed = np.where(placed.present, observed, self.observed)
        return placed

    def column(self, name: str) -> F8:
        """In float64."""
        found: F8 = self.values[self._names.index(name)].astype(np.float64, copy=False)
        return found

    def age(self, at: float) -> F4:
        return (at - self.observed).astype(np.float32)

    def adopt(self, columns: Mapping[str, F4], observed: F8) -> None:
        """Go on from a View whose rows are followed already."""
        self.observed = observed
        blank = np.full(len(observed), np.nan, np.float32)
        self.values = np.stack([columns.get(name, blank).astype(self._dtype) for name in self._names])


def of_circuits(column: F8, gateway: np.ndarray[tuple[int], np.dtype[np.int32]]) -> F8:
    """A gateway column laid onto circuits; NaN for a circuit without a gateway."""
    if not len(column):
        return np.full(len(gateway), np.nan)
    laid: F8 = column[gateway]
    loose: B1 = gateway < 0
    if loose.any():
        laid[loose] = np.nan
    return laid
