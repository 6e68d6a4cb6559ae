"""The `:` line: it takes the last row, its suggestions grow upward over the panes, and nothing below moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType

from noctui.tui.commands.history import History
from noctui.tui.frame.typed import Typed
from noctui.tui.look.text import width
from noctui.tui.runs import Line, Run, apart, crop, pad

if TYPE_CHECKING:  # whoever opens the line brings them; before the first paint nobody does
    from noctui.tui.commands.suggest import Suggested, Suggestion

_HINT = "tab completes, ↑ history"
MOST = 8
"""Suggestions shown."""


class CommandLine(Typed):
    """Tab takes a suggestion and then the next, ↑ and ↓ recall, Enter carries out, Esc leaves everything as it was."""

    DEFAULT_CSS = """
    CommandLine { dock: bottom; layer: over; height: auto; display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "app.run_command", show=False),
        Binding("escape", "app.leave_command", show=False),
        Binding("tab", "complete(1)", show=False),
        Binding("shift+tab", "complete(-1)", show=False),
        Binding("up", "recall(-1)", show=False),
        Binding("down", "recall(1)", show=False),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, ground="pop")
        self.history = History()
        self._suggest: Callable[[str], Suggested] | None = None
        self._suggested: Suggested | None = None
        self._problem = ""
        self._taken = -1
        self._typed = ""

    def ask(self, suggest: Callable[[str], Suggested], text: str = "") -> None:
        """Begin, with this text. `suggest` is asked whenever something is typed."""
        self._suggest, self._problem = suggest, ""
        self.history.rewind()
        self._look(text)
        self.begin(text)

    def say(self, problem: str) -> None:
        """What is wrong with the line; it stays, to be mended."""
        self._problem = problem
        self.go_on()
        self.draw()

    def changed(self) -> None:
        self._problem = ""
        self._look(self.text)

    def _look(self, text: str) -> None:
        self._typed, self._taken = text, -1
        self._suggested = self._suggest(text) if self._suggest is not None else None

    def action_complete(self, step: int) -> None:
        """Take the first suggestion that goes on from the line; again: the next one."""
        suggested, typed = self._suggested, self._typed
        items = [item for item in suggested.items if item.text != typed] if suggested is not None else []
        if not items:
            return
        taken = (self._taken + step) % len(items) if self._taken >= 0 or step < 0 else 0
        self.set_text(items[taken].text)
        if len(items) > 1:  # they stay, so that tab can go on to the next
            self._suggested, self._typed, self._taken = suggested, typed, taken
            self.draw()

    def action_recall(self, step: int) -> None:
        found = self.history.back(self.text) if step < 0 else self.history.on()
        if found is not None:
            self.set_text(found)

    def on_click(self, event: events.Click) -> None:
        """A suggestion: it is taken."""
        event.stop()
        row = event.y - len(self.lines) + 1 + len(self._shown())
        if 0 <= row < len(self._shown()):
            self.set_text(self._shown()[row].text)

    def _shown(self) -> tuple[Suggestion, ...]:
        """As many as there is room for; what is wrong takes the first one's row."""
        items = self._suggested.items if self._suggested is not None else ()
        room = min(MOST, max(self.app.size.height - 3, 0)) - (1 if self._told() else 0)
        return items[: max(room, 0)]

    def _told(self) -> Run | None:
        if self._problem:
            return (self._problem, "warn bold")
        problem = self._suggested.problem if self._suggested is not None else ""
        return (problem, "dim") if problem else None

    def draw(self) -> None:
        wide = self.size.width or self.app.size.width
        suggested = self._suggested
        head: Line = ((" ", "text"), (suggested.usage if suggested is not None else "", "text"))
        lines: list[Line] = [apart(head, ((f"{_HINT} ", "dim"),), wide)]
        told = self._told()
        if told is not None:
            lines.append(crop(((" ", "text"), told), wide))
        shown = self._shown()
        first = min(max((width(_label(item)) for item in shown), default=0), max(wide // 2 - 4, 8))
        chosen = self.text if self._taken >= 0 else None
        lines += [self._line(item, first, wide, item.text == chosen) for item in shown]
        ghost = suggested.ghost(self.text) if suggested is not None and self.at_end and self._taken < 0 else ""
        typed: Line = ((":", "accent bold"), *self.typed_runs())
        if ghost:
            typed = (*typed[:-2], (ghost[:1], "hi reverse"), (ghost[1:], "dim"))
        lines.append(pad(typed, wide))
        self.paint(lines)

    def _line(self, item: Suggestion, first: int, wide: int, chosen: bool) -> Line:
        label = pad(((_label(item), "accent bold" if chosen else "hi"),), first)
        left: Line = ((" ", "text"), *label, ("   ", "text"), (item.what, "text" if chosen else "dim"))
        return apart(left, (*item.note, (" ", "text")) if item.note else (), wide)


def _label(item: Suggestion) -> str:
    return item.label or item.text
