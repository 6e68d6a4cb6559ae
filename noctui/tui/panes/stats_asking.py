"""What the column beside the lanes asks for, beyond the samples: the window's figures, the month, where it is going."""

from __future__ import annotations

from dataclasses import dataclass

from noctui.model.figures import GAUGES, Baseline, Daily, Figures, Period, Trend
from noctui.model.scene import Range, Reader

GAUGE = "util"
"""What trend and baseline are of."""
BILLED = ("rx_bps", "tx_bps")
_LONGEST_MONTH = 31


@dataclass(frozen=True, slots=True)
class More:
    """What does not depend on the window. `month` are the figures since `first`, its first day, with the percentiles
    that are billed; `row` is the circuit's row in days and trend; -1: not in it."""

    daily: Daily
    trend: Trend
    baseline: Baseline
    first: Period
    month: Figures
    row: tuple[int, int]


async def window(reader: Reader, circuit_id: str, range_: Range) -> Figures:
    """Figures of the window with all percentiles: the same that the ranking of offenders shows of this circuit."""
    return await reader.figures(range_, (circuit_id,), GAUGES)


async def more(reader: Reader, circuit_id: str, at: float) -> More:
    """Last days, trend, what is usual, and the month so far. When it began the calendar of the days says.

    The bill is that of one circuit: percentiles of five-minute averages of the month, as `Reader.billing` has of all.
    """
    daily = await reader.daily(GAUGE, _LONGEST_MONTH)
    trend = await reader.trend(GAUGE)
    baseline = await reader.baseline(circuit_id, GAUGE)
    first = next(day for day in reversed(daily.days) if day.key.endswith("-01"))
    month = await reader.figures(Range(first.start, at, first.key[:7]), (circuit_id,), BILLED)
    return More(daily, trend, baseline, first, month, (_row(daily.ids, circuit_id), _row(trend.ids, circuit_id)))


def _row(ids: tuple[str, ...], circuit_id: str) -> int:
    return ids.index(circuit_id) if circuit_id in ids else -1
