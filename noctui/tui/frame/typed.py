"""A line of text while one types: the filter, a command, what is looked for.

Keys come in bursts over a slow line, and each goes first to what had the cursor when it came in. So Enter and Esc are
actions of the app, which moves the cursor at once; what is typed behind them goes up to the app, in order, instead of
into a line that is about to close.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from noctui.tui.look.text import clean
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import Line

LONGEST = 200
_NAMED = frozenset({"slash", "backslash", "at", "minus", "plus", "underscore"})
"""Keys whose names Textual does not turn back into their characters."""


def writes(key: str, character: str | None) -> bool:
    """Whether a key writes something."""
    return key in _NAMED or (character is not None and character.isprintable())


class Typed(Sheet, can_focus=True):
    """One line of text with a cursor. Its subclass binds Enter and Esc."""

    ENDS: ClassVar[frozenset[str]] = frozenset({"enter", "escape"})
    """Keys after which the app decides what becomes of the line."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "go(-1)", show=False),
        Binding("right", "go(1)", show=False),
        Binding("home,ctrl+a", "start", show=False),
        Binding("end,ctrl+e", "end", show=False),
        Binding("backspace", "rub_out", show=False),
        Binding("delete", "take_out", show=False),
        Binding("ctrl+u", "wipe", show=False),
        Binding("ctrl+w", "word", show=False),
    ]

    def __init__(self, *, id: str, ground: str = "bg") -> None:
        super().__init__(id=id, ground=ground)
        self._text = ""
        self._place = 0
        self._ending = False

    @property
    def text(self) -> str:
        """What is typed."""
        return self._text

    def draw(self) -> None:
        """Paint the text, and what goes with it."""
        raise NotImplementedError

    def changed(self) -> None:
        """The text is another."""

    def begin(self, text: str) -> None:
        """Start with this text."""
        self._text, self._place = text, len(text)
        self.go_on()
        self.draw()

    def go_on(self) -> None:
        """The line stays open: what is typed belongs to it again."""
        self._ending = False

    def take(self, typed: str) -> None:
        """Put characters where the cursor is; more than there is room for changes nothing."""
        typed = clean(typed)
        if len(self._text) + len(typed) <= LONGEST:
            self.set_text(self._text[: self._place] + typed + self._text[self._place :], self._place + len(typed))

    def set_text(self, text: str, place: int | None = None) -> None:
        """Another text, and where the cursor is in it (None: behind it)."""
        changed = text != self._text
        self._text = text
        self._place = min(max(len(text) if place is None else place, 0), len(text))
        if changed:
            self.changed()
        self.draw()

    def typed_runs(self, role: str = "hi bold") -> Line:
        """The text with its cursor."""
        under = self._text[self._place : self._place + 1] or " "
        return (
            (self._text[: self._place], role),
            (under, "hi reverse"),
            (self._text[self._place + 1 :], role),
        )

    @property
    def at_end(self) -> bool:
        """Whether the cursor is behind the text."""
        return self._place == len(self._text)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return writes(key, character)

    def on_key(self, event: events.Key) -> None:
        self._ending = self._ending or event.key in self.ENDS
        if event.is_printable and event.character is not None and not self._ending:
            event.stop()
            event.prevent_default()
            self.take(event.character)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.take(event.text.splitlines()[0] if event.text.strip() else "")

    def on_resize(self) -> None:
        self.draw()

    def action_go(self, by: int) -> None:
        self.set_text(self._text, self._place + by)

    def action_start(self) -> None:
        self.set_text(self._text, 0)

    def action_end(self) -> None:
        self.set_text(self._text)

    def action_rub_out(self) -> None:
        if self._place:
            self.set_text(self._text[: self._place - 1] + self._text[self._place :], self._place - 1)

    def action_take_out(self) -> None:
        self.set_text(self._text[: self._place] + self._text[self._place + 1 :], self._place)

    def action_wipe(self) -> None:
        self.set_text(self._text[self._place :], 0)

    def action_word(self) -> None:
        before = self._text[: self._place].rstrip()
        kept = before[: before.rfind(" ") + 1]
        self.set_text(kept + self._text[self._place :], len(kept))
