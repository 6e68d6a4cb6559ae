"""Straight lines through equally spaced values, and when they reach a threshold. Pure; rows are circuits."""

from __future__ import annotations

import numpy as np

from noctui.model.figures import Fit
from noctui.model.view import F8


def fit(values: F8) -> Fit:
    """Least squares per row of `values` [rows, steps], oldest first. NaN is left out and keeps its place.

    Sums are of differences to the row's first known value, so that a row that never moves has a slope of exactly 0.
    `r2` of such a row is 1: the line goes through all of it.
    """
    given = np.asarray(values, np.float64)
    rows, steps = given.shape
    known = ~np.isnan(given)
    n = np.count_nonzero(known, axis=1)
    enough = n >= 2
    base = np.zeros(rows)
    if steps:
        base = np.where(n > 0, given[np.arange(rows), np.argmax(known, axis=1)], 0.0)
    y = np.where(known, given - base[:, None], 0.0)
    x = np.where(known, np.arange(1.0 - steps, 1.0), 0.0)  # the last step is 0: the line's value there is the level
    count = np.maximum(n, 1)
    x_mean, y_mean = x.sum(axis=1) / count, y.sum(axis=1) / count
    dx = np.where(known, x - x_mean[:, None], 0.0)
    dy = np.where(known, y - y_mean[:, None], 0.0)
    xx, xy, yy = (dx * dx).sum(axis=1), (dx * dy).sum(axis=1), (dy * dy).sum(axis=1)
    slope, r2 = np.full(rows, np.nan), np.full(rows, np.nan)
    np.divide(xy, xx, out=slope, where=enough)
    r2[enough] = 1.0
    np.divide(xy * slope, yy, out=r2, where=enough & (yy > 0))
    level = np.where(enough, base + y_mean - slope * x_mean, np.nan)
    return Fit(slope, level, np.clip(r2, 0.0, 1.0), n.astype(np.int64))


def reach(found: Fit, threshold: F8 | float, least: int = 2) -> F8:
    """[rows] steps from the last one until the fitted line reaches `threshold`.

    0 where it is there already, inf ("never") where it is below and does not rise, NaN where fewer than `least` values
    are known or there is no threshold (NaN).
    """
    short = np.asarray(threshold, np.float64) - found.level
    steps = np.full(short.shape, np.inf)
    with np.errstate(over="ignore"):  # further than a number can say is never
        np.divide(short, found.slope, out=steps, where=found.slope > 0)
    steps = np.where(short <= 0, 0.0, steps)
    return np.where((found.n < max(least, 2)) | np.isnan(short), np.nan, steps)
