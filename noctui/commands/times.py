"""Times as people write them on a command line: ISO 8601, UTC where no offset is given; dates of the set zone."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

LAST = datetime(9990, 1, 1, tzinfo=UTC).timestamp()
"""From here on nothing is an instant: the end of a period or a day around it would be past the calendar's last year."""


class TimeError(ValueError):
    """One clear line: which argument, what is wrong with it."""


def instant(text: str, argument: str) -> float:
    """UTC epoch seconds of `2026-11-28T14:00`, with `Z` or an offset, or of a date's midnight. Raises TimeError."""
    try:
        found = datetime.fromisoformat(text.strip())
        at = (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        at = math.nan
    if not 0 <= at < LAST:
        raise TimeError(f"{argument} {text!r} is no time such as 2026-11-28T14:00 or 2026-11-28T14:00+01:00")
    return at


def calendar_date(text: str, argument: str) -> date:
    """Of `2026-11-28`. Raises TimeError."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or found.year < 1970:
        raise TimeError(f"{argument} {text!r} is no date such as 2026-11-28")
    return found


def span(start: str, end: str | None, now: float) -> tuple[float, float]:
    """[start, end) of `--start` and `--end`; without an end, until now. Raises TimeError: the wrong way round, or in
    the future."""
    first = instant(start, "--start")
    last = now if end is None else instant(end, "--end")
    if first >= now:
        raise TimeError(f"--start {start!r} is in the future")
    if first >= last:
        raise TimeError(f"--start {start!r} is not before --end {said(last) if end is None else end!r}")
    return first, last


def said(at: float) -> str:
    """`2026-11-28 14:00 UTC`"""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"


def to_the_second(at: float) -> str:
    """`2026-11-28 14:00:07 UTC`"""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"


def stamp(at: float) -> str:
    """`2026-11-28T14:00:00.000Z`, as in logs."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
