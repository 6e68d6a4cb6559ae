"""Accounts of a stretch without its time in states, and with runs of those circuits alone that were above a threshold:
a third of the size, and joined in as much less time. The digits are those of `kpi.accounts`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.accounts import METRICS
from noctui.kpi.runs import LEVELS
from noctui.model.figures import GAUGES, Accounts
from noctui.model.view import F4

I8 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Slim:
    """`runs` are above, longest, head and tail of the rows `rows`, which rise; all other rows were above nothing."""

    length: int
    known: I8
    total: I8
    highest: F4
    rows: NDArray[np.intp]
    runs: tuple[I8, I8, I8, I8]

    @property
    def size(self) -> int:
        """Bytes."""
        whole = self.known.nbytes + self.total.nbytes + self.highest.nbytes + self.rows.nbytes
        return whole + sum(array.nbytes for array in self.runs)


def unknown(rows: int, length: int = 0) -> Slim:
    """A stretch of which nothing is known."""
    zero = np.zeros((rows, len(GAUGES)), np.int64)
    none = np.zeros((0, METRICS, LEVELS), np.int64)
    highest = np.full((rows, len(GAUGES)), np.nan, np.float32)
    return Slim(length, zero, zero, highest, np.zeros(0, np.intp), (none, none, none, none))


def slim(a: Accounts) -> Slim:
    rows = np.flatnonzero(a.above[:, :, 0].any(axis=1))
    return Slim(
        a.length, a.known, a.total, a.highest, rows, (a.above[rows], a.longest[rows], a.head[rows], a.tail[rows])
    )


def full(s: Slim) -> Accounts:
    """With all of its time unknown."""
    rows = len(s.known)
    wide: list[I8] = []
    for values in s.runs:
        wide.append(np.zeros((rows, METRICS, LEVELS), np.int64))
        wide[-1][s.rows] = values
    above, longest, head, tail = wide
    none = np.zeros(rows, np.int64)
    return Accounts(
        s.length, none, none, np.full(rows, s.length, np.int64), none, none, s.known, s.total, s.highest,
        above, longest, head, tail,
    )  # fmt: skip


def together(parts: Sequence[Slim]) -> Slim:
    """Neighbouring stretches of the same rows, in order of time and at least one, as one."""
    if len(parts) == 1:
        return parts[0]
    known, total, highest = parts[0].known.copy(), parts[0].total.copy(), parts[0].highest.copy()
    for part in parts[1:]:
        known += part.known
        total += part.total
        np.fmax(highest, part.highest, out=highest)
    rows = np.unique(np.concatenate([part.rows for part in parts]))
    length = parts[0].length
    above, longest, head, tail = _spread(parts[0], rows)
    for part in parts[1:]:
        more, one, begins, ends = _spread(part, rows)
        above += more
        longest = np.maximum(np.maximum(longest, one), tail + begins)
        head = np.where(head == length, length + begins, head)
        tail = np.where(ends == part.length, tail + part.length, ends)
        length += part.length
    return Slim(length, known, total, highest, rows, (above, longest, head, tail))


def _spread(part: Slim, rows: NDArray[np.intp]) -> tuple[I8, I8, I8, I8]:
    """Its runs, with a row for each of `rows`."""
    above, longest, head, tail = (np.zeros((len(rows), METRICS, LEVELS), np.int64) for _ in range(4))
    if len(part.rows):
        at = np.searchsorted(rows, part.rows)
        above[at], longest[at], head[at], tail[at] = part.runs
    return above, longest, head, tail
