"""The lanes widget: several metrics on one time axis, a cursor to read values, zoom and pan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from noctui.tui.look import Look, look_of
from noctui.tui.look.text import clip, width
from noctui.tui.widgets.lane_lines import build, cursor_time, label_cells, plot_columns
from noctui.tui.widgets.lane_math import snap
from noctui.tui.widgets.lane_model import Band, Chart, Event, Lane, allot, around
from noctui.tui.widgets.line import Line

WHEEL = 0.1
"""Share of the axis by which a notch of the wheel pans."""
SHORTEST = 300.0
LONGEST = 396 * 86_400.0
"""Seconds an axis may span."""


class Lanes(Widget, can_focus=True):
    """Stacked lanes. Only lines that look different are painted anew."""

    DEFAULT_CSS = """
    Lanes { height: 1fr; width: 1fr; }
    """
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "cursor(-1)", "earlier", show=False, id="lanes.left"),
        Binding("right,l", "cursor(1)", "later", show=False, id="lanes.right"),
        Binding("enter", "choose", "go to this time", show=False, id="lanes.choose"),
    ]

    class LanesMessage(Message):
        def __init__(self, lanes: Lanes) -> None:
            self.lanes = lanes
            super().__init__()

        @property
        def control(self) -> Lanes:
            return self.lanes

    class CursorMoved(LanesMessage):
        """The cursor stands at `at` (UTC epoch seconds; None: it is gone)."""

        def __init__(self, lanes: Lanes, at: float | None) -> None:
            self.at = at
            super().__init__(lanes)

    class Chosen(LanesMessage):
        """Enter: this instant, please."""

        def __init__(self, lanes: Lanes, at: float) -> None:
            self.at = at
            super().__init__(lanes)

    class Dragged(LanesMessage):
        """The mouse was drawn from one column to another: [start, end], and whether it was let go."""

        def __init__(self, lanes: Lanes, start: float, end: float, done: bool) -> None:
            self.start = start
            self.end = end
            self.done = done
            super().__init__(lanes)

    class Ranged(LanesMessage):
        """Zoomed or panned: the axis is now [start, end]; finer or other samples may be wanted."""

        def __init__(self, lanes: Lanes, start: float, end: float) -> None:
            self.start = start
            self.end = end
            super().__init__(lanes)

    def __init__(
        self, *, empty: Sequence[str] = ("No samples yet.",), id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._empty = tuple(empty)
        self._chart: Chart | None = None
        self._asked = (0.0, 0.0)  # the axis as it was given, before it was snapped to columns
        self._look: Look | None = None
        self._lines: list[Strip] = []
        self._held: int | None = None  # the column where the button went down
        self._drawn = 0  # the column where the mouse was last

    # -- what others may do -------------------------------------------------------------------------------------------

    def show(
        self,
        lanes: Sequence[Lane],
        start: float,
        end: float,
        *,
        bands: Sequence[Band] = (),
        now: float | None = None,
        zone: tzinfo = UTC,
        events: Sequence[Event] | None = None,
        other: tuple[str, tuple[Band, ...]] | None = None,
    ) -> None:
        """Draw `lanes` on the axis [start, end], UTC epoch seconds. `now` is the newest instant known; None: `end`.
        `events` and `other` as a `Chart` has them."""
        cursor = self._chart.cursor if self._chart is not None else None
        self._asked = start, end
        newest, told = end if now is None else now, None if events is None else tuple(events)
        self._chart = Chart(tuple(lanes), start, end, tuple(bands), newest, zone, cursor, told, other)
        self._paint()

    def say_when_empty(self, lines: Sequence[str]) -> None:
        """The words while there is nothing to draw."""
        self._empty = tuple(lines)
        self._paint()

    def zoom(self, factor: float) -> None:
        """See less time (`factor` above 1) or more, around the cursor, or up to the end without one."""
        start, end = self._asked
        span = min(max((end - start) / factor, SHORTEST), LONGEST)
        at = self.cursor_at
        if at is None:
            self._range(end - span, end)
        else:
            share = (at - start) / (end - start)
            self._range(at - span * share, at + span * (1 - share))

    def pan(self, share: float) -> None:
        """Move the axis by a share of its length; negative is earlier. It never goes beyond now."""
        start, end = self._asked
        self._range(start + share * (end - start), end + share * (end - start))

    def clear_cursor(self) -> None:
        """Take the cursor away: labels show the newest values again."""
        self._set_cursor(None)

    @property
    def cursor_at(self) -> float | None:
        """The instant under the cursor, UTC epoch seconds."""
        if self._chart is None or self._chart.cursor is None:
            return None
        return cursor_time(self._snapped(self._chart), self.columns)

    @property
    def cursor_span(self) -> tuple[float, float] | None:
        """The time [from, to] that the cursor's column stands for."""
        cursor = self._chart.cursor if self._chart is not None else None
        return None if cursor is None else self._span(cursor)

    def _span(self, column: int) -> tuple[float, float]:
        assert self._chart is not None
        chart = self._snapped(self._chart)
        each = (chart.end - chart.start) / self.columns
        begin = chart.start + column * each
        return min(begin, chart.newest), min(begin + each, chart.newest)

    @property
    def range(self) -> tuple[float, float]:
        """The axis [start, end] as asked for."""
        return self._asked

    @property
    def columns(self) -> int:
        """Columns of the plot."""
        return plot_columns(self.size.width)

    # -- keys ---------------------------------------------------------------------------------------------------------

    def action_cursor(self, by: int) -> None:
        """Move the cursor line; it enters from the newest column."""
        if self._chart is None:
            return
        cursor = self._chart.cursor
        at = self.columns - 1 if cursor is None else cursor + by
        self._set_cursor(min(max(at, 0), self.columns - 1))

    def action_choose(self) -> None:
        """Ask for the cursor's instant."""
        if (at := self.cursor_at) is None:
            raise SkipAction
        self.post_message(self.Chosen(self, at))

    def on_click(self, event: events.Click) -> None:
        """The plot: the cursor line goes there; a second click at once asks for that instant."""
        event.stop()
        column = self._column(event)
        if self._chart is None or not 0 <= column < self.columns:
            return
        self._set_cursor(column)
        if event.chain == 2:
            self.action_choose()

    def _column(self, event: events.MouseEvent) -> int:
        return event.x - label_cells(self.size.width)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        column = self._column(event)
        if self._chart is not None and event.button == 1 and 0 <= column < self.columns:
            self._held, self._drawn = column, column
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drawn with the button held: all between there and here."""
        if self._held is not None:
            self._drag(self._column(event), done=False)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._held is not None:
            self.release_mouse()
            self._drag(self._column(event), done=True)
            self._held = None

    def _drag(self, column: int, done: bool) -> None:
        column = min(max(column, 0), self.columns - 1)
        if self._held is None or self._chart is None or (column == self._drawn and not done):
            return
        moved = column != self._held or self._drawn != self._held
        self._drawn = column
        if moved:
            first, last = self._span(min(self._held, column)), self._span(max(self._held, column))
            self.post_message(self.Dragged(self, first[0], last[1], done))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel pans: up is earlier."""
        event.stop()
        self.pan(-WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.pan(WHEEL)

    def _set_cursor(self, cursor: int | None) -> None:
        if self._chart is None or cursor == self._chart.cursor:
            return
        self._chart = replace(self._chart, cursor=cursor)
        self._paint()
        self.post_message(self.CursorMoved(self, self.cursor_at))

    def _range(self, start: float, end: float) -> None:
        if self._chart is None:
            return
        newest = self._chart.now if self._chart.now is not None else end
        if end > newest:
            start, end = start - (end - newest), newest
        if (start, end) == self._asked:
            return
        self._asked = start, end
        self._chart = replace(self._chart, start=start, end=end)
        self._paint()
        self.post_message(self.Ranged(self, start, end))

    # -- painting -----------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        if self._chart is not None and self._chart.cursor is not None and self._chart.cursor >= self.columns:
            self._chart = replace(self._chart, cursor=self.columns - 1)
        self._lines = []
        self._paint()

    def notify_style_update(self) -> None:
        """A theme may have changed."""
        super().notify_style_update()
        if self._look is not None and look_of(self) is not self._look:
            self._paint()

    def render_line(self, y: int) -> Strip:
        """The line as it stands in the buffer."""
        if look_of(self) is not self._look:
            self._paint()
        return self._lines[y] if y < len(self._lines) else self._blank()

    def _blank(self) -> Strip:
        return Strip.blank(self.size.width, look_of(self).palette.style("text"))

    def _snapped(self, chart: Chart) -> Chart:
        start, end = snap(*self._asked, self.columns)
        return replace(chart, start=start, end=end)

    def _paint(self) -> None:
        """Build all lines, mark dirty those that differ."""
        wide, height = self.size
        if not self.is_mounted or not wide or not height:
            return
        look = self._look = look_of(self)
        if len(self._lines) != height:
            self._lines = [self._blank()] * height
            self.refresh()
        made = self._build(look, wide)
        changed: list[Region] = []
        for y in range(height):
            strip = Strip(made[y], wide) if y < len(made) else self._blank()
            if strip._segments != self._lines[y]._segments:
                self._lines[y] = strip
                changed.append(Region(0, y, wide, 1))
        if changed:
            self.refresh(*changed)

    def _build(self, look: Look, wide: int) -> list[list[Segment]]:
        if self._chart is not None and self._chart.lanes:
            return build(self._snapped(self._chart), wide, look)
        lines: list[list[Segment]] = []
        for said in self._empty:
            line = Line(look.palette)
            text = clip(look.signs.prose(said), wide, look.signs.cut)
            line.text(text, width(text), "dim")
            lines.append(line.end(wide))
        return lines


__all__ = ["Band", "Chart", "Event", "Lane", "Lanes", "allot", "around"]
