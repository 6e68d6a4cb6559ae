"""Promises by carrier: met, broken, what is due and until when it must be claimed. Pure; money is added exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from noctui.model.scores import ScoreLine
from noctui.model.verdicts import Outcome
from noctui.tui.look.numbers import NONE, count, day, money, tone
from noctui.tui.look.text import clip, fit
from noctui.tui.moment import Moment
from noctui.tui.panes import promise_words as words
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.runs import Line


@dataclass(frozen=True, slots=True)
class Total:
    """A carrier's promises by outcome, credits by currency, the first deadline; `unpriced` credits have no amount."""

    carrier: str
    outcomes: Counter[Outcome]
    credits: dict[str, Decimal]
    claim_by: int | None
    unpriced: int


def totals(lines: Sequence[ScoreLine]) -> tuple[Total, ...]:
    """Most broken first, then those that break, then by how many."""
    of: dict[str, list[ScoreLine]] = {}
    for line in lines:
        of.setdefault(line.carrier, []).append(line)
    made = [_total(carrier, mine) for carrier, mine in of.items()]
    return tuple(sorted(made, key=lambda t: (-t.outcomes[Outcome.BROKEN], -t.outcomes[Outcome.BREAKS],
                                             -t.outcomes.total(), t.carrier)))  # fmt: skip


def _total(carrier: str, lines: Sequence[ScoreLine]) -> Total:
    due = [c for line in lines if (c := line.verdict.credit) is not None and words.due(c)]
    sums: dict[str, Decimal] = {}
    for credit in due:
        if credit.amount is not None:
            sums[credit.currency] = sums.get(credit.currency, Decimal(0)) + Decimal(credit.amount)
    claims = [c.claim_by for c in due if c.claim_by is not None]
    return Total(
        carrier, Counter(line.verdict.outcome for line in lines), sums, min(claims, default=None),
        sum(c.amount is None for c in due),
    )  # fmt: skip


def credit_text(total: Total) -> str:
    """`410.00`, in several currencies each with its name; `2 unpriced`."""
    one = len(total.credits) == 1 and next(iter(total.credits)) in ("", "USD")
    parts = [money(float(a)) + ("" if one else f" {c}") for c, a in sorted(total.credits.items())]
    parts += [f"{total.unpriced} unpriced"] if total.unpriced else []
    return ", ".join(parts) or NONE


class ByCarrier(Pane):
    """Met, broken or breaking, at risk, credit, claim by."""

    HEADING = "by carrier"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._totals: tuple[Total, ...] = ()
        self._due = 13  # cells of the credit: more where there is room

    def tell(self, found: tuple[Total, ...]) -> None:
        self._totals = found
        self.draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        if not self._totals:
            return Content([(("No carrier has promised anything.", "dim"),)])
        due = self._due = max(13, min(24, wide - 37))
        name = max(wide - 25 - due, 8)
        head: Line = ((f"{'':<{name}}{'met':>4}{'broken':>7}{'breaks':>7}{'credit':>{due}}{'claim':>7}", "dim"),)
        return Content([head, *[self._line(t, name, moment) for t in self._totals]], "met, broken, credit", head=1)

    def _line(self, t: Total, name: int, moment: Moment) -> Line:
        met, broken = count(t.outcomes[Outcome.MET]), count(t.outcomes[Outcome.BROKEN])
        breaks = count(t.outcomes[Outcome.BREAKS])
        due = clip(credit_text(t), self._due - 1, moment.signs.cut)
        claim = day(t.claim_by) if t.claim_by is not None else NONE
        return (
            (fit(t.carrier or NONE, name, cut=moment.signs.cut), "hi"), (f"{met:>4}", tone(met, "dim")),
            (f"{broken:>7}", tone(broken, "crit bold")), (f"{breaks:>7}", tone(breaks, "crit")),
            (f"{due:>{self._due}}", tone(due, "hi")), (f"{claim:>7}", tone(claim, "warn")),
        )  # fmt: skip
