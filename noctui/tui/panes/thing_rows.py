"""Rows of a live table over a sequence of things: cells are made when they are seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from noctui.tui.panes import cells
from noctui.tui.widgets.columns import Cell

T = TypeVar("T")


@dataclass(frozen=True)
class Told(Generic[T]):
    """How things of a kind are told: `key` is stable and no two have the same; `cell` draws one column; `value` is what
    a column sorts by, a number (NaN unknown) in those that `numbers` names, else text."""

    key: Callable[[T], str]
    cell: Callable[[T, str], Cell]
    value: Callable[[T, str], Any]
    numbers: frozenset[str]


class ThingRows(Generic[T]):
    """An immutable snapshot."""

    def __init__(self, things: Sequence[T], told: Told[T], grey: bool = False) -> None:
        self.things = tuple(things)
        self._told = told
        self._grey = grey
        self._keys = [told.key(thing) for thing in self.things]
        self._row = {key: row for row, key in enumerate(self._keys)}
        self._sorted: dict[str, NDArray[Any]] = {}

    def __len__(self) -> int:
        return len(self.things)

    def key(self, row: int) -> str:
        return self._keys[row]

    def find(self, key: str) -> int | None:
        return self._row.get(key)

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        made = [self._told.cell(self.things[row], column) for column in columns]
        return cells.greyed(made) if self._grey else made

    def sort_values(self, column: str) -> NDArray[Any]:
        found = self._sorted.get(column)
        if found is None:
            values = [self._told.value(thing, column) for thing in self.things]
            number = column in self._told.numbers
            made = np.array(values, np.float64) if number else np.array([str(v).lower()[:80] for v in values], np.str_)
            found = self._sorted[column] = made
        return found

    def changed(self, old: ThingRows[T], rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Nothing is known of what a cell is made of beside the thing: all may look different."""
        return np.ones(len(rows), np.bool_)
