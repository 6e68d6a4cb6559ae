"""Trends: one cell per slot on a fixed scale, never an automatic one, so that noise cannot look like trouble."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import TREND_NONE, TREND_OUTAGE
from noctui.tui.look import Run, Signs

BAD_SHARE_TOP = 5.0
"""Percent of circuits bad at which a share trend is full."""


def spark(
    slots: NDArray[np.uint8] | Sequence[int], signs: Signs, *, critical: float = 90.0, role: str = "graph"
) -> tuple[Run, ...]:
    """A utilisation trend of 0–100 % as runs, one cell per slot: zero is the lowest sign, no data a blank, outage ×.

    `slots` are whole percents (above 100 is full), or the View's TREND_NONE and TREND_OUTAGE.
    """
    values = [int(v) for v in slots]
    return _runs(values, [_cell(v, 100.0, signs) for v in values], signs, critical, role)


def share_spark(
    shares: Sequence[float] | NDArray[np.float32], signs: Signs, *, top: float = BAD_SHARE_TOP, role: str = "graph"
) -> tuple[Run, ...]:
    """A trend of the share of bad circuits, 0–5 %: full and red at the top, a blank where nothing is known (NaN)."""
    values = [float(TREND_NONE) if not v >= 0 else min(float(v), top) for v in shares]
    return _runs(values, [_cell(v, top, signs) for v in values], signs, top, role)


def wide(slots: NDArray[np.uint8], cells: int) -> NDArray[np.uint8]:
    """`slots` (the newest last) fitted into `cells` cells: the newest ones, or each drawn over several cells.

    Fewer cells than slots fold neighbours into their worst: an outage over the highest over nothing known.
    """
    if cells <= 0 or not len(slots):
        return slots[:0]
    edges = (np.arange(cells + 1) * len(slots)) // cells
    if cells >= len(slots):
        return slots[(np.arange(cells) * len(slots)) // cells]
    ranked = np.where(slots == TREND_NONE, 0, np.where(slots == TREND_OUTAGE, 255, slots.astype(np.int16) + 1))
    worst = np.maximum.reduceat(ranked, edges[:-1])
    return np.where(worst == 0, TREND_NONE, np.where(worst == 255, TREND_OUTAGE, worst - 1)).astype(np.uint8)


def _cell(value: float, top: float, signs: Signs) -> str:
    if value == TREND_NONE:
        return " "
    if value == TREND_OUTAGE:
        return signs.outage
    steps = len(signs.trend)
    return signs.trend[min(int(value * steps / top), steps - 1)]


def _runs(values: Sequence[float], cells: Sequence[str], signs: Signs, critical: float, role: str) -> tuple[Run, ...]:
    runs: list[Run] = []
    for value, cell in zip(values, cells, strict=True):
        loud = value == TREND_OUTAGE or (value != TREND_NONE and value >= critical)
        tone = runs[-1][1] if cell == " " and runs else "crit" if loud else role
        if runs and runs[-1][1] == tone:
            runs[-1] = runs[-1][0] + cell, tone
        else:
            runs.append((cell, tone))
    return tuple(runs)
