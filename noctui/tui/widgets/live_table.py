"""The live table: thousands of rows of which only the lines that look different are painted anew.

It keeps the lines now on screen. A refresh or a key marks only those lines dirty whose row, look or values changed, and
they are built when they are painted. So its cost does not grow with the rows, and a slow line carries little.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from noctui.tui.columns import Chosen, arranged
from noctui.tui.look import Look, look_of
from noctui.tui.look.text import clean
from noctui.tui.widgets.columns import Column, Placed, Rows, place
from noctui.tui.widgets.table_lines import (
    MARK_COLUMN,
    Bar,
    Header,
    Row,
    Shown,
    header_line,
    row_line,
    said_line,
    with_bar,
)
from noctui.tui.widgets.table_view import TableView

MARGIN = 2
"""Cells kept at the right: one for the last column's mark, one for the scroll bar."""
WHEEL_LINES = 3
AHEAD = 2
"""Lines made ahead at a time, between two keys."""
PAUSE = 0.003
"""Seconds between them: whatever else waits comes first."""
MOST_MADE = 600
"""Lines kept; some pages."""


class LiveTable(ScrollView, can_focus=True):
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
        super().__init__(id=id, classes=classes)
        self._usual = tuple(columns)
        self._spare: tuple[Column, ...] = ()
        self._chosen: Chosen | None = None
        self._columns = self._usual
        self._empty = tuple(empty)
        self._view = TableView(sort, clock)
        self._marked: frozenset[str] = frozenset()
        self._placed: tuple[Placed, ...] = ()
        self._keys: tuple[str, ...] = ()
        self._look: Look | None = None
        self._lines: list[Strip | None] = []
        self._signatures: list[Shown] = []
        self._made: dict[tuple[object, ...], list[Segment]] = {}  # rows of this snapshot as they look
        self._going = 0  # which way the cursor goes, when lines are made ahead of it
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
        idle, self._going = not self._going, 1 if by > 0 else -1
        if idle:
            asyncio.get_running_loop().call_later(PAUSE, self._look_ahead)

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

    # -- painting -----------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self._rebuild()

    def on_resize(self) -> None:
        self._rebuild()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor row looks otherwise. (A handler of the Focus event would run before `has_focus` is set.)"""
        super().watch_has_focus(has_focus)
        if self.is_mounted:
            self._repaint()

    def notify_style_update(self) -> None:
        """A theme may have changed."""
        super().notify_style_update()
        if self._look is not None and look_of(self) is not self._look:
            self._rebuild()

    def _rebuild(self) -> None:
        """Lay out and paint everything: another size, other columns, another look."""
        if not self.is_mounted:
            return
        self._look = look_of(self)
        self._view.resize(self.size.height - 1)
        self._placed = place(self._columns, self.size.width - MARGIN)
        self._keys = tuple(placed.column.key for placed in self._placed)
        self._lines = []
        self._made.clear()
        self._repaint(anew=True)
        self._tell()

    def render_line(self, y: int) -> Strip:
        """The line as it stands in the buffer, built now if it is dirty."""
        look = look_of(self)
        if look is not self._look:
            self._rebuild()
        if y >= len(self._lines):
            return Strip.blank(self.size.width, look.palette.style("text"))
        line = self._lines[y]
        if line is None:
            line = self._lines[y] = self._build(look, y)
        return line

    def _repaint(self, old: Rows | None = None, anew: bool = False) -> None:
        """Mark dirty the lines that may look different; they are built when they are painted.

        `old` is the snapshot before this one, row for row the same; `anew` distrusts every line.
        """
        height = self.size.height
        if self._look is None or height < 1 or not self.size.width:
            return
        signatures = [self._shown(y) for y in range(height)]
        if anew or len(self._lines) != height:
            self._lines = [None] * height
            self._signatures = signatures
            self.refresh()
            return
        dirty = {y for y, (new, shown) in enumerate(zip(signatures, self._signatures, strict=True)) if new != shown}
        if old is not None and self._view.rows is not None:
            window = self._view.index[self._view.top : self._view.top + height - 1]
            dirty.update((np.flatnonzero(self._view.rows.changed(old, window)) + 1).tolist())
        self._signatures = signatures
        for y in dirty:
            self._lines[y] = None
        if dirty:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in sorted(dirty)))

    def _shown(self, y: int) -> Shown:
        """What line `y` shows, apart from its row's own values."""
        view = self._view
        if y == 0:
            return Header(*view.sort)
        at = view.top + y - 1
        if view.rows is None or at >= len(view):
            empty = view.rows is not None and not len(view) and y <= len(self._empty)
            return self._empty[y - 1] if empty else ""
        return self._row_at(at, self._bar_at(y))

    def _row_at(self, at: int, bar: Bar = "") -> Row:
        """How the row at this place of the order looks."""
        view = self._view
        assert view.rows is not None
        row = int(view.index[at])
        flash = getattr(view.rows, "flash", None)
        return Row(
            row,
            "bg" if at != view.cursor else "sel" if self.has_focus else "pop",
            view.grey(row),
            bool(self._marked) and view.rows.key(row) in self._marked,
            flash is not None and bool(flash(row)),
            bar,
        )

    def _bar_at(self, y: int) -> Bar:
        """`thumb`, `track`, or nothing while all rows fit."""
        view = self._view
        count, height = len(view), view.height
        if count <= height:
            return ""
        size = max(round(height * height / count), 1)
        first = round(view.top * (height - size) / (count - height))
        return "thumb" if first <= y - 1 < first + size else "track"

    def _build(self, look: Look, y: int) -> Strip:
        shown, wide = self._signatures[y], self.size.width
        if isinstance(shown, Header):
            return header_line(look, shown, self._placed, wide)
        if isinstance(shown, str) or self._view.rows is None:
            return said_line(look, str(shown), wide)
        return with_bar(look, self._line_of(look, shown), shown.bar, wide)

    def _line_of(self, look: Look, shown: Row) -> list[Segment]:
        """A row as it looks; made once while the data is the same."""
        looks = (shown.row, shown.ground, shown.grey, shown.marked, shown.flash)
        line = self._made.get(looks)
        if line is None:
            assert self._view.rows is not None
            if len(self._made) >= MOST_MADE:
                self._made.clear()
            cells = self._view.rows.cells(shown.row, self._keys)
            line = self._made[looks] = row_line(look, shown, cells, self._placed, self.size.width)
        return line

    def _look_ahead(self) -> None:
        """Make some of the lines that come into sight when the cursor leaves the window: half a page at once would hold
        up the key that does it."""
        view, look, going = self._view, self._look, self._going
        self._going = 0
        if look is None or view.rows is None or not self.is_attached:
            return
        half = view.height // 2
        first = view.top + view.height if going > 0 else view.top - half
        missing = AHEAD
        for at in range(max(first, 0), min(first + half, len(view))):
            row = self._row_at(at)
            if (row.row, row.ground, row.grey, row.marked, row.flash) not in self._made:
                if not missing:
                    self._going = going
                    asyncio.get_running_loop().call_later(PAUSE, self._look_ahead)
                    return
                missing -= 1
                self._line_of(look, row)
