"""Taking in what lies in the inbox: each thing once, by its id, in the transaction that says so."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from math import floor
from typing import TYPE_CHECKING

import msgspec

from noctui.model.figures import Grain
from noctui.model.inventory import Inventory
from noctui.model.stores import Taken
from noctui.stores.history import inbox, past
from noctui.stores.history.due import mark_above, mark_hour, next_version
from noctui.stores.history.faults import HistoryFault
from noctui.stores.history.fives import merge_fives
from noctui.stores.history.hour_rows import has_hour
from noctui.stores.history.hourly import FIVE_HOURS, VECTORS
from noctui.stores.history.late import mark_chunk
from noctui.stores.history.merging import drop_rolled, roll_day
from noctui.stores.history.ordering import ORDER, reopen
from noctui.stores.history.ordering import decode as decode_order
from noctui.stores.history.rolling import polled
from noctui.stores.history.rollups import put
from noctui.stores.history.rows import insert_edge_rows, insert_failover_rows, insert_note_rows, insert_poll_values
from noctui.stores.history.sampled import REACH_BACK
from noctui.stores.history.settings import HOUR
from noctui.stores.history.told import insert_alarms, insert_events, insert_sle, sle_of

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

log = logging.getLogger(__name__)
_inventory = msgspec.msgpack.Decoder(Inventory)


def apply_inbox(w: Writer, limit_ms: float) -> Taken:
    """Take in what waits until `limit_ms` have passed (at least one thing). What cannot be read is set aside."""
    began = time.monotonic()
    history = False
    for waiting in inbox.pending(w.folder):
        if history and (time.monotonic() - began) * 1000.0 >= limit_ms:
            return Taken(more=True, history=history)
        if waiting.kind not in ("history", ORDER):
            continue
        if w.db.execute("SELECT 1 FROM applied WHERE id = ?", (waiting.id,)).fetchone() is None:
            try:
                data = waiting.path.read_bytes()
                if waiting.kind == ORDER:
                    _take_order(w, waiting.id, data)
                else:
                    chunk = past.decode(data)
                    _take_history(w, waiting.id, chunk)
                    history = True
                    _roll(w, chunk, began + limit_ms / 1000.0)
            except (msgspec.DecodeError, Refused, OSError) as error:
                _refuse(waiting, str(error))
                continue
        try:
            waiting.path.unlink(missing_ok=True)
        except OSError as error:  # it is taken in; that it lies there still is harmless, and known by its id
            log.warning("inbox.stays", extra={"file": waiting.path.name, "reason": str(error)})
    return Taken(more=False, history=history)


def _refuse(waiting: inbox.Waiting, reason: str) -> None:
    try:
        inbox.refuse(waiting)
    except OSError as error:
        reason = f"{reason}; cannot be set aside: {error.strerror}"
    log.error("inbox.refused", extra={"file": waiting.path.name, "reason": reason})


def _roll(w: Writer, chunk: past.Chunk, until: float) -> None:
    """Put the hours of the days before this chunk together at once: the next chunk uses their vectors' room."""
    last = chunk.polls[-1].at
    while time.monotonic() < until and (roll_day(w, last) or merge_fives(w, last) or drop_rolled(w, w.newest)):
        pass


class Refused(HistoryFault):
    """It does not belong into this history."""


def _take_order(w: Writer, key: str, data: bytes) -> None:
    order = decode_order(data)
    grain = order.checked()
    with w.transaction() as db:
        reopen(w, grain, order.since)
        db.execute("INSERT INTO applied VALUES (?, ?)", (key, w.newest))


