"""What a View shows of the last 24 hours of each circuit, at many instants at once, from its timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.engine.timeline import Line
from noctui.model.view import F4, F8, U1, U2
from noctui.model.words import State

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class DayFigures:
    """[instants, circuits] each: the state until the instant and since when it lasts (NaN: for ever), flaps,
    availability and coverage (percent) of the 24 hours that end there (docs/values.md 4)."""

    state: U1
    since: F8
    flaps: U2
    available: F4
    covered: F4


def day_figures(lines: Sequence[Line], at: F8) -> DayFigures:
    """`lines` are the circuits' timelines, `at` rising instants."""
    shape = len(at), len(lines)
    state, since = np.zeros(shape, np.uint8), np.full(shape, np.nan)
    flaps = np.zeros(shape, np.uint16)
    up, down, off = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    low = at - DAY
    for row, line in enumerate(lines):
        starts, states = np.array(line.starts), np.array(line.states)
        now = np.searchsorted(starts, at, side="left") - 1
        known = now >= 0
        state[:, row] = np.where(known, states[now], State.UNKNOWN)
        since[:, row] = np.where(known & np.isfinite(starts[now]), starts[now], np.nan)
        for into, what in ((up, State.UP), (down, State.DOWN), (off, State.DISABLED)):
            into[:, row] = _lasted(starts, states == what, low, at)
        turned = starts[np.array(line.flaps())]
        flaps[:, row] = np.searchsorted(turned, at, side="right") - np.searchsorted(turned, low, side="right")
    with np.errstate(invalid="ignore", divide="ignore"):
        total, left = up + down, DAY - off
        available = np.where(total > 0, 100.0 * up / total, np.nan)
        covered = np.where(left > 0, 100.0 * total / left, np.nan)
    return DayFigures(state, since, flaps, available.astype(np.float32), covered.astype(np.float32))


def _lasted(starts: F8, mine: NDArray[np.bool_], low: F8, high: F8) -> F8:
    """Seconds in [low, high) of each pair that lie in the stretches that are `mine`."""
    if not mine.any():
        return np.zeros(len(low))
    begins = np.maximum(starts, low[0])  # before that nothing counts
    ends = np.append(begins[1:], max(high[-1], begins[-1]))
    points = np.append(begins, ends[-1])
    sums = np.concatenate([[0.0], np.cumsum(np.where(mine, ends - begins, 0.0))])
    found: F8 = np.interp(high, points, sums) - np.interp(low, points, sums)
    return found
