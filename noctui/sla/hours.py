"""Local hours as seconds of UTC, days of 23 and 25 h included. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from noctui.model.sla import DAY, Hours
from noctui.sla.intervals import Spans, inside, union
from noctui.sla.periods import days_of


def allowed(hours: Iterable[Hours], zone: str, start: int, end: int) -> Spans:
    """Seconds of [start, end) that lie in one of them.

    00:00-06:00 in New York on 1 November 2026, when clocks go back, is 04:00-11:00Z: 7 h.
    """
    found: list[tuple[int, int]] = []
    for day in days_of(start - DAY, end, zone):
        for span in hours:
            if day.weekday() in span.weekdays:
                last = span.end if span.end > span.start else span.end + 1440
                found.append((_instant(day, span.start, zone), _instant(day, last, zone)))
    return inside(union(found), start, end)


def _instant(day: date, minutes: int, zone: str) -> int:
    """What a clock there shows; of a time shown twice the first, of one left out the instant of the leap and so on."""
    days, minute = divmod(minutes, 1440)
    on = day + timedelta(days=days)
    return int(datetime(on.year, on.month, on.day, minute // 60, minute % 60, tzinfo=ZoneInfo(zone)).timestamp())
