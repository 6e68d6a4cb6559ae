"""Downtime that a promise counts, and the availability that is left. Integers of seconds; pure."""

from __future__ import annotations

from fractions import Fraction


def budget(promise: str, seconds: int) -> Fraction:
    """Seconds that a period of so many may be down under a promise such as `99.9` (percent, as written)."""
    return seconds * (1 - Fraction(promise) / 100)


def achieved(seconds: int, down: int, excused: int = 0) -> Fraction:
    """Percent of the period; `excused` of the downtime is forgiven, the period stays as long as it is (the default)."""
    return 100 * Fraction(seconds - (down - excused), seconds)


def achieved_without_windows(seconds: int, windows: int, down_outside: int) -> Fraction:
    """Percent when maintenance windows are taken out of both sides: of the downtime and of the period."""
    rest = seconds - windows
    return 100 * Fraction(rest - down_outside, rest)


def overlap(outage: tuple[int, int], window: tuple[int, int]) -> int:
    """Seconds of an outage that lie inside a window."""
    return max(0, min(outage[1], window[1]) - max(outage[0], window[0]))
