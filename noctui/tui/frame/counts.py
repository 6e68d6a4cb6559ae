"""Row 1: circuits by severity over the whole network, which are filters too, and the sites dark and failed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from noctui.model.words import Severity
from noctui.tui.frame.spots import severity_at
from noctui.tui.look.numbers import NONE, count
from noctui.tui.look.signs import Signs, severity_role
from noctui.tui.moment import Size
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import Line, Run, crop, width_of

if TYPE_CHECKING:
    from noctui.model.view import View


_WORDS = {
    Severity.DOWN: "down", Severity.AWAY: "away", Severity.CRITICAL: "critical", Severity.HIGH: "high",
    Severity.UNKNOWN: "unknown", Severity.WARN: "warn", Severity.MAINTENANCE: "maint", Severity.OK: "ok",
}  # fmt: skip
_SIGNS = Signs()


def shown_severities(view: View | None, cursor: bool = False) -> list[Severity]:
    """What row 1 lists: away only when it is not 0 (or when one chooses); disabled never."""
    away = cursor or (view is not None and bool(view.counts()[Severity.AWAY]))
    return [s for s in _WORDS if s != Severity.AWAY or away]


def counts_line(
    view: View | None,
    width: int,
    *,
    short: bool = False,
    grey: bool = False,
    chosen: frozenset[int] = frozenset(),
    cursor: Severity | None = None,
    worded: int = len(_WORDS),
) -> Line:
    """The row. `short`: sign and number alone; else the first `worded` have words, fewer where they do not fit.
    Without a View all counts are –."""
    counts = view.counts() if view is not None else None
    left: list[Run] = []
    shown = shown_severities(view, cursor is not None)
    for place, severity in enumerate(shown):
        number = count(int(counts[severity])) if counts is not None else NONE
        some = counts is not None and counts[severity] > 0
        word = "" if short or place >= worded else f" {_WORDS[severity]}"
        text = f"{_SIGNS.severity(severity)} {number}{word}"
        role = severity_role(severity).split()[0] if some else "dim"
        if severity == Severity.DOWN and some:
            role = "down"
        if grey:
            role = "stale"
        if severity in chosen:
            left.append((f"[{text}]", f"{role if role != 'down' else 'crit'} reverse"))
        elif severity == Severity.DOWN:
            left.append((f" {text} ", f"{role} bold" if role == "down" else role))
        else:
            bold = " bold" if some and severity < Severity.MAINTENANCE and not grey else ""
            left.append((text, role + bold))
        if severity == cursor:
            text_, role_ = left[-1]
            left[-1] = (text_, f"{role_.replace(' reverse', '')} underline")
            if severity not in chosen:
                left[-1] = (text_, "accent bold underline")
        left.append((" " if short or severity == Severity.DOWN else "  ", "text"))
    right = _sites(view, grey)
    room = width - width_of(right) - 3
    if width_of(tuple(left)) > room and not short:
        fewer = min(worded, len(shown)) - 1
        return counts_line(view, width, short=fewer < 3, grey=grey, chosen=chosen, cursor=cursor, worded=fewer)
    line = crop(tuple(left), max(room, 0)) if room > 0 else ()
    gap = max(0, width - width_of(line) - width_of(right) - 1)
    return (*line, (" " * gap, "text"), *right, (" ", "text"))


def _sites(view: View | None, grey: bool) -> Line:
    if view is None:
        return ((f"{NONE} dark, {NONE} failed over", "dim"),)
    dark, over = int(view.sites.dark.sum()), int(view.sites.failed_over.sum())
    tone = "stale" if grey else "text"
    hot = "stale" if grey else "hi bold"
    return (
        (count(dark), hot if dark else tone), (" dark, ", tone), (count(over), hot if over else tone),
        (" failed over", tone),
    )  # fmt: skip


class Counts(Sheet, can_focus=True):
    """The row as a widget: `f` puts the cursor on it, arrows choose, Enter toggles, Esc leaves. A click toggles too."""

    FOCUS_ON_CLICK = False

    DEFAULT_CSS = """
    Counts { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "choose(-1)", show=False),
        Binding("right,l", "choose(1)", show=False),
        Binding("enter,space", "pick", show=False),
        Binding("escape,f", "leave", show=False),
    ]

    class Toggled(Message):
        """A severity was chosen or let go."""

        def __init__(self, chosen: frozenset[int]) -> None:
            super().__init__()
            self.chosen = chosen

    class Left(Message):
        """The cursor leaves the counts."""

    def __init__(self) -> None:
        super().__init__()
        self.chosen: frozenset[int] = frozenset()
        self._cursor = Severity.DOWN
        self._view: View | None = None
        self._grey = False
        self._room = Size.M

    def show(self, view: View | None, size: Size, grey: bool, chosen: frozenset[int] = frozenset()) -> None:
        """The counts of this View; `chosen` are the severities that are filtered by."""
        same = view is self._view and (size, grey, chosen) == (self._room, self._grey, self.chosen)
        self._view, self._room, self._grey, self.chosen = view, size, grey, chosen
        if not (same and self.lines):  # a tick of the clock changes no count
            self._draw()

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        line = counts_line(
            self._view, self.size.width, short=self._room in (Size.S, Size.TINY), grey=self._grey,
            chosen=self.chosen, cursor=self._cursor if self.has_focus else None,
        )  # fmt: skip
        self.paint([line])

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def action_choose(self, step: int) -> None:
        there = shown_severities(self._view, cursor=True)
        self._cursor = there[(there.index(self._cursor) + step) % len(there)]
        self._draw()

    def action_pick(self) -> None:
        self.set_chosen(self.chosen ^ {int(self._cursor)})
        self.post_message(self.Toggled(self.chosen))

    def on_click(self, event: events.Click) -> None:
        """A count: it is chosen, or let go; the cursor stays where it is."""
        event.stop()
        line = self.lines[0] if self.lines else ()
        hit = severity_at(line, event.x, shown_severities(self._view, self.has_focus))
        if hit is not None:
            self.set_chosen(self.chosen ^ {int(hit)})
            self.post_message(self.Toggled(self.chosen))

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def set_chosen(self, chosen: frozenset[int]) -> None:
        self.chosen = chosen
        self._draw()
