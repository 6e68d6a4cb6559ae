"""A pane: a title with its note, and lines below it that scroll while it has the focus."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType

from noctui.model.detail import NOT_NOW
from noctui.tui.look.numbers import duration
from noctui.tui.look.text import clip, width
from noctui.tui.moment import Moment, Size
from noctui.tui.panes.sheet import Sheet
from noctui.tui.place import Place
from noctui.tui.runs import Line, crop, title


@dataclass(frozen=True)
class Content:
    """What stands in a pane: `head` of its first lines stay while the others scroll."""

    lines: list[Line] = field(default_factory=list)
    note: str = ""
    head: int = 0


class Pane(Sheet, can_focus=True):
    """Base of panes with a title. One row high it shows `in_a_line` instead."""

    HEADING: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_by(-1)", show=False, id="pane.up"),
        Binding("down,j", "scroll_by(1)", show=False, id="pane.down"),
        Binding("pageup", "scroll_by(-10)", show=False, id="pane.page_up"),
        Binding("pagedown", "scroll_by(10)", show=False, id="pane.page_down"),
        Binding("home", "scroll_by(-10000)", show=False, id="pane.first"),
        Binding("end", "scroll_by(10000)", show=False, id="pane.last"),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._moment: Moment | None = None
        self._place: Place | None = None
        self._first = 0
        self._most = 0

    def show(self, moment: Moment) -> None:
        """Paint this moment; what is not known yet is asked for."""
        if moment.place != self._place:
            self._place, self._first = moment.place, 0
            self.reset()
        self._moment = moment
        if self.display:
            self.inquire(moment)
            self.draw()

    def reset(self) -> None:
        """Another place: forget what was found for the one before."""

    def inquire(self, moment: Moment) -> None:
        """Ask for what this moment needs."""

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        """The lines in `wide` cells; `room` is how many rows there are for them."""
        raise NotImplementedError

    def in_a_line(self, moment: Moment, wide: int) -> Line:
        """All of it in one line."""
        content = self.content(moment, wide, 1)
        return content.lines[0] if content.lines else ()

    def draw(self) -> None:
        """Paint what is known now."""
        moment, wide, height = self._moment, self.size.width, self.size.height
        if moment is None or wide <= 0 or height <= 0:
            return
        if height == 1:
            self.paint([crop(self.in_a_line(moment, wide), wide)])
            return
        room = height - 1
        content = self.content(moment, wide, room)
        head, lines, note = content.lines[: content.head], content.lines[content.head :], content.note
        room -= len(head)
        self._most = max(len(lines) - room, 0)
        self._first = min(self._first, self._most) if self.has_focus else 0
        if self._most and self.has_focus:
            last = self._first + max(room, 0)
            note = f"{self._first + 1}–{last} of {len(lines)}"
            lines = lines[self._first : last]
        elif self._most:
            lines = lines[: max(room, 0)]
            note = f"{note}, {self._most} more" if note else f"{self._most} more"
        rule = " " if moment.size is Size.S else "─"
        note = clip(note, max(wide - width(self.HEADING) - 4, 0), moment.signs.cut)
        shown = [crop(line, wide) for line in (*head, *lines)]
        self.paint([title(self.HEADING, note, wide, focused=self.has_focus, rule=rule), *shown])

    def action_scroll_by(self, rows: int) -> None:
        if not self._most:
            raise SkipAction
        self._first = min(max(self._first + rows, 0), self._most)
        self.draw()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -3)

    def _wheel(self, event: events.MouseEvent, rows: int) -> None:
        """Where there is more to see; lines scroll where the focus is."""
        event.stop()
        if self._most:
            self.screen.set_focus(self, scroll_visible=False)
            self.action_scroll_by(rows)

    def on_resize(self) -> None:
        self.draw()

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self.draw()


def asked(at: float, now: float, error: str, waiting: bool, live: bool = False) -> str:
    """`asked 41s ago`, `asking Mist …`, or why there is no answer. `live`: what is shown is now, so that who may not
    ask follows another."""
    if error == NOT_NOW:
        return ONLY_LEADER if live else ONLY_LIVE
    if error:
        return error
    if at > 0:
        return f"asked {duration(max(now - at, 0.0))} ago"
    return "asking Mist …" if waiting else ""


ONLY_LIVE = "asked only live"
"""Where the past is shown: Mist tells only of now."""
ONLY_LEADER = "the leader asks Mist"
"""Where another process collects: this one calls nothing."""
