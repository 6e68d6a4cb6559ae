"""What the last hour runs into within the next two: the forecast of a screen that is watched. Pure; rows are circuits.

A forecast is said only of a steady rise that goes on: of a straight line through twelve slots of five minutes whose
rise did not come at one stroke (traffic that has moved over from another circuit is a step, not a ramp), and that
Holt's trend has not seen turn (docs/figures.md).
"""

from __future__ import annotations

import numpy as np

from noctui.kpi.fit import fit, reach
from noctui.kpi.smooth import smoothed
from noctui.model.view import F8

SLOT = 300.0
"""Seconds between values."""
SLOTS = 12
LEAST = 8
"""Known values that a forecast needs."""
STROKE = 0.5
"""The largest share of the rise that may come in one step."""
SIGHT = 24
"""Slots ahead: twice what it stands on."""
ALPHA = BETA = 0.5


def soon(values: F8, threshold: F8 | float) -> F8:
    """[rows] slots from the last one until `threshold`, of averages [rows, SLOTS] of five minutes, oldest first.

    0 where the last one has reached it, inf where no forecast can be said, NaN where too little is known: fewer than
    LEAST values, or not the last one.
    """
    given = np.asarray(values, np.float64)
    limit = np.broadcast_to(np.asarray(threshold, np.float64), len(given))
    found = fit(given)
    _, trend = smoothed(given, ALPHA, BETA)
    rise = found.slope * (given.shape[1] - 1)
    steady = (_largest_step(given) <= STROKE * rise) & (trend > 0)
    steps = reach(found, limit, LEAST)
    steps = np.where(steady & (steps <= SIGHT), steps, np.inf)
    steps = np.where(given[:, -1] >= limit, 0.0, steps)
    return np.where((found.n < LEAST) | np.isnan(given[:, -1]) | np.isnan(limit), np.nan, steps)


def _largest_step(values: F8) -> F8:
    """[rows] the largest rise from one known value to the next; 0 of none."""
    known = ~np.isnan(values)
    at = np.maximum.accumulate(np.where(known, np.arange(values.shape[1]), -1), axis=1)
    held = np.where(at >= 0, np.take_along_axis(values, np.maximum(at, 0), axis=1), np.nan)
    found: F8 = np.max(np.nan_to_num(np.diff(held, axis=1)), axis=1, initial=0.0)
    return found
