"""Which rows of two snapshots look different: equal columns, NaN being the same as NaN."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


def differs(new: object, old: object, names: Iterable[str], rows: NDArray[np.intp]) -> Mask:
    """[rows] whether any of the named columns of these two tables differ."""
    found = np.zeros(len(rows), np.bool_)
    for name in names:
        found |= unlike(getattr(new, name)[rows], getattr(old, name)[rows])
    return found


def unlike(a: NDArray[Any], b: NDArray[Any]) -> Mask:
    """Where two columns (or rows of tables) differ."""
    different = np.asarray((a != b) & ~((a != a) & (b != b)), np.bool_)
    return different if different.ndim == 1 else np.asarray(different.any(axis=1))


def durations(now: NDArray[np.float64], then: NDArray[np.float64]) -> Mask:
    """Where durations in seconds are written differently: by the minute, below one minute by the second."""
    with np.errstate(invalid="ignore"):
        minutes = unlike(np.floor(now / 60), np.floor(then / 60))
        return minutes | ((now < 60) & unlike(np.floor(now), np.floor(then)))
