"""Samples by the hour, and hours by their place in a week."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from noctui.charts.wish import F8, Samples

HOUR = 3600.0
I8 = NDArray[np.int64]


def hourly(samples: Samples) -> tuple[F8, F8]:
    """(starts of UTC hours, rising; their averages). A sample counts for the seconds it stands for, split at the hour's
    edge; of an hour that is held as one its average counts."""
    values = samples.averages.astype(np.float64)
    ends = samples.times
    begins = ends - samples.spans
    known = np.isfinite(values) & (ends > begins)
    values, ends, begins = values[known], ends[known], begins[known]
    if not len(values):
        return np.empty(0), np.empty(0)
    first, last = np.floor(begins / HOUR), np.ceil(ends / HOUR) - 1
    zero = float(first.min())
    size = int(last.max() - zero) + 1
    total, weight = np.zeros(size), np.zeros(size)
    for step in range(int((last - first).max()) + 1):
        hour = first + step
        inside = np.minimum(ends, (hour + 1) * HOUR) - np.maximum(begins, hour * HOUR)
        some = inside > 0
        at = (hour[some] - zero).astype(np.intp)
        np.add.at(total, at, values[some] * inside[some])
        np.add.at(weight, at, inside[some])
    there = np.flatnonzero(weight > 0)
    starts: F8 = (zero + there.astype(np.float64)) * HOUR
    return starts, total[there] / weight[there]


def by_week(starts: F8, averages: F8, zone: str) -> tuple[F8, I8]:
    """([7, 24] averages, [7, 24] how many hours): an hour belongs to the local hour that it begins in. The hour that
    clocks repeat counts twice in its place, the one they skip not at all."""
    total, count = np.zeros((7, 24)), np.zeros((7, 24), np.int64)
    clock = ZoneInfo(zone)
    for start, value in zip(starts.tolist(), averages.tolist(), strict=True):
        local = datetime.fromtimestamp(start, clock)
        total[local.weekday(), local.hour] += value
        count[local.weekday(), local.hour] += 1
    with np.errstate(invalid="ignore"):
        return np.where(count > 0, total / np.maximum(count, 1), np.nan), count
