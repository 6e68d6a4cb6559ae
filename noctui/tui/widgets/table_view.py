"""What a live table shows: which rows, in which order, where the cursor and the window stand. No screen in here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from noctui.tui.widgets.columns import Rows
from noctui.tui.widgets.order import Order, Sorter, held

HOLD_SECONDS = 5.0
"""How long after the last key the order is held."""
_PROBES = 64


class TableView:
    """Rows through an index array. The cursor belongs to a row's id and stays with it through refresh, sort and filter.

    `clock` gives monotonic seconds.
    """

    def __init__(self, sort: tuple[str, bool], clock: Callable[[], float]) -> None:
        self.rows: Rows | None = None
        self.mask: NDArray[np.bool_] | None = None
        self.index: Order = np.zeros(0, np.intp)
        self.sort = sort
        self.cursor = 0
        self.cursor_key: str | None = None
        self.top = 0
        self.height = 1
        self._clock = clock
        self._sorter = Sorter()
        self._last_key = -np.inf
        self.chosen = False  # whether a person put the cursor where it is

    def __len__(self) -> int:
        return len(self.index)

    @property
    def hold_left(self) -> float:
        """Seconds for which the order is still held; 0 when it is not."""
        return max(self._last_key + HOLD_SECONDS - self._clock(), 0.0)

    def touch(self) -> None:
        """A key was pressed: hold the order from now."""
        self._last_key = self._clock()
        self.chosen = True

    def show(self, rows: Rows, mask: NDArray[np.bool_] | None) -> bool:
        """Take a new snapshot; True when row numbers still mean the same rows.

        The same snapshot with another mask is a person's filter: it holds at once.
        """
        old = self.rows
        same = old is not None and (rows is old or self._same_rows(old, rows))
        hold = same and rows is not old and self.hold_left > 0
        self.rows, self.mask = rows, mask
        self._arrange(hold)
        return same

    def sort_by(self, key: str, descending: bool) -> None:
        """Sort now; a person asked."""
        self.sort = key, descending
        if self.rows is not None:
            self._arrange(hold=False)

    def _arrange(self, hold: bool) -> None:
        assert self.rows is not None
        column, descending = self.sort
        order = self._sorter.order(self.rows.sort_values(column), descending)
        if hold:
            self.index = held(self.index, order, self.mask)
        else:
            self.index = order if self.mask is None else order[self.mask[order]]
        self._follow()

    def _follow(self) -> None:
        """Find the cursor's row again, and move the window only if it has to."""
        assert self.rows is not None
        row = None if self.cursor_key is None else self.rows.find(self.cursor_key)
        place = None if row is None else self.place_of(row)
        line = self.cursor - self.top
        if place is not None:
            visible = self.top <= place < self.top + self.height
            if visible or self.chosen:
                self.cursor = place
                if not visible:
                    self.top = place - line
            else:
                self.cursor = self.top = 0  # nobody chose this row: the worst stays in sight
        self._clamp()

    def place_of(self, row: int) -> int | None:
        """Position of a row number in the order shown."""
        found = np.flatnonzero(self.index == row)
        return int(found[0]) if len(found) else None

    def _clamp(self) -> None:
        count = len(self.index)
        self.cursor = min(max(self.cursor, 0), max(count - 1, 0))
        self.top = min(max(self.top, 0), max(count - self.height, 0))
        if count and not self.top <= self.cursor < self.top + self.height:
            self.top = min(max(self.cursor - self.height // 2, 0), max(count - self.height, 0))
        self.cursor_key = self.rows.key(int(self.index[self.cursor])) if count and self.rows is not None else None

    def resize(self, height: int) -> None:
        """The window is `height` rows now."""
        self.height = max(height, 1)
        self._clamp()

    def move(self, to: int) -> None:
        """Put the cursor on position `to`. Leaving the window scrolls half a page: most keys change two lines."""
        self.cursor = min(max(to, 0), max(len(self.index) - 1, 0))
        if not self.top <= self.cursor < self.top + self.height:
            self.top = self.cursor - self.height // 2
        self._clamp()

    def page(self, pages: int) -> None:
        """Move cursor and window by whole windows."""
        step = pages * max(self.height - 1, 1)
        self.top += step
        self.cursor += step
        self._clamp()

    def scroll(self, lines: int) -> None:
        """Move the window; the cursor is taken along at its edge."""
        self.top = min(max(self.top + lines, 0), max(len(self.index) - self.height, 0))
        self.cursor = min(max(self.cursor, self.top), self.top + self.height - 1)
        self._clamp()

    def grey(self, row: int) -> bool:
        """Whether this row left the filter and is only still here because the order is held."""
        return self.mask is not None and not self.mask[row]

    def _same_rows(self, old: Rows, new: Rows) -> bool:
        ids = getattr(old, "ids", None)
        if ids is not None:
            return ids is getattr(new, "ids", None)
        if len(old) != len(new):
            return False
        window = self.index[self.top : self.top + self.height]
        probes = np.linspace(0, len(old) - 1, min(_PROBES, len(old))).astype(np.intp)
        return all(old.key(int(row)) == new.key(int(row)) for row in np.concatenate([window, probes]))
