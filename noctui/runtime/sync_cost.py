"""What a sync may cost: an X-Small warehouse that falls asleep after a minute. Computed, never billed by us."""

from __future__ import annotations

CREDITS_AN_HOUR = 1.0
"""Of an X-Small warehouse."""
SUSPEND_SECONDS = 60.0
"""As `noctui warehouse init` sets it up; each waking is billed for a minute at least."""
ROWS_A_SECOND = 60_000.0
BYTES_A_ROW = 80.0
"""What an hour of a circuit takes in a file, of numbers at random (bench/sync.py); true ones take less."""
DAY = 86_400.0
BETWEEN = (60.0, 2 * DAY)
"""Seconds between two runs that say something of a pace."""


def credits_of(seconds: float) -> float:
    """Of a run that had a session for so long; 0: it had none."""
    return 0.0 if seconds <= 0 else (seconds + SUSPEND_SECONDS) / 3600.0 * CREDITS_AN_HOUR


def a_day(credit: float, every: float | None) -> float | None:
    """At a run every so many seconds; None: there is no pace yet."""
    if every is None or not BETWEEN[0] <= every <= BETWEEN[1]:
        return None
    return min(24.0 * CREDITS_AN_HOUR, credit * DAY / every)
