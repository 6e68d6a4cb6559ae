"""What a live table is told: its columns, and the protocol of the rows it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from noctui.tui.look import Run

Cell = Run | tuple[Run, ...]
"""(text, role), or several of them.

In a right-aligned column the last of several runs, when it is one cell wide, is the number's mark (`~`, `t` …): it
stands in the gap after the column, so that digits stay in line.
"""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `width` counts cells (a flexing column's least); `gap` blanks precede every column but the first.

    When the table is narrow, columns with the highest `drop` go first; 0 never goes. One column may flex: it takes the
    cells that are left.
    """

    key: str
    title: str
    width: int
    align: Literal["left", "right"] = "left"
    flex: bool = False
    drop: int = 0
    gap: int = 2


class Rows(Protocol):
    """An immutable snapshot of rows. Two optional members more:

    `flash(row) -> bool`: this row changed state just now; its sign is reversed until the next snapshot.
    `ids: object`: the same object in two snapshots means that row numbers mean the same rows in both.
    """

    def __len__(self) -> int: ...

    def key(self, row: int) -> str:
        """A stable id."""
        ...

    def find(self, key: str) -> int | None:
        """The row with this id."""
        ...

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        """One cell for each of `columns`."""
        ...

    def sort_values(self, column: str) -> NDArray[Any]:
        """[rows] what this column sorts by, typed. Unknown (NaN) is last either way."""
        ...

    def changed(self, old: Any, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """[len(rows)] which of these rows look different from the same rows of `old`."""
        ...


@dataclass(frozen=True, slots=True)
class Placed:
    """A column as laid out: `gap` blanks, then `width` cells."""

    column: Column
    gap: int
    width: int


def place(columns: Sequence[Column], cells: int) -> tuple[Placed, ...]:
    """The columns that fit into `cells` cells, in order, with their widths. Where not even those fit that are never
    dropped, what lies beyond the right edge goes."""
    kept = list(columns)
    while len(kept) > 1 and _need(kept) > cells:
        first = max(kept, key=lambda c: c.drop)
        if first.drop == 0:
            break
        kept.remove(first)
    spare = max(cells - _need(kept), 0)
    placed: list[Placed] = []
    for i, column in enumerate(kept):
        width = column.width + (spare if column.flex else 0)
        if column.flex:
            spare = 0
        placed.append(Placed(column, column.gap if i else 0, width))
    return tuple(placed) if _need(kept) <= cells else tuple(_inside(placed, cells))


def _inside(placed: Sequence[Placed], cells: int) -> Iterator[Placed]:
    left = cells
    for at in placed:
        width = min(at.width, left - at.gap)
        if width <= 0:
            return
        yield Placed(at.column, at.gap, width)
        left -= at.gap + width


def _need(columns: Sequence[Column]) -> int:
    return sum(c.width + (c.gap if i else 0) for i, c in enumerate(columns))
