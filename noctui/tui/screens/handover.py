"""Handover: what the next shift must know, as `noctui report handover` writes it."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.widget import Widget

from noctui.runtime.handing_over import markdown, seconds_of
from noctui.tui.export import Exported
from noctui.tui.keys import bindings
from noctui.tui.moment import Moment
from noctui.tui.panes.handover_lines import HandoverLines
from noctui.tui.panes.handover_rows import exported
from noctui.tui.place import Place
from noctui.tui.screens.board import Board

SHIFTS = ("1h", "4h", "8h", "12h", "24h", "7d")


class HandoverBoard(Board):
    """`:handover`; `w` steps through how long the shift was."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    HandoverBoard HandoverLines { width: 1fr; height: 1fr; padding: 0 1; }
    """
    BINDINGS = bindings("window")
    OFFERS = ("window", "export", "copy", "time", "command", "screens", "out", "quit")

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(id="handover")
        self._lines = HandoverLines(clock, self._came)
        self._moment: Moment | None = None
        self._place: Place | None = None

    def _came(self) -> None:
        self.post_message(self.Told())

    def compose(self) -> ComposeResult:
        yield self._lines

    def show(self, moment: Moment) -> None:
        self._moment = moment
        if moment.place != self._place and moment.place.span:
            self._lines.seconds = seconds_of(moment.place.span)
        self._place = moment.place
        self._lines.show(moment)

    def first_focus(self) -> Widget | None:
        return self._lines

    def windows(self) -> tuple[str, ...]:
        return SHIFTS

    def look_back(self, word: str) -> None:
        self._lines.seconds = seconds_of(word)
        if self._moment is not None:
            self._lines.show(self._moment)

    def action_window(self) -> None:
        """The next length of a shift."""
        lengths = [seconds_of(word) for word in SHIFTS]
        at = lengths.index(self._lines.seconds) if self._lines.seconds in lengths else -1
        word = SHIFTS[(at + 1) % len(SHIFTS)]
        self.look_back(word)
        self.post_message(self.Say(f"A shift of {word}."))

    def copied(self) -> str:
        told = self._lines.told
        return markdown(told, "Handover") if told is not None else ""

    def export(self) -> Exported | None:
        told = self._lines.told
        return exported(told) if told is not None else None

    def lacking(self) -> str:
        return "The shift is being read."
