"""Samples of many circuits around a stretch of time, for the writer's figures of it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import numpy as np

from noctui.kpi.hourly import Samples
from noctui.model.view import F8
from noctui.stores.history.blocks import all_slots, by_number
from noctui.stores.history.columns import CIRCUITS, NUMBER
from noctui.stores.history.hourly import SAMPLED, hour_samples
from noctui.stores.history.known import EVER, LONGEST, THEN

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

REACH_BACK = 2700.0
"""Samples so long before a stretch tell how far its first ones reach back; so long after it the last ones may come."""
USUAL = 60.0
"""Seconds between polls where there is none to tell."""
_COLUMNS = by_number(CIRCUITS, [NUMBER[name] for name in SAMPLED])


def reach_after(db: sqlite3.Connection, end: float, at: float = 1e18, known: float = EVER) -> float:
    """A sample so many seconds after `end` may still stand for time before it: three intervals of the poll before, and
    of those that came after it, up to the instant `at`; of the polls known at `known`."""
    before = f"SELECT interval FROM polls WHERE at < ? AND {THEN} ORDER BY at DESC LIMIT 1"
    last = db.execute(before, (end, known)).fetchone()
    later = db.execute(
        "SELECT max(interval) FROM polls WHERE at >= ?1 AND at < ?1 + ?2 AND at - 3 * interval < ?1 AND at <= ?3"
        " AND ifnull(known_at, 0) <= ?4",
        (end, LONGEST, at, known),
    ).fetchone()[0]
    if last is None and later is None:
        return 3.0 * USUAL
    return 3.0 * max(0.0 if last is None else float(last[0]), later or 0.0)


def sampled(w: Writer, first: int, stop: int, start: float, end: float) -> Samples:
    """What polls say of [start, end), of the slots from `first` to `stop`. Raises DamagedBlock."""
    reach = reach_after(w.db, end)
    slots = np.arange(first, stop, dtype=np.int32)
    since = start - max(REACH_BACK, reach)
    found = all_slots(w.db, w.catalog, CIRCUITS, slots, _COLUMNS, since, end + reach)
    columns = {c.name: found.values[c.number] for c in _COLUMNS}
    down, up = _bandwidths(w, found.times, first, stop)
    return hour_samples(found.times, found.intervals, columns, down, up, start, end)


def _bandwidths(w: Writer, times: F8, first: int, stop: int) -> tuple[F8, F8]:
    """[polls, slots] bandwidth towards and from the site, of the version each poll was judged with; 0 is unknown."""
    if not len(times):
        return np.empty((0, stop - first)), np.empty((0, stop - first))
    revs = dict(w.db.execute("SELECT at, rev FROM polls WHERE at >= ? AND at <= ?", (times[0], times[-1])))
    rows: dict[int, tuple[F8, F8]] = {}
    for rev in set(revs.values()):
        size = max(stop, w.slots(CIRCUITS))
        down, up = np.zeros(size), np.zeros(size)
        version = w.catalog.version(w.db, rev)
        if version is not None:
            down[version.slots[CIRCUITS]] = version.inventory.down_bps
            up[version.slots[CIRCUITS]] = version.inventory.up_bps
        rows[rev] = down[first:stop], up[first:stop]
    each = [rows[revs[t]] for t in times.tolist()]
    return np.array([r[0] for r in each]), np.array([r[1] for r in each])
