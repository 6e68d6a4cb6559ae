"""What the column beside the lanes asks for, beyond the samples: the window's figures, the month, where it is going."""

from __future__ import annotations

from dataclasses import dataclass

from noctui.model.figures import GAUGES, Baseline, Billing, Daily, Figures, Trend
from noctui.model.scene import Range, Reader

GAUGE = "util"
"""What trend and baseline are of."""


@dataclass(frozen=True, slots=True)
class More:
    """What does not depend on the window. `row` is the circuit's row in days, trend and bill; -1: not in it."""

    daily: Daily
    trend: Trend
    baseline: Baseline
    billing: Billing
    month: Figures
    row: tuple[int, int, int]


async def window(reader: Reader, circuit_id: str, range_: Range) -> Figures:
    """Figures of the window with all percentiles: the same that the ranking of offenders shows of this circuit."""
    return await reader.figures(range_, (circuit_id,), GAUGES)


async def more(reader: Reader, circuit_id: str, at: float) -> More:
    """Seven days, trend, what is usual, and the month so far. Which month it is the calendar of the days says."""
    daily = await reader.daily(GAUGE, 7)
    trend = await reader.trend(GAUGE)
    baseline = await reader.baseline(circuit_id, GAUGE)
    billing = await reader.billing(daily.days[-1].key[:7])
    month = await reader.figures(Range(billing.period.start, at, billing.period.key), (circuit_id,))
    rows = tuple(_row(ids, circuit_id) for ids in (daily.ids, trend.ids, billing.ids))
    return More(daily, trend, baseline, billing, month, (rows[0], rows[1], rows[2]))


def _row(ids: tuple[str, ...], circuit_id: str) -> int:
    return ids.index(circuit_id) if circuit_id in ids else -1