def _take_history(w: Writer, key: str, chunk: past.Chunk) -> None:
    if chunk.org_id != w.org_id:
        raise Refused(f"polls of org {chunk.org_id} do not belong into the history of {w.org_id}")
    try:
        for registry, numbers in zip(w.registries.values(), chunk.numbers, strict=True):
            registry.keep(numbers.items())
    except HistoryFault as error:
        raise Refused(str(error)) from error
    _refuse_twice(w, chunk)
    # What nobody knew then is known since this poll at the earliest: the figures that it changes say the same.
    came = max(chunk.known_at, w.newest) if chunk.known_at else None
    stamp = (w.org_id, max((rev for rev, _ in chunk.inventories), default=0), w.epoch)
    with w.transaction() as db:
        for registry in w.registries.values():
            registry.flush()
        for rev, data in chunk.inventories:
            if db.execute("SELECT 1 FROM inventories WHERE rev = ?", (rev,)).fetchone() is None:
                w.learn_in(_inventory.decode(data))
        insert_poll_values(db, chunk.polls, w.org_id, w.epoch, came)
        ids: list[int] = []
        for period in chunk.periods:
            day = None if period.day is None else ids[period.day]
            found = db.execute(
                "INSERT INTO periods (kind, start, first, last, n, times, tables, ready, rolled, day, known_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 1, 1, ?, ?)",
                (
                    period.kind,
                    period.start,
                    period.first,
                    period.last,
                    period.n,
                    period.times,
                    period.tables,
                    day,
                    came,
                ),
            )
            assert found.lastrowid is not None
            ids.append(found.lastrowid)
            db.executemany(
                "INSERT INTO tiles (period, tbl, block, org_id, rev, epoch, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(ids[-1], table, block, *stamp, data) for table, block, data in period.tiles],
            )
        db.executemany(
            "INSERT OR IGNORE INTO quarters VALUES (?, ?, ?, ?, ?, ?)",
            [(q, *stamp, data, came) for q, data in chunk.quarters],
        )
        known_at = w.newest if came is None else came
        _take_hours(w, chunk, known_at)
        insert_edge_rows(db, chunk.edges, w.circuits)
        insert_failover_rows(db, chunk.failovers)
        insert_note_rows(db, chunk.notes)
        insert_alarms(db, chunk.alarms)
        insert_events(db, chunk.events)
        for table in chunk.sle:
            insert_sle(db, sle_of(table), stamp)
        db.execute("INSERT INTO applied VALUES (?, ?)", (key, w.newest))
        mark_chunk(w, chunk, known_at)
    w.newest = max(w.newest, chunk.polls[-1].at if chunk.polls else w.newest)


def _refuse_twice(w: Writer, chunk: past.Chunk) -> None:
    """Two polls of one instant would be two truths, and what a tile holds cannot be taken out of it. Raises Refused."""
    times = [p.at for p in chunk.polls]
    if not times:
        return
    there = w.db.execute("SELECT at FROM polls WHERE at >= ? AND at <= ?", (min(times), max(times))).fetchall()
    twice = sorted({at for (at,) in there}.intersection(times))
    if twice:
        first = datetime.fromtimestamp(twice[0], UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        raise Refused(f"{len(twice)} of its {len(times)} polls are in the history already, the first that of {first}")


def _take_hours(w: Writer, chunk: past.Chunk, known_at: float) -> None:
    """Hours as they were made elsewhere; those that hold polls which were not known there are made from all of them.

    Hours that are there already and that polls of this chunk reach into are made anew.
    """
    given = {hour.start for hour in chunk.hours}
    for hour in chunk.hours:
        around = hour.start - max(REACH_BACK, hour.reach), hour.start + HOUR + hour.reach
        polls = w.db.execute("SELECT count(*) FROM polls WHERE at > ? AND at <= ?", around).fetchone()[0]
        alone = polls == hour.polls
        if not alone:
            mark_hour(w, hour.start, known_at)
        if alone or not has_hour(w.db, hour.start):
            version = next_version(w)
            put(w, VECTORS, hour.start, 0, hour.vector, version)
            put(w, FIVE_HOURS, hour.start, 0, hour.fives, version)
            mark_above(w, Grain.DAY, hour.start, hour.start + HOUR, known_at=known_at)
    touched: set[float] = set()
    stood_for: set[float] = set()
    for poll in chunk.polls:
        reach = max(REACH_BACK, 3.0 * poll.interval)
        touched.update(_hours(poll.at - reach, poll.at + reach))
        stood_for.update(_hours(poll.at - 3.0 * poll.interval, poll.at))
    for start in sorted((touched | stood_for) - given):
        if has_hour(w.db, start) or (start in stood_for and not polled(w, start)):
            mark_hour(w, start, known_at)


def _hours(start: float, end: float) -> list[float]:
    """Beginnings of the hours that have a part in [start, end]."""
    return [number * HOUR for number in range(floor(start / HOUR), floor(end / HOUR) + 1)]
