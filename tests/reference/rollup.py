"""Hours of one circuit made into a day, a week or a month in plain Python, a value at a time (docs/figures.md 1 and 2).

Written from that page alone; `noctui.kpi` does the same in vectors and must come out equal to the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

GAUGES = ("rx_pct", "tx_pct", "util", "loss", "jitter", "latency", "rx_bps", "tx_bps")
FIXED = {name: 1e-2 if name.endswith("bps") else 1e4 for name in GAUGES}
METRICS = ("util", "loss", "jitter", "latency")
LEVELS = ("warn", "high", "critical")
HOUR_MS = 3_600_000

Hour = Mapping[str, float]
"""One hour's columns by name, as they are stored; an empty one: nobody looked."""


@dataclass
class Sum:
    """What the hours add up to; times in ms. Keys are gauges, and (metric, level)."""

    length: int = 0
    up: int = 0
    down: int = 0
    disabled: int = 0
    flaps: int = 0
    known: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GAUGES, 0))
    total: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GAUGES, 0))
    highest: dict[str, float] = field(default_factory=lambda: dict.fromkeys(GAUGES, math.nan))
    above: dict[tuple[str, str], int] = field(default_factory=dict)
    longest: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def unknown(self) -> int:
        return self.length - self.up - self.down - self.disabled

    @property
    def available(self) -> float:
        return 100.0 * self.up / (self.up + self.down) if self.up + self.down else math.nan

    def average(self, gauge: str) -> float:
        known = self.known[gauge] / 1000.0
        return self.total[gauge] / FIXED[gauge] / known if known else math.nan


def ms(seconds: float) -> int:
    return 0 if math.isnan(seconds) else round(seconds * 1000)


def add_up(hours: Sequence[Hour]) -> Sum:
    """All hours, oldest first and without a hole between them."""
    found = Sum()
    running: dict[tuple[str, str], int] = {}
    for hour in hours:
        found.length += HOUR_MS
        if hour:
            found.up += ms(hour["up_seconds"])
            found.down += ms(hour["down_seconds"])
            found.disabled += ms(hour["disabled_seconds"])
            found.flaps += int(hour["flaps"])
        for gauge in GAUGES:
            _gauge(found, gauge, hour)
        for metric in METRICS:
            for level in LEVELS:
                _above(found, running, (metric, level), hour)
    return found


def _gauge(found: Sum, gauge: str, hour: Hour) -> None:
    average = hour.get(f"{gauge}_avg", math.nan)
    if math.isnan(average):
        return
    known = ms(hour[f"{gauge}_known"])
    found.known[gauge] += known
    found.total[gauge] += (round(average * FIXED[gauge]) * known + 500) // 1000
    highest = hour[f"{gauge}_max"]
    if not found.highest[gauge] >= highest:
        found.highest[gauge] = highest


def _above(found: Sum, running: dict[tuple[str, str], int], of: tuple[str, str], hour: Hour) -> None:
    """`running` is how long the time above has lasted without a break when the hour ends."""
    metric, level = of
    above, longest, head, tail = (
        ms(hour.get(f"{metric}_{kind}_{level}", 0.0)) for kind in ("above", "longest", "head", "tail")
    )
    found.above[of] = found.above.get(of, 0) + above
    through = running.get(of, 0) + head
    found.longest[of] = max(found.longest.get(of, 0), longest, through)
    running[of] = through if head == HOUR_MS else tail


def nearest_rank(values: Sequence[float]) -> float:
    """The 95th percentile of what is known."""
    known = sorted(v for v in values if not math.isnan(v))
    return known[-(-95 * len(known) // 100) - 1] if known else math.nan
