"""Intervals in rows: what an incident does, to whom, from when to when, applied to whole tables of instants at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.sim.noise import F8

I8 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spans:
    """[n] half-open intervals [start, end) with a value each, ordered by row, then start."""

    row: I8
    start: F8
    end: F8
    value: F8

    @classmethod
    def of(cls, spans: Iterable[tuple[int, float, float, float]]) -> Spans:
        """From (row, start, end, value); empty ones are dropped."""
        held = sorted(s for s in spans if s[2] > s[1])
        return cls(
            np.array([s[0] for s in held], np.int64),
            np.array([s[1] for s in held], np.float64),
            np.array([s[2] for s in held], np.float64),
            np.array([s[3] for s in held], np.float64),
        )

    def __len__(self) -> int:
        return len(self.row)

    def of_row(self, row: int) -> list[tuple[float, float]]:
        """The intervals of one row."""
        low, high = np.searchsorted(self.row, [row, row + 1])
        return list(zip(self.start[low:high].tolist(), self.end[low:high].tolist(), strict=True))

    def times(self, t: F8, site: NDArray[np.int32] | None) -> F8:
        """The instants [T, 1] or [T, n] that matter to each interval; `site` maps rows to the columns of `t`."""
        if t.shape[1] == 1:
            return t
        return t[:, self.row if site is None else site[self.row]]

    def hits(self, t: F8, site: NDArray[np.int32] | None = None) -> tuple[I8, I8]:
        """(k, i) of every instant t[k] that lies in interval i."""
        if not len(self):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        at = self.times(t, site)
        k, i = np.nonzero((at >= self.start) & (at < self.end))
        return k, i

    def latest_edge(self, t: F8, out: F8, memory: float, site: NDArray[np.int32] | None = None) -> None:
        """Raise out[k, row] to the last start or end at or before t[k] and not more than `memory` seconds before it."""
        if not len(self):
            return
        at = self.times(t, site)
        k, i = np.nonzero(at >= self.start)
        if not len(k):
            return
        when = at[k, 0] if at.shape[1] == 1 else at[k, i]
        edge = np.where(when >= self.end[i], self.end[i], self.start[i])
        kept = edge >= when - memory
        np.maximum.at(out, (k[kept], self.row[i][kept]), edge[kept])


def merged(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Intervals in order, those that touch or overlap as one."""
    out: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def common(lists: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """Where all the lists (each merged) have an interval."""
    held = lists[0]
    for other in lists[1:]:
        both = []
        for a, b in held:
            both += [(max(a, c), min(b, d)) for c, d in other if max(a, c) < min(b, d)]
        held = both
    return merged(held)
