"""Samples → one maximum per dot column of an axis of time, and the runs between gaps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

F4 = NDArray[np.float32]
F8 = NDArray[np.float64]
Bounds = NDArray[np.intp]


def decimate(times: F8, spans: F4, values: F4, start: float, end: float, columns: int) -> F4:
    """[columns] the highest known value of each column of [start, end]; NaN where nothing is known.

    values[i] stands for (times[i] − spans[i], times[i]] and counts in every column that this touches. `times` rise.
    """
    return highest(values, bounds(times, spans, start, end, columns))


def bounds(times: F8, spans: F4, start: float, end: float, columns: int) -> Bounds:
    """[columns, 2] the samples [first, last) that count in each column; for all values of these times."""
    found = np.zeros((max(columns, 0), 2), np.intp)
    if not len(times) or columns < 1 or not end > start:
        return found
    edges = start + (end - start) / columns * np.arange(columns + 1)
    edges[-1] = end
    found[:, 0] = np.searchsorted(times, edges[:-1], "right")
    found[:, 1] = np.maximum(np.searchsorted(times - spans, edges[1:], "left"), found[:, 0])
    return found


def highest(values: F4, of: Bounds) -> F4:
    """[columns] the highest known value of each; NaN where nothing is known."""
    none = np.full(len(of), np.nan, np.float32)
    if not len(values) or not len(of):
        return none
    padded = np.empty(len(values) + 1, np.float32)
    padded[:-1], padded[-1] = values, np.nan
    found = np.fmax.reduceat(padded, of.ravel())[0::2]
    return np.where(of[:, 1] > of[:, 0], found, none)


def runs(dots: F4, each: int = 2) -> Iterator[tuple[F8, F8]]:
    """(x, y) of every unbroken run of known dots; x in cells from the left, `each` dots to a cell. No line crosses a
    gap: what is not known is not drawn."""
    known = np.isfinite(dots)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    for first, last in edges.reshape(-1, 2).tolist():
        yield (np.arange(first, last) + 0.5) / each, dots[first:last].astype(np.float64)
