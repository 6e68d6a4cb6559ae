"""The periods that promises are measured over, as dates. Pure; source: S2's interval names."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

BANKERS_MONTH = 30 * 86_400
"""Seconds of a bankersMonth, whatever the calendar says."""


def from_turn_up(turn_up: date, number: int) -> date:
    """When period `number` (0 the first) of calendarMonthFromTurnupDay begins: the same day of each month, or its last
    where it is shorter. The anchor is kept: 31 January, 28 February, 31 March."""
    month = turn_up.month - 1 + number
    year, month = turn_up.year + month // 12, month % 12 + 1
    return date(year, month, min(turn_up.day, monthrange(year, month)[1]))
