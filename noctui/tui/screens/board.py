"""A board: one screen's panes. It composes and routes; it is shown a Moment, and asks for what it does not have."""

from __future__ import annotations

from typing import ClassVar

from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from noctui.tui.export import Exported
from noctui.tui.moment import Moment, Size
from noctui.tui.place import Place


class Board(Vertical):
    """Base of all boards. `OFFERS` names what the footer shows, in its order."""

    DEFAULT_CSS = """
    Board { width: 1fr; height: 1fr; display: none; }
    Board.-shown { display: block; }
    """
    OFFERS: ClassVar[tuple[str, ...]] = ()
    FILTERS: ClassVar[bool] = False
    """Whether `/` and the counts filter something here."""

    class Goto(Message):
        """One level in."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    class Say(Message):
        """A line for the bottom of the screen."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def show(self, moment: Moment) -> None:
        """Paint this Moment."""
        raise NotImplementedError

    def leave(self) -> None:
        """The board is no longer shown: let go of what is asked for."""
        self.workers.cancel_node(self)

    def resize_to(self, size: Size) -> None:
        """Give every pane the class of this size, for its style sheet."""
        for other in Size:
            self.set_class(other is size, f"-{other.value}")

    def matches(self) -> tuple[int, int] | None:
        """(rows that the filter leaves, rows in all); None where nothing is filtered."""
        return None

    def export(self) -> Exported | None:
        """The table shown: all rows of filter and sort. None where there is no table."""
        return None

    def copied(self) -> str:
        """What `y` copies; empty for nothing."""
        return ""

    def first_focus(self) -> Widget | None:
        """What has the cursor when the board is opened."""
        return None
