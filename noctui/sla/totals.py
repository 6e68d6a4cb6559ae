"""What the promises of each carrier add up to. Pure; money is added as exact fractions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction

from noctui.model.verdicts import CarrierTotal, Credit, Outcome, Verdict
from noctui.sla.money import amount

Scored = tuple[str, Verdict]
"""A carrier and a verdict about a service of it."""


def by_carrier(scored: Iterable[Scored]) -> tuple[CarrierTotal, ...]:
    """One row a carrier, most broken promises first; carriers alike by name."""
    of: dict[str, list[Verdict]] = {}
    for carrier, verdict in scored:
        of.setdefault(carrier, []).append(verdict)
    rows = (_total(carrier, verdicts) for carrier, verdicts in of.items())
    return tuple(sorted(rows, key=lambda r: (-r.outcomes[Outcome.BROKEN], r.carrier.casefold(), r.carrier)))


def credits_of(credits: Iterable[Credit | None], *, at_most: bool = False) -> Mapping[str, str]:
    """Sums by currency, of those that have an amount and are not nothing."""
    sums: dict[str, Fraction] = {}
    for credit in credits:
        text = None if credit is None else credit.amount_at_most if at_most else credit.amount
        if credit is not None and text is not None and text != "0.00" and Fraction(text):
            sums[credit.currency] = sums.get(credit.currency, Fraction(0)) + Fraction(text)
    return {currency: amount(sums[currency]) for currency in sorted(sums)}


def _total(carrier: str, verdicts: list[Verdict]) -> CarrierTotal:
    told = Counter(v.outcome for v in verdicts)
    due = [v.credit for v in verdicts]
    return CarrierTotal(
        carrier=carrier,
        promises=len(verdicts),
        outcomes={outcome: told[outcome] for outcome in Outcome},
        outages=sum(v.many_outages for v in verdicts),
        counted=sum(v.counted for v in verdicts),
        credits=dict(credits_of(due)),
        credits_at_most=dict(credits_of(due, at_most=True)),
        unpriced=sum(c is not None and c.amount is None and Fraction(c.percent_at_most) > 0 for c in due),
    )
