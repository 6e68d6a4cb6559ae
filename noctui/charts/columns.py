"""Columns of an axis of time [start, end], UTC epoch seconds."""

from __future__ import annotations

import math


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
