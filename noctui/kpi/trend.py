"""How a gauge moves from week to week: medians, a line through four weeks, who gets worse. Pure (docs/figures.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.baseline import medians
from noctui.kpi.fit import fit, reach
from noctui.model.figures import Daily, Fit, Trend
from noctui.model.view import B1, F8

I1 = NDArray[np.int8]
Rows = NDArray[np.intp]

DAYS = 28
"""Days of a fit: whole weeks, so that quiet Sundays weigh on its beginning as on its end."""
RECENT = 7
LEAST_DAYS = 14
"""Known days that a forecast needs: within one week a trend cannot be told from the week's own shape."""
LEAST_RECENT = 4
"""Known days of the last seven that a forecast and a change need."""
LEAST_BEFORE = 7
"""Known days before those that a change needs."""
HORIZON = 365.0
"""Days; what is reached later than that is never reached: four weeks say nothing of it."""
SURE = 4.0
"""A rise counts when it is over two standard errors: its square over that of the error is at least this."""

FALLING = frozenset({"available", "mos"})
"""Gauges of which less is worse."""
FLOORS: Mapping[str, float] = {
    "util": 2.0, "rx_pct": 2.0, "tx_pct": 2.0, "loss": 0.05, "jitter": 1.0, "latency": 3.0,
    "available": 0.05, "mos": 0.1, "flaps": 1.0,
}  # fmt: skip
"""A change below this has not moved: points of percent, ms, points of MOS, flaps a day."""
RATE_SHARE = 0.1
"""The same for rates: a share of what was before."""


def trend(gauge: str, ids: tuple[str, ...], days: F8, threshold: F8 | float) -> Trend:
    """Of one value a day [rows, days], oldest first: whole days only, the last of them yesterday. NaN is unknown.

    Older ones than the last DAYS are left out. `reach` counts from the last day; NaN where too few days are known.
    """
    given = np.asarray(days, np.float64)[:, -DAYS:]
    limit = np.array(np.broadcast_to(np.asarray(threshold, np.float64), len(ids)))
    sign = -1.0 if gauge in FALLING else 1.0
    found = fit(given)
    recent, before = given[:, -RECENT:], given[:, :-RECENT]
    lately = np.count_nonzero(~np.isnan(recent), axis=1) >= LEAST_RECENT
    then = np.count_nonzero(~np.isnan(before), axis=1) >= LEAST_BEFORE
    mirrored = Fit(sign * found.slope, sign * found.level, found.r2, found.n)
    until = reach(mirrored, sign * limit, LEAST_DAYS)
    until = np.where(lately, np.where(until > HORIZON, np.inf, until), np.nan)
    now = np.where(lately, medians(recent), np.nan)
    was = np.where(then, medians(before), np.nan)
    return Trend(gauge, ids, found, limit, until, now, was, now - was)


def of_daily(daily: Daily, threshold: F8 | float, values: str = "p95") -> Trend:
    """Of the days of a `Daily` but the running one; `values` is `p95`, `average`, `available` or `flaps`.

    Availability and flaps are gauges of their own: so is the trend's then.
    """
    gauge = values if values in ("available", "flaps") else daily.gauge
    given = np.asarray(getattr(daily, values), np.float64)
    return trend(gauge, daily.ids, given[:, :-1], threshold)


def floor(found: Trend) -> F8:
    """[rows] below which a change has not moved."""
    if found.gauge in FLOORS:
        return np.full(len(found.ids), FLOORS[found.gauge])
    return RATE_SHARE * found.before


def moves(found: Trend) -> I1:
    """[rows] by the change of medians: 1 worse, -1 better, 0 neither, or not known."""
    worse = -found.change if found.gauge in FALLING else found.change
    least = floor(found)
    return (worse >= least).astype(np.int8) * (worse > 0) - (-worse >= least).astype(np.int8) * (worse < 0)


def rises(found: Trend) -> B1:
    """[rows] the line gets worse, by more than the floor in four weeks and by more than chance would have it."""
    line = found.fit
    worse = (-line.slope if found.gauge in FALLING else line.slope) * DAYS
    # t² of a slope is R²(n−2)/(1−R²); multiplied out, so that a perfect line needs no division
    sure = line.r2 * (line.n - 2) >= SURE * (1.0 - line.r2)
    return (line.n >= LEAST_DAYS) & ~np.isnan(found.recent) & (worse > 0) & (worse >= floor(found)) & sure


def worsening(found: Trend) -> Rows:
    """Rows that have moved to the worse, the largest change first; equal ones by what they are at now, then by id."""
    return _by_change(found, moves(found) > 0)


def improving(found: Trend) -> Rows:
    """Rows that have moved to the better, the largest change first."""
    return _by_change(found, moves(found) < 0)


def congested_and_worse(found: Trend, above_high: F8, p95: F8, warn: F8 | float) -> Rows:
    """Rows that are congested now and trending worse, as one order (docs/figures.md).

    `above_high` is seconds at or above `high` in the last 24 h, `p95` that of the last 24 h, `warn` the threshold.
    First who reaches the trend's threshold first, those of which no forecast can be made last; then the higher p95.
    """
    congested = (np.asarray(above_high) > 0) | (np.asarray(p95) >= warn)
    rows = np.flatnonzero(congested & ((moves(found) > 0) | rises(found)))
    return _ordered(found.ids, rows, found.reach[rows], -np.asarray(p95, np.float64)[rows])


def _by_change(found: Trend, which: B1) -> Rows:
    rows = np.flatnonzero(which)
    now = found.recent[rows] if found.gauge in FALLING else -found.recent[rows]
    return _ordered(found.ids, rows, -np.abs(found.change[rows]), now)


def _ordered(ids: Sequence[str], rows: Rows, *keys: F8) -> Rows:
    """Rows sorted by keys, the first one first, then by id; unknown after everything else."""
    columns = [part for key in keys for part in (np.isnan(key), np.nan_to_num(key, posinf=np.inf, neginf=-np.inf))]
    names = np.array([ids[row] for row in rows.tolist()], np.str_)
    order = np.lexsort((names, *reversed(columns)))
    return rows[order]
