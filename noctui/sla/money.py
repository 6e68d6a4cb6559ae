"""Credits: what is due of the monthly charge, and until when it must be claimed. Exact fractions; pure."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

from noctui.model.sla import Claim, CreditKind, CreditRule, Promise, PromisePeriod, Service
from noctui.model.verdicts import Credit
from noctui.sla.intervals import Spans, total
from noctui.sla.periods import days_of, local_date, midnight

HOUR = 3600


def credit(
    promise: Promise, service: Service, period: PromisePeriod, counted: Spans, at_most: Spans, divisor: Fraction
) -> Credit | None:
    """What is due for the downtime counted, and for that counted if all unknown time had been down; None: no rule."""
    rule = promise.credits
    if rule is None:
        return None
    low, high = (percent(rule, promise, period, spans, divisor) for spans in (counted, at_most))
    monthly = number(service.monthly)
    return Credit(
        percent=str(low),
        percent_at_most=str(high),
        amount=None if monthly is None else amount(monthly * low / 100),
        amount_at_most=None if monthly is None else amount(monthly * high / 100),
        currency=service.currency,
        claim_by=claim_by(promise.claim, period, promise.zone) if promise.claim and high else None,
    )


def percent(rule: CreditRule, promise: Promise, period: PromisePeriod, counted: Spans, divisor: Fraction) -> Fraction:
    """Percent of the monthly charge, up to the cap.

    3 h 05 min at a day's charge for each hour or fraction of one, in a month of 31 days: 4/31.
    """
    seconds = total(counted)
    if rule.kind is CreditKind.DOWNTIME:
        due = banded(rule, Fraction(seconds))
    elif rule.kind is CreditKind.AVAILABILITY:
        due = banded(rule, 100 * (1 - seconds / divisor)) if divisor else Fraction(0)
    else:
        share = Fraction(1, period.days) if rule.share == "day" else Fraction(rule.share)
        if rule.kind is CreditKind.DAYS:
            units = len({day for start, end in counted for day in days_of(start, end, promise.zone)})
        else:
            units = -(-seconds // HOUR)
        due = 100 * share * units
    return min(due, Fraction(rule.cap))


def banded(rule: CreditRule, value: Fraction) -> Fraction:
    """The percent of the band that holds a value; the outermost edges of the table belong to it in any case.

    10:00 min in bands 0-10, 10-45 min is of the first where bands own their upper edge, else of the second.
    """
    bands = sorted(rule.bands, key=lambda b: Fraction(b.low))
    for band in bands:
        low, high = Fraction(band.low), None if band.high is None else Fraction(band.high)
        above = value > low if rule.upper and band is not bands[0] else value >= low
        below = high is None or (value <= high if rule.upper or band is bands[-1] else value < high)
        if above and below:
            return Fraction(band.percent)
    return Fraction(0)


def band_faults(rule: CreditRule) -> list[str]:
    """What is wrong with a table of bands, a line each: it must hold every possible value exactly once."""
    if rule.kind not in (CreditKind.DOWNTIME, CreditKind.AVAILABILITY):
        return []
    if not rule.bands:
        return ["the table of credits has no bands"]
    bands = sorted(rule.bands, key=lambda b: Fraction(b.low))
    top = None if rule.kind is CreditKind.DOWNTIME else Fraction(100)
    found = [f"band {b.low} to {b.high} is empty" for b in bands if b.high and Fraction(b.high) <= Fraction(b.low)]
    if Fraction(bands[0].low) != 0:
        found.append(f"the bands begin at {bands[0].low}, not at 0")
    for one, other in pairwise(bands):
        if one.high is None or Fraction(one.high) > Fraction(other.low):
            found.append(f"the bands from {one.low} and from {other.low} overlap")
        elif Fraction(one.high) < Fraction(other.low):
            found.append(f"the bands leave a gap between {one.high} and {other.low}")
    last = bands[-1].high
    if (None if last is None else Fraction(last)) != top:
        found.append(f"the bands end at {last or 'no end'}, not at {top or 'no end'}")
    return found


def number(text: str) -> Fraction | None:
    """`99.9`, `1/30`; None: neither. Exponents are refused: 1e999999 would fill the memory."""
    if len(text) > 40 or "e" in text.casefold():
        return None
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None


def amount(money: Fraction) -> str:
    """With two decimals, halves up: 1/200 → `0.01`."""
    cents = (money * 100 + Fraction(1, 2)) // 1
    return f"{cents // 100}.{cents % 100:02}"


def claim_by(claim: Claim, period: PromisePeriod, zone: str) -> int:
    """The first instant at which it is too late: the end of the last day on which a claim may be made, there.

    7 business days after November 2026: the 9th of December is the last.
    """
    day = local_date(period.end - 1, zone)
    left = claim.days
    while left:
        day += timedelta(days=1)
        left -= not claim.business or day.weekday() < 5
    return midnight(day + timedelta(days=1), zone)
