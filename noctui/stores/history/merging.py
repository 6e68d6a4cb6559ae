"""Putting hours together: a UTC day's vectors into packs, a UTC month's packs into tiles.

What comes later (back-fill, an hour rolled anew) is laid over what is there, hour by hour. One unit, one transaction a
call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from noctui.model.view import F4
from noctui.stores.history.closing import skipped
from noctui.stores.history.columns import CIRCUITS
from noctui.stores.history.db import pack_of
from noctui.stores.history.hourly import (
    DAY_BLOCK,
    DAY_PACKS,
    DAY_STEP,
    MONTH_BLOCK,
    MONTH_STEP,
    MONTH_TILES,
    VECTORS,
    empty_columns,
    overlay,
)
from noctui.stores.history.pack import build
from noctui.stores.history.rollups import mergeable, month_of, oldest_unmerged, put
from noctui.stores.history.settings import DAY, HOUR

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

MONTH_UNIT = 256
"""Slots per unit of a month."""
MONTH_GRACE = DAY


def roll_day(w: Writer, now: float) -> bool:
    """One block of the oldest day whose hours are all rolled; False when there is none."""
    found = mergeable(w, VECTORS, now)
    if found is None:
        return False
    day, newest = found.day, found.newest
    work = "day", day, newest
    block = w.cursor(work)
    first = block * DAY_BLOCK
    if first >= w.slots(CIRCUITS):
        with w.transaction():
            w.db.executemany("UPDATE rollups SET merged = 1 WHERE id = ?", [(id_,) for id_, _ in found.hours])
        return True
    into = empty_columns(min(DAY_BLOCK, w.slots(CIRCUITS) - first), 24)
    had = _lay(w, into, DAY_PACKS, day, block)
    for id_, start in found.hours:
        with skipped(), pack_of(w.db, "rollups", id_, f"hourly figures {start:.0f}") as pack:
            overlay(into, pack, first, round((start - day) / HOUR))
    data = build(into, DAY_STEP)
    with w.transaction():
        put(w, DAY_PACKS, day, block, data, max(had, newest))
    w.advance(work)
    return True


def roll_month(w: Writer, now: float) -> bool:
    """Some tiles of the oldest month that is over; False when there is none."""
    day = oldest_unmerged(w, DAY_PACKS)
    if day is None:
        return False
    begin, end = month_of(day)
    if now < end + MONTH_GRACE or oldest_unmerged(w, VECTORS, end) is not None:
        return False
    packs = "SELECT max(version) FROM rollups WHERE kind = ? AND start >= ? AND start < ?"
    newest = int(w.db.execute(packs, (DAY_PACKS, begin, end)).fetchone()[0])
    work = "month", begin, newest
    first = w.cursor(work) * MONTH_UNIT
    if first >= w.slots(CIRCUITS):
        with w.transaction():
            w.db.execute(
                "UPDATE rollups SET merged = 1 WHERE kind = ? AND start >= ? AND start < ?", (DAY_PACKS, begin, end)
            )
        return True
    width = min(MONTH_UNIT, w.slots(CIRCUITS) - first)
    into = empty_columns(width, round((end - begin) / HOUR))
    tiles = range(first // MONTH_BLOCK, -(-(first + width) // MONTH_BLOCK))
    for tile in tiles:
        newest = max(newest, _lay(w, _rows(into, tile * MONTH_BLOCK - first), MONTH_TILES, begin, tile))
    block, inside = divmod(first, DAY_BLOCK)
    for id_, start in w.db.execute(
        "SELECT id, start FROM rollups WHERE kind = ? AND start >= ? AND start < ? AND block = ?",
        (DAY_PACKS, begin, end, block),
    ).fetchall():
        with skipped(), pack_of(w.db, "rollups", id_, f"hourly figures {start:.0f}") as pack:
            overlay(into, pack, inside, round((start - begin) / HOUR))
    with w.transaction():
        for tile in tiles:
            put(w, MONTH_TILES, begin, tile, build(_rows(into, tile * MONTH_BLOCK - first), MONTH_STEP), newest)
    w.advance(work)
    return True


def _rows(columns: dict[int, F4], at: int) -> dict[int, F4]:
    """Of one tile."""
    return {n: column[at : at + MONTH_BLOCK] for n, column in columns.items()}


def _lay(w: Writer, into: dict[int, F4], kind: int, start: float, block: int) -> int:
    """What is in the file already, when there is something; its version."""
    row = w.db.execute(
        "SELECT id, version FROM rollups WHERE kind = ? AND block = ? AND start = ?", (kind, block, start)
    ).fetchone()
    if row is None:
        return 0
    with skipped(), pack_of(w.db, "rollups", row[0], f"hourly figures {start:.0f} {block}") as pack:
        overlay(into, pack, 0, 0)
    return int(row[1])


def drop_rolled(w: Writer, now: float) -> bool:
    """Delete vectors and packs that are in something larger and no longer wanted by themselves."""
    before = now - w.retention.vectors_seconds
    where = "merged AND (kind = ? AND start < ? OR kind = ?)"
    some = w.db.execute(f"SELECT 1 FROM rollups WHERE {where} LIMIT 1", (VECTORS, before, DAY_PACKS)).fetchone()
    if some is None:
        return False
    with w.transaction():
        w.db.execute(
            f"DELETE FROM rollups WHERE id IN (SELECT id FROM rollups WHERE {where} LIMIT 100)",
            (VECTORS, before, DAY_PACKS),
        )
    return True
