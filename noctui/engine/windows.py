"""Time above thresholds in the last 3, 12 and 24 h, exact at poll resolution (docs/values.md 7).

A ring of one level byte and one validity byte per tick and circuit. Figures are counted when they are asked for: a poll
then costs two row writes, and adding the new tick to and subtracting the leaving ones from 48 sums per circuit would
cost more than all the rest of it. Counting looks closely only at circuits that were above a threshold, or had an
unknown tick, within the window.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noctui.engine.choose import choose
from noctui.model.scene import Above
from noctui.model.view import B1, U1

DAY = 86400.0
LONGEST = 3
"""Ticks one sample can stand for."""
_METRICS = 4
_SHIFTS = np.array([0, 2, 4, 6], np.uint8)
_BLOCK = 255  # counts of so many ticks fit a byte
_SPREAD: NDArray[np.uint32] = (
    np.array([[(bits >> metric) & 1 for metric in range(4)] for bits in range(16)], np.uint8).view(np.uint32).ravel()
)
"""Validity bit m as byte m."""


class Ring:
    """Levels and validity of the last 24 h. Columns are circuits, in rows of the table."""

    def __init__(self, circuits: int, interval: float) -> None:
        self.interval = interval
        self.size = max(LONGEST, round(DAY / interval))
        self.tick = -1
        self._levels = np.zeros((self.size, circuits), np.uint8)
        self._valid = np.zeros((self.size, circuits), np.uint8)
        self._used = np.zeros(self.size, np.bool_)  # ticks in which anything was written

    def advance(self, tick: int) -> None:
        """Move on to `tick`; the ticks between are unknown."""
        if self.tick >= 0:
            steps = min(tick - self.tick, self.size)
            for slot in {(tick - k) % self.size for k in range(steps)}:
                self._levels[slot] = 0
                self._valid[slot] = 0
                self._used[slot] = False
        self.tick = tick

    def put(self, levels: U1, valid: U1, last_tick: NDArray[np.int64], stands: int = 1, longest: int = LONGEST) -> None:
        """What the samples of the present tick say: level byte and validity nibble, both 0 where there is none.

        `last_tick` is that of the sample before (-1: none). A first sample stands for `stands` ticks, later ones for
        the ticks since the one before, at most `longest`.
        """
        slot = self.tick % self.size
        said = valid != 0  # a tick may come twice when history of a finer grain is taken in
        self._levels[slot] = choose(said, levels, self._levels[slot])
        self._valid[slot] = choose(said, valid, self._valid[slot])
        self._used[slot] = True
        late = np.flatnonzero((last_tick < self.tick - 1) & said)
        if not len(late):
            return
        last = last_tick[late]
        for back in range(1, min(longest, self.size)):
            reach = (last >= 0) & (last < self.tick - back)
            if stands > back:
                reach |= last < 0
            rows = late[reach]
            if len(rows):
                slot = (self.tick - back) % self.size
                self._levels[slot, rows] = levels[rows]
                self._valid[slot, rows] = valid[rows]
                self._used[slot] = True

    def move(self, pick: NDArray[np.intp], parked: Ring) -> Ring:
        """Columns of this ring followed by those of `parked`, which may have stood still; -1 is a new column."""
        made = Ring(len(pick), self.interval)
        made.tick = self.tick
        if parked.tick < self.tick:
            parked.advance(self.tick)
        old = np.flatnonzero(pick >= 0)
        for ours, theirs, into in (
            (self._levels, parked._levels, made._levels),
            (self._valid, parked._valid, made._valid),
        ):
            mine = pick[old] < ours.shape[1]
            into[:, old[mine]] = ours[:, pick[old[mine]]]
            into[:, old[~mine]] = theirs[:, pick[old[~mine]] - ours.shape[1]]
        made._used = self._used | parked._used
        return made

    def regrained(self, interval: float) -> Ring:
        """The same day at another interval: each new tick holds what the old one at its end held."""
        made = Ring(self._levels.shape[1], interval)
        if self.tick < 0:
            return made
        made.tick = moved_tick(self.tick, self.interval, interval)
        ticks = np.arange(made.tick - made.size + 1, made.tick + 1)
        source = np.ceil((ticks + 1) * interval / self.interval).astype(np.int64) - 1
        source = np.minimum(source, self.tick)
        held = (source > self.tick - self.size) & (source >= 0)
        made._levels[ticks[held] % made.size] = self._levels[source[held] % self.size]
        made._valid[ticks[held] % made.size] = self._valid[source[held] % self.size]
        made._used[ticks[held] % made.size] = self._used[source[held] % self.size]
        return made

    def above(self, hours: int) -> Above:
        """Totals, longest runs and known time of the window of so many hours that ends with the present tick."""
        circuits = self._levels.shape[1]
        total = np.zeros((circuits, _METRICS, 3), np.float32)
        longest = np.zeros((circuits, _METRICS, 3), np.float32)
        known = np.zeros((circuits, _METRICS), np.float32)
        if self.tick < 0:
            return Above(hours, total, longest, known)
        count = min(round(hours * 3600.0 / self.interval), self.size)
        slots = np.arange(self.tick - count + 1, self.tick + 1) % self.size
        used = slots[self._used[slots]]
        ever, always = _either_and_all(self._valid, used)
        known[:] = ((always[:, None] >> np.arange(_METRICS)) & 1) * len(used)
        some = np.flatnonzero(ever != always)
        if len(some):
            known[some] = _count_bits(self._valid, used, some)
        reached, _ = _either_and_all(self._levels, used)
        rows, metrics = np.nonzero((reached[:, None] >> _SHIFTS) & 3)
        if len(rows):
            total[rows, metrics], longest[rows, metrics] = _runs(self._levels, slots, self._used, rows, metrics)
        for figures in (total, longest, known):
            figures *= np.float32(self.interval)
        return Above(hours, total, longest, known)


def moved_tick(tick: int, interval: float, new_interval: float) -> int:
    """The tick of a clock of `new_interval` in which the tick of the old one ends."""
    return int(np.ceil((tick + 1) * interval / new_interval)) - 1


def _either_and_all(ring: U1, slots: NDArray[np.intp]) -> tuple[U1, U1]:
    """Per circuit the bits set in any of these ticks, and in all of them."""
    ever = np.zeros(ring.shape[1], np.uint8)
    always = np.full(ring.shape[1], 255 if len(slots) else 0, np.uint8)
    for slot in slots.tolist():
        ever |= ring[slot]
        always &= ring[slot]
    return ever, always


def _count_bits(valid: U1, slots: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.uint32]:
    """[rows, metrics] ticks in which each validity bit is set."""
    counts = np.zeros((len(rows), _METRICS), np.uint32)
    for begin in range(0, len(slots), _BLOCK):
        part = np.zeros(len(rows), np.uint32)  # four counters of one byte each
        for slot in slots[begin : begin + _BLOCK].tolist():
            part += _SPREAD[valid[slot].take(rows)]
        counts += part.view(np.uint8).reshape(-1, _METRICS)
    return counts


def _runs(
    levels: U1, slots: NDArray[np.intp], used: B1, rows: NDArray[np.intp], metrics: NDArray[np.intp]
) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """[pairs, 3] of circuits and metrics: ticks at or above each level, and the longest run of them."""
    shifts = _SHIFTS[metrics]
    limits = np.array([1, 2, 3], np.uint8)[:, None]
    run = np.zeros((3, len(rows)), np.uint16)
    best, total = run.copy(), run.copy()
    for slot in slots.tolist():
        if not used[slot]:
            run[:] = 0
            continue
        at = ((levels[slot].take(rows) >> shifts) & 3) >= limits  # an unknown tick has level 0: it ends a run
        run += 1
        run *= at
        total += at
        np.maximum(best, run, out=best)
    return total.T, best.T
