"""Instants as people write them: `03:15`, `-2h`, `yesterday 14:00`, `Nov 22 21:54`, `2026-11-22T21:54`. UTC, as the
header's clock; an ISO time may name another offset.

A time of day without a day, a day without a year: the last one that has been.
"""

from __future__ import annotations

import datetime as dt
import re

from noctui.tui.commands.asked import CommandError

FORMS = "03:15, -2h, yesterday 14:00 or Nov 22 21:54"
_UNITS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_BACK = re.compile(r"^-((?:\d{1,6}(?:min|[smhdw]))+)$|^((?:\d{1,6}(?:min|[smhdw]))+) ago$")
_STEP = re.compile(r"(\d{1,6})(min|[smhdw])")
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}))?$")
_MONTHS = {
    name: number
    for number, full in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
         "december"), 1,
    )
    for name in (full, full[:3], *(["sept"] if number == 9 else []))
}  # fmt: skip
_WEEKDAYS = {
    name: number
    for number, full in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
    for name in (full, full[:3])
}
_MONTH_DAY = re.compile(r"^([a-z]{3,9})\.? (\d{1,2})(?:,? (\d{4}))?$|^(\d{1,2})\.? ([a-z]{3,9})\.?(?:,? (\d{4}))?$")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def instant(text: str, now: float) -> float:
    """UTC epoch seconds of what `text` says. Raises CommandError: no time, one that is still to come."""
    said = " ".join(text.split())
    if not said:
        raise CommandError(f"at what time? write {FORMS}")
    found = _read(said, dt.datetime.fromtimestamp(now, dt.UTC))
    if found is None:
        raise CommandError(f"{_short(said)} is no time; write {FORMS}")
    at = (found - _EPOCH).total_seconds()
    if at < 0:
        raise CommandError(f"{_short(said)} is before 1970")
    if at > now:
        raise CommandError(f"{_short(said)} is still to come; it is {_clock(now)}")
    return at


def _read(said: str, now: dt.datetime) -> dt.datetime | None:
    word = re.sub(r"(?<=\d) ?(?:utc|z)$", "", said.lower())
    back = _BACK.match(word)
    try:
        if back:
            steps = _STEP.findall(back[1] or back[2])
            return now - dt.timedelta(seconds=sum(int(count) * _UNITS[unit] for count, unit in steps))
        if (clock := _clock_of(word)) is not None:
            today = dt.datetime.combine(now.date(), clock, dt.UTC)
            return today if today <= now else today - dt.timedelta(days=1)
        return _dated(word, now) or _iso(said)
    except CommandError:
        raise
    except (ValueError, OverflowError):
        return None


def _dated(word: str, now: dt.datetime) -> dt.datetime | None:
    """A day and a time of it. A day alone is its midnight where it is a date; `yesterday` alone is no instant."""
    day, _, rest = word.rpartition(" ")
    clock = _clock_of(rest)
    day = word if clock is None else day
    if (back := {"today": 0, "yesterday": 1}.get(day)) is not None:
        if clock is None:
            raise CommandError(f"{day} at what time? write {day} 14:00")
        return dt.datetime.combine(now.date() - dt.timedelta(days=back), clock, dt.UTC)
    if day in _WEEKDAYS:
        if clock is None:
            raise CommandError(f"{day} at what time? write {day} 14:00")
        ago = (now.weekday() - _WEEKDAYS[day]) % 7
        then = dt.datetime.combine(now.date() - dt.timedelta(days=ago), clock, dt.UTC)
        return then if then <= now else then - dt.timedelta(days=7)
    found = _MONTH_DAY.match(day)
    if found is None:
        return None
    month, number, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
    if month not in _MONTHS:
        return None
    return _last(_MONTHS[month], int(number), int(year) if year else None, clock or dt.time(), now)


def _last(month: int, day: int, year: int | None, clock: dt.time, now: dt.datetime) -> dt.datetime | None:
    """That day of the year named, else the last one that has been (Feb 29 may be years ago)."""
    if year is not None:
        return dt.datetime.combine(dt.date(year, month, day), clock, dt.UTC)
    for ago in range(9):
        try:
            then = dt.datetime.combine(dt.date(now.year - ago, month, day), clock, dt.UTC)
        except ValueError:
            continue
        if then <= now:
            return then
    return None


def _iso(said: str) -> dt.datetime | None:
    if not re.match(r"^\d{4}-\d{2}-\d{2}", said):
        return None
    found = dt.datetime.fromisoformat(said.removesuffix(" UTC").replace(" utc", ""))
    return found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)


def _clock_of(word: str) -> dt.time | None:
    found = _CLOCK.match(word)
    if found is None:
        return None
    return dt.time(int(found[1]), int(found[2]), int(found[3] or 0))


def _short(said: str) -> str:
    return said if len(said) <= 40 else f"{said[:39]}…"


def _clock(now: float) -> str:
    return f"{dt.datetime.fromtimestamp(now, dt.UTC):%b %d %H:%M} UTC"


def said(at: float, now: float) -> str:
    """`03:15 today`, `21:54 yesterday`, `21:54 on Nov 20`, `… Nov 20 2025`; seconds where there are some."""
    then, today = dt.datetime.fromtimestamp(at, dt.UTC), dt.datetime.fromtimestamp(now, dt.UTC)
    clock = then.strftime("%H:%M:%S" if then.second else "%H:%M")
    days = (today.date() - then.date()).days
    if days in (0, 1):
        return f"{clock} {'yesterday' if days else 'today'}"
    year = "" if then.year == today.year else f" {then.year}"
    return f"{clock} on {then:%b} {then.day}{year}"
