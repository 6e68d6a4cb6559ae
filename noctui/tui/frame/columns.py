"""The column chooser: it lies over the panes, the table behind it follows every choice at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from noctui.tui.columns import Chosen, meaning
from noctui.tui.frame.typed import writes
from noctui.tui.look.text import width
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import Line, Run, apart, pad

if TYPE_CHECKING:
    from noctui.tui.widgets.columns import Column


WIDE = 50
_EDGE: Run = ("│", "faint")
"""Where the terminal's own colours are used, no ground tells the list from the table below it."""
_HINTS = (("space", "shows or hides"), ("< >", "move it"), ("u", "usual"))

LONGEST = 20
"""Cells of a title; one that is longer is a picture of its own, such as an axis of time: then the key is shown."""


class ColumnChooser(Sheet, can_focus=True):
    """Space shows or hides, < and > move, u takes the usual ones, Enter keeps, Esc undoes."""

    DEFAULT_CSS = f"""
    ColumnChooser {{ layer: over; dock: right; width: {WIDE}; height: auto; max-height: 100%; margin: 3 0 1 0;
                     display: none; }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup,home", "move(-1000)", show=False),
        Binding("pagedown,end", "move(1000)", show=False),
        Binding("space,x", "pick", show=False),
        Binding("less_than_sign,left,h,shift+up,K", "carry(-1)", show=False),
        Binding("greater_than_sign,right,l,shift+down,J", "carry(1)", show=False),
        Binding("u", "usual", show=False),
        Binding("enter", "app.end_columns(True)", show=False),
        Binding("escape", "app.end_columns(False)", show=False),
    ]

    class Changed(Message):
        """Other columns are wanted; None: the usual ones."""

        def __init__(self, chosen: Chosen | None) -> None:
            super().__init__()
            self.chosen = chosen

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, ground="pop")
        self._offered: tuple[Column, ...] = ()
        self._keys: list[str] = []
        self._shown: set[str] = set()
        self._usual: tuple[str, ...] = ()
        self._fitting: frozenset[str] = frozenset()
        self._cursor = 0
        self._top = 0
        self._said = ""

    def begin(self, usual: Sequence[Column], offered: Sequence[Column], arranged: Sequence[Column]) -> None:
        """Choose among `offered`; `arranged` are those that are shown, `usual` those without a choice."""
        self._offered, self._usual = tuple(offered), tuple(c.key for c in usual)
        self._take([c.key for c in arranged])
        self._cursor = self._top = 0
        self._said = ""
        self.draw()

    def fits(self, keys: Sequence[str]) -> None:
        """These are the columns that the table has room for."""
        self._fitting = frozenset(keys)
        self.draw()

    def _take(self, shown: Sequence[str]) -> None:
        self._shown = set(shown)
        self._keys = [*shown, *(c.key for c in self._offered if c.key not in self._shown)]

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """No letter reaches what lies below."""
        return writes(key, character)

    def action_move(self, by: int) -> None:
        self._cursor = min(max(self._cursor + by, 0), len(self._keys) - 1)
        self._said = ""
        self.draw()

    def action_pick(self) -> None:
        key = self._keys[self._cursor]
        if self._shown == {key}:
            self._said = "One column stays."
            self.draw()
            return
        self._shown ^= {key}
        self._tell()

    def action_carry(self, by: int) -> None:
        """Move the column to the place before or behind; it is shown then."""
        to = self._cursor + by
        if not 0 <= to < len(self._keys):
            return
        keys = self._keys
        keys[self._cursor], keys[to] = keys[to], keys[self._cursor]
        self._shown.add(keys[to])
        self._cursor = to
        self._tell()

    def action_usual(self) -> None:
        """As if nothing had ever been chosen."""
        self._take(self._usual)
        self._cursor = self._top = 0
        self._said = ""
        self.post_message(self.Changed(None))
        self.draw()

    def _tell(self) -> None:
        self._said = ""
        shown = tuple(key for key in self._keys if key in self._shown)
        hidden = tuple(key for key in self._keys if key not in self._shown)
        self.post_message(self.Changed(Chosen(shown, hidden)))
        self.draw()

    def on_click(self, event: events.Click) -> None:
        """A column: the cursor goes there; again: shows or hides it."""
        event.stop()
        at = self._top + event.y - 2
        if event.y >= 2 and self._top <= at < min(self._top + self._room(), len(self._keys)):
            again, self._cursor = at == self._cursor, at
            if again:
                self.action_pick()
            self.draw()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_move(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_move(-1)

    def on_resize(self) -> None:
        self.draw()

    def _room(self) -> int:
        """Rows for columns: what lies between the frame's rows, less the title and the two lines of keys."""
        return max(self.app.size.height - 4 - 5, 1)

    def draw(self) -> None:
        """Paint the list."""
        room = self._room()
        self._top = min(max(self._top, self._cursor - room + 1), self._cursor)
        wide = self.size.width or WIDE
        by_key = {c.key: c for c in self._offered}
        note = self._said or f"{len(self._shown)} of {len(self._keys)} shown"
        head: Line = (_EDGE, (" columns", "hi bold"))
        lines: list[Line] = [apart(head, ((note, "warn" if self._said else "dim"), (" ", "text")), wide), (_EDGE,)]
        for at, key in enumerate(self._keys[self._top : self._top + room], self._top):
            lines.append(self._line(by_key[key], at == self._cursor, wide))
        lines += [(_EDGE,), self._hint(_HINTS, wide), self._hint((("↵", "keeps"), ("esc", "undoes")), wide)]
        self.paint(lines)

    def _line(self, column: Column, here: bool, wide: int) -> Line:
        shown = column.key in self._shown
        box = "[x]" if shown else "[ ]"
        name = column.title if column.title and width(column.title) <= LONGEST else column.key
        what = meaning(column)
        ink = "hi bold" if here else "text" if shown else "dim"
        note = "no room" if shown and self._fitting and column.key not in self._fitting else ""
        label = pad(((name, ink),), max(14, width(name) + 1))
        left: Line = (_EDGE, (" ", ink), (f"{box} ", "accent bold" if here else ink), *label, (what, "dim"))
        line = apart(left, ((note, "warn"), (" ", "text")) if note else (), wide)
        if not here:
            return line
        return tuple((text, f"{role}@sel") for text, role in pad(line, wide))

    @staticmethod
    def _hint(hints: Sequence[tuple[str, str]], wide: int) -> Line:
        runs: list[Run] = [_EDGE, (" ", "text")]
        for key, word in hints:
            runs += [(key, "accent bold"), (f" {word}  ", "dim")]
        return pad(tuple(runs), wide)
