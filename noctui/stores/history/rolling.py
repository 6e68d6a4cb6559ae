"""Rolling an hour when it is over, or anew when more samples of it came: its figures and its five-minute averages."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from math import floor
from typing import TYPE_CHECKING

import numpy as np

from noctui.kpi.hourly import COLUMNS, FIVES, fives
from noctui.model.figures import Grain
from noctui.model.view import F4
from noctui.stores.history.blocks import HOURS, closed_to
from noctui.stores.history.columns import CIRCUITS
from noctui.stores.history.due import mark_above, mark_hour, next_version, oldest_hour
from noctui.stores.history.faults import DamagedBlock
from noctui.stores.history.hour_rows import is_stored
from noctui.stores.history.hourly import FIVE_HOURS, VECTORS, hour_figures, hour_fives, hour_vector
from noctui.stores.history.known import LONGEST
from noctui.stores.history.painted import painted_since
from noctui.stores.history.rollups import put
from noctui.stores.history.sampled import reach_after, sampled
from noctui.stores.history.settings import DAY, HOUR

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

log = logging.getLogger(__name__)
UNIT = 1024
"""Slots per unit of work."""


def roll_hour(w: Writer, now: float) -> bool:
    """Some circuits of the oldest closed hour that has no figures, or wants them anew; False when there is none."""
    fresh = w.db.execute("SELECT min(start) FROM periods WHERE kind = ? AND ready AND NOT rolled", (HOURS,)).fetchone()
    anew = oldest_hour(w)
    known = [start for start in (fresh[0], anew) if start is not None]
    if not known:
        return False
    start: float = min(known)
    end = start + HOUR
    reach = reach_after(w.db, end)
    if now < end + reach and w.newest < end + reach:
        return False
    try:
        w.rolling.step(start, (start, end), lambda: _steps(w, start, end))
    except DamagedBlock as error:  # those after it are not kept waiting
        log.error("hour.not_rolled", extra={"block": error.name, "reason": str(error)})
        with w.transaction():
            _done(w, start)
    return True


def _steps(w: Writer, start: float, end: float) -> Iterator[None]:
    figures: list[dict[str, F4]] = []
    averages: list[dict[str, F4]] = []
    slots = w.slots(CIRCUITS)
    for first in range(0, slots, UNIT):
        stop = min(first + UNIT, slots)
        samples = sampled(w, first, stop, start, end)
        figures.append(hour_figures(samples, painted_since(w.db, first, stop, start), start, end))
        averages.append(fives(samples))
        if stop < slots:
            yield
    anew = w.db.execute("SELECT max(known_at) FROM due WHERE grain = 0 AND start = ?", (start,)).fetchone()[0]
    whole = {name: np.concatenate([f[name] for f in figures]) for name in COLUMNS} if slots else {}
    fives_of = {name: np.concatenate([a[name] for a in averages]) for name in FIVES} if slots else {}
    same = anew is not None and slots > 0 and _is_stored(w, start, whole, fives_of)
    with w.transaction():
        if slots and not same:
            version = next_version(w)
            put(w, VECTORS, start, 0, hour_vector(whole), version)
            put(w, FIVE_HOURS, start, 0, hour_fives(fives_of), version)
        _done(w, start)
        if not same:
            mark_above(w, Grain.DAY, start, end, known_at=anew or 0.0)


def _done(w: Writer, start: float) -> None:
    w.db.execute("UPDATE periods SET rolled = 1 WHERE kind = ? AND start = ? AND ready", (HOURS, start))
    w.db.execute("DELETE FROM due WHERE grain = 0 AND start = ?", (start,))


def _is_stored(w: Writer, start: float, figures: dict[str, F4], averages: dict[str, F4]) -> bool:
    """Nothing differs; what cannot be read does."""
    try:
        return is_stored(w.db, start, figures, averages)
    except DamagedBlock:
        return False


def roll_before(w: Writer, at: float, interval: float) -> None:
    """A poll stands for time before it: hours before its own that were rolled without it are rolled anew, and hours in
    which nobody polled are rolled too; inside the caller's transaction."""
    start = floor(at / HOUR) * HOUR - HOUR
    while start + HOUR > at - 3.0 * interval:
        known = w.db.execute("SELECT rolled FROM periods WHERE kind = ? AND start = ?", (HOURS, start)).fetchall()
        if any(rolled for (rolled,) in known) or not (known or polled(w, start)):
            mark_hour(w, start)
        w.rolling.drop(start, start + HOUR)
        start -= HOUR


def reopen_hours(w: Writer, since: float, until: float = 1e18) -> None:
    """Have the hours from `since` to `until` made anew from samples, as far back as those are held whole; inside the
    caller's transaction. What comes out the same keeps its version."""
    oldest: float | None = w.db.execute("SELECT min(at) FROM polls").fetchone()[0]
    if oldest is None:
        return
    first = floor(since / HOUR)
    before = 'SELECT 1 FROM figures WHERE grain = 1 AND "end" <= ? LIMIT 1'
    dropped = w.db.execute(before, (oldest - LONGEST,)).fetchone() is not None
    if dropped or oldest <= w.newest - (w.retention.raw - 1.0) * DAY:  # what was before is gone: it is cut there
        first = max(first, -floor(-(oldest + LONGEST) / HOUR))
    hours: set[int] = set()
    for stands in ("at", "at - 3 * interval"):
        query = f"SELECT DISTINCT CAST(({stands}) / 3600 AS INTEGER) FROM polls WHERE at >= ? AND at < ?"
        hours.update(row[0] for row in w.db.execute(query, (since, until)))
    unclosed = w.db.execute("SELECT min(at) FROM open WHERE at > ?", (closed_to(w.db),)).fetchone()[0]
    over = floor(min(w.newest, w.newest if unclosed is None else unclosed) / HOUR)
    for number in sorted(hours):
        if first <= number < over:
            mark_hour(w, number * HOUR)


def polled(w: Writer, start: float) -> bool:
    """Somebody polled in that hour."""
    query = "SELECT 1 FROM polls WHERE at >= ? AND at < ? LIMIT 1"
    return w.db.execute(query, (start, start + HOUR)).fetchone() is not None
