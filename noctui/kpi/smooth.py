"""Exponential smoothing: EWMA, and Holt's, which follows a trend too. Pure; rows are circuits.

A step that is unknown moves nothing but time: the level goes on by its trend.
"""

from __future__ import annotations

import numpy as np

from noctui.model.view import F8


def smoothed(values: F8, alpha: float, beta: float | None = None) -> tuple[F8, F8]:
    """Levels [rows, steps] and the trend per step [rows] after the last one, of `values` [rows, steps], oldest first.

    Without `beta` it is an EWMA: the trend is 0. With it, Holt's: the first level is the first known value, the first
    trend the pace from there to the second. NaN before the first known value; the trend also until the second.
    """
    given = np.asarray(values, np.float64)
    rows, steps = given.shape
    levels = np.full((rows, steps), np.nan)
    level = np.full(rows, np.nan)
    trend = np.full(rows, 0.0 if beta is None else np.nan)
    since = np.zeros(rows)  # steps since the first known value, while it is the only one
    for i in range(steps):
        value = given[:, i]
        expected = level + np.nan_to_num(trend)
        known, begun = ~np.isnan(value), ~np.isnan(level)
        since += begun
        moves = known & begun
        if beta is not None:
            second = known & begun & np.isnan(trend)
            pace = np.full(rows, np.nan)
            np.divide(value - level, since, out=pace, where=second)
            trend = np.where(second, pace, trend)
            expected = np.where(second, value, expected)
            moves &= ~second
        now = np.where(known, np.where(begun, alpha * value + (1.0 - alpha) * expected, value), expected)
        if beta is not None:
            trend = np.where(moves, beta * (now - level) + (1.0 - beta) * trend, trend)
        level = levels[:, i] = now
    return levels, trend
