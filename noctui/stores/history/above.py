"""Time above thresholds, from the stored level bytes (docs/values.md 7)."""

from __future__ import annotations

import sqlite3

import numpy as np
from numpy.typing import NDArray

from noctui.model.scene import Above
from noctui.model.view import F8, U1
from noctui.stores.history.blocks import Go, all_slots, by_number, never
from noctui.stores.history.catalog import Catalog
from noctui.stores.history.columns import CIRCUITS, NUMBER
from noctui.stores.history.rows import poll_at
from noctui.stores.history.series import REACH, SAMPLE

METRICS, LEVELS = 4, 3
NOTHING = 4
"""Level of a tick without a value."""


def window(
    ticks: NDArray[np.int64],
    intervals: F8,
    raw_levels: U1,
    valid: U1,
    end: int,
    interval: float,
    hours: int,
    go: Go = never,
) -> Above:
    """Rows as the columns of `raw_levels` and `valid` [polls, rows], polls oldest first.

    `ticks` are in units of each poll's own interval; the window's clock is `interval`, its last tick `end`.
    """  # fmt: skip
    rows = raw_levels.shape[1]
    length = round(hours * 3600.0 / interval)
    begin = end - length + 1
    levels = np.full((length, METRICS, rows), NOTHING, np.uint8)
    previous = np.full(rows, np.iinfo(np.int64).min // 2, np.int64)
    shifts = np.arange(METRICS, dtype=np.uint8)[:, None]
    for i, tick in enumerate(ticks.tolist()):
        if i % 32 == 0:
            go()
        grain = max(1, round(float(intervals[i]) / interval))
        # A poll of a coarser grain ends where its own interval ends on this clock.
        last = tick if intervals[i] == interval else int((tick + 1) * intervals[i] / interval) - 1
        last = min(last, end)
        sample = (valid[i] & SAMPLE) > 0
        if not sample.any():
            continue
        reach = np.where(previous < -(2**60), grain, np.minimum(last - previous, REACH * grain))
        known = sample & ((valid[i] >> shifts) & 1 > 0)
        level = (raw_levels[i] >> (2 * shifts)) & 3
        for back in range(min(REACH * grain, last - begin + 1)):
            reached = known & (reach > back)
            if not reached.any():
                break
            np.copyto(levels[last - back - begin], level, where=reached)
        previous[sample] = last
    return _sums(levels, interval, hours, go)


def _sums(levels: U1, interval: float, hours: int, go: Go) -> Above:
    rows = levels.shape[2]
    total = np.zeros((rows, METRICS, LEVELS), np.float32)
    longest = np.zeros((rows, METRICS, LEVELS), np.float32)
    known = np.zeros((rows, METRICS), np.float32)
    for metric in range(METRICS):
        go()
        lane = levels[:, metric]
        known[:, metric] = np.count_nonzero(lane != NOTHING, axis=0) * interval
        for level in range(LEVELS):
            above = (lane > level) & (lane != NOTHING)
            count = np.count_nonzero(above, axis=0)
            total[:, metric, level] = count * interval
            some = np.flatnonzero(count)
            if len(some):
                longest[some, metric, level] = _longest(above[:, some]) * interval
    return Above(hours, total, longest, known)


def _longest(above: NDArray[np.bool_]) -> NDArray[np.int64]:
    """[rows] the longest run of True along the first axis."""
    length = len(above)
    index = np.arange(1, length + 1)[:, None]
    broken = np.maximum.accumulate(np.where(above, 0, index), axis=0)
    longest: NDArray[np.int64] = (index - broken).max(axis=0)
    return longest


def read_above(db: sqlite3.Connection, catalog: Catalog, at: float, hours: int, go: Go = never) -> Above:
    """The window of `hours` that ends with the newest poll at or before `at`; rows as in that poll's View."""
    poll = poll_at(db, at)
    version = None if poll is None else catalog.version(db, poll.rev)
    if poll is None or version is None:
        none = np.empty((0, METRICS, LEVELS), np.float32)
        return Above(hours, none, none, np.empty((0, METRICS), np.float32))
    raw, valid = NUMBER["raw_levels"], NUMBER["valid"]
    since = poll.at - hours * 3600.0 - 3600.0  # samples before the window tell how far its first ones reach back
    found = all_slots(
        db, catalog, CIRCUITS, version.slots[CIRCUITS], by_number(CIRCUITS, [raw, valid]), since, poll.at, go
    )
    tick_of = dict(db.execute("SELECT at, tick FROM polls WHERE at > ? AND at <= ?", (since, poll.at)))
    ticks = np.array([tick_of[t] for t in found.times.tolist()], np.int64)
    levels = found.values[raw].astype(np.uint8, copy=False)
    return window(
        ticks, found.intervals, levels, found.values[valid].astype(np.uint8, copy=False), poll.tick, poll.interval,
        hours, go,
    )  # fmt: skip
