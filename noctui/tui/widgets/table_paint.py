"""The painting of a live table: only the lines that look different are painted anew.

It keeps the lines now on screen. A refresh or a key marks only those lines dirty whose row, look or values changed, and
they are built when they are painted. So its cost does not grow with the rows, and a slow line carries little.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
from rich.segment import Segment
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from noctui.tui.look import Look, look_of
from noctui.tui.widgets.columns import Column, Placed, Rows, place
from noctui.tui.widgets.table_lines import Bar, Header, Row, Shown, header_line, row_line, said_line, with_bar
from noctui.tui.widgets.table_view import TableView

MARGIN = 2
"""Cells kept at the right: one for the last column's mark, one for the scroll bar."""
AHEAD = 2
"""Lines made ahead at a time, between two keys."""
PAUSE = 0.003
"""Seconds between them: whatever else waits comes first."""
MOST_MADE = 600
"""Lines kept; some pages."""


class PaintedTable(ScrollView):
    """What is shown of a `TableView`: its lines, and which of them are dirty."""

    def __init__(
        self, columns: Sequence[Column], view: TableView, empty: Sequence[str], *, id: str | None, classes: str | None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._empty = tuple(empty)
        self._view = view
        self._marked: frozenset[str] = frozenset()
        self._placed: tuple[Placed, ...] = ()
        self._keys: tuple[str, ...] = ()
        self._look: Look | None = None
        self._size_laid = Size(0, 0)  # what it is laid out for
        self._lines: list[Strip | None] = []
        self._signatures: list[Shown] = []
        self._made: dict[tuple[object, ...], list[Segment]] = {}  # rows of this snapshot as they look
        self._going = 0  # which way the cursor goes, when lines are made ahead of it

    def _tell(self) -> None:
        """The cursor may stand on another row."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self._rebuild()

    def on_resize(self) -> None:
        """Also when its board is shown again: then it looks as it was painted for this size."""
        if self._size_laid != self.size:
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
        self._size_laid = self.size
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
        if look is not self._look or self._size_laid != self.size:
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
            self._lines, self._signatures, self._size_laid = [], [], Size(0, 0)  # they are of an older snapshot
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

    def _go_on(self, way: int) -> None:
        """The cursor goes that way (1: down, -1: up): make lines ahead of it."""
        idle, self._going = not self._going, way
        if idle:
            asyncio.get_running_loop().call_later(PAUSE, self._look_ahead)

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
