"""Offenders by where they are going: worsening, improving, congested and getting worse; and a forecast in a cell."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.figures import GAUGE, Trend
from noctui.runtime.ranking import LEAST_DAYS
from noctui.tui.export import Cell as CsvCell
from noctui.tui.export import measured, number
from noctui.tui.look.numbers import NONE, tone
from noctui.tui.moment import Size
from noctui.tui.panes.offender_rows import DAYS, NOTE, UNIT, OffenderRows, who
from noctui.tui.widgets.columns import Cell, Column
from noctui.tui.widgets.spark import share_spark

FOUR_WEEKS, FORTNIGHT = 28, 14
FLAT = 0.005
"""A slope below this is written as 0.00."""


def reach_text(days: float) -> str:
    """`12d`, `<1d`, `now`, `never`; – where too few days are known."""
    if math.isnan(days):
        return NONE
    if math.isinf(days):
        return "never"
    return "now" if days <= 0 else "<1d" if days < 1 else f"{days:.0f}d"


def change_text(points: float) -> str:
    """`+7.4`, `−0.6`: the sign always stands."""
    if not math.isfinite(points):
        return NONE
    return "0" if points == 0 else f"{'+' if points > 0 else '−'}{_size(abs(points))}"


def _size(value: float) -> str:
    return f"{value:.2f}" if value < 0.995 else f"{value:.1f}" if value < 99.95 else f"{value:.0f}"


def trend_words(trend: Trend, row: int, unit: str) -> str:
    """`+0.53 % a day: 90 % in 42 days (R² 0.93, 28 days)`; `90 %: never`; or that too few days are known."""
    fit, limit = trend.fit, f"{trend.threshold[row]:g} {unit}"
    n, reach = int(fit.n[row]), float(trend.reach[row])
    if math.isnan(reach):
        return f"too few days are known ({n} of {LEAST_DAYS})" if n < LEAST_DAYS else "too few days of the last week"
    slope = float(fit.slope[row])
    pace = f"{change_text(slope)} {unit} a day" if abs(slope) >= FLAT else "flat"
    sure = f"(R² {fit.r2[row]:.2f}, {n} days)" if math.isfinite(fit.r2[row]) else f"({n} days)"
    if math.isinf(reach):
        return f"{pace}: {limit} never {sure}"
    when = "now" if reach <= 0 else "within a day" if reach < 1 else f"in {reach:.0f} d"
    return f"{pace}: {limit} {when} {sure}"


def forecast(rows: OffenderRows, row: int) -> Cell:
    """`≥ 90 in 12d`, `never`, or nothing while too few days are known."""
    trend, at = rows.ranked.trend, rows.trend_at(row)
    if trend is None or at < 0 or math.isnan(float(trend.reach[at])):
        return ("", "faint")
    reach = float(trend.reach[at])
    if math.isinf(reach):
        return ("never", "dim")
    when = reach_text(reach)
    role = "warn" if reach < FOUR_WEEKS else "text"
    return (f"{rows.signs.at_least} {trend.threshold[at]:g} {'' if when == 'now' else 'in '}{when}", role)


class TrendRows(OffenderRows):
    """Medians of daily p95 of the last week and the three before, the line through them, and where it leads."""

    def columns(self, size: Size) -> tuple[Column, ...]:
        unit = UNIT[self.asked.by.metric]
        return (
            *who(self.asked.things, size),
            Column("now", f"now {unit}", 5, "right"),
            Column("p95", "24 h", 5, "right", drop=9),
            Column("recent", "7 d", 5, "right"),
            Column("before", "before", 6, "right", drop=3),
            Column("change", "change", 6, "right"),
            Column("slope", "a day", 6, "right", drop=4),
            Column("weeks", "p95 of 28 days", FOUR_WEEKS, drop=6)
            if size is Size.L
            else Column("fortnight", "p95 of 14 days", FORTNIGHT, drop=6),
            Column("reach", f"{self.threshold_words} in", 7, "right"),
            Column("fit", "R²", 4, "right", drop=1),
            Column("n", "days", 4, "right", drop=11),
            DAYS,
            *((NOTE,) if size is Size.L else ()),
        )

    @property
    def threshold_words(self) -> str:
        """`90 %`, or `crit` where they differ."""
        trend, order = self.ranked.trend, self.ranked.order
        limits = trend.threshold if trend is not None else np.zeros(0)
        found = np.unique(limits[self.trend_rows[order]] if len(order) else limits)
        return f"{found[0]:g} {UNIT[self.asked.by.metric]}" if len(found) == 1 else "crit"

    def own(self, row: int, column: str) -> Cell:
        trend, at, metric = self.ranked.trend, self.trend_at(row), self.asked.by.metric
        if column == "p95":
            return self.measured(row, float(self.figures.p95[row, GAUGE[self.asked.by.gauge]]), metric)
        if column in ("weeks", "fortnight"):
            return self._weeks(row, FOUR_WEEKS if column == "weeks" else FORTNIGHT)
        if trend is None or at < 0:
            return (NONE, "faint")
        match column:
            case "recent" | "before":
                return self.measured(row, float(getattr(trend, column)[at]), metric)
            case "change":
                change = float(trend.change[at])
                text = change_text(change)
                return (text, tone(text, "warn" if change > 0 else "ok"))
            case "slope":
                text = change_text(float(trend.fit.slope[at]))
                return (text, tone(text, "dim"))
            case "reach":
                text = reach_text(float(trend.reach[at]))
                return (text, tone(text, "warn" if trend.reach[at] < FOUR_WEEKS else "dim"))
            case "fit":
                text = f"{trend.fit.r2[at]:.2f}" if math.isfinite(trend.fit.r2[at]) else NONE
                return (text, tone(text, "dim"))
            case "n":
                return self.counted(int(trend.fit.n[at]))
        raise KeyError(column)

    def _weeks(self, row: int, days_shown: int) -> Cell:
        """The p95 of each of the newest days, today last; full and red at the critical threshold."""
        days = self.ranked.days
        if days is None or not days.p95.shape[1]:
            return ("", "faint")
        trend, at = self.ranked.trend, self.trend_at(row)
        top = float(trend.threshold[at]) if trend is not None and at >= 0 else 100.0
        return share_spark(days.p95[row, -days_shown:], self.signs, top=top)

    def own_values(self, column: str) -> NDArray[Any]:
        if column == "p95":
            return self.figures.p95[:, GAUGE[self.asked.by.gauge]]
        trend = self.ranked.trend
        if trend is None or column in ("weeks", "fortnight"):
            return np.zeros(len(self))
        values: NDArray[Any] = {
            "recent": trend.recent, "before": trend.before, "change": trend.change, "slope": trend.fit.slope,
            "reach": trend.reach, "fit": trend.fit.r2, "n": trend.fit.n,
        }[column]  # fmt: skip
        rows = self.trend_rows
        return np.asarray(np.where(rows >= 0, values[rows].astype(np.float64), np.nan))

    def headers(self) -> tuple[str, ...]:
        unit = {"%": "pct", "ms": "ms"}[UNIT[self.asked.by.metric]]
        name = self.asked.by.gauge
        return (
            f"{name}_p95_24h_{unit}", f"{name}_p95_7d_{unit}", f"{name}_p95_21d_before_{unit}", f"change_{unit}",
            f"slope_{unit}_per_day", f"threshold_{unit}", "reach_days", "never", "r2", "fitted_days",
        )  # fmt: skip

    def exported(self, row: int) -> tuple[CsvCell, ...]:
        p95 = measured(self.figures.p95[row, GAUGE[self.asked.by.gauge]])
        trend, at = self.ranked.trend, self.trend_at(row)
        if trend is None or at < 0:
            return (p95, *(None,) * 9)
        reach = float(trend.reach[at])
        return (
            p95, number(trend.recent[at]), number(trend.before[at]), number(trend.change[at]),
            number(trend.fit.slope[at]), number(trend.threshold[at]), number(reach),
            None if math.isnan(reach) else math.isinf(reach), number(trend.fit.r2[at]), int(trend.fit.n[at]),
        )  # fmt: skip
