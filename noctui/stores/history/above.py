"""Time above thresholds at a past instant: the engine's ring, filled again from the stored level bytes."""

from __future__ import annotations

import sqlite3

import numpy as np
from numpy.typing import NDArray

from noctui.engine.windows import LONGEST, Ring, moved_tick
from noctui.model.scene import Above
from noctui.model.view import F8, U1
from noctui.stores.history.blocks import Go, all_slots, by_number, never
from noctui.stores.history.catalog import Catalog
from noctui.stores.history.columns import ALL_METRICS, CIRCUITS, LEVEL_MASK, NUMBER
from noctui.stores.history.known import EVER
from noctui.stores.history.rows import poll_at
from noctui.stores.history.series import SAMPLE


def fill(ticks: NDArray[np.int64], intervals: F8, raw_levels: U1, valid: U1, interval: float, go: Go = never) -> Ring:
    """A ring with the clock `interval` from polls, oldest first, whose `ticks` are in units of their own intervals.

    `raw_levels` and `valid` are [polls, rows] as in `model.work.PollRecord`.
    """
    rows = raw_levels.shape[1]
    ring = Ring(rows, interval)
    last = np.full(rows, -1, np.int64)
    for i, (tick, own) in enumerate(zip(ticks.tolist(), intervals.tolist(), strict=True)):
        if i % 32 == 0:
            go()
        now = tick if own == interval else moved_tick(tick, own, interval)
        stands = max(1, round(own / interval))
        ring.advance(now)
        sample = (valid[i] & SAMPLE) > 0
        nibble = np.where(sample, valid[i] & ALL_METRICS, 0).astype(np.uint8)
        ring.put(raw_levels[i] & LEVEL_MASK[nibble], nibble, last, stands, LONGEST * stands)
        last[sample] = now
    return ring


def read_above(
    db: sqlite3.Connection, catalog: Catalog, at: float, hours: int, go: Go = never, known: float = EVER
) -> Above:
    """The window of `hours` that ends with the newest poll at or before `at` that was known at `known`; rows as in that
    poll's View."""
    poll = poll_at(db, at, known)
    version = None if poll is None else catalog.version(db, poll.rev)
    if poll is None or version is None:
        return Above(
            hours, np.empty((0, 4, 3), np.float32), np.empty((0, 4, 3), np.float32), np.empty((0, 4), np.float32)
        )
    raw, valid = NUMBER["raw_levels"], NUMBER["valid"]
    since = poll.at - hours * 3600.0 - 3600.0  # samples before the window tell how far its first ones reach back
    found = all_slots(
        db, catalog, CIRCUITS, version.slots[CIRCUITS], by_number(CIRCUITS, [raw, valid]), since, poll.at, go, known
    )
    tick_of = dict(db.execute("SELECT at, tick FROM polls WHERE at > ? AND at <= ?", (since, poll.at)))
    ticks = np.array([tick_of[t] for t in found.times.tolist()], np.int64)
    levels = found.values[raw].astype(np.uint8, copy=False)
    ring = fill(ticks, found.intervals, levels, found.values[valid].astype(np.uint8, copy=False), poll.interval, go)
    return ring.above(hours)
