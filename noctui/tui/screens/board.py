"""A board: one screen's panes. It composes and routes; it is shown a Moment, and asks for what it does not have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from noctui.tui.keys import bindings
from noctui.tui.moment import Moment, Size
from noctui.tui.place import Place
from noctui.tui.widgets.live_table import LiveTable

if TYPE_CHECKING:
    from noctui.model.alarms import Alarm
    from noctui.model.headline import Headline
    from noctui.tui.alarm_seen import Seen
    from noctui.tui.export import Exported
    from noctui.tui.filter import Subject
    from noctui.tui.standing import Standing


class Board(Vertical):
    """Base of all boards. `OFFERS` names what the footer shows, in its order."""

    DEFAULT_CSS = """
    Board { width: 1fr; height: 1fr; }
    Board .-alone { width: 1fr !important; height: 1fr !important; max-height: 100% !important; margin: 0 !important; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("pane", "pane_back")  # nearer than the screen's own tab
    OFFERS: ClassVar[tuple[str, ...]] = ()
    FILTERS: ClassVar[bool] = False
    """Whether `/` and the counts filter something here."""

    class Goto(Message):
        """One level in; there with this filter."""

        def __init__(self, place: Place, filter: str = "") -> None:
            super().__init__()
            self.place = place
            self.filter = filter

    class Say(Message):
        """A line for the bottom of the screen."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class At(Message):
        """Set the time machine to this instant."""

        def __init__(self, at: float) -> None:
            super().__init__()
            self.at = at

    class Window(Message):
        """Another window of time was chosen, by its word."""

        def __init__(self, word: str) -> None:
            super().__init__()
            self.word = word

    class NextLayout(Message):
        """Another layout of this screen is wanted."""

    class Looked(Message):
        """A person has looked at alarms: what is seen now."""

        def __init__(self, seen: Seen) -> None:
            super().__init__()
            self.seen = seen

    class Told(Message):
        """What was asked for has come: the board's own headline and its matches may be others."""

    def headline(self) -> Headline | None:
        """The sentence that this board makes itself; None: the Scene's."""
        return None

    def show(self, moment: Moment) -> None:
        """Paint this Moment."""
        raise NotImplementedError

    def tick(self, moment: Moment) -> None:
        """A second has gone by and the data is the same: what counts seconds goes on."""

    def leave(self) -> None:
        """The board is no longer shown: let go of what it and its panes asked for."""
        for widget in (self, *self.query("*")):
            self.workers.cancel_node(widget)

    def resize_to(self, size: Size) -> None:
        """Give every pane the class of this size, for its style sheet."""
        self.update_classes({f"-{other.value}": other is size for other in Size})  # at once: styles are applied once

    def matches(self) -> tuple[int, int] | None:
        """(rows that the filter leaves, rows in all); None where nothing is filtered."""
        return None

    def problem(self) -> str:
        """What is wrong with the filter, in a line; empty for nothing."""
        return ""

    def export(self) -> Exported | None:
        """The table shown: all rows of filter and sort. None where there is no table."""
        return None

    def copied(self) -> str:
        """What `y` copies; empty for nothing."""
        return ""

    def lacking(self) -> str:
        """Why there is nothing to export or to copy just now; empty: there never is here."""
        return ""

    def let_go(self) -> bool:
        """Esc: let go of what was marked here; False: nothing was."""
        return False

    def standing(self) -> Standing | None:
        """The alarms that the cursor's row stands for; None where it stands for none."""
        return None

    def recall(self, seen: Seen, runbook: Mapping[str, str]) -> None:
        """What this person looked at before, and what is to be done by type of alarm; where that plays a part."""

    def filtered_alarms(self) -> tuple[Alarm, ...]:
        """Open alarms that the table shows; none where it shows no alarms."""
        return ()

    def see_all(self) -> int:
        """No alarm is new any more; how many were."""
        return 0

    def acted(self) -> None:
        """What was marked has been acted upon."""

    def charted(self) -> Place | None:
        """The charts of what the cursor stands on; None where there are none."""
        return None

    def windows(self) -> tuple[str, ...]:
        """The words of the windows that this board looks back by; none where it has no window."""
        return ()

    def look_back(self, word: str) -> None:
        """Look back by this window, one of `windows`."""
        raise NotImplementedError

    def subject(self) -> Callable[[], Subject] | None:
        """What the table shown is filtered by; None where nothing is."""
        return None

    def table(self) -> LiveTable | None:
        """The table that the keys speak of: the one with the cursor, else the one that the board opens with."""
        focused = self.screen.focused
        found = focused if focused is not None and self in focused.ancestors else self.first_focus()
        return found if isinstance(found, LiveTable) else None

    def action_layout(self) -> None:
        """Another layout of screen 1; bound where there are several."""
        self.post_message(self.NextLayout())

    def action_pane(self, step: int) -> None:
        """The next or previous pane."""
        self.walk(step)

    def walk(self, step: int) -> None:
        """Put the cursor into the next pane that takes one."""
        panes = [w for w in self.query("*") if w.can_focus and w.region.area]
        if panes:
            at = next((i for i, w in enumerate(panes) if w.has_focus), 0)
            panes[(at + step) % len(panes)].focus(scroll_visible=False)
        if len(panes) < 2:
            self.post_message(self.Say("There is no other pane here."))

    def maximise(self) -> bool:
        """Show the focused pane alone; False when it is."""
        focused = self.screen.focused
        if focused is None or self not in focused.ancestors:
            return False
        others = False
        keep: Widget = focused
        while isinstance(keep.parent, Widget) and keep is not self:
            for other in keep.siblings:
                if isinstance(other, Widget) and other.display and not other.has_class("title"):
                    others = others or bool(other.region.area)
                    other.add_class("-aside")
                    other.display = False
            keep.add_class("-alone")
            keep = keep.parent
        return others

    def restore(self) -> bool:
        """Show all panes again; False when none was alone."""
        aside = list(self.query(".-aside"))
        for widget in aside:
            widget.remove_class("-aside")
            widget.display = True
        for widget in self.query(".-alone"):
            widget.remove_class("-alone")
        return bool(aside)

    def first_focus(self) -> Widget | None:
        """What has the cursor when the board is opened."""
        return None
