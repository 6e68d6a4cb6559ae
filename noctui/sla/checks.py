"""What is wrong with a promise, told before anything is scored by it. Pure."""

from __future__ import annotations

from collections.abc import Container, Mapping
from zoneinfo import ZoneInfo

from noctui.model.sla import CreditRule, Promise
from noctui.sla.algorithms import Availability
from noctui.sla.money import band_faults, number
from noctui.sla.periods import KINDS
from noctui.sla.registry import OWN


def faults(
    promise: Promise, algorithms: Mapping[str, Availability] = OWN, intervals: Container[str] = frozenset(KINDS)
) -> tuple[str, ...]:
    """One line for each fault; none: it can be scored."""
    found: list[str] = []
    uptime = number(promise.uptime)
    if uptime is None or not 0 < uptime <= 100:
        found.append(f"uptime {promise.uptime!r} is no percentage above 0 up to 100, such as 99.9")
    if promise.interval not in intervals:
        found.append(f"interval {promise.interval!r} is not known")
    if promise.algorithm in algorithms:
        found += algorithms[promise.algorithm].faults(promise)
    else:
        found.append(f"algorithm {promise.algorithm!r} is not known")
    found += [f"zone {zone!r} is not known" for zone in (promise.zone, promise.hours_zone) if zone and not _zone(zone)]
    if not promise.zone:
        found.append("zone is empty")
    for name in ("minimum_outage", "merge_gap", "notice", "excused_at_most"):
        value = getattr(promise, name)
        if value is not None and value < 0:
            found.append(f"{name} is {value}: seconds cannot be less than 0")
    for span in promise.hours:
        if not (0 <= span.start < 1440 and 0 <= span.end <= 1440 and span.weekdays):
            found.append(f"hours {span.start} to {span.end} are no minutes of a day on any weekday")
    if promise.claim is not None and not 0 <= promise.claim.days <= 3660:
        found.append(f"a claim within {promise.claim.days} days is not possible")
    if promise.credits is not None:
        found += credit_faults(promise.credits)
    return tuple(f"promise {promise.name}: {line}" for line in found)


def credit_faults(rule: CreditRule) -> list[str]:
    """Of the credits alone."""
    numbers = [rule.cap, *(value for b in rule.bands for value in (b.low, b.high, b.percent) if value is not None)]
    if rule.share != "day":
        numbers.append(rule.share)
    wrong = [text for text in numbers if (value := number(text)) is None or value < 0]
    return [f"{text!r} is no number" for text in wrong] or band_faults(rule)


def _zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):  # no such name, no name at all, a folder of names
        return False
    return True
