"""Burn rates of many circuits under one promise: how fast they use their budgets together. Pure.

Source: the SRE Workbook's alerting on several windows. Of one circuit it says nothing: 52 s of a 99.9 one would page.
There the budget, the time to breach and the pace (`Verdict.burn`) tell more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

HOUR = 3600


@dataclass(frozen=True, slots=True)
class BurnRule:
    """Tells when both windows burn at least `rate`: the long one that it matters, the short one that it still goes on.

    `budget` is the share of a 30-day budget that is used in the long window at that rate.
    """

    rate: Fraction
    long: int
    short: int
    budget: Fraction


RULES = (
    BurnRule(Fraction("14.4"), HOUR, 300, Fraction("0.02")),
    BurnRule(Fraction(6), 6 * HOUR, 1800, Fraction("0.05")),
    BurnRule(Fraction(1), 72 * HOUR, 6 * HOUR, Fraction("0.1")),
)


def burn(uptime: str, circuits: int, seconds: int, down: int) -> Fraction | None:
    """How many budgets' pace: `down` seconds of all circuits together in a window. None: there is nothing to use.

    200 circuits, 99.9, 1 h: 172.8 circuit minutes are 14.4.
    """
    budget = circuits * seconds * (1 - Fraction(uptime) / 100)
    return down / budget if budget else None


def burning(uptime: str, circuits: int, down_within: Callable[[int], int]) -> tuple[BurnRule, ...]:
    """The rules that tell now, fastest first; `down_within(s)` is the down seconds of all circuits in the last s."""

    def fast(rule: BurnRule, window: int) -> bool:
        rate = burn(uptime, circuits, window, down_within(window))
        return rate is not None and rate >= rule.rate

    return tuple(rule for rule in RULES if fast(rule, rule.long) and fast(rule, rule.short))
