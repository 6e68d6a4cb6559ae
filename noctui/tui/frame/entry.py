"""The filter line while one types. It tells every change, so that the table filters along."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from noctui.tui.frame.typed import Typed
from noctui.tui.look.text import width
from noctui.tui.runs import Line, Run, apart


class Entry(Typed):
    """Enter keeps the filter, Esc gives back the one before."""

    DEFAULT_CSS = """
    Entry { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "app.end_filter(True)", show=False),
        Binding("escape", "app.end_filter(False)", show=False),
    ]

    class Changed(Message):
        """The text is another."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._matches: tuple[int, int] | None = None
        self._problem = ""

    def begin(self, text: str) -> None:
        self._problem = ""
        super().begin(text)

    def say(self, matches: tuple[int, int] | None, problem: str) -> None:
        """What the text leaves, or what is wrong with it."""
        self._matches, self._problem = matches, problem
        self.draw()

    def changed(self) -> None:
        self.post_message(self.Changed(self.text))

    def draw(self) -> None:
        line: Line = ((" filter ", "dim"), ("/", "accent bold"), *self.typed_runs())
        right: tuple[Run, ...] = ()
        if self._problem:
            right = ((self._problem, "warn"), (" ", "text"))
        elif self._matches is not None:
            right = ((f"{self._matches[0]:,}", "hi bold"), (f" of {self._matches[1]:,} ", "text"))
        elif not self.text:
            right = (("lumen  !down  -fuzzy  util>80  carrier=at&t ", "dim"),)
        wide = self.size.width
        if width(self.text) > wide - 12:
            right = ()
        self.paint([apart(line, right, wide)])
