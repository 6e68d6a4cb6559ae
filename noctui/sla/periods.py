"""The periods that promises are measured over. Pure; source: S2's interval names.

Days begin at the first instant of the local date, so a month with a change of clocks is an hour shorter or longer.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from noctui.model.sla import BANKERS_MONTH, DAY, Interval, Promise, PromisePeriod, Service

Whole = tuple[int, int, str, int]
"""Start, end, key and days of a period that nothing cuts."""


def period_at(promise: Promise, service: Service, at: int, kinds: Mapping[str, Kind] | None = None) -> PromisePeriod:
    """The period that an instant lies in, cut to the service's life.

    Raises ValueError, one line, for a kind nobody knows, a missing turn-up day, and a time before or after the service.
    """
    kind = (kinds or KINDS).get(promise.interval)
    if kind is None:
        known = ", ".join(kinds or KINDS)
        raise ValueError(f"promise {promise.name}: no interval {promise.interval!r}; there are {known}")
    start, end, key, days = kind(promise, service, at)
    began = midnight(service.turn_up, promise.zone) if service.turn_up else start
    low, high = max(start, began), end if service.until is None else min(end, service.until)
    if not low <= at < high:
        raise ValueError(f"{service.service_id} had no service {'yet' if at < low else 'any more'} at {_utc(at)}")
    return PromisePeriod(start=low, end=high, whole_start=start, whole_end=end, key=key, days=days)


def calendar_month(promise: Promise, service: Service, at: int) -> Whole:
    """New York's November 2026 is [11-01 04:00Z, 12-01 05:00Z): 721 h."""
    first = local_date(at, promise.zone).replace(day=1)
    following = from_turn_up(first, 1)
    return (
        midnight(first, promise.zone), midnight(following, promise.zone), f"{first:%Y-%m}", (following - first).days,
    )  # fmt: skip


def month_from_turn_up(promise: Promise, service: Service, at: int) -> Whole:
    """Turned up on 31 January: the second one is [28 February, 31 March)."""
    anchor = _anchor(service)
    today = local_date(at, promise.zone)
    number = 12 * (today.year - anchor.year) + today.month - anchor.month
    if at < midnight(from_turn_up(anchor, number), promise.zone):
        number -= 1
    first, following = from_turn_up(anchor, number), from_turn_up(anchor, number + 1)
    return (
        midnight(first, promise.zone), midnight(following, promise.zone), first.isoformat(), (following - first).days,
    )  # fmt: skip


def bankers_month(promise: Promise, service: Service, at: int) -> Whole:
    """Every 2,592,000 s from the first local midnight on, whatever clocks and months do."""
    zero = midnight(_anchor(service), promise.zone)
    start = zero + (at - zero) // BANKERS_MONTH * BANKERS_MONTH
    return start, start + BANKERS_MONTH, local_date(start, promise.zone).isoformat(), 30


Kind = Callable[[Promise, Service, int], Whole]
KINDS: Mapping[str, Kind] = {
    Interval.CALENDAR: calendar_month, Interval.TURN_UP: month_from_turn_up, Interval.BANKERS: bankers_month,
}  # fmt: skip


def from_turn_up(turn_up: date, number: int) -> date:
    """When period `number` (0 the first) of calendarMonthFromTurnupDay begins: the same day of each month, or its last
    where it is shorter. The anchor is kept: 31 January, 28 February, 31 March."""
    month = turn_up.month - 1 + number
    year, month = turn_up.year + month // 12, month % 12 + 1
    return date(year, month, min(turn_up.day, monthrange(year, month)[1]))


def local_date(at: int, zone: str) -> date:
    """The date on a clock there."""
    return datetime.fromtimestamp(at, _zone(zone)).date()


@lru_cache(maxsize=4096)
def midnight(of: date, zone: str) -> int:
    """The first instant of a local date, or of the next one where a zone leapt over it (Apia, 30 December 2011)."""
    where = _zone(zone)
    noon = int(datetime(of.year, of.month, of.day, 12, tzinfo=UTC).timestamp())
    instants = range(noon - 2 * DAY, noon + 2 * DAY)
    return instants[bisect_left(instants, True, key=lambda at: datetime.fromtimestamp(at, where).date() >= of)]


def days_of(start: int, end: int, zone: str) -> list[date]:
    """The local dates that have a part in [start, end)."""
    first, last = local_date(start, zone), local_date(max(start, end - 1), zone)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _anchor(service: Service) -> date:
    anchor = service.epoch or service.turn_up
    if anchor is None:
        raise ValueError(f"{service.service_id} has no turn-up day: write it into the inventory file (turn_up)")
    return anchor


def _utc(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"


@lru_cache(maxsize=64)
def _zone(zone: str) -> ZoneInfo:
    return ZoneInfo(zone)
