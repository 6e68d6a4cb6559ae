"""Figures of one circuit's series: average, percentile, highest, and time above a threshold. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.model.scene import Series

F8 = NDArray[np.float64]
DAY = 86_400.0
BILLING = 300.0
"""Percentiles of a day and longer are over averages of this many seconds."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one metric over one range; NaN where nothing is known (and p95 where only hourly figures are kept)."""

    now: float
    average: float
    p95: float
    highest: float


def figures(series: Series, name: str) -> Figures:
    """The figures of one metric. Averages are weighted by the time that each sample stands for."""
    values = _float(series.values.get(name))
    if not len(values) or not np.isfinite(values).any():
        return Figures(np.nan, np.nan, np.nan, np.nan)
    weights = series.spans.astype(np.float64)
    base = values if series.source == "polls" else _float(series.means.get(name, series.values[name]))
    known = np.isfinite(base) & (weights > 0)
    average = float(np.average(base[known], weights=weights[known])) if known.any() else np.nan
    return Figures(_newest(series, values), average, _p95(series, values, weights), float(np.nanmax(values)))


def _newest(series: Series, values: F8) -> float:
    """The value that still stands at the range's end."""
    last = len(values) - 1
    stands = series.times[last] >= series.range.end - 3 * float(series.spans[last])
    return float(values[last]) if series.source == "polls" and stands else np.nan


def _p95(series: Series, values: F8, weights: F8) -> float:
    if series.source != "polls":
        return np.nan
    if series.range.seconds >= DAY:
        slot = np.floor((series.times - 1e-3) / BILLING).astype(np.int64)
        slot -= slot.min()
        known = np.isfinite(values)
        size = int(slot.max()) + 1
        weight = np.bincount(slot[known], weights=weights[known], minlength=size)
        total = np.bincount(slot[known], weights=(values * weights)[known], minlength=size)
        values = (total / np.where(weight > 0, weight, np.nan))[weight > 0]
    known_values = np.sort(values[np.isfinite(values)])
    if not len(known_values):
        return np.nan
    return float(known_values[max(int(np.ceil(0.95 * len(known_values))) - 1, 0)])


def time_above(series: Series, name: str, threshold: float) -> tuple[float, float]:
    """(longest run, total) in seconds at or above the threshold. An unknown sample or a hole ends a run."""
    values = _float(series.values.get(name))
    if not len(values):
        return 0.0, 0.0
    spans = series.spans.astype(np.float64)
    with np.errstate(invalid="ignore"):
        hit = values >= threshold
    if not hit.any():
        return 0.0, 0.0
    starts = series.times - spans
    joined = np.concatenate(([False], hit[1:] & hit[:-1] & (starts[1:] <= series.times[:-1] + 1.0)))
    run = np.cumsum(hit & ~joined)
    lengths = np.bincount(run[hit], weights=spans[hit])
    return float(lengths.max()), float(spans[hit].sum())


def utilisation_series(series: Series) -> Series:
    """The same series with `util`, the higher of rx and tx."""
    both = np.fmax(_float(series.values.get("rx_pct")), _float(series.values.get("tx_pct")))
    return Series(
        series.circuit_id, series.range, series.times, series.spans,
        {**series.values, "util": both.astype(np.float32)}, series.source, series.means,
    )  # fmt: skip


def _float(values: NDArray[np.float32] | None) -> F8:
    return np.zeros(0) if values is None else values.astype(np.float64)
