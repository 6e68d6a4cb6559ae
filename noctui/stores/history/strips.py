"""Strips: what a chart asks of one circuit, lying together before its UTC day is over.

Until a day is closed one circuit's samples are spread over open columns and hour tiles of many circuits, and unpacking
all of them for one costs milliseconds an hour. Strips are day tiles of a few polls and a chart's columns alone, made
beside the hours and, in the running hour, of every few polls. They are copies: a reader that finds none reads what they
were made from, and they go when that is in a day tile.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import numpy as np

from noctui.stores.history.blocks import (
    DAY_ROWS,
    HOUR_ROWS,
    HOUR_STRIPS,
    HOURS,
    OPEN_STRIPS,
    STRIPPED,
    by_number,
    closed_to,
)
from noctui.stores.history.catalog import Period, pack_times, unpack_times
from noctui.stores.history.closing import HOUR_CHUNK, hour_columns, insert_tiles, next_block, open_columns
from noctui.stores.history.codec import QUICK
from noctui.stores.history.columns import CIRCUITS
from noctui.stores.history.tiles import day_tiles

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

OPEN_SECONDS, OPEN_RUN = 300.0, (5, 20)
"""Seconds of open polls a strip, and at least and at most how many; fewer are read from their columns."""
HOUR_STEP = HOUR_CHUNK // 2
"""Slots per unit of an hour."""
DROP_AT_ONCE = 512
COLUMNS = by_number(CIRCUITS, tuple(STRIPPED))
_BIT = 1 << CIRCUITS
_NOT_WANTED = (
    f"kind = {OPEN_STRIPS} AND first <= (SELECT value FROM meta WHERE name = 'closed_to') AND (last <= (SELECT value"
    f" FROM meta WHERE name = 'closed_to') OR NOT ready) OR kind = {HOUR_STRIPS} AND day NOT IN"
    f" (SELECT id FROM periods WHERE kind = {HOURS} AND day IS NULL AND tables & {_BIT})"
)


def strip_open(w: Writer, now: float) -> bool:
    """Some strips of the oldest open polls that have none; False while they are too few."""
    closed = closed_to(w.db)
    started = w.db.execute(
        f"SELECT id, first, times FROM periods WHERE kind = {OPEN_STRIPS} AND NOT ready AND first > ?", (closed,)
    ).fetchone()
    if started is None:
        last = w.db.execute(f"SELECT max(last) FROM periods WHERE kind = {OPEN_STRIPS}").fetchone()[0]
        after = closed if last is None else max(closed, last)
        polls = w.db.execute(
            "SELECT p.at, p.interval FROM polls p JOIN open o ON o.at = p.at AND o.tbl = ? WHERE p.at > ?"
            " ORDER BY p.at LIMIT ?",
            (CIRCUITS, after, OPEN_RUN[1]),
        ).fetchall()
        if not polls:
            return False
        run = min(OPEN_RUN[1], max(OPEN_RUN[0], round(OPEN_SECONDS / polls[0][1])))
        if len(polls) < run:
            return False
        polls = polls[:run]
        times, intervals = (np.array(column) for column in zip(*polls, strict=True))
        with w.transaction():
            _begin(w, OPEN_STRIPS, float(times[0]), (times[0], times[-1], len(times), pack_times(times, intervals)))
        return True
    number, first, packed = started
    times, _ = unpack_times(packed, f"strips {first:.0f}")
    slot = next_block(w, number, CIRCUITS) * DAY_ROWS
    if slot >= w.slots(CIRCUITS):
        _ready(w, number)
        return True
    tiles = list(day_tiles(open_columns(w, times, CIRCUITS, slot, COLUMNS), slot, QUICK))
    with w.transaction():
        insert_tiles(w, number, CIRCUITS, tiles)
    return True


def strip_hour(w: Writer, now: float) -> bool:
    """Some strips of the newest closed hour that has none and lies in no day tile yet; False when there is none."""
    row = w.db.execute(
        "SELECT id, kind, start, times, tables, first, last, n FROM periods h"
        f" WHERE kind = {HOURS} AND ready AND day IS NULL AND tables & {_BIT} AND NOT EXISTS"
        f" (SELECT 1 FROM periods s WHERE s.kind = {HOUR_STRIPS} AND s.start = h.start AND s.day = h.id AND s.ready)"
        " ORDER BY start DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return False
    hour: Period = w.catalog.period(row[:5])
    started = w.db.execute(
        f"SELECT id FROM periods WHERE kind = {HOUR_STRIPS} AND start = ? AND day = ?", (hour.start, hour.id)
    ).fetchone()
    if started is None:
        with w.transaction():
            _begin(w, HOUR_STRIPS, hour.start, (*row[5:], row[3]), hour.id)
        return True
    slot = next_block(w, started[0], CIRCUITS) * DAY_ROWS
    size = w.slots(CIRCUITS)
    if slot >= size:
        _ready(w, started[0])
        return True
    tiles: list[tuple[int, bytes]] = []
    for first in range(slot, min(slot + HOUR_STEP, size), HOUR_ROWS):
        tiles += day_tiles(hour_columns(w, [hour], CIRCUITS, first, COLUMNS), first, QUICK)
    with w.transaction():
        insert_tiles(w, started[0], CIRCUITS, tiles)
    return True


def drop_strips(w: Writer, now: float) -> bool:
    """Delete some strips of what lies in an hour tile, or in a day tile, by now."""
    row = w.db.execute(f"SELECT id FROM periods WHERE {_NOT_WANTED} LIMIT 1").fetchone()
    if row is None:
        return False
    with w.transaction():
        w.db.execute("UPDATE periods SET tables = 0 WHERE id = ?", row)
        w.db.execute(f"DELETE FROM tiles WHERE id IN (SELECT id FROM tiles WHERE period = ? LIMIT {DROP_AT_ONCE})", row)
        if w.db.execute("SELECT 1 FROM tiles WHERE period = ? LIMIT 1", row).fetchone() is None:
            w.db.execute("DELETE FROM periods WHERE id = ?", row)
    return True


def _begin(
    w: Writer, kind: int, start: float, polls: tuple[float, float, int, bytes], hour: int | None = None
) -> sqlite3.Cursor:
    """`polls`: first, last, count, their packed times."""
    return w.db.execute(
        "INSERT INTO periods (kind, start, first, last, n, times, tables, ready, rolled, day)"
        " VALUES (?, ?, ?, ?, ?, ?, 0, 0, 1, ?)",
        (kind, start, *polls, hour),
    )


def _ready(w: Writer, number: int) -> None:
    with w.transaction():
        w.db.execute("UPDATE periods SET ready = 1, tables = ? WHERE id = ?", (_BIT, number))
