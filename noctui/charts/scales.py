"""Where an axis of values ends, and which values are written beside it."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

F4 = NDArray[np.float32]
F8 = NDArray[np.float64]

Scale = Literal["percent", "critical", "mos", "open"]
"""`percent`: 0–100, then 110, 150, 200, 500 …; `critical`: to 1.2 × the critical threshold, or a nice step above what
exceeds it; `mos`: 0–5; `open`: a nice step above the highest value."""

PERCENT_TOPS = (100.0, 110.0, 150.0, 200.0, 500.0)
NICE = (1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0)
CRITICAL_ROOM = 1.2
MOS_TOP = 5.0
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def top_of(scale: Scale, values: F4 | F8, critical: float | None) -> float:
    """The value at the upper edge of a chart."""
    known = values[np.isfinite(values)]
    highest = float(known.max()) if len(known) else 0.0
    if scale == "mos":
        return MOS_TOP
    if scale == "percent":
        return next((top for top in PERCENT_TOPS if highest <= top), nice(highest))
    room = CRITICAL_ROOM * critical if scale == "critical" and critical else 0.0
    return room if 0 < room >= highest else nice(highest)


def nice(value: float) -> float:
    """The next round number at or above `value`; 1 for nothing."""
    if not value > 0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next((step * power for step in NICE if value <= step * power * (1 + 1e-9)), 10.0 * power)


def steps(top: float, most: int) -> tuple[float, ...]:
    """Round values from 0 to `top`, evenly apart, at most `most` of them (at least 0 alone)."""
    if not top > 0 or not math.isfinite(top):
        return (0.0,)
    wanted = top / max(most - 1, 1)
    power = 10.0 ** math.floor(math.log10(wanted))
    step = next(s * power for s in (*_STEPS, 20.0) if s * power >= wanted * (1 - 1e-9))
    return tuple(float(f"{step * i:.12g}") for i in range(int(top / step * (1 + 1e-9)) + 1))


def label(value: float) -> str:
    """A round value as an axis writes it: `0`, `0.5`, `1200`, `50k`, `1.5G`."""
    for size, unit in _UNITS:
        if abs(value) >= size * 10 or (abs(value) >= size and size > 1e3):
            return f"{value / size:g}{unit}"
    return f"{value:g}"
