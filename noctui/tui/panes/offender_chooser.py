"""The lines over the offenders: by what is ranked, what is ranked, over which window, how many of how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message

from noctui.tui.frame.spots import run_at
from noctui.tui.moment import Size
from noctui.tui.panes.offender_kinds import THINGS, WINDOW_WORDS, By, bys_of
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import Line, Run, apart, crop, width_of

TREND_NOTE = "28 days"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen; `shown` of `of` that rank; `held` and `told` are what else is to be said."""

    by: By
    things: str
    window: str
    shown: int = 0
    of: int | None = None
    held: str = ""
    told: str = ""


def _round(words: Sequence[str], chosen: str) -> list[Run]:
    """All words, the chosen one in brackets; none of them moves when another is chosen."""
    runs: list[Run] = []
    for word in words:
        here = word == chosen
        runs.append((f"[{word}]" if here else f" {word} ", "accent bold" if here else "dim"))
        runs.append((" ", "text"))
    return runs[:-1]


def _how_many(choice: Choice) -> list[Run]:
    window = TREND_NOTE if choice.by.family == "trends" else WINDOW_WORDS[choice.window]
    runs: list[Run] = [("window ", "dim"), (window, "hi")]
    if choice.of is not None:
        every = choice.shown == choice.of
        top = f"all {choice.of:,}" if every else f"top {choice.shown:,} of {choice.of:,}"
        runs += [("   ", "text"), (top, "hi" if choice.of else "dim")]
    return runs


def chooser_lines(choice: Choice, size: Size, wide: int) -> list[Line]:
    """Two lines, one at S; as many of the words as fit stand around the chosen one."""
    right = _how_many(choice)
    said = ", ".join(part for part in (choice.told, choice.held) if part)
    if size is Size.S:
        left: list[Run] = [
            ("by ", "dim"), (f"[{choice.by.name}]", "accent bold"), (" of ", "dim"),
            (f"[{choice.things}]", "accent bold"), (f"  {said}" if said else "", "warn" if choice.told else "dim"),
        ]  # fmt: skip
        return [apart(tuple(left), tuple(right), wide)]
    names = [b.name for b in bys_of(choice.things)]
    if 4 + sum(len(n) + 3 for n in names) > wide:
        names = [b.word for b in bys_of(choice.things)]
    chosen = names[[b.name for b in bys_of(choice.things)].index(choice.by.name)]
    first = crop((("by ", "dim"), *_round(names, chosen)), wide)
    second: list[Run] = [("of ", "dim"), *_round(THINGS, choice.things)]
    room = wide - width_of(tuple(second)) - width_of(tuple(right)) - 5
    if said and room > 4:
        second += [("   ", "text"), *crop(((said, "warn" if choice.told else "dim"),), room)]
    return [first, apart(tuple(second), tuple(right), wide)]


class Chooser(Sheet):
    """Two rows over the table; one at S."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    Chooser { height: 2; padding: 0 1; }
    .-s Chooser { height: 1; }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._choice: tuple[Choice, Size] | None = None

    class Picked(Message):
        """A word was clicked."""

        def __init__(self, word: str) -> None:
            super().__init__()
            self.word = word

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        line = self.lines[offset.y] if offset is not None and offset.y < len(self.lines) else ()
        run, _ = run_at(line, offset.x if offset is not None else 0)
        if run >= 0:
            event.stop()
            self.post_message(self.Picked(line[run][0].strip(" []")))

    def show(self, choice: Choice, size: Size) -> None:
        self._choice = choice, size
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._choice is not None and self.size.width:
            self.paint(chooser_lines(*self._choice, self.size.width))
