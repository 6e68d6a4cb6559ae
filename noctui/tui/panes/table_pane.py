"""A live table under its title. At S the table's header is the title."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from noctui.tui.keys import bindings
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import title
from noctui.tui.widgets.columns import Column, Rows
from noctui.tui.widgets.live_table import LiveTable


class TablePane(Vertical):
    """Title and table; knows how to choose the column of sorting."""

    SCOPED_CSS = False  # its look depends on the size, which is a class of the board around it
    DEFAULT_CSS = """
    TablePane { width: 1fr; height: 1fr; padding: 0 0 0 1; }
    TablePane > .title { height: 1; padding: 0 1 0 0; }
    .-s TablePane > .title { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("sort", "invert", "column_left", "column_right")

    def __init__(
        self, columns: Sequence[Column], sort: tuple[str, bool], clock: Callable[[], float], *, id: str, name: str = ""
    ) -> None:
        super().__init__(id=id)
        self._title = Sheet(classes="title")
        self.table = LiveTable(columns, sort=sort, clock=clock, id=f"{id}-table")
        self._chosen = sort[0]
        self._words = (name, "")

    def compose(self) -> ComposeResult:
        yield self._title
        yield self.table

    def show_rows(self, rows: Rows, mask: NDArray[np.bool_] | None, words: tuple[str, str]) -> None:
        """The rows, and (title, note)."""
        self.table.show(rows, mask)
        self.entitle(words)

    def entitle(self, words: tuple[str, str] | None = None) -> None:
        """Write the title; the note also says that the order is held."""
        self._words = words or self._words
        text, note = self._words
        held = self.table.sort_held
        note = f"{note}, {held}" if note and held else note or held
        wide = max(self.size.width - 1, 10)
        self._title.paint([title(text, note, wide, focused=self.has_focus_within)])

    def on_click(self, event: events.Click) -> None:
        """Its title: the table has the cursor."""
        event.stop()
        self.table.focus(scroll_visible=False)

    def on_resize(self) -> None:
        self.entitle()

    def on_descendant_focus(self) -> None:
        self.entitle()

    def on_descendant_blur(self) -> None:
        self.entitle()

    def action_sort(self) -> None:
        key, descending = self.table.sort
        there = {column.key for column in self.table.arranged}
        if self._chosen == key or self._chosen not in there:  # it may have been a column of other rows
            self.table.sort_by(key, not descending)
        else:
            self.table.sort_by(self._chosen, True)

    def action_invert(self) -> None:
        key, descending = self.table.sort
        self.table.sort_by(key, not descending)

    def action_column_left(self) -> None:
        self._choose(-1)

    def action_column_right(self) -> None:
        self._choose(1)

    def _choose(self, step: int) -> None:
        """The next visible column becomes the one that is sorted by."""
        there = self.table.visible_columns
        if not there:
            return
        at = there.index(self.table.sort[0]) if self.table.sort[0] in there else 0
        self._chosen = there[(at + step) % len(there)]
        self.table.sort_by(self._chosen, True)
