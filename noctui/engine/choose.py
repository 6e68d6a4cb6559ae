"""What `np.where` does, for cases where it is slow: it takes a wrong turn at every other row of a mask in no order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import B1, F4, U1


def choose(mask: B1, one: U1, other: U1 | np.uint8) -> U1:
    """`one` where the mask is, else `other`: ten times as fast as `np.where`, for bytes."""
    found: U1 = other ^ ((one ^ other) & -mask.view(np.uint8))
    return found


def filled(new: F4, has: B1, old: F4) -> F4:
    """`new` where it has something, else `old`; [columns, rows]. `new` is written to."""
    rows = new.shape[1]
    for column, some, before in zip(new, has, old, strict=True):
        count = np.count_nonzero(some)
        if 2 * count > rows:
            if count < rows:
                lacking = np.flatnonzero(~some)
                column[lacking] = before[lacking]
        else:
            there = np.flatnonzero(some)
            values = column[there]
            column[:] = before
            column[there] = values
    return new


def keep(new: NDArray[Any], old: NDArray[Any], rows: NDArray[np.intp]) -> NDArray[Any]:
    """`new` with what `old` has in a few rows (the last axis). `new` is written to."""
    new[..., rows] = old[..., rows]
    return new
