"""The palette: all keys and commands that there are here, looked for by word or key. It grows upward from the last row,
as the `:` line does."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType

from noctui.tui.frame.typed import Typed
from noctui.tui.look.text import width
from noctui.tui.runs import Line, apart, pad

if TYPE_CHECKING:
    from noctui.tui.commands.entries import Entry

MOST = 16
"""Entries shown at once."""
_HINT = "↑↓ choose, enter runs, esc leaves"


class Palette(Typed):
    """↑ and ↓ choose, Enter carries out, Esc leaves everything as it was."""

    DEFAULT_CSS = """
    Palette { dock: bottom; layer: over; height: auto; display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "app.run_palette", show=False),
        Binding("escape,ctrl+p", "app.leave_palette", show=False),
        Binding("up,shift+tab", "choose(-1)", show=False),
        Binding("down,tab", "choose(1)", show=False),
        Binding("pageup", "choose(-8)", show=False),
        Binding("pagedown", "choose(8)", show=False),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, ground="pop")
        self._all: tuple[Entry, ...] = ()
        self._found: tuple[Entry, ...] = ()
        self._cursor = 0
        self._top = 0

    def open(self, entries: tuple[Entry, ...]) -> None:
        """Begin with all of them."""
        self._all = entries
        self._text = ""
        self.changed()
        self.begin("")

    @property
    def chosen(self) -> Entry | None:
        """What the cursor stands on; None when nothing is found."""
        return self._found[self._cursor] if self._found else None

    def changed(self) -> None:
        from noctui.tui.commands.entries import found

        self._found, self._cursor, self._top = found(self._all, self.text), 0, 0

    def action_choose(self, step: int) -> None:
        self._cursor = min(max(self._cursor + step, 0), max(len(self._found) - 1, 0))
        self.draw()

    def on_click(self, event: events.Click) -> None:
        """An entry: it is carried out."""
        event.stop()
        row = event.y - 1
        if 0 <= row < self._room() and self._top + row < len(self._found):
            self._cursor = self._top + row
            self.call_later(self.app.run_action, "run_palette")

    def _room(self) -> int:
        return max(min(MOST, self.app.size.height - 6), 0)

    def draw(self) -> None:
        wide = self.size.width or self.app.size.width
        room = self._room()
        self._top = min(max(self._top, self._cursor - room + 1), self._cursor)
        shown = self._found[self._top : self._top + room]
        much = f"{len(self._found)} of {len(self._all)} keys and commands here"
        head: Line = ((f" {much}", "text" if self._found else "warn bold"),)
        lines: list[Line] = [apart(head, ((f"{_HINT} ", "dim"),), wide)]
        keys = max((width(entry.keys) for entry in self._all), default=0)
        words = max((width(entry.word) for entry in self._all), default=0)
        for at, entry in enumerate(shown, self._top):
            here = at == self._cursor
            line: Line = pad((
                (" ", "text"), *pad(((entry.keys, "accent bold"),), keys), ("  ", "text"),
                *pad(((entry.word, "hi bold" if here else "hi"),), words), ("  ", "text"),
                (entry.what, "text" if here else "dim"),
            ), wide)  # fmt: skip
            lines.append(tuple((text, f"{role}@sel") for text, role in line) if here else line)
        lines.append(pad((("^p ", "accent bold"), *self.typed_runs()), wide))
        self.paint(lines)
