"""Rolling hourly KPIs: an hour's vector when it is over, a day's vectors into packs, a month's packs into tiles.

What comes in late (back-fill, an hour rolled anew) is laid over what is there. One unit, one transaction a call.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from math import floor
from typing import TYPE_CHECKING

import numpy as np

from noctui.kpi.hourly import fives
from noctui.model.edges import Edge
from noctui.model.view import F4, F8
from noctui.stores.history.blocks import HOURS, all_slots, by_number
from noctui.stores.history.columns import CIRCUITS, NUMBER
from noctui.stores.history.db import pack_of
from noctui.stores.history.hourly import (
    DAY_BLOCK,
    DAY_PACKS,
    DAY_STEP,
    FIVE_HOURS,
    MONTH_BLOCK,
    MONTH_STEP,
    MONTH_TILES,
    SAMPLED,
    VECTORS,
    empty_columns,
    hour_figures,
    hour_fives,
    hour_samples,
    hour_vector,
    overlay,
)
from noctui.stores.history.pack import build
from noctui.stores.history.painted import painted_since
from noctui.stores.history.settings import DAY, HOUR

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

REACH_BACK = 2700.0
"""Samples so long before an hour tell how far its first ones reach back; so long after it the last ones may come."""
ANEW_SECONDS = 2 * DAY
MONTH_UNIT = 256
"""Slots per unit of a month."""
MONTH_GRACE = DAY


def roll_hour(w: Writer, now: float) -> bool:
    """The figures of the oldest closed hour that has none; False when there is none."""
    row = w.db.execute("SELECT min(start) FROM periods WHERE kind = ? AND ready AND NOT rolled", (HOURS,)).fetchone()
    if row[0] is None:
        return False
    start: float = row[0]
    end = start + HOUR
    last = w.db.execute("SELECT interval FROM polls WHERE at < ? ORDER BY at DESC LIMIT 1", (end,)).fetchone()
    reach = 3.0 * (last[0] if last else 60.0)
    if now < end + reach and w.newest < end + reach:
        return False
    slots = w.slots(CIRCUITS)
    columns = by_number(CIRCUITS, [NUMBER[name] for name in SAMPLED])
    found = all_slots(
        w.db,
        w.catalog,
        CIRCUITS,
        np.arange(slots, dtype=np.int32),
        columns,
        start - max(REACH_BACK, reach),
        end + reach,
    )
    values = {c.name: found.values[c.number] for c in columns}
    down, up = _bandwidths(w, found.times, slots)
    painted = painted_since(w.db, slots, start - DAY)
    samples = hour_samples(found.times, found.intervals, values, down, up, start, end)
    data, averages = hour_vector(hour_figures(samples, painted, start, end)), hour_fives(fives(samples))
    with w.transaction():
        put(w, VECTORS, start, 0, data)
        put(w, FIVE_HOURS, start, 0, averages)
        w.db.execute("UPDATE periods SET rolled = 1 WHERE kind = ? AND start = ? AND ready", (HOURS, start))
    return True


def roll_anew(db: sqlite3.Connection, edges: Iterable[Edge], now: float) -> None:
    """Hours that edges learned now reach back into are rolled again, as far back as single hours are kept."""
    back = now - ANEW_SECONDS
    spans = [(max(e.event_time, back), now if e.until is None else e.until) for e in edges if e.event_time < now - 60.0]
    if spans:
        first, last = min(s[0] for s in spans), max(s[1] for s in spans)
        db.execute(
            "UPDATE periods SET rolled = 0 WHERE kind = ? AND rolled AND start > ? AND start < ?",
            (HOURS, first - HOUR, last),
        )


def _bandwidths(w: Writer, times: F8, slots: int) -> tuple[F8, F8]:
    """[polls, slots] bandwidth towards and from the site, of the version each poll was judged with."""
    revs = dict(w.db.execute("SELECT at, rev FROM polls WHERE at >= ? AND at <= ?", (times[0], times[-1])))
    rows: dict[int, tuple[F8, F8]] = {}
    for rev in set(revs.values()):
        down, up = np.zeros(slots), np.zeros(slots)
        version = w.catalog.version(w.db, rev)
        if version is not None:
            down[version.slots[CIRCUITS]] = version.inventory.down_bps
            up[version.slots[CIRCUITS]] = version.inventory.up_bps
        rows[rev] = down, up
    each = [rows[revs[t]] for t in times.tolist()]
    return np.array([r[0] for r in each]), np.array([r[1] for r in each])


def put(w: Writer, kind: int, start: float, block: int, data: bytes) -> None:
    w.db.execute("DELETE FROM rollups WHERE kind = ? AND block = ? AND start = ?", (kind, block, start))
    w.db.execute(
        "INSERT INTO rollups (kind, start, block, merged, org_id, rev, epoch, data) VALUES (?, ?, ?, 0, ?, ?, ?, ?)",
        (kind, start, block, w.org_id, w.newest_rev, w.epoch, data),
    )


def roll_day(w: Writer, now: float) -> bool:
    """One block of the oldest day whose hours are all rolled; False when there is none."""
    day = _oldest(w, VECTORS)
    if day is None:
        return False
    day = floor(day / DAY) * DAY
    if now < day + DAY + HOUR or _unrolled(w, day):
        return False
    hours = w.db.execute(
        "SELECT id, start FROM rollups WHERE kind = ? AND start >= ? AND start < ? AND NOT merged",
        (VECTORS, day, day + DAY),
    ).fetchall()
    block = w.cursor(("day", day))
    first = block * DAY_BLOCK
    if first >= w.slots(CIRCUITS):
        with w.transaction():
            w.db.executemany("UPDATE rollups SET merged = 1 WHERE id = ?", [(id_,) for id_, _ in hours])
        return True
    into = empty_columns(min(DAY_BLOCK, w.slots(CIRCUITS) - first), 24)
    _lay(w, into, DAY_PACKS, day, block, 0)
    for id_, start in hours:
        with pack_of(w.db, "rollups", id_, f"hourly figures {start:.0f}") as pack:
            overlay(into, pack, first, round((start - day) / HOUR))
    data = build(into, DAY_STEP)
    with w.transaction():
        put(w, DAY_PACKS, day, block, data)
    w.advance(("day", day))
    return True


def roll_month(w: Writer, now: float) -> bool:
    """Some tiles of the oldest month that is over; False when there is none."""
    day = _oldest(w, DAY_PACKS)
    if day is None:
        return False
    begin, end = month_of(day)
    if now < end + MONTH_GRACE or _oldest(w, VECTORS, end) is not None:
        return False
    unit = w.cursor(("month", begin))
    first = unit * MONTH_UNIT
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
        at = tile * MONTH_BLOCK - first
        _lay(w, {n: column[at : at + MONTH_BLOCK] for n, column in into.items()}, MONTH_TILES, begin, tile, 0)
    block, inside = divmod(first, DAY_BLOCK)
    for id_, start in w.db.execute(
        "SELECT id, start FROM rollups WHERE kind = ? AND start >= ? AND start < ? AND block = ?",
        (DAY_PACKS, begin, end, block),
    ).fetchall():
        with pack_of(w.db, "rollups", id_, f"hourly figures {start:.0f}") as pack:
            overlay(into, pack, inside, round((start - begin) / HOUR))
    with w.transaction():
        for tile in tiles:
            at = tile * MONTH_BLOCK - first
            cut: dict[int, F4] = {n: column[at : at + MONTH_BLOCK] for n, column in into.items()}
            put(w, MONTH_TILES, begin, tile, build(cut, MONTH_STEP))
    w.advance(("month", begin))
    return True


def _lay(w: Writer, into: dict[int, F4], kind: int, start: float, block: int, hour: int) -> None:
    """What is in the file already, when there is something."""
    row = w.db.execute(
        "SELECT id FROM rollups WHERE kind = ? AND block = ? AND start = ?", (kind, block, start)
    ).fetchone()
    if row is not None:
        with pack_of(w.db, "rollups", row[0], f"hourly figures {start:.0f} {block}") as pack:
            overlay(into, pack, 0, hour)


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


def _oldest(w: Writer, kind: int, before: float = 1e18) -> float | None:
    row = w.db.execute(
        "SELECT min(start) FROM rollups WHERE kind = ? AND merged = 0 AND start < ?", (kind, before)
    ).fetchone()
    found: float | None = row[0]
    return found


def _unrolled(w: Writer, day: float) -> bool:
    return (
        w.db.execute(
            "SELECT 1 FROM periods WHERE kind = ? AND start >= ? AND start < ? AND NOT rolled LIMIT 1",
            (HOURS, day, day + DAY),
        ).fetchone()
        is not None
    )


def month_of(at: float) -> tuple[float, float]:
    """Begin and end of the UTC month."""
    when = datetime.fromtimestamp(at, UTC)
    begin = when.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)
    return begin.timestamp(), following.timestamp()
