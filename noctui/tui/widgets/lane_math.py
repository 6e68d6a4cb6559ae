"""Arithmetic of lanes: samples → one maximum per dot column, scales, and ticks of a time axis."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from noctui.tui.look.numbers import clock, day

F4 = NDArray[np.float32]
F8 = NDArray[np.float64]

Scale = Literal["percent", "critical", "mos", "open"]
"""`percent`: 0–100, then 110, 150, 200, 500 …; `critical`: to 1.2 × the critical threshold, or a nice step above what
exceeds it; `mos`: 0–5; `open`: a nice step above the highest value."""

PERCENT_TOPS = (100.0, 110.0, 150.0, 200.0, 500.0)
NICE = (1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0)
CRITICAL_ROOM = 1.2
MOS_TOP = 5.0

MINUTE, HOUR, DAY = 60, 3600, 86_400
TICK_STEPS = (
    MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
    HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
    DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 56 * DAY, 112 * DAY,
)  # fmt: skip


def decimate(times: F8, spans: F4, values: F4, start: float, end: float, columns: int) -> F4:
    """[columns] the highest known value of each column of [start, end]; NaN where nothing is known.

    values[i] stands for (times[i] − spans[i], times[i]] and counts in every column that this touches. `times` rise.
    """
    out = np.full(columns, np.nan, np.float32)
    if not len(times) or columns < 1 or not end > start:
        return out
    edges = start + (end - start) / columns * np.arange(columns + 1)
    edges[-1] = end
    first = np.searchsorted(times, edges[:-1], "right")
    last = np.searchsorted(times - spans, edges[1:], "left")
    padded = np.append(values, np.float32(np.nan))
    bounds = np.empty(2 * columns, np.intp)
    bounds[0::2], bounds[1::2] = first, np.maximum(last, first)
    highest = np.fmax.reduceat(padded, bounds)[0::2]
    return np.where(last > first, highest, out).astype(np.float32)


def snap(start: float, end: float, columns: int) -> tuple[float, float]:
    """The same length of time, ending on a whole column: so columns stand still, and only the newest grows."""
    if columns < 1 or not end > start:
        return start, end
    wide = (end - start) / columns
    snapped = math.ceil(end / wide - 1e-6) * wide
    return snapped - (end - start), snapped


def touched(start: float, end: float, first: float, last: float, columns: int) -> tuple[int, int]:
    """[from, to) the columns of the axis [start, end] that the time [first, last) touches; empty outside of it."""
    wide = (end - start) / columns
    if last < start or first > end:
        return 0, 0
    begin = max(int((first - start) // wide), 0)
    return min(begin, columns - 1), min(max(math.ceil((last - start) / wide), begin + 1), columns)


def top_of(scale: Scale, values: F4, critical: float | None) -> float:
    """The value at the upper edge of a lane."""
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


def ticks(start: float, end: float, columns: int, zone: tzinfo = UTC, room: int = 8) -> list[tuple[int, str]]:
    """(column, label) of the axis [start, end]: whole hours or days of `zone`, at least `room` cells apart.

    Midnight is written as its day, so that a range over several days can be read.
    """
    if columns < 1 or not end > start:
        return []
    wide = (end - start) / columns
    step = next((s for s in TICK_STEPS if s >= room * wide), TICK_STEPS[-1] * math.ceil(room * wide / TICK_STEPS[-1]))
    found: list[tuple[int, str]] = []
    for at in _instants(start, end, int(step), zone):
        label = day(at, zone) if step >= DAY or clock(at, zone, False) == "00:00" else clock(at, zone, False)
        found.append((int((at - start) // wide), label))
    return found


def _instants(start: float, end: float, step: int, zone: tzinfo) -> Iterator[float]:
    """Wall-clock multiples of `step` in [start, end), counted from midnight (of a fixed day where it is in days)."""
    local = datetime.fromtimestamp(start, zone)
    if step >= DAY:
        days = step // DAY
        first = local.date() - timedelta(days=local.date().toordinal() % days)
        hops: Sequence[timedelta] = [timedelta(0)]
    else:
        days, first = 1, local.date()
        hops = [timedelta(seconds=s) for s in range(0, DAY, step)]
    seen = -math.inf
    while (midnight := datetime.combine(first, time(), zone)).timestamp() < end:
        for hop in hops:
            at = (midnight + hop).timestamp()
            if start <= at < end and at > seen:  # an hour that the clocks skip or repeat gives one tick
                seen = at
                yield at
        first += timedelta(days=days)
