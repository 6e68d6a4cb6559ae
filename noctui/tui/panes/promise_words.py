"""A verdict as screens tell it: sign and word, what is left, when it breaks, what is due, why outages count. Pure."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from functools import lru_cache

from noctui.model.sla import share_down
from noctui.model.verdicts import Credit, Outcome, Scored, Verdict
from noctui.tui.look.numbers import NONE, availability_between, clock, day, duration, duration_prose, money
from noctui.tui.look.signs import Signs
from noctui.tui.runs import Run

DAY = 86_400.0
ORDER = (Outcome.BROKEN, Outcome.BREAKS, Outcome.AT_RISK, Outcome.UNSURE, Outcome.MET)
"""Worst first."""
_SIGNS = {
    Outcome.BROKEN: ("down", "crit bold"), Outcome.BREAKS: ("critical", "crit"), Outcome.AT_RISK: ("high", "high"),
    Outcome.UNSURE: ("unknown", "unk"), Outcome.MET: ("ok", "ok"),
}  # fmt: skip


def verdict_run(outcome: Outcome, signs: Signs) -> Run:
    """`▼ broken`."""
    sign, role = _SIGNS[outcome]
    return (f"{getattr(signs, sign)} {outcome.value}", role)


def role_of(outcome: Outcome) -> str:
    return _SIGNS[outcome][1]


@lru_cache(maxsize=4096)
def budget(divisor: str, uptime: str) -> float:
    """Seconds that may be down; as a number for bars and order, the verdict itself is exact."""
    return float(Fraction(divisor) * share_down(uptime))


@lru_cache(maxsize=4096)
def _ratio(divisor: str) -> tuple[int, int]:
    return Fraction(divisor).as_integer_ratio()


def _cut(down: int, divisor: str) -> int | None:
    """Thousandths of a percent that were up, cut off and never rounded: what `verdicts.thousandths` says, in whole
    numbers, since a table asks it of ten thousand."""
    numerator, denominator = _ratio(divisor)
    return 100_000 - -(-100_000 * down * denominator // numerator) if numerator else None


def achieved(verdict: Verdict) -> int | None:
    """Thousandths of a percent, unknown time taken as up; None: nothing has been known at all."""
    return _cut(verdict.counted, verdict.divisor) if verdict.elapsed > verdict.unknown else None


def at_least(verdict: Verdict) -> int | None:
    """The same, unknown time taken as down."""
    return _cut(verdict.counted_at_most, verdict.divisor)


def coverage(verdict: Verdict) -> float | None:
    """Percent of the time so far, disabled time left out, of which anything was known."""
    time = verdict.elapsed - verdict.disabled
    return 100 * (time - verdict.unknown) / time if time > 0 else None


def thousandths(value: int | None) -> str:
    """`99.946`."""
    if value is None:
        return NONE
    sign = "-" if value < 0 else ""
    return f"{sign}{abs(value) // 1000}.{abs(value) % 1000:03}"


def left(verdict: Verdict) -> float:
    """Seconds of the budget that are left; below 0 is broken."""
    return budget(verdict.divisor, verdict.uptime) - verdict.counted


def used(verdict: Verdict) -> float | None:
    """Share of the budget that is used; None where there is none."""
    whole = budget(verdict.divisor, verdict.uptime)
    return verdict.counted / whole if whole else None


def percent_used(verdict: Verdict) -> str:
    """`53%`, cut; above 9999 no more digits."""
    share = used(verdict)
    return NONE if share is None else f"{min(int(share * 100), 9999)}%"


def left_words(verdict: Verdict) -> str:
    """`20m18s`, `0m36s`, `3h22m`; nothing is left of a broken one."""
    seconds = int(left(verdict))
    if left(verdict) < 0 or verdict.outcome is Outcome.BROKEN:
        return NONE
    return f"{seconds // 60}m{seconds % 60:02d}s" if seconds < 3600 else duration(seconds)


def so_far(verdict: Verdict) -> str:
    """`99.946`; while unknown time decides its bounds, `99.93–99.97`."""
    if verdict.outcome is Outcome.UNSURE:
        low, high = at_least(verdict), achieved(verdict)
        return availability_between(None if low is None else low / 1000, None if high is None else high / 1000)
    return thousandths(achieved(verdict))


def breaks_at(verdict: Verdict) -> int | None:
    """When the budget is used up: while it is down, if that stays; else at the pace so far. None: not in its period."""
    if verdict.outcome is Outcome.BREAKS:
        return verdict.breaks_at
    return verdict.runs_out_at if verdict.outcome in (Outcome.AT_RISK, Outcome.MET) else None


def instant_words(at: float | None, now: float) -> str:
    """`03:34` of the day, else `Nov 27`."""
    if at is None:
        return NONE
    return clock(at, seconds=False) if day(at) == day(now) and abs(at - now) < DAY else day(at)


@lru_cache(maxsize=1024)
def _some(percent: str) -> bool:
    return Fraction(percent) > 0


def due(credit: Credit | None) -> bool:
    """Whether anything is to be had."""
    return credit is not None and _some(credit.percent)


def credit_words(credit: Credit | None) -> str:
    """`410.00`; where the monthly charge is not known the share of it, `10 %`."""
    if credit is None or not due(credit):
        return NONE
    return money(float(credit.amount)) if credit.amount is not None else f"{float(Fraction(credit.percent)):.4g} %"


def credit_prose(credit: Credit | None, now: float) -> str:
    """`410.00 USD (10 %), claim by Dec 30`."""
    if credit is None or not due(credit):
        return ""
    share = f"{float(Fraction(credit.percent)):.4g} %"
    said = f"{share} of a monthly charge that is not known"
    if credit.amount is not None:
        said = f"{money(float(credit.amount))} {credit.currency} ({share})"
    by = f", claim by {day(credit.claim_by)}" if credit.claim_by is not None else ""
    over = ", too late" if credit.claim_by is not None and credit.claim_by < now else ""
    return f"{said}{by}{over}"


def why(outage: Scored) -> tuple[str, str]:
    """Why it counts or not, and the colour of it: `running, counts`, `inside Lumen 29811002: excused`."""
    running = "running, " if outage.ended is None else ""
    by = ", ".join(outage.excused_by)
    if outage.excused and not outage.counted:
        return f"{running}inside {by or 'planned work'}: excused", "maint"
    if outage.excused:
        inside = f"{duration_prose(outage.excused)} inside {by or 'planned work'}"
        return f"{running}{duration_prose(outage.counted)} counts, {inside}: excused", "crit"
    if outage.counted and outage.uncounted:
        return f"{running}{duration_prose(outage.counted)} of it counts", "crit"
    if outage.counted:
        return f"{running}counts", "crit"
    if not outage.confirmed:
        return f"{running}too short: does not count", "dim"
    return f"{running}does not count", "dim"


def period_words(verdict: Verdict) -> str:
    """`November 2026`, `Nov 16 to Dec 16`."""
    period = verdict.period
    start = dt.datetime.fromtimestamp(period.whole_start, dt.UTC)
    if len(period.key) == 7:
        return dt.date(int(period.key[:4]), int(period.key[5:]), 1).strftime("%B %Y")
    return f"{start:%b} {start.day} to {day(period.whole_end)}"


def gone(verdict: Verdict, now: float) -> tuple[int, float]:
    """(which day of the period it is, from 1; percent of it that is over)."""
    period = verdict.period
    over = min(max(now - period.whole_start, 0.0), period.whole_end - period.whole_start)
    return min(int(over // DAY) + 1, period.days), 100 * over / max(period.whole_end - period.whole_start, 1)
