"""A batch's rows laid onto a table's rows, by id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.model.batch import Batch, Column
from noctui.model.view import B1


@dataclass(frozen=True, slots=True)
class Placed:
    """Where each table row is in the batch: `source[row]`, meaningless where `present` is False.

    `present` None: every row is there. `same`: the batch stands in the table's order, so columns are taken as they are.
    `nothing` is a column of which nothing is known.
    """

    source: NDArray[np.intp]
    present: B1 | None
    same: bool
    nothing: Column

    def column(self, batch: Batch, name: str) -> Column:
        """The batch's column in the table's rows, NaN where unknown. Not to be written to: it may be the batch's."""
        found = batch.columns.get(name)
        return self.nothing if found is None else self.lay(found)

    def pick(self, batch: Batch, name: str, rows: NDArray[np.intp]) -> Column:
        """What `column` has in these rows, without laying all of them."""
        found = batch.columns.get(name)
        if found is None or not len(found):
            return np.full(rows.shape, np.nan)
        picked: Column = found.take(rows if self.same else self.source.take(rows))
        if self.present is not None:
            picked[~self.present.take(rows)] = np.nan
        return picked

    def lay(self, column: Column) -> Column:
        if self.same:
            return column
        if not len(column):
            return self.nothing
        laid: Column = column[self.source]
        if self.present is not None:
            laid[~self.present] = np.nan
        return laid


class Placer:
    """Remembers the last mapping: sweep after sweep comes with the same tuple of ids and the same inventory."""

    def __init__(self) -> None:
        self._ids: tuple[str, ...] | None = None
        self._row_of: Mapping[str, int] | None = None
        self._placed: Placed | None = None

    def place(self, ids: tuple[str, ...], row_of: Mapping[str, int]) -> Placed:
        """Where the table's rows (`row_of`: id → row) are in `ids`; of two rows with one id the last counts."""
        if self._placed is None or ids is not self._ids or row_of is not self._row_of:
            self._placed = _place(ids, row_of)
            self._ids, self._row_of = ids, row_of
        return self._placed


def _place(ids: tuple[str, ...], row_of: Mapping[str, int]) -> Placed:
    get = row_of.get
    rows = np.fromiter((get(i, -1) for i in ids), np.intp, len(ids))
    known = np.flatnonzero(rows >= 0)
    source = np.full(len(row_of), -1, np.intp)
    source[rows[known]] = known
    present = source >= 0
    nothing = np.full(len(source), np.nan)
    if present.all():
        return Placed(source, None, len(ids) == len(source) and bool((source == np.arange(len(source))).all()), nothing)
    return Placed(np.where(present, source, 0), present, False, nothing)
