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


def fold(paths: Paths, rows: NDArray[np.intp], columns: F8) -> F8:
    """[loss, jitter, latency, mos] of the circuits in `rows`: worst, middle, middle, worst of the paths that are up.

    `columns` are [up, loss, jitter, latency, mos] of all paths. NaN where nothing is known.
    """
    alive = columns[0] == 1.0
    padded = np.full((4, columns.shape[1] + 1), np.nan)
    np.copyto(padded[:, :-1], columns[1:], where=alive)
    found = np.full((4, len(rows)), np.nan)
    if len(paths.slots):
        slots = paths.slots if len(rows) == paths.slots.shape[1] else paths.slots[:, rows]
        picked = padded.take(slots, axis=1, mode="clip")  # [4, paths of one circuit, rows]
        np.fmax.reduce(picked[0], axis=0, out=found[0])
        np.fmin.reduce(picked[3], axis=0, out=found[3])
        found[1:3] = _middle(picked[1:3].swapaxes(0, 1))
    for row, mine in paths.many:
        at = np.flatnonzero(rows == row)
        if len(at):
            loss, jitter, latency, mos = padded[:, mine]
            found[0, at], found[3, at] = np.fmax.reduce(loss), np.fmin.reduce(mos)
            found[1, at], found[2, at] = _median(jitter), _median(latency)
    return found


def no_path(paths: Paths, up: F8, before: B1) -> B1:
    """Circuits of whose paths with a known state none is up; those without such rows stay as they were."""
    slots = paths.slots
    padded = np.append(up, np.nan)
    if len(slots):
        states = padded.take(slots, mode="clip")
        some = np.logical_or.reduce(states == 1.0, axis=0)
        none_up: B1 = ~some & np.logical_or.reduce(states == states, axis=0)
    else:
        some = np.zeros(len(before), np.bool_)
        none_up = some.copy()
    for row, mine in paths.many:
        some[row] = bool((up[mine] == 1.0).any())
        none_up[row] = not some[row] and not bool(np.isnan(up[mine]).all())
    found: B1 = none_up | (before & ~some)
    return found


def _median(values: F8) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else np.nan


def _middle(values: F8) -> F8:
    """The median over the first axis of what is known, the mean of the middle two for an even number."""
    width = len(values)
    if width == 1:
        only: F8 = values[0]
        return only
    if width == 2:  # the lower and the higher of one known value are both that value
        both: F8 = (np.fmin(values[0], values[1]) + np.fmax(values[0], values[1])) / 2.0
        return both
    known = width - np.isnan(values).sum(axis=0)
    ordered = list(np.where(np.isnan(values), np.inf, values))
    for last in range(width - 1, 0, -1):  # of so few, exchanging neighbours beats sorting each circuit's
        for k in range(last):
            low, high = np.minimum(ordered[k], ordered[k + 1]), np.maximum(ordered[k], ordered[k + 1])
            ordered[k], ordered[k + 1] = low, high
    stacked = np.stack(ordered)
    low = np.take_along_axis(stacked, (np.maximum(known - 1, 0) // 2)[None], axis=0)[0]
    high = np.take_along_axis(stacked, np.minimum(known // 2, width - 1)[None], axis=0)[0]
    return np.where(known > 0, (low + high) / 2.0, np.nan)
