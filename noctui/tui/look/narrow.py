"""Painting no more than what changed: a screen that asks of its widgets only the lines that a paint sends.

Textual 8.2 asks every widget on the screen for all its lines, however small the change: two changed lines of a table
cost a hundred lines of whatever lies above, below and behind it. Of a partial paint `NarrowCompositor` asks for the
lines between the first and the last changed one alone. What comes out is the same, which a test holds it to.

It also paints twice where a screen is laid out anew and wants to be painted whole, as whenever another board is shown:
what is dirty, and at once everything. `NarrowScreen` leaves the first one out.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual._compositor import Compositor
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip


class NarrowCompositor(Compositor):
    """Renders of the lines in question."""

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        if crop is None:
            yield from super()._get_renders(crop)
            return
        for widget, (region, clip) in self.visible_widgets.items():
            x, y, width, height = region.intersection(clip)
            first, last = max(y, crop.y), min(y + height, crop.bottom)
            if first >= last or not width:
                continue
            shown = Region(x, first, width, last - first)
            yield region, shown, widget.render_lines(shown.translate((-region.x, -region.y)))


class NarrowScreen(Screen[None]):
    """A screen that paints through it."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._compositor = NarrowCompositor()
        self._paints_whole = False  # as soon as it is laid out

    def _on_timer_update(self) -> None:
        self._paints_whole = self._layout_required and self._repaint_required
        super()._on_timer_update()
        self._paints_whole = False

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        super()._refresh_layout(size, scroll)
        self._paints_whole = False

    def _compositor_refresh(self) -> None:
        if not self._paints_whole:
            super()._compositor_refresh()
