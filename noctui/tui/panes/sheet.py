"""A widget of text lines in roles. It repaints only the lines that changed; foreign text comes out harmless."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from noctui.tui.look import look_of
from noctui.tui.look.text import clean, take, width
from noctui.tui.runs import BLANK, Line


class Sheet(Widget):
    """Lines of runs, cut at the right edge. `ground` lies under them; a run may name its own: `crit bold@pop`."""

    DEFAULT_CSS = """
    Sheet { width: 1fr; height: auto; }
    """
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None, ground: str = "bg") -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[Line] = []
        self._ground = ground

    @property
    def lines(self) -> list[Line]:
        """What is shown now."""
        return self._lines

    def paint(self, lines: Sequence[Line], ground: str | None = None) -> None:
        """Show these lines; only those that differ are sent."""
        lines = list(lines)
        old, self._lines = self._lines, lines
        if ground is not None and ground != self._ground:
            self._ground = ground
            self.refresh()
        if len(lines) != len(old) and self.styles.height is not None and self.styles.height.is_auto:
            self.refresh(layout=True)
            return
        dirty = [
            Region(0, y, self.size.width, 1)
            for y in range(max(len(lines), len(old)))
            if (lines[y] if y < len(lines) else BLANK) != (old[y] if y < len(old) else BLANK)
        ]
        if dirty:
            self.refresh(*dirty)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        look = look_of(self)
        wide = self.size.width
        line = self._lines[y] if y < len(self._lines) else BLANK
        segments: list[Segment] = []
        room = wide
        for text, role in line:
            shown = look.signs.prose(clean(text))
            cells = width(shown)
            if cells > room:
                shown = take(shown, room)
                cells = width(shown)
            ink, _, ground = role.partition("@")
            segments.append(Segment(shown, look.palette.style(ink, ground or self._ground)))
            room -= cells
            if room <= 0:
                break
        if room > 0:
            segments.append(Segment(" " * room, look.palette.style("text", self._ground)))
        return Strip(segments, wide)
