"""The lines of a live table: header, rows, words for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.segment import Segment
from textual.strip import Strip

from noctui.tui.look import Look
from noctui.tui.look.text import clean, clip, width
from noctui.tui.widgets.columns import Cell, Placed
from noctui.tui.widgets.line import Line, runs_of, write_row

MARK_COLUMN = "mark"
"""A column of this key is drawn by the table itself: the sign of marked rows."""
STATE_COLUMN = "state"
"""The sign of a row that has just changed opens the cell of this column, else the first one."""

Bar = Literal["thumb", "track", ""]


@dataclass(frozen=True, slots=True)
class Header:
    """The line of titles, sorted by `key`."""

    key: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line that shows row number `row`."""

    row: int
    ground: str
    grey: bool  # it left the filter, and is here only because the order is held
    marked: bool
    flash: bool  # it changed state just now
    bar: Bar


Shown = Header | Row | str
"""What a line shows; two equal ones look alike as long as the row's values do. A str is words for nothing."""


def row_line(look: Look, shown: Row, cells: Sequence[Cell], placed: Sequence[Placed], wide: int) -> list[Segment]:
    """A row on its ground; the last cell, of the scroll bar, is `with_bar`'s."""
    if shown.marked:
        cells = [
            (look.signs.mark, "accent") if at.column.key == MARK_COLUMN else cell
            for at, cell in zip(placed, cells, strict=True)
        ]
    if shown.grey:
        cells = [tuple((text, "stale") for text, _ in runs_of(cell)) for cell in cells]
    if shown.flash:
        signed = next((i for i, at in enumerate(placed) if at.column.key == STATE_COLUMN), 0)
        cells = [_flashed(cell) if i == signed else cell for i, cell in enumerate(cells)]
    if look.signs.ascii:
        cells = [tuple((look.signs.prose(clean(text)), role) for text, role in runs_of(cell)) for cell in cells]
    line = Line(look.palette, shown.ground)
    write_row(line, cells, placed, look.signs.cut)
    return line.end(wide - 1)


def with_bar(look: Look, line: Sequence[Segment], bar: Bar, wide: int) -> Strip:
    """A row with its cell of scroll bar."""
    sign = {"thumb": look.signs.thumb, "track": look.signs.line, "": " "}[bar]
    return Strip([*line, Segment(sign, look.palette.style("dim" if bar == "thumb" else "faint"))], wide)


def _flashed(cell: Cell) -> Cell:
    """The sign, which opens the cell, reversed."""
    (text, role), *rest = runs_of(cell)
    return ((text[:1], f"{role} reverse"), (text[1:], role), *rest)


def said_line(look: Look, words: str, wide: int) -> Strip:
    """One of the lines said when there is no row."""
    line = Line(look.palette)
    words = clip(look.signs.prose(clean(words)), wide, look.signs.cut)
    line.text(words, width(words), "dim")
    return Strip(line.end(wide), wide)


def header_line(look: Look, shown: Header, placed: Sequence[Placed], wide: int) -> Strip:
    """Titles over their columns; the arrow of the sorted one may take a cell of the gap."""
    line = Line(look.palette)
    for at in placed:
        column = at.column
        title = clip(column.title, at.width, look.signs.cut)
        role = "dim"
        if column.key == shown.key:
            arrow = look.signs.biggest_first if shown.descending else look.signs.smallest_first
            title = clip(column.title, at.width + min(at.gap, 1) - 1, look.signs.cut) + arrow
            role = "accent bold"
        start = at.gap + (at.width - width(title) if column.align == "right" else 0)
        line.blanks(start)
        line.text(title, width(title), role)
        line.blanks(at.gap + at.width - start - width(title))
    return Strip(line.end(wide), wide)
