"""Collection: the API budget, the last sweep, and how old and how unknown the data is."""

from __future__ import annotations

from noctui.model.scene import Status
from noctui.model.view import View
from noctui.model.words import Severity
from noctui.tui.look.numbers import count, duration_prose
from noctui.tui.look.signs import Signs
from noctui.tui.moment import Moment, Size
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import Line, Run, title
from noctui.tui.widgets.bar import budget_bar

_BAR = 18


def budget_line(status: Status, now: float, signs: Signs) -> Line:
    """`API ━━━━──── 1,902 of 5,000/h  resets 46m`."""
    if not status.api_limit:
        return (("API ", "dim"), ("this process makes no calls", "text"))
    used = status.api_used / status.api_limit
    left = 3600 - now % 3600
    return (
        ("API ", "dim"), *budget_bar(used, _BAR, signs), (" ", "text"),
        (f"{count(status.api_used)} of {count(status.api_limit)}/h", "text"),
        (f"  resets {int(left // 60)}m" if left >= 60 else "  resets soon", "dim"),
    )  # fmt: skip


def sweep_line(status: Status, view: View) -> Line:
    """`sweep 18,205  8.2 s, 32 calls, whole`."""
    runs: list[Run] = [("sweep ", "dim"), (f"{view.seq:,}", "text")]
    if status.sweep_calls:
        runs.append((f"  {status.sweep_took:.1f} s, {status.sweep_calls} calls, ", "text"))
        runs.append(("whole", "text") if view.whole else ("partial", "warn"))
    return tuple(runs)


def data_line(status: Status, view: View, now: float) -> Line:
    """`data 10s old  stale after 3m  0.9 % unknown`."""
    counts = view.counts()
    total = int(counts.sum())
    share = 100 * float(counts[Severity.UNKNOWN] + counts[Severity.AWAY]) / total if total else 0.0
    age = max(0.0, now - (status.heard_at or view.at)) // 5 * 5
    return (
        ("data ", "dim"), (f"{duration_prose(age)} old", "text"),
        (f"  stale after {duration_prose(3 * view.interval)}", "dim"),
        (f"  {share:.1f} % unknown", "unk" if share else "dim"),
    )  # fmt: skip


class Collection(Sheet):
    """The lines under their title."""

    DEFAULT_CSS = """
    Collection { height: 4; padding: 0 1; }
    """
    _moment: Moment | None = None

    def show(self, moment: Moment) -> None:
        self._moment = moment
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        moment = self._moment
        if moment is None:
            return
        status, view = moment.scene.status, moment.view
        rule = " " if moment.size is Size.S else "─"
        lines = [
            title("collection", "", self.size.width, rule=rule),
            budget_line(status, moment.now, moment.signs) if moment.scene.live else _past(view),
            sweep_line(status, view),
            data_line(status, view, moment.now if moment.scene.live else view.at),
        ]
        if status.history_text:
            lines[3] = ((status.history_text, "warn"),)
        self.paint(lines)


def _past(view: View) -> Line:
    return (("poll ", "dim"), (f"{view.seq:,}", "text"), (", from history", "dim"))
