"""Cells → one line of Segments, neighbours of one style merged: each change of style costs bytes on the line."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style

from noctui.tui.look import Run
from noctui.tui.look.palette import Palette
from noctui.tui.look.text import clip, take, width
from noctui.tui.widgets.columns import Cell, Placed


class Line:
    """Collects runs of text on one ground. Blanks take the style of what stands before them, since they show none."""

    def __init__(self, palette: Palette, ground: str = "bg") -> None:
        self._palette = palette
        self._ground = ground
        self._blank = palette.style("text", ground)
        self._parts: list[str] = []
        self._style: Style = self._blank
        self._blanks = 0
        self.segments: list[Segment] = []
        self.cells = 0

    def blanks(self, count: int) -> None:
        """`count` blank cells."""
        if count > 0:
            self._blanks += count
            self.cells += count

    def text(self, text: str, cells: int, role: str) -> None:
        """`text`, `cells` cells wide."""
        if not text:
            return
        self.cells += cells
        if text.isspace():
            self._blanks += cells
            return
        style = self._palette.style(role, self._ground)
        if style is self._style:
            if self._blanks:
                self._parts.append(" " * self._blanks)
            self._parts.append(text)
        else:
            before = _plain(self._style, self._blank)
            if self._blanks and before:
                self._parts.append(" " * self._blanks)
            self._flush()
            if self._blanks and not before:
                if _plain(style, self._blank):
                    self._parts.append(" " * self._blanks)
                else:
                    self.segments.append(Segment(" " * self._blanks, self._blank))
            self._style = style
            self._parts.append(text)
        self._blanks = 0

    def _flush(self) -> None:
        if self._parts:
            self.segments.append(Segment("".join(self._parts), self._style))
            self._parts = []

    def end(self, cells: int) -> list[Segment]:
        """The line, padded with its ground to `cells` cells."""
        self.blanks(cells - self.cells)
        if self._blanks:
            if not _plain(self._style, self._blank):
                self._flush()
                self._style = self._blank
            self._parts.append(" " * self._blanks)
            self._blanks = 0
        self._flush()
        return self.segments


@lru_cache(1024)
def _plain(style: Style, blank: Style) -> bool:
    """Whether a blank cell looks the same in both styles."""
    return not style.underline and style.reverse == blank.reverse and style.bgcolor == blank.bgcolor


def runs_of(cell: Cell) -> tuple[Run, ...]:
    """A cell as runs."""
    return (cell,) if isinstance(cell[0], str) else cell


@lru_cache(16_384)
def _fitted(text: str, cells: int, cut: str) -> tuple[str, int]:
    """Clipped text and its width. The same few numbers, names and trends come again with every poll."""
    text = clip(text, cells, cut)
    return text, width(text)


def write_cell(line: Line, cell: Cell, cells: int, align: str, cut: str, mark_room: bool) -> int:
    """One cell of `cells` cells; returns how many cells of the following gap its mark took (0 or 1)."""
    if isinstance(cell[0], str):
        text, used = _fitted(cell[0], cells, cut)
        if align == "right":
            line.blanks(cells - used)
            line.text(text, used, cell[1])
        else:
            line.text(text, used, cell[1])
            line.blanks(cells - used)
        return 0
    runs: tuple[Run, ...] = cell
    mark: Run | None = None
    if align == "right" and len(runs) > 1 and width(runs[-1][0]) <= 1:
        runs, mark = runs[:-1], runs[-1]
    left = cells
    if align == "right":
        line.blanks(cells - sum(_fitted(text, cells, cut)[1] for text, _ in runs))
    for text, role in runs:
        text, size = _fitted(text, cells, cut)
        if size > left:
            text = take(text, left - 1) + cut
            size = width(text)
        line.text(text, size, role)
        left -= size
        if left <= 0:
            break
    if align == "left":
        line.blanks(left)
    if mark is None or not mark_room or not mark[0]:
        return 0
    line.text(clip(mark[0], 1, cut), 1, mark[1])
    return 1


def write_row(line: Line, cells: Sequence[Cell], placed: Sequence[Placed], cut: str) -> None:
    """All cells of a row; a mark stands in the gap after its column, the last one's in the cell after the row."""
    taken = 0
    last = len(placed) - 1
    for i, (cell, at) in enumerate(zip(cells, placed, strict=True)):
        line.blanks(at.gap - taken)
        taken = write_cell(line, cell, at.width, at.column.align, cut, i == last or placed[i + 1].gap > 0)
