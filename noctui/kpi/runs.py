"""Time at or above each threshold in one stretch, and its unbroken runs. Milliseconds; pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.spans import Spans
from noctui.model.view import U1

I8 = NDArray[np.int64]
METRICS, LEVELS = 4, 3
_SHIFTS = np.array([0, 2, 4, 6], np.uint8)


@dataclass(frozen=True, slots=True)
class Runs:
    """[rows, metrics, levels]: total time, longest run, the run that begins with the stretch, the one that ends it."""

    above: I8
    longest: I8
    head: I8
    tail: I8


def runs(levels: U1, spans: Spans) -> Runs:
    """`levels` [polls, rows] is the raw level byte of each sample, two bits a metric, 0 where the metric has no value.

    A run goes on from one sample to the next when the later one reaches back to the earlier; an unknown sample, one
    below the threshold and time that no sample stands for end it.
    """
    rows = levels.shape[1]
    out = np.zeros((4, rows, METRICS, LEVELS), np.int64)
    counted = np.where(spans.weight > 0, levels, np.uint8(0))
    reached = np.bitwise_or.reduce(counted, axis=0) if len(counted) else np.zeros(rows, np.uint8)
    row, metric = np.nonzero((reached[:, None] >> _SHIFTS) & 3)
    if len(row):
        level = (counted[:, row] >> _SHIFTS[metric] & 3).astype(np.uint8)
        found = _runs(level, spans.begin[:, row], spans.weight[:, row], spans.length)
        out[:, row, metric, :] = found.transpose(0, 2, 1)
    return Runs(*out)


def _runs(level: U1, begin: NDArray[np.int32], weight: NDArray[np.int32], length: int) -> I8:
    """[4, levels, pairs] above, longest, head and tail of pairs of a row and a metric."""
    limits = np.arange(1, LEVELS + 1, dtype=np.uint8)[:, None]
    shape = (LEVELS, level.shape[1])
    above, longest, head, run = (np.zeros(shape, np.int64) for _ in range(4))
    first = np.ones(shape, np.bool_)  # nothing but time above it since the beginning
    until = np.zeros(level.shape[1], np.int64)  # how far samples reach without a hole, of the newest stretch of them
    for i in range(len(level)):
        some = weight[i] > 0
        if not some.any():
            continue
        on = (begin[i] == until) & some
        at = (level[i] >= limits) & some
        gained = at * weight[i].astype(np.int64)
        run = np.where(some, np.where(at, np.where(on, run, 0) + gained, 0), run)
        above += gained
        np.maximum(longest, run, out=longest)
        first &= (at & on) | ~some
        head += np.where(first, gained, 0)
        until = np.where(some, begin[i].astype(np.int64) + weight[i], until)
    tail = np.where(until == length, run, 0)
    return np.stack([above, longest, head, tail])
