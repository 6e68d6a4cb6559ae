"""What verdicts add up to for a carrier or a site: how reliable it was, how fast it repaired, what it owes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from noctui.model.verdicts import CarrierTotal, Scored, Verdict
from noctui.runtime.scoring import Score
from noctui.sla.totals import by_carrier


@dataclass(frozen=True, slots=True)
class Reliability:
    """`total.carrier` is the key that was added up by. Percentages are of all periods together; None: unknown.

    `to_repair` and `longest` are seconds from an outage's begin to its end, whole ones, of those that are over
    (`repaired`); blips are none.
    """

    total: CarrierTotal
    achieved: Fraction | None
    achieved_at_least: Fraction | None
    coverage: Fraction | None
    repaired: int
    to_repair: Fraction | None
    longest: int | None
    claim_by: int | None  # the first deadline of a credit that is due


def added(scores: Iterable[Score], key: Callable[[Score], Iterable[str]]) -> tuple[Reliability, ...]:
    """One row for each key, most broken promises first. A score with several keys counts in each of them."""
    of: dict[str, list[Verdict]] = {}
    for score in scores:
        for name in dict.fromkeys(key(score)):
            of.setdefault(name, []).append(score.verdict)
    totals = by_carrier((name, verdict) for name, verdicts in of.items() for verdict in verdicts)
    return tuple(reliability(total, of[total.carrier]) for total in totals)


def reliability(total: CarrierTotal, verdicts: Sequence[Verdict]) -> Reliability:
    """Outages of 12, 48 and 120 min: 60 min to repair. Open ones are left out until they end."""
    lasted = [o.ended - o.began for v in verdicts for o in v.outages if o.ended is not None and repaired(o)]
    divisor = sum((Fraction(v.divisor) for v in verdicts), Fraction(0))
    watched = sum(v.elapsed - v.disabled for v in verdicts)
    unknown = sum(v.unknown for v in verdicts)
    due = [v.credit.claim_by for v in verdicts if v.credit and v.credit.claim_by and Fraction(v.credit.percent)]
    return Reliability(
        total,
        100 * (1 - sum(v.counted for v in verdicts) / divisor) if divisor and watched > unknown else None,
        100 * (1 - sum(v.counted_at_most for v in verdicts) / divisor) if divisor else None,
        Fraction(100 * (watched - unknown), watched) if watched > 0 else None,
        len(lasted),
        Fraction(sum(lasted), len(lasted)) if lasted else None,
        max(lasted, default=None),
        min(due, default=None),
    )


def repaired(outage: Scored) -> bool:
    """It was an outage and no blip, and it is over."""
    return outage.confirmed and outage.ended is not None
