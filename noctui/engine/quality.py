"""Loss, jitter, latency and MOS of circuits from their peer paths (docs/values.md 5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.model.inventory import Inventory
from noctui.model.view import B1, F8

WIDE = 8
"""Paths of one circuit up to which all circuits are folded together; the few with more are folded one by one."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Which path rows belong to which circuit: `slots[k, row]` is its k-th path (the count of paths: none)."""

    slots: NDArray[np.intp]
    many: tuple[tuple[int, NDArray[np.intp]], ...]


def paths_of(inventory: Inventory) -> Paths:
    """The paths of every circuit of an inventory."""
    owner = inventory.path_circuit
    order = np.argsort(owner, kind="stable")
    order = order[owner[order] >= 0]
    counts = np.bincount(owner[order], minlength=len(inventory.circuits)).astype(np.intp)
    ends = np.cumsum(counts)
    begins = ends - counts
    narrow = np.where(counts <= WIDE, counts, 0)
    width = int(narrow.max(initial=0))
    slots = np.full((width, len(counts)), len(owner), np.intp)
    for k in range(width):
        has = narrow > k
        slots[k, has] = order[begins[has] + k]
    many = tuple((int(row), order[begins[row] : ends[row]]) for row in np.flatnonzero(counts > WIDE))
    return Paths(slots, many)


@dataclass(frozen=True, slots=True)
class Folded:
    """Per circuit asked for: the worst loss, middle latency and jitter, worst MOS of the paths that are up."""

    loss: F8
    jitter: F8
    latency: F8
    mos: F8


def fold(paths: Paths, rows: NDArray[np.intp], up: F8, loss: F8, jitter: F8, latency: F8, mos: F8) -> Folded:
    """Fold the path columns for the circuits in `rows`. NaN where nothing is known."""
    alive = up == 1.0
    slots = paths.slots[:, rows]
    found = Folded(
        loss=_worst(_picked(loss, alive, slots), np.fmax),
        jitter=_middle(_picked(jitter, alive, slots)),
        latency=_middle(_picked(latency, alive, slots)),
        mos=_worst(_picked(mos, alive, slots), np.fmin),
    )
    for row, mine in paths.many:
        at = np.flatnonzero(rows == row)
        if len(at):
            some = mine[alive[mine]]
            found.loss[at] = _worst(loss[some, None], np.fmax)
            found.mos[at] = _worst(mos[some, None], np.fmin)
            for column, into in ((jitter, found.jitter), (latency, found.latency)):
                known = column[some][~np.isnan(column[some])]
                into[at] = np.median(known) if len(known) else np.nan
    return found


def no_path(paths: Paths, up: F8, before: B1) -> B1:
    """Circuits of whose paths with a known state none is up; those without such rows stay as they were."""
    slots = paths.slots
    padded = np.append(up, np.nan)
    if len(slots):
        states = padded[slots]
        some = (states == 1.0).any(axis=0)
        none_up: B1 = ~some & (states == states).any(axis=0)
    else:
        some = np.zeros(len(before), np.bool_)
        none_up = some.copy()
    for row, mine in paths.many:
        some[row] = bool((up[mine] == 1.0).any())
        none_up[row] = not some[row] and not bool(np.isnan(up[mine]).all())
    found: B1 = none_up | (before & ~some)
    return found


def _picked(values: F8, alive: B1, slots: NDArray[np.intp]) -> F8:
    padded = np.append(np.where(alive, values, np.nan), np.nan)
    picked: F8 = padded[slots]
    return picked


def _worst(values: F8, worse: np.ufunc) -> F8:
    if not len(values):
        return np.full(values.shape[1], np.nan)
    found: F8 = worse.reduce(values, axis=0)
    return found


def _middle(values: F8) -> F8:
    """The median of each column's known values, the mean of the middle two for an even number."""
    width = len(values)
    if width == 0:
        return np.full(values.shape[1], np.nan)
    if width == 1:
        only: F8 = values[0].copy()
        return only
    known = width - np.isnan(values).sum(axis=0)
    ordered = list(np.where(np.isnan(values), np.inf, values))
    for last in range(width - 1, 0, -1):  # a few columns: exchanging neighbours beats sorting each row
        for k in range(last):
            low, high = np.minimum(ordered[k], ordered[k + 1]), np.maximum(ordered[k], ordered[k + 1])
            ordered[k], ordered[k + 1] = low, high
    stacked = np.stack(ordered)
    column = np.arange(values.shape[1])
    low, high = stacked[np.maximum(known - 1, 0) // 2, column], stacked[np.minimum(known // 2, width - 1), column]
    with np.errstate(invalid="ignore"):
        middle: F8 = np.where(known > 0, (low + high) / 2.0, np.nan)
    return middle
