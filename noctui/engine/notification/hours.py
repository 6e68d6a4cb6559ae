"""Hours of a week, such as `mon-fri 07:00-19:00` or `22:00-06:00`, in a zone's local time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM = re.compile(r"(?:(?P<days>[a-z,\-]+)\s+)?(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Hours:
    """`days` (0 Monday) on which they begin; [start, end) in minutes after midnight. An end at or before the start
    lies on the next day: Friday 22:00-06:00 reaches into Saturday."""

    days: frozenset[int]
    start: int
    end: int

    def at(self, when: float, zone: tzinfo) -> bool:
        """Does `when` (UTC epoch seconds) lie in them?"""
        local = datetime.fromtimestamp(when, zone)
        minute, day = local.hour * 60 + local.minute, local.weekday()
        if self.start < self.end:
            return day in self.days and self.start <= minute < self.end
        return (day in self.days and minute >= self.start) or ((day - 1) % 7 in self.days and minute < self.end)


def hours_of(text: str) -> Hours:
    """Raises ValueError for a text of another form."""
    found = _FORM.fullmatch(" ".join(text.lower().split()))
    if found is None:
        raise ValueError(f"{text!r} are no hours")
    return Hours(_days(found["days"] or ""), _minute(found["start"]), _minute(found["end"]))


def _days(text: str) -> frozenset[int]:
    days: set[int] = set()
    for part in text.split(",") if text else ["mon-sun"]:
        first, _, last = part.partition("-")
        one, two = _DAYS.index(first), _DAYS.index(last or first)
        days.update(range(one, two + 1) if one <= two else [*range(one, 7), *range(two + 1)])
    return frozenset(days)


def _minute(text: str) -> int:
    hour, minute = map(int, text.split(":"))
    if hour * 60 + minute > 1440 or minute > 59:
        raise ValueError(f"{text!r} is no time of a day")
    return hour * 60 + minute
