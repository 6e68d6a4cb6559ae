"""The sentence over the promises: what is broken, what breaks if nothing changes, what it is worth. Pure rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from noctui.model.headline import Clause, Headline
from noctui.model.verdicts import Outcome
from noctui.model.words import Severity
from noctui.sla.totals import Scored, credits_of


def promises_headline(scored: Sequence[Scored], now: int) -> Headline:
    """`4 promises are broken; 29 more break if Lumen stays down to 03:35. Credits so far 1,240.00 USD.`

    `scored` are verdicts of one time, each with its carrier. Times are UTC.
    """
    if not scored:
        return Headline(severity=Severity.OK, clauses=(Clause("No circuit has a promise.", strong=True),))
    told = Counter(v.outcome for _, v in scored)
    broken, breaks, risk, unsure = (
        told[o] for o in (Outcome.BROKEN, Outcome.BREAKS, Outcome.AT_RISK, Outcome.UNSURE)
    )  # fmt: skip
    clauses: list[Clause] = []
    if broken:
        clauses.append(Clause(f"{_many(broken)} broken", strong=True, severity=Severity.CRITICAL))
    if breaks:
        lead = f"; {breaks:,} more" if broken else _number(breaks)
        verb = "breaks" if breaks == 1 else "break"
        clauses.append(Clause(f"{lead} {verb} if {_if(scored, now)}", strong=not broken, severity=Severity.CRITICAL))
    elif risk:
        words = f"; {risk:,} more {'is' if risk == 1 else 'are'} at risk" if broken else f"{_many(risk)} at risk"
        clauses.append(Clause(words, strong=not broken, severity=Severity.HIGH))
    if clauses:
        clauses.append(Clause("."))
    if unsure:
        words = f" Unknown time decides {unsure:,} more." if clauses else f"Unknown time decides {_number(unsure)}."
        clauses.append(Clause(words, strong=not clauses))
    if not clauses:
        met = "The promise is met." if len(scored) == 1 else f"All {len(scored):,} promises are met."
        clauses.append(Clause(met, strong=True))
    sums = credits_of(v.credit for _, v in scored)
    due = [f"{_thousands(text)} {currency}".rstrip() for currency, text in sums.items()]
    if due:
        clauses.append(Clause(f" Credits so far {' and '.join(due)}."))
    certain = Severity.CRITICAL if broken or breaks else Severity.HIGH if risk else Severity.OK
    severity = Severity.UNKNOWN if unsure and certain is Severity.OK else certain
    return Headline(severity=severity, clauses=tuple(clauses))


def _if(scored: Sequence[Scored], now: int) -> str:
    """`Lumen stays down to 03:35`, the last one's time; of several carriers `what is down stays so to 03:35`."""
    found = [(carrier, v.breaks_at) for carrier, v in scored if v.outcome is Outcome.BREAKS and v.breaks_at is not None]
    carriers = {carrier for carrier, _ in found}
    until = _hhmm(max(at for _, at in found), now)
    name = carriers.pop() if len(carriers) == 1 else ""
    return f"{name} stays down to {until}" if name else f"what is down stays so to {until}"


def _many(count: int) -> str:
    return f"{_number(count)} {'is' if count == 1 else 'are'}"


def _number(count: int) -> str:
    return "1 promise" if count == 1 else f"{count:,} promises"


def _thousands(amount: str) -> str:
    """`1240.00` → `1,240.00`."""
    whole, _, cents = amount.partition(".")
    return f"{int(whole):,}.{cents}"


def _hhmm(at: int, now: int) -> str:
    """`03:35`, of another day `Nov 24 03:35`."""
    then = datetime.fromtimestamp(at, UTC)
    day = "" if then.date() == datetime.fromtimestamp(now, UTC).date() else f"{then:%b} {then.day} "
    return f"{day}{then:%H:%M}"
