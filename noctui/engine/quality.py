"""Loss, jitter, latency and MOS of circuits from their peer paths (docs/values.md 5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.engine.rows import Placed
from noctui.model.batch import Batch
from noctui.model.inventory import Inventory
from noctui.model.view import B1, F8

WIDE = 8
"""Paths of one circuit up to which all circuits are folded together; the few with more are folded one by one."""

_FOLDED = ("loss", "jitter", "latency", "mos")


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
class PathRows:
    """The rows of a poll's peer paths. Paths in `torn` count as unknown: of their circuits a lost page had others."""

    batch: Batch
    placed: Placed
    torn: B1 | None = None

    def __len__(self) -> int:
        return len(self.placed.source)

    def up(self) -> F8:
        """Of all paths."""
        found = self.placed.column(self.batch, "up")
        return found if self.torn is None else np.where(self.torn, np.nan, found)

    def alive(self, rows: NDArray[np.intp]) -> F8:
        """[loss, jitter, latency, mos] of these paths (any shape), NaN for those that are not up."""
        found = np.array([self.placed.pick(self.batch, name, rows) for name in _FOLDED])
        lost = self.placed.pick(self.batch, "up", rows) != 1.0
        if self.torn is not None:
            lost |= self.torn.take(rows)
        found.reshape(len(found), -1)[:, np.flatnonzero(lost)] = np.nan
        return found


def fold(paths: Paths, rows: NDArray[np.intp], told: PathRows) -> F8:
    """[loss, jitter, latency, mos] of the circuits in `rows`: worst, middle, middle, worst of the paths that are up.

    NaN where nothing is known.
    """
    found = np.full((4, len(rows)), np.nan)
    if len(paths.slots):
        slots = paths.slots if len(rows) == paths.slots.shape[1] else paths.slots.take(rows, axis=1)
        none = slots == len(told)
        picked = told.alive(slots - none)  # [4, paths of one circuit, rows]
        picked.reshape(4, -1)[:, np.flatnonzero(none)] = np.nan
        np.fmax.reduce(picked[0], axis=0, out=found[0])
        np.fmin.reduce(picked[3], axis=0, out=found[3])
        found[1:3] = _middle(picked[1:3].swapaxes(0, 1))
    for row, mine in paths.many:
        at = np.flatnonzero(rows == row)
        if len(at):
            loss, jitter, latency, mos = told.alive(mine)
            found[0, at], found[3, at] = np.fmax.reduce(loss), np.fmin.reduce(mos)
            found[1, at], found[2, at] = _median(jitter), _median(latency)
    return found


def no_path(paths: Paths, up: F8, before: B1) -> B1:
    """Circuits of whose paths with a known state none is up; those without such rows stay as they were."""
    slots = paths.slots
    if len(slots):
        said = np.zeros(len(up) + 1, np.uint8)
        np.add(up == up, up == 1.0, out=said[:-1], dtype=np.uint8)  # 0 unknown, 1 not up, 2 up
        most = np.maximum.reduce(said.take(slots, mode="clip"), axis=0)
        some, none_up = most == 2, most == 1
    else:
        some, none_up = np.zeros(len(before), np.bool_), np.zeros(len(before), np.bool_)
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
