"""What is known of the planned work under the cursor: windows, impact, circuits, sites, so far, its notice."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.model.works import Outage, Work
from noctui.tui.look.numbers import count, duration_prose, event_time
from noctui.tui.look.text import clean, clip
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import work_words as words
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import Line, labelled, title

_LABEL = 10
_WINDOWS = 3
"""Windows that are named; of more, how many."""


def fact_lines(work: Work, outages: Sequence[Outage] | None, moment: Moment) -> list[tuple[str, Line]]:
    """Labelled. `outages` are those of its time; None: not known yet."""
    told, at, view = work.maintenance, moment.at, moment.view
    lines: list[tuple[str, Line]] = []
    shown = [w for w in told.windows if w.end > at][:_WINDOWS] or list(told.windows)[-_WINDOWS:]
    more = len(told.windows) - len(shown)
    for i, window in enumerate(shown):
        runs: Line = ((words.window_words(window), "maint" if window.start <= at < window.end else "text"),)
        if i == 0:
            runs = (*runs, (f"; impact {words.impact_words(work)}", "text"))
        if i == len(shown) - 1 and more:
            runs = (*runs, (f"; {count(more)} more", "dim"))
        lines.append(("window" if i == 0 else "", runs))
    roles = words.role_words(work, view.inventory)
    unknown = not work.circuit_ids
    lines.append(
        ("circuits", ((words.circuit_words(work) + (f"; {roles}" if roles else ""), "unk" if unknown else "text"),))
    )
    if (said := [m.said for m in work.matched if not m.circuit_ids]) and not unknown:
        lines.append(("unknown", ((clean(", ".join(said)), "unk"),)))
    elif said:
        lines.append(("ids", ((clean(", ".join(said)), "unk"),)))
    if so_far := words.so_far(work, view, at):
        lines.append(("so far", ((so_far, "text"),)))
    elif words.state_of(work, at) == "done" and outages is not None:
        lines.append(("so far", ((words.took_words(work, outages, at), "text"),)))
    if work.circuit_ids:
        lines.append(("sites", ((words.site_words(work, view), "text"),)))
    ahead = words.first(work) - work.told_at
    lead = f", {duration_prose(ahead)} ahead" if ahead > 0 else f", {duration_prose(-ahead)} after it began"
    newer = f"; version {work.version}, {event_time(work.known_at, at)}" if work.version > 1 else ""
    read = f"; read {event_time(work.first_known_at, at)}" if work.first_known_at - work.told_at >= 60 else ""
    lines.append(("notice", ((f"{event_time(work.told_at, at)}{lead}{read}{newer}", "text"),)))
    marks = [w for w, on in (("emergency", work.emergency), ("late", work.late)) if on]
    if work.superseded_by:
        marks.append(f"replaced by {work.superseded_by}")
    if marks or work.said:
        lines.append(("changed", ((clean("; ".join((*marks, *work.said))), "warn" if marks else "text"),)))
    lines += [("look at", ((clean(text), "warn"),)) for text in told.review]
    return lines


class WorkFacts(Sheet):
    """The pane under the timeline."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    WorkFacts { height: 9; padding: 0 1; }
    .-l WorkFacts { height: 12; }
    .-s WorkFacts { height: 8; }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._shown: tuple[Work | None, Sequence[Outage] | None, Moment] | None = None

    def show(self, work: Work | None, outages: Sequence[Outage] | None, moment: Moment) -> None:
        """Tell of this work; None: no row is under the cursor."""
        self._shown = work, outages, moment
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._shown is None or not self.size.width:
            return
        work, outages, moment = self._shown
        wide, room = self.size.width, self.size.height - 1
        rule = " " if moment.size is Size.S else "─"
        if work is None:
            self.paint([title("work", "", wide, rule=rule)])
            return
        told = work.maintenance
        said = ", ".join(p for p in (words.state_of(work, moment.at), told.summary, told.location) if p)
        name = clip(work.name, max(wide // 2, 10), moment.signs.cut)
        head = title(name, clip(said, max(wide - len(name) - 6, 0), moment.signs.cut), wide, rule=rule)
        self.paint([head, *labelled(fact_lines(work, outages, moment), _LABEL)[: max(room, 0)]])
