"""The outages of one promise's period and why they count or not; below, what is used of its budget."""

from __future__ import annotations

from noctui.model.scores import ScoreLine
from noctui.model.verdicts import Outcome, Scored, Verdict
from noctui.tui.look.numbers import availability, clock, day, duration_prose
from noctui.tui.look.text import clip, width
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import promise_words as words
from noctui.tui.panes.promise_rows import place_of
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import Line, title

COVERED = 99.5
"""Percent below which coverage is said."""


def outage_line(outage: Scored, now: float) -> Line:
    """`Nov 23 02:51  22m47s  running, counts`."""
    said, role = words.why(outage)
    end = now if outage.ended is None else outage.ended
    return (
        (f"{day(outage.began)} {clock(outage.began, seconds=False)}  ", "dim"),
        (f"{duration_prose(max(end - outage.began, 0.0)):<7}", "crit" if outage.counted else "text"),
        (f"  {said}", role),
    )  # fmt: skip


def not_held(verdict: Verdict) -> str:
    """Of a verdict that was read back."""
    many = verdict.many_outages
    return f"{many:,} outage{'' if many == 1 else 's'} counted; Snowflake's measurement does not say which."


def newest_first(verdict: Verdict) -> list[Scored]:
    return sorted(verdict.outages, key=lambda o: -o.began)


def budget_line(verdict: Verdict, now: float) -> Line:
    """`downtime 22m47s of 43m12s   coverage 99.8 %   credit 410.00 USD (10 %), claim by Dec 30`."""
    whole = words.budget(verdict.divisor, verdict.uptime)
    role = words.role_of(verdict.outcome) if verdict.outcome is not Outcome.MET else "text"
    runs = [("downtime ", "dim"), (f"{duration_prose(verdict.counted)} of {duration_prose(whole)}", role)]
    if verdict.excused:
        runs += [("   excused ", "dim"), (duration_prose(verdict.excused), "maint")]
    if (cover := words.coverage(verdict)) is not None and cover < COVERED:
        runs += [("   coverage ", "dim"), (f"{availability(cover, 1)} %", "text")]
    if said := words.credit_prose(verdict.credit, now):
        runs += [("   credit ", "dim"), (said, "hi")]
    return tuple(runs)


class PromiseOutages(Sheet):
    """Of the promise under the cursor."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    PromiseOutages { height: 1fr; padding: 0 1; }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._shown: tuple[ScoreLine | None, Moment, float] | None = None

    def show(self, line: ScoreLine | None, moment: Moment, at: float) -> None:
        """`at` is when it was scored."""
        self._shown = line, moment, at
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._shown is None or not self.size.width:
            return
        line, moment, at = self._shown
        wide, room = self.size.width, self.size.height - 1
        rule = " " if moment.size is Size.S else "─"
        if line is None:
            self.paint([title("outages", "", wide, rule=rule)])
            return
        verdict = line.verdict
        site, name, _ = place_of(line, moment.view)
        heading = clip(f"{site or name} {line.carrier}, {verdict.uptime}, {words.period_words(verdict)}", wide - 4)
        note = clip(verdict.promise, max(wide - width(heading) - 6, 0), moment.signs.cut)
        outages = newest_first(verdict)
        none = "No outage in this period." if verdict.counted_outages is None else not_held(verdict)
        lines = [outage_line(o, at) for o in outages] or [((none, "dim"),)]
        fits = max(room - 1, 0)
        if len(lines) > fits and fits:
            lines = [*lines[: fits - 1], ((f"{len(outages) - fits + 1:,} more: ↵ shows all", "dim"),)]
        self.paint([title(heading, note, wide, rule=rule), *lines[:fits], budget_line(verdict, at)][: room + 1])
