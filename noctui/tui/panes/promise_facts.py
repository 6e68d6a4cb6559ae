"""One promise in full: its rule, what was used, what is left, what is due; and how the months before went."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.model.scores import ScoreLine
from noctui.model.verdicts import Outcome, Verdict
from noctui.tui.look.numbers import NONE, availability, clock, count, day, duration_prose, tone
from noctui.tui.moment import Moment
from noctui.tui.panes import promise_words as words
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.panes.promise_outages import newest_first, not_held, outage_line
from noctui.tui.runs import Line, labelled
from noctui.tui.widgets.bar import budget_bar

_LABEL = 13


def fact_lines(verdict: Verdict, moment: Moment, wide: int) -> list[tuple[str, Line]]:
    """Labelled."""
    v, now = verdict, float(verdict.known_at)
    whole = words.budget(v.divisor, v.uptime)
    period = v.period
    between = f"{day(period.start)} to {day(period.end)}{', partial' if v.partial else ''}"
    bar = budget_bar(
        words.used(v), max(min(wide - _LABEL - 8, 40), 4), moment.signs, burning=v.outcome is Outcome.BREAKS
    )
    known = words.thousandths(words.achieved(v))
    least = words.thousandths(words.at_least(v))
    lines: list[tuple[str, Line]] = [
        ("promise", ((f"{v.uptime} %", "hi"), (f"  {v.promise}", "dim"))),
        ("period", ((f"{words.period_words(v)}", "text"), (f"  {between}, {count(period.days)} days", "dim"))),
        ("verdict", (words.verdict_run(v.outcome, moment.signs),)),
        ("so far", ((known, "text"), (f"  at least {least}" if v.unknown else "", "dim"))),
        ("budget used", (*bar, (f" {words.percent_used(v)}", "text"))),
        ("counted", ((duration_prose(v.counted), "crit" if v.outcome is Outcome.BROKEN else "text"),
                     (f" of {duration_prose(whole)}", "dim"))),
        ("left", ((words.left_words(v), "text"),)),
    ]  # fmt: skip
    if (at := words.breaks_at(v)) is not None:
        how = "if it stays down" if v.outcome is Outcome.BREAKS else "at the pace so far"
        lines.append(("breaks", ((words.instant_words(at, now), "crit"), (f" {how}", "dim"))))
    if v.broke_at is not None:
        lines.append(("broke", ((f"{day(v.broke_at)} {clock(v.broke_at, seconds=False)}", "crit"),)))
    lines.append(
        ("excused", ((duration_prose(v.excused), tone(duration_prose(v.excused), "maint") if v.excused else "faint"),))
    )
    if v.unknown or v.disabled:
        off = f", disabled {duration_prose(v.disabled)}" if v.disabled else ""
        lines.append(("not known", ((duration_prose(v.unknown), "unk" if v.unknown else "faint"), (off, "dim"))))
    cover = availability(words.coverage(v), 2)
    lines.append(("coverage", ((cover, tone(cover)), (" %" if cover != NONE else "", "dim"))))
    if v.burn is not None and v.to_come:
        lines.append(
            ("pace", ((f"{float(v.burn):.2f}", "high" if v.burn > 1 else "text"), (" of what would last", "dim")))
        )
    due = words.credit_prose(v.credit, now)
    lines.append(("credit", ((due or "none is due", "hi" if due else "dim"),)))
    if v.version > 1:
        lines.append(("version", ((f"{v.version}, as known {day(v.known_at)}", "dim"),)))
    return lines


class PromiseFacts(Pane):
    HEADING = "promise"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._line: ScoreLine | None = None
        self._said = "Working it out."

    def tell(self, line: ScoreLine | None, said: str = "") -> None:
        self._line, self._said = line, said
        self.draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        if self._line is None:
            return Content([((self._said, "dim"),)])
        lines = fact_lines(self._line.verdict, moment, wide)
        if self._line.told:
            lines.append(("source", ((self._line.told, "dim"),)))
        return Content(labelled(lines, _LABEL), self._line.carrier)


class AllOutages(Pane):
    """Every outage of the period, and why it counts or not."""

    HEADING = "outages"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._verdict: Verdict | None = None

    def tell(self, verdict: Verdict | None) -> None:
        self._verdict = verdict
        self.draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        v = self._verdict
        if v is None:
            return Content([])
        if v.counted_outages is not None:
            return Content([((not_held(v), "dim"),), (("t: all outages of the circuit", "dim"),)])
        lines = [outage_line(o, float(v.known_at)) for o in newest_first(v)]
        return Content(
            lines or [(("None in this period.", "dim"),)], f"{count(len(v.outages))}, {count(v.many_outages)} count"
        )


class Months(Pane):
    """The months before, newest first; the chosen one is marked."""

    HEADING = "months before"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._found: Sequence[tuple[str, Verdict | None]] = ()
        self._chosen = ""
        self._waits = False

    def tell(self, found: Sequence[tuple[str, Verdict | None]], chosen: str, waits: bool) -> None:
        self._found, self._chosen, self._waits = found, chosen, waits
        self.draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        lines = [self._line(month, v, moment) for month, v in self._found]
        note = "reading …" if self._waits else "{ } another"
        return Content(lines or [(("Nothing is known of them.", "dim"),)], note)

    def _line(self, month: str, v: Verdict | None, moment: Moment) -> Line:
        here = month == self._chosen
        lead: Line = ((moment.signs.mark if here else " ", "accent"), (f" {month}  ", "hi" if here else "dim"))
        if v is None:
            return (*lead, (NONE, "faint"))
        text, role = words.verdict_run(v.outcome, moment.signs)
        due = words.credit_prose(v.credit, moment.at)
        return (
            *lead, (f"{text:<10}", role), (f"{words.thousandths(words.achieved(v)):>8}", "text"),
            (f"{words.percent_used(v):>7}", "dim"), (f"  {due}", "hi"),
        )  # fmt: skip
