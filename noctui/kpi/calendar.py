"""Calendar days, ISO weeks and months of a zone as stretches of UTC (DST days of 23 and 25 hours included). Pure.

A day runs from one local midnight to the next; where midnight does not exist (a clock set forward at 00:00), from the
first instant of that date. Source: ISO 8601 for weeks (Monday; week 1 holds the year's first Thursday).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from noctui.model.figures import Grain, Period


def day_of(at: float, zone: str) -> date:
    """The local date of an instant."""
    return datetime.fromtimestamp(at, _zone(zone)).date()


def day(of: date, zone: str) -> Period:
    return Period(_midnight(of, zone), _midnight(of + timedelta(days=1), zone), Grain.DAY, of.isoformat(), zone)


def week(of: date, zone: str) -> Period:
    """The ISO week that the date lies in."""
    year, number, weekday = of.isocalendar()
    monday = of - timedelta(days=weekday - 1)
    return Period(
        _midnight(monday, zone), _midnight(monday + timedelta(days=7), zone), Grain.WEEK, f"{year}-W{number:02}", zone
    )


def month(of: date, zone: str) -> Period:
    first = of.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return Period(_midnight(first, zone), _midnight(following, zone), Grain.MONTH, f"{first:%Y-%m}", zone)


def period(grain: Grain, at: float, zone: str) -> Period:
    """The period of this grain that an instant lies in."""
    if grain is Grain.HOUR:
        start = at // 3600.0 * 3600.0
        return Period(start, start + 3600.0, grain, f"{datetime.fromtimestamp(start, UTC):%Y-%m-%dT%HZ}", "UTC")
    return {Grain.DAY: day, Grain.WEEK: week, Grain.MONTH: month}[grain](day_of(at, zone), zone)


def periods(grain: Grain, start: float, end: float, zone: str) -> list[Period]:
    """All periods that have a part in [start, end), oldest first."""
    found: list[Period] = []
    at = start
    while at < end:
        found.append(period(grain, at, zone))
        at = found[-1].end
    return found


def by_key(grain: Grain, key: str, zone: str) -> Period:
    """The period of a key such as `2026-11-28`, `2026-W48`, `2026-11`. Raises ValueError with what is wrong."""
    shapes = {Grain.DAY: "2026-11-28", Grain.WEEK: "2026-W48", Grain.MONTH: "2026-11"}
    try:
        if grain is Grain.DAY:
            found = day(date.fromisoformat(key), zone)
        elif grain is Grain.WEEK:
            year, number = key.split("-W")
            found = week(date.fromisocalendar(int(year), int(number), 1), zone)
        else:
            found = month(date.fromisoformat(f"{key}-01"), zone)
    except ValueError:
        found = None
    if found is None or found.key != key:
        raise ValueError(f"{key!r} is no {grain.word} such as {shapes[grain]}")
    return found


def hours_of_week(starts: list[float], zone: str) -> list[int]:
    """The local hour of the week (0: Monday 00:00) that each instant lies in."""
    where = _zone(zone)
    local = (datetime.fromtimestamp(at, where) for at in starts)
    return [24 * at.weekday() + at.hour for at in local]


@lru_cache(maxsize=4096)
def _midnight(of: date, zone: str) -> float:
    where = _zone(zone)
    naive = datetime(of.year, of.month, of.day, tzinfo=where)
    at = naive.astimezone(UTC)
    if at.astimezone(where).date() != of or at.astimezone(where).hour:  # there is no midnight: the clock jumps over it
        at = naive.replace(fold=1).astimezone(UTC)
        while (at - timedelta(minutes=15)).astimezone(where).date() >= of:
            at -= timedelta(minutes=15)
        while at.astimezone(where).date() < of:
            at += timedelta(minutes=15)
    return at.timestamp()


@lru_cache(maxsize=64)
def _zone(zone: str) -> ZoneInfo:
    return ZoneInfo(zone)
