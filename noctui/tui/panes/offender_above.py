"""Offenders by the time above a threshold: utilisation, loss, jitter, latency."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.figures import GAUGE
from noctui.model.words import THRESHOLDS, Level, Metric
from noctui.runtime.ranking import above_share
from noctui.tui.export import Cell as CsvCell
from noctui.tui.export import measured, number
from noctui.tui.look.numbers import NONE, duration, tone
from noctui.tui.moment import Size
from noctui.tui.panes.offender_rows import CHRONIC_COLUMN, DAYS, FLAP, NOTE, UNIT, OffenderRows, who
from noctui.tui.panes.offender_trends import forecast
from noctui.tui.widgets.bar import bar
from noctui.tui.widgets.columns import Cell, Column

BAR = 17
FULL, GROUP_FULL = 25.0, 5.0
"""Percent of the time above at which the bar is full: of a circuit, of a group (said in help)."""


class AboveRows(OffenderRows):
    """Time at or above `high`: total, longest run, its share as a bar; the value now and its p95."""

    @property
    def metric(self) -> Metric:
        return self.asked.by.metric

    @cached_property
    def gauge(self) -> int:
        return GAUGE[self.asked.by.gauge]

    def columns(self, size: Size) -> tuple[Column, ...]:
        unit = UNIT[self.metric]
        over = Column("bar", f"above {self.limit_words} {self.asked.range.word}", BAR, drop=6)
        percentile = Column("p95", f"p95 {unit}" if self.of_circuits else "p95", 6 if unit == "ms" else 5, "right")
        total = Column("total", "total", 5, "right")
        average, highest = Column("average", "avg", 5, "right", drop=11), Column("highest", "max", 5, "right", drop=10)
        things = who(self.asked.things, size)
        if not self.of_circuits:
            share = Column("share", "above %", 7, "right")
            return (*things, average, percentile, highest, over, share, total, DAYS, CHRONIC_COLUMN, FLAP)
        now = Column("now", f"now {unit}", 6 if unit == "ms" else 5, "right")
        run = Column("run", "run", 5, "right")
        if size is not Size.L:
            return (*things, now, percentile, over, run, total, DAYS, FLAP, NOTE)
        trend = (Column("trend", "rx 3 h", 12, drop=12),) if self.metric is Metric.UTILISATION else ()
        ahead = Column("forecast", "forecast", 13, drop=13)
        return (*things, now, average, percentile, highest, over, run, total, DAYS, *trend, ahead, FLAP, NOTE)

    @cached_property
    def limit(self) -> float | None:
        """The `high` threshold of all that rank; None where they have different ones."""
        high = Level.HIGH - 1
        limits, order = self.view.limits, self.ranked.order
        if limits is None or not len(self.view.circuits):
            return self._default(high)
        rows = self.view_rows[order] if self.of_circuits else np.arange(len(limits))
        found = np.unique(limits[rows[rows >= 0], self.metric, high])
        return float(found[0]) if len(found) == 1 else None if len(found) else self._default(high)

    def _default(self, level: int) -> float:
        return THRESHOLDS[self.metric][level]

    @property
    def limit_words(self) -> str:
        return "high," if self.limit is None else f"{self.limit:g} {UNIT[self.metric]},"

    @cached_property
    def share(self) -> NDArray[np.float64]:
        """[rows] percent of the known time above `high`."""
        return above_share(self.figures, self.metric)

    @property
    def total(self) -> NDArray[np.float64]:
        return self.figures.above[:, self.metric, Level.HIGH - 1]

    @property
    def run(self) -> NDArray[np.float64]:
        return self.figures.longest[:, self.metric, Level.HIGH - 1]

    def _length(self, row: int, seconds: float) -> Cell:
        if not self.figures.known[row, self.gauge] > 0:
            return (NONE, "faint")
        text = duration(seconds) if seconds else "0"
        return (text, tone(text))

    def own(self, row: int, column: str) -> Cell:
        f = self.figures
        match column:
            case "p95":
                return self.measured(row, float(f.p95[row, self.gauge]), self.metric, approximate=f.p95_error > 0)
            case "average":
                return self.measured(row, float(f.average[row, self.gauge]), self.metric)
            case "highest":
                return self.measured(row, float(f.highest[row, self.gauge]), self.metric)
            case "run":
                return self._length(row, float(self.run[row]))
            case "total":
                return self._length(row, float(self.total[row]))
            case "share":
                text = share_text(float(self.share[row]))
                return (text, tone(text))
            case "bar":
                full = FULL if self.of_circuits else GROUP_FULL
                return bar(float(self.share[row]) / full, BAR, self.signs)
            case "forecast":
                return forecast(self, row)
        raise KeyError(column)

    def own_values(self, column: str) -> NDArray[Any]:
        f = self.figures
        match column:
            case "p95":
                return f.p95[:, self.gauge]
            case "average":
                return f.average[:, self.gauge]
            case "highest":
                return f.highest[:, self.gauge]
            case "run":
                return self.run
            case "share" | "bar":
                return self.share
            case "forecast":
                return self.reach
        raise KeyError(column)

    def headers(self) -> tuple[str, ...]:
        unit, name = {"%": "pct", "ms": "ms"}[UNIT[self.metric]], self.asked.by.gauge
        levels = ("warn", "high", "critical")
        return (
            *(f"{name}_{kind}_{unit}" for kind in ("avg", "p95", "max")), "p95_relative_error", f"{name}_known_s",
            *(f"above_{level}_s" for level in levels), *(f"longest_above_{level}_s" for level in levels),
            *(f"threshold_{level}_{unit}" for level in levels),
        )  # fmt: skip

    def exported(self, row: int) -> tuple[CsvCell, ...]:
        f, at = self.figures, int(self.view_rows[row])
        limits = self.view.limits_of(at, self.metric) if at >= 0 else (None, None, None)
        longest = f.longest[row, self.metric].tolist() if f.counts is None else (None, None, None)
        return (
            number(f.average[row, self.gauge]), measured(f.p95[row, self.gauge]), measured(f.highest[row, self.gauge]),
            f.p95_error, number(f.known[row, self.gauge]), *f.above[row, self.metric].tolist(), *longest, *limits,
        )  # fmt: skip


def share_text(percent: float) -> str:
    """`23.6`, `0.04`: a share of the time."""
    if not percent >= 0:
        return NONE
    return "0" if percent == 0 else f"{percent:.1f}" if percent >= 9.95 else f"{percent:.2f}"
