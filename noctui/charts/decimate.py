"""Samples → one maximum per dot column of an axis of time, and the runs between gaps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

F4 = NDArray[np.float32]
F8 = NDArray[np.float64]


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


def runs(dots: F4, each: int = 2) -> Iterator[tuple[F8, F8]]:
    """(x, y) of every unbroken run of known dots; x in cells from the left, `each` dots to a cell. No line crosses a
    gap: what is not known is not drawn."""
    known = np.isfinite(dots)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    for first, last in edges.reshape(-1, 2).tolist():
        yield (np.arange(first, last) + 0.5) / each, dots[first:last].astype(np.float64)
