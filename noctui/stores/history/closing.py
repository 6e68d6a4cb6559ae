"""Closing hours and days: open columns become hour tiles, hour tiles become day tiles.

Every call does one unit in one transaction: some tiles, or the last step that makes a period count. Readers see a
period only when it is whole, so a kill between two units costs nothing: what is there is found and gone on from.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import floor
from typing import TYPE_CHECKING

import numpy as np

from noctui.model.view import F8
from noctui.stores.history.blocks import DAY_ROWS, DAYS, HOUR_ROWS, HOURS, BlockName, closed_to, periods
from noctui.stores.history.catalog import Period, pack_times
from noctui.stores.history.codec import Values
from noctui.stores.history.columns import COLUMNS, TABLES, Column
from noctui.stores.history.db import pack_of
from noctui.stores.history.faults import DamagedBlock
from noctui.stores.history.schema import set_meta
from noctui.stores.history.settings import DAY, HOUR
from noctui.stores.history.tiles import day_tiles, hour_tiles

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

log = logging.getLogger(__name__)
HOUR_GRACE = 120.0
"""A poll that began in the hour may land so much later."""
DAY_GRACE = 600.0
HOUR_CHUNK = 2048
"""Slots per unit of an hour: the frames of open columns are as long."""
DAY_CHUNK = HOUR_ROWS
DROP_AT_ONCE = 60


def close_hour(w: Writer, now: float) -> bool:
    """One unit of the oldest hour that is over; False when there is none."""
    done = closed_to(w.db)
    oldest: float | None = w.db.execute("SELECT min(at) FROM open WHERE at > ?", (done,)).fetchone()[0]
    if oldest is None:
        return False
    start = floor(oldest / HOUR) * HOUR
    if not (now >= start + HOUR + HOUR_GRACE or w.newest >= start + HOUR):
        return False
    polls = w.db.execute(
        "SELECT at, interval FROM polls WHERE at > ? AND at < ?"
        " AND EXISTS (SELECT 1 FROM open WHERE open.at = polls.at) ORDER BY at",
        (done, start + HOUR),
    ).fetchall()
    times, intervals = (np.array(column) for column in zip(*polls, strict=True))
    number = unready(w, HOURS, start)
    for table in TABLES:
        next_slot = next_block(w, number, table) * HOUR_ROWS
        if next_slot < w.slots(table):
            tiles = list(hour_tiles(open_columns(w, times, table, next_slot), next_slot))
            with w.transaction():
                number = _period(w, number, HOURS, start, times, intervals)
                insert_tiles(w, number, table, tiles)
            return True
    with w.transaction():
        number = _period(w, number, HOURS, start, times, intervals)
        w.db.execute("UPDATE periods SET ready = 1, tables = ? WHERE id = ?", (_tables(w, number), number))
        set_meta(w.db, "closed_to", float(times[-1]))
    return True


def open_columns(
    w: Writer, times: F8, table: int, start: int, columns: Sequence[Column] | None = None
) -> dict[int, Values]:
    """[polls, slots] from `start` on, of some columns or all."""
    stop = min(start + HOUR_CHUNK, w.slots(table))
    values = {c.number: np.full((len(times), stop - start), c.fill, c.dtype) for c in columns or COLUMNS[table]}
    ids = dict(
        w.db.execute("SELECT at, id FROM open WHERE tbl = ? AND at >= ? AND at <= ?", (table, times[0], times[-1]))
    )
    for i, at in enumerate(times.tolist()):
        if at not in ids:
            continue
        with skipped(), pack_of(w.db, "open", ids[at], BlockName("poll", at, table)) as pack:
            if start < pack.n0:
                for number, into in values.items():
                    part = pack.get(number, start, stop)[:, 0]
                    into[i, : len(part)] = part
    return values


@contextmanager
def skipped() -> Iterator[None]:
    """A damaged block is named and stays unknown: what comes after it is not kept waiting."""
    try:
        yield
    except DamagedBlock as error:
        log.error("history.damaged", extra={"block": error.name, "reason": str(error)})


def close_day(w: Writer, now: float) -> bool:
    """One unit of the oldest UTC day that is over and all of whose hours are closed; False when there is none."""
    row = w.db.execute("SELECT min(start) FROM periods WHERE kind = ? AND ready AND day IS NULL", (HOURS,)).fetchone()
    if row[0] is None:
        return False
    start = floor(row[0] / DAY) * DAY
    end = start + DAY
    if now < end + DAY_GRACE:
        return False
    waiting = w.db.execute("SELECT 1 FROM open WHERE at > ? AND at < ? LIMIT 1", (closed_to(w.db), end)).fetchone()
    if waiting is not None:
        return False
    where = f"kind = {HOURS} AND day IS NULL AND start >= ? AND start < ?"
    hours = periods(w.db, w.catalog, where, (start, end))
    times = np.concatenate([h.times for h in hours])
    intervals = np.concatenate([h.intervals for h in hours])
    number = unready(w, DAYS, start)
    for table in TABLES:
        next_slot = next_block(w, number, table) * DAY_ROWS
        if next_slot < w.slots(table) and any(h.tables >> table & 1 for h in hours):
            tiles = list(day_tiles(hour_columns(w, hours, table, next_slot), next_slot))
            with w.transaction():
                number = _period(w, number, DAYS, start, times, intervals)
                insert_tiles(w, number, table, tiles)
            return True
    with w.transaction():
        number = _period(w, number, DAYS, start, times, intervals)
        w.db.execute("UPDATE periods SET ready = 1, tables = ? WHERE id = ?", (_tables(w, number), number))
        w.db.executemany("UPDATE periods SET day = ? WHERE id = ?", [(number, h.id) for h in hours])
    return True


def hour_columns(
    w: Writer, hours: list[Period], table: int, start: int, columns: Sequence[Column] | None = None
) -> dict[int, Values]:
    """[the hours' polls, slots of one hour tile] of some columns or all"""
    width = min(DAY_CHUNK, w.slots(table) - start)
    count = sum(len(h.times) for h in hours)
    values = {c.number: np.full((count, width), c.fill, c.dtype) for c in columns or COLUMNS[table]}
    first = 0
    for hour in hours:
        row = w.db.execute(
            "SELECT id FROM tiles WHERE period = ? AND tbl = ? AND block = ?", (hour.id, table, start // HOUR_ROWS)
        ).fetchone()
        last = first + len(hour.times)
        if row is not None:
            name = BlockName("hour", hour.start, table, start // HOUR_ROWS)
            with skipped(), pack_of(w.db, "tiles", row[0], name) as pack:
                for number, into in values.items():
                    into[first:last, : pack.n1] = pack.get(number)[:, :width]
        first = last
    return values


def drop_open(w: Writer, now: float) -> bool:
    """Delete some open columns that are in hour tiles and older than instants are wanted from them."""
    before = min(closed_to(w.db), now - w.retention.open_seconds)
    old = w.db.execute(
        "SELECT DISTINCT at FROM open WHERE at <= ? ORDER BY at LIMIT ?", (before, DROP_AT_ONCE)
    ).fetchall()
    if not old:
        return False
    with w.transaction():
        w.db.execute("DELETE FROM open WHERE at <= ?", old[-1])
    return len(old) == DROP_AT_ONCE


def unready(w: Writer, kind: int, start: float) -> int | None:
    row = w.db.execute("SELECT id FROM periods WHERE kind = ? AND start = ? AND NOT ready", (kind, start)).fetchone()
    return None if row is None else int(row[0])


def next_block(w: Writer, number: int | None, table: int) -> int:
    row = w.db.execute("SELECT max(block) FROM tiles WHERE period = ? AND tbl = ?", (number, table)).fetchone()
    return 0 if row[0] is None else int(row[0]) + 1


def _period(w: Writer, number: int | None, kind: int, start: float, times: F8, intervals: F8) -> int:
    if number is not None:
        return number
    found = w.db.execute(
        "INSERT INTO periods (kind, start, first, last, n, times, tables, ready, rolled)"
        " VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0)",
        (kind, start, times[0], times[-1], len(times), pack_times(times, intervals)),
    )
    assert found.lastrowid is not None
    return found.lastrowid


def insert_tiles(w: Writer, number: int, table: int, tiles: list[tuple[int, bytes]]) -> None:
    w.db.executemany(
        "INSERT INTO tiles (period, tbl, block, org_id, rev, epoch, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(number, table, block, w.org_id, w.newest_rev, w.epoch, data) for block, data in tiles],
    )


def _tables(w: Writer, number: int) -> int:
    found = w.db.execute("SELECT DISTINCT tbl FROM tiles WHERE period = ?", (number,))
    return sum(1 << int(row[0]) for row in found)
