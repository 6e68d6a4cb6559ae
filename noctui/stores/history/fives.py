"""Five-minute averages: an hour's beside its vector, and, when a UTC day is over, blocks of circuits of that day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from noctui.kpi.hourly import FIVES, FIVES_AN_HOUR
from noctui.model.view import F4
from noctui.stores.history.closing import skipped
from noctui.stores.history.columns import CIRCUITS
from noctui.stores.history.db import pack_of
from noctui.stores.history.hour_rows import fives_of
from noctui.stores.history.hourly import FIVE_BLOCK, FIVE_DAYS, FIVE_HOURS, FIVE_NUMBER, FIVE_STEP
from noctui.stores.history.pack import build
from noctui.stores.history.rollups import Mergeable, mergeable, put

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

UNIT = 2 * FIVE_BLOCK
"""Slots per unit of work."""


def merge_fives(w: Writer, now: float) -> bool:
    """Some blocks of the oldest UTC day whose hours are all rolled; False when there is none."""
    found = mergeable(w, FIVE_HOURS, now)
    if found is None:
        return False
    day, newest = found.day, found.newest
    work = "fives", day, newest
    first = w.cursor(work) * UNIT
    size = w.slots(CIRCUITS)
    if first >= size:
        with w.transaction():
            w.db.executemany("DELETE FROM rollups WHERE id = ?", [(id_,) for id_, _ in found.hours])
        return True
    stop = min(first + UNIT, size)
    averages = _day(w, found, first, stop)
    packs = []
    for at in range(first, stop, FIVE_BLOCK):
        rows = slice(at - first, at - first + FIVE_BLOCK)
        packs.append((at // FIVE_BLOCK, build({FIVE_NUMBER[n]: v[rows] for n, v in averages.items()}, FIVE_STEP)))
    with w.transaction():
        for block, data in packs:
            put(w, FIVE_DAYS, day, block, data, newest)
    w.advance(work)
    return True


def _day(w: Writer, merged: Mergeable, first: int, stop: int) -> dict[str, F4]:
    """[slots, 288]: what the day has already, and over it the hours that came anew."""
    day = merged.day
    found = {name: np.full((stop - first, 24 * FIVES_AN_HOUR), np.nan, np.float32) for name in FIVES}
    for id_, block in w.db.execute(
        "SELECT id, block FROM rollups WHERE kind = ? AND start = ? AND block >= ? AND block < ?",
        (FIVE_DAYS, day, first // FIVE_BLOCK, -(-stop // FIVE_BLOCK)),
    ).fetchall():
        with skipped(), pack_of(w.db, "rollups", id_, f"five-minute averages {day:.0f} {block}") as pack:
            at = block * FIVE_BLOCK - first
            for name, into in found.items():
                into[at : at + pack.n0] = pack.get(FIVE_NUMBER[name])
    for id_, start in merged.hours:
        with skipped(), pack_of(w.db, "rollups", id_, f"five-minute averages {start:.0f}") as pack:
            for name, into in found.items():
                if first < pack.n0:
                    part = pack.get(FIVE_NUMBER[name], first, stop)
                    into[: len(part), fives_of(start)] = part
    return found
