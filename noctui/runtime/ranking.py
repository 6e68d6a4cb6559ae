"""The orders of rankings, for screens and exports: they know the runtime, not the arithmetic."""

from __future__ import annotations

from noctui.kpi.offenders import (
    CHRONIC,
    CHRONIC_DAYS,
    Failovers,
    Order,
    above_share,
    bad_days,
    by_availability,
    by_bad_days,
    by_failovers,
    by_flaps,
    by_time_above,
    failovers_of,
    flaps_each,
)
from noctui.kpi.soon import SLOT, SLOTS, soon
from noctui.kpi.trend import LEAST_DAYS, congested_and_worse, improving, moves, worsening

__all__ = [
    "CHRONIC", "CHRONIC_DAYS", "LEAST_DAYS", "SLOT", "SLOTS", "Failovers", "Order", "above_share", "bad_days",
    "by_availability", "by_bad_days", "by_failovers", "by_flaps", "by_time_above", "congested_and_worse",
    "failovers_of", "flaps_each", "improving", "moves", "soon", "worsening",
]  # fmt: skip
