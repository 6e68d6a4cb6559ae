"""The live table: thousands of rows, a cursor that belongs to one of them, marks, an order. `table_paint` paints it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from noctui.tui.columns import Chosen, arranged
from noctui.tui.look.text import clean
from noctui.tui.widgets.columns import Column, Rows
from noctui.tui.widgets.table_lines import MARK_COLUMN
from noctui.tui.widgets.table_paint import PaintedTable
from noctui.tui.widgets.table_view import TableView

WHEEL_LINES = 3


class LiveTable(PaintedTable, can_focus=True):
    """A table of `Rows`: a header, a cursor that belongs to a row's id, marks, and an order that is held after keys."""

    DEFAULT_CSS = """
    LiveTable { height: 1fr; width: 1fr; overflow: hidden; }
    """
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False, id="table.up"),
        Binding("down,j", "move(1)", "down", show=False, id="table.down"),
        Binding("pageup", "page(-1)", "page up", show=False, id="table.page_up"),
        Binding("pagedown", "page(1)", "page down", show=False, id="table.page_down"),
        Binding("home", "first", "first row", show=False, id="table.first"),
        Binding("end", "last", "last row", show=False, id="table.last"),
        Binding("enter", "open", "open", show=False, id="table.open"),
        Binding("space", "mark", "mark", show=False, id="table.mark"),
    ]

    class TableMessage(Message):
        def __init__(self, table: LiveTable) -> None:
            self.table = table
            super().__init__()

        @property
        def control(self) -> LiveTable:
            return self.table

    class Moved(TableMessage):
        """The cursor stands on another row (`key` None: on none)."""

        def __init__(self, table: LiveTable, key: str | None) -> None:
            self.key = key
            super().__init__(table)

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LiveTable.Moved) and message.table is self.table

    class Opened(TableMessage):
        """Enter, or a click on the cursor's row."""

        def __init__(self, table: LiveTable, key: str) -> None:
            self.key = key
            super().__init__(table)

    class Sorted(TableMessage):
        """A person chose another order."""

        def __init__(self, table: LiveTable, column: str, descending: bool) -> None:
            self.column = column
            self.descending = descending
            super().__init__(table)

    class Marked(TableMessage):
        """The set of marked rows changed."""

        def __init__(self, table: LiveTable, keys: frozenset[str]) -> None:
            self.keys = keys
            super().__init__(table)

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        sort: tuple[str, bool],
        empty: Sequence[str] = ("Nothing matches.",),
        id: str | None = None,
        classes: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`sort` is (column key, descending); `empty` is said when no row is shown; `clock` gives monotonic seconds."""
        super().__init__(columns, TableView(sort, clock), empty, id=id, classes=classes)
        self._usual = tuple(columns)
        self._spare: tuple[Column, ...] = ()
        self._chosen: Chosen | None = None
        self._told: str | None = None
        self._entering = False  # the mouse button went down here while the focus was elsewhere

    # -- what others may ask ------------------------------------------------------------------------------------------

    @property
    def rows(self) -> Rows | None:
        """The snapshot shown."""
        return self._view.rows

    @property
    def cursor_key(self) -> str | None:
        """Id of the row under the cursor; None while no row is shown."""
        return self._view.cursor_key

    @property
    def cursor_row(self) -> int | None:
        """Row number in the snapshot."""
        return int(self._view.index[self._view.cursor]) if len(self._view) else None

    @property
    def position(self) -> int:
        """Place of the cursor in the order, from 1 (for `row 3 of 9,920`); 0 when no row is shown."""
        return self._view.cursor + 1 if len(self._view) else 0

    @property
    def shown(self) -> int:
        """How many rows the table shows, filtered."""
        return len(self._view)

    @property
    def shown_rows(self) -> NDArray[np.intp]:
        """Row numbers in the order shown (for exports)."""
        return self._view.index

    @property
    def sort(self) -> tuple[str, bool]:
        """(column key, descending)."""
        return self._view.sort

    @property
    def marked(self) -> frozenset[str]:
        """Ids of the marked rows."""
        return self._marked

    @property
    def visible_columns(self) -> tuple[str, ...]:
        """Keys of the columns that fit now."""
        return self._keys

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns as they were set, whatever a person chose of them."""
        return self._usual

    @property
    def offered(self) -> tuple[Column, ...]:
        """All columns that can be chosen."""
        return (*self._usual, *self._spare)

    @property
    def arranged(self) -> tuple[Column, ...]:
        """The columns shown in their order, fitting or not."""
        return self._columns

    @property
    def chosen(self) -> Chosen | None:
        """What a person chose; None: the usual columns."""
        return self._chosen

    @property
    def hold_left(self) -> int:
        """Whole seconds for which the order is still held; 0 when it is not."""
        return math.ceil(self._view.hold_left)

    @property
    def sort_held(self) -> str:
        """`sort held 4s` for the title, or nothing."""
        return f"sort held {self.hold_left}s" if self.hold_left else ""

    def row_text(self, without: frozenset[str] = frozenset()) -> str:
        """The cursor's row as it stands there, for copying: its cells two blanks apart, then its id."""
        row = self.cursor_row
        if self.rows is None or row is None:
            return ""
        keys = tuple(key for key in self._keys if key not in without)
        cells = [cell if isinstance(cell[0], tuple) else (cell,) for cell in self.rows.cells(row, keys)]
        texts = ["".join(run[0] for run in cell).strip() for cell in cells]
        return "  ".join([*(clean(text) for text in texts if text), f"({self.rows.key(row)})"])

    # -- what others may do -------------------------------------------------------------------------------------------

    def show(self, rows: Rows, mask: NDArray[np.bool_] | None = None) -> None:
        """Swap the snapshot. `mask` [len(rows)] says which rows the filter lets through; None: all."""
        old = self._view.rows
        same = self._view.show(rows, mask)
        if rows is not old:
            self._made.clear()
        self._repaint(old if same and rows is not old else None, anew=not same)
        self._tell()

    def sort_by(self, key: str, descending: bool | None = None) -> None:
        """Sort by a column; without `descending`, the sorted one turns round and another starts with its biggest."""
        if descending is None:
            descending = not self.sort[1] if self.sort[0] == key else True
        self._view.sort_by(key, descending)
        self._repaint()
        self._tell()
        self.post_message(self.Sorted(self, key, descending))

    def set_columns(self, columns: Sequence[Column], spare: Sequence[Column] = ()) -> None:
        """Other columns, or another order of them. `spare` are shown when a person chooses them."""
        self._usual, self._spare = tuple(columns), tuple(spare)
        self._columns = arranged(self._usual, self._spare, self._chosen)
        self._rebuild()

    def choose(self, chosen: Chosen | None) -> None:
        """Show the columns that a person chose; None: the usual ones."""
        self._chosen = chosen
        self.set_columns(self._usual, self._spare)

    def say_when_empty(self, lines: Sequence[str]) -> None:
        """The words for no rows."""
        if tuple(lines) != self._empty:
            self._empty = tuple(lines)
            self._repaint()

    def go_to(self, key: str) -> bool:
        """Put the cursor on the row of this id; False when it is not shown."""
        row = None if self.rows is None else self.rows.find(key)
        at = None if row is None else self._view.place_of(row)
        if at is None:
            return False
        self._view.chosen = True
        self._move(at)
        return True

    def mark(self) -> None:
        """Mark the cursor's row, or take its mark back."""
        if (key := self.cursor_key) is not None:
            self.set_marked(self._marked ^ {key})

    def set_marked(self, keys: frozenset[str]) -> None:
        """Mark exactly these rows."""
        if keys != self._marked:
            self._marked = keys
            self._repaint()
            self.post_message(self.Marked(self, keys))

    def hold(self) -> None:
        """Hold the order as after a key (for keys that a screen handles itself)."""
        self._view.touch()

    # -- keys and mouse -----------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Cursor up or down."""
        self._view.touch()
        self._move(self._view.cursor + by)
        self._go_on(1 if by > 0 else -1)

    def action_page(self, pages: int) -> None:
        """A window up or down."""
        self._view.touch()
        self._view.page(pages)
        self._repaint()
        self._tell()

    def action_first(self) -> None:
        """To the first row."""
        self._view.touch()
        self._move(0)

    def action_last(self) -> None:
        """To the last row."""
        self._view.touch()
        self._move(len(self._view) - 1)

    def action_open(self) -> None:
        """Open the cursor's row."""
        self._view.touch()
        if (key := self.cursor_key) is not None:
            self.post_message(self.Opened(self, key))

    def action_mark(self) -> None:
        """Mark the cursor's row and go on to the next."""
        self.mark()
        self.action_move(1)

    def focus_on_click(self) -> bool:
        """Asked before a click gives the focus."""
        self._entering = not self.has_focus
        return super().focus_on_click()

    def on_key(self, _event: events.Key) -> None:
        """Any key pressed here holds the order."""
        self._view.touch()

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, WHEEL_LINES)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -WHEEL_LINES)

    def _wheel(self, event: events.MouseEvent, lines: int) -> None:
        event.stop()
        event.prevent_default()
        self._view.touch()
        self._view.scroll(lines)
        self._repaint()
        self._tell()

    def on_click(self, event: events.Click) -> None:
        """A row: the cursor goes there, on the cursor's row it opens, unless the click just came into the table; a
        title sorts; the scroll bar jumps."""
        event.stop()
        self._view.touch()
        if event.y == 0:
            if (column := self._column_at(event.x)) is not None and column.key != MARK_COLUMN:
                self.sort_by(column.key)
        elif event.x >= self.size.width - 1 and len(self._view) > self._view.height:
            share = (event.y - 1) / max(self._view.height - 1, 1)
            self._view.scroll(round(share * (len(self._view) - self._view.height)) - self._view.top)
            self._repaint()
            self._tell()
        elif (at := self._view.top + event.y - 1) < len(self._view):
            if at == self._view.cursor and not (self._entering and event.chain == 1):
                self.action_open()
            else:
                self._move(at)

    def _column_at(self, x: int) -> Column | None:
        left = 0
        for placed in self._placed:
            if left <= x < left + placed.gap + placed.width:
                return placed.column
            left += placed.gap + placed.width
        return None

    def _move(self, to: int) -> None:
        self._view.move(to)
        self._repaint()
        self._tell()

    def _tell(self) -> None:
        if self.cursor_key != self._told:
            self._told = self.cursor_key
            self.post_message(self.Moved(self, self.cursor_key))
