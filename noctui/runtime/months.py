"""The calendar months that screens speak of: they know the runtime, not the calendar's arithmetic."""

from __future__ import annotations

from noctui.kpi.calendar import period
from noctui.model.figures import Grain, Period


def months(at: float, zone: str) -> tuple[Period, Period]:
    """The month that the instant lies in, in this zone, and the one before."""
    running = period(Grain.MONTH, at, zone)
    return running, period(Grain.MONTH, running.start - 1.0, zone)
