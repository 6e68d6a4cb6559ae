"""The filter line while one types. It tells every change, so that the table filters along."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from noctui.tui.look.text import clean, width
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import Line, Run, apart

LONGEST = 200


class Entry(Sheet, can_focus=True):
    """One line of text with a cursor: Enter keeps the filter, Esc gives back the one before."""

    DEFAULT_CSS = """
    Entry { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "keep", show=False),
        Binding("escape", "leave", show=False),
        Binding("left", "go(-1)", show=False),
        Binding("right", "go(1)", show=False),
        Binding("home,ctrl+a", "start", show=False),
        Binding("end,ctrl+e", "end", show=False),
        Binding("backspace", "rub_out", show=False),
        Binding("delete", "take_out", show=False),
        Binding("ctrl+u", "wipe", show=False),
        Binding("ctrl+w", "word", show=False),
    ]

    class Changed(Message):
        """The text is another."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Done(Message):
        """Enter (`kept`) or Esc."""

        def __init__(self, kept: bool) -> None:
            super().__init__()
            self.kept = kept

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._text = ""
        self._place = 0
        self._matches: tuple[int, int] | None = None
        self._problem = ""

    def begin(self, text: str) -> None:
        """Start with this text."""
        self._text, self._place, self._problem = text, len(text), ""
        self._draw()

    def say(self, matches: tuple[int, int] | None, problem: str) -> None:
        """What the text leaves, or what is wrong with it."""
        self._matches, self._problem = matches, problem
        self._draw()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        if event.is_printable and event.character is not None:
            event.stop()
            event.prevent_default()
            self._put(event.character)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self._put(event.text.splitlines()[0] if event.text.strip() else "")

    def on_resize(self) -> None:
        self._draw()

    def _put(self, text: str) -> None:
        text = clean(text)
        if len(self._text) + len(text) <= LONGEST:
            self._set(self._text[: self._place] + text + self._text[self._place :], self._place + len(text))

    def _set(self, text: str, place: int) -> None:
        changed = text != self._text
        self._text, self._place = text, min(max(place, 0), len(text))
        self._draw()
        if changed:
            self.post_message(self.Changed(text))

    def action_go(self, by: int) -> None:
        self._set(self._text, self._place + by)

    def action_start(self) -> None:
        self._set(self._text, 0)

    def action_end(self) -> None:
        self._set(self._text, len(self._text))

    def action_rub_out(self) -> None:
        if self._place:
            self._set(self._text[: self._place - 1] + self._text[self._place :], self._place - 1)

    def action_take_out(self) -> None:
        self._set(self._text[: self._place] + self._text[self._place + 1 :], self._place)

    def action_wipe(self) -> None:
        self._set(self._text[self._place :], 0)

    def action_word(self) -> None:
        before = self._text[: self._place].rstrip()
        kept = before[: before.rfind(" ") + 1]
        self._set(kept + self._text[self._place :], len(kept))

    def action_keep(self) -> None:
        self.post_message(self.Done(True))

    def action_leave(self) -> None:
        self.post_message(self.Done(False))

    def _draw(self) -> None:
        under = self._text[self._place : self._place + 1] or " "
        left: Line = (
            (" filter ", "dim"), ("/", "accent bold"), (self._text[: self._place], "hi bold"),
            (under, "hi reverse"), (self._text[self._place + 1 :], "hi bold"),
        )  # fmt: skip
        right: tuple[Run, ...] = ()
        if self._problem:
            right = ((self._problem, "warn"), (" ", "text"))
        elif self._matches is not None:
            right = ((f"{self._matches[0]:,}", "hi bold"), (f" of {self._matches[1]:,} ", "text"))
        elif not self._text:
            right = (("lumen  !down  -fuzzy  util>80  carrier=at&t ", "dim"),)
        wide = self.size.width
        if width(self._text) > wide - 12:
            right = ()
        self.paint([apart(left, right, wide)])
