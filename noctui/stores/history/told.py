"""What the cloud told beyond samples, as stored: versions of its alarms, its devices' events, tables of service levels.

An alarm has a row per version; `superseded` is when the next one was known. What is told twice is stored once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from zlib import crc32

import msgspec
import numpy as np
import zstandard

from noctui.model.batch import Told
from noctui.model.cloud import DeviceEvent, MistAlarm, SleTable
from noctui.stores.history.codec import compress, decompress
from noctui.stores.history.db import pack_of
from noctui.stores.history.faults import DamagedBlock
from noctui.stores.history.pack import build

_encode = msgspec.msgpack.Encoder().encode
_alarm = msgspec.msgpack.Decoder(MistAlarm)
_ids = msgspec.msgpack.Decoder(tuple[str, ...])
_MOST = 1 << 26
_GATEWAY, _LINK, _APPLICATION = 1, 2, 3
"""Metric numbers of a table of service levels; never given to another meaning."""
Stamp = tuple[str, int, int]
"""org_id, rev, epoch"""


class SleRow(msgspec.Struct, array_like=True):
    """A table of service levels for the inbox: columns are little-endian float32."""

    at: float
    site_ids: tuple[str, ...]
    columns: tuple[bytes, bytes, bytes]


def sle_row(table: SleTable) -> SleRow:
    gateway, link, application = (
        c.astype("<f4").tobytes() for c in (table.gateway_health, table.wan_link_health, table.application_health)
    )
    return SleRow(table.at, table.site_ids, (gateway, link, application))


def sle_of(row: SleRow) -> SleTable:
    """The opposite."""
    return SleTable(row.at, row.site_ids, *(np.frombuffer(c, "<f4") for c in row.columns))


def insert_told(db: sqlite3.Connection, told: Told, stamp: Stamp) -> None:
    """Inside the caller's transaction."""
    if told.alarms:
        insert_alarms(db, told.alarms)
    if told.events:
        insert_events(db, told.events)
    if told.sle is not None:
        insert_sle(db, told.sle, stamp)


def insert_alarms(db: sqlite3.Connection, alarms: Iterable[MistAlarm]) -> None:
    """Versions; one that says what the version before it says is none."""
    for alarm in alarms:
        key = alarm.alarm_id, alarm.known_at
        before = db.execute(
            "SELECT id, crc, data FROM mist_alarms WHERE alarm_id = ? AND known_at <= ? ORDER BY known_at DESC LIMIT 1",
            key,
        ).fetchone()
        data = _encode(msgspec.structs.replace(alarm, known_at=0.0))
        crc = crc32(data)
        if before is not None and before[1] == crc and before[2] == data:
            continue
        later = db.execute("SELECT min(known_at) FROM mist_alarms WHERE alarm_id = ? AND known_at > ?", key).fetchone()[
            0
        ]
        if before is not None:
            db.execute("UPDATE mist_alarms SET superseded = ? WHERE id = ?", (alarm.known_at, before[0]))
        db.execute(
            "INSERT OR REPLACE INTO mist_alarms"
            " (alarm_id, known_at, superseded, opened, resolved, last_seen, site_id, crc, data)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*key, later, alarm.opened, alarm.resolved, alarm.last_seen, alarm.site_id, crc, data),
        )


def insert_events(db: sqlite3.Connection, events: Iterable[DeviceEvent]) -> None:
    """Of the same event told twice the first counts: what was known of it then."""
    db.executemany(
        "INSERT OR IGNORE INTO device_events"
        " (event_time, known_at, type, gateway_id, port_id, site_id, circuit_id, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(e.event_time, e.known_at, e.type, e.gateway_id, e.port_id, e.site_id, e.circuit_id, e.text) for e in events],
    )


def insert_sle(db: sqlite3.Connection, table: SleTable, stamp: Stamp) -> None:
    """The ids of the sites are stored once for as long as they stay the same."""
    ids = compress(_encode(table.site_ids))
    crc = crc32(ids)
    found = db.execute("SELECT no FROM sle_sites WHERE crc = ? AND data = ?", (crc, ids)).fetchone()
    if found is None:
        found = db.execute("INSERT INTO sle_sites (crc, data) VALUES (?, ?) RETURNING no", (crc, ids)).fetchone()
    columns = {_GATEWAY: table.gateway_health, _LINK: table.wan_link_health, _APPLICATION: table.application_health}
    rows = max(1, len(table.site_ids))
    padded = {n: np.resize(c.astype("<f4"), rows)[:, None] for n, c in columns.items()}
    db.execute(
        "INSERT OR REPLACE INTO sle (at, sites, org_id, rev, epoch, data) VALUES (?, ?, ?, ?, ?, ?)",
        (table.at, found[0], *stamp, build(padded, rows)),
    )


def select_alarms(
    db: sqlite3.Connection, start: float, end: float, known: float | None, limit: int, site_id: str = ""
) -> tuple[MistAlarm, ...]:
    """Alarms open at some time in [start, end], newest `last_seen` first: as known at `known`, or now (None). Raises
    DamagedBlock."""
    in_force, values = ("superseded IS NULL", [])
    if known is not None:
        in_force, values = "known_at <= ? AND ifnull(superseded, 1e18) > ?", [known, known]
    query = (
        f"SELECT alarm_id, known_at, crc, data FROM mist_alarms WHERE {in_force} AND opened <= ?"
        " AND (resolved IS NULL OR resolved >= ?) AND (? = '' OR site_id = ?) ORDER BY last_seen DESC, id DESC LIMIT ?"
    )
    found = db.execute(query, (*values, end, start, site_id, site_id, int(limit)))
    return tuple(_unpacked(*row) for row in found)


def latest_alarms(db: sqlite3.Connection, since: float) -> tuple[MistAlarm, ...]:
    """The newest version of each that is open, or was opened after `since`; damaged ones are left out."""
    found: list[MistAlarm] = []
    query = (
        "SELECT alarm_id, known_at, crc, data FROM mist_alarms"
        " WHERE superseded IS NULL AND (resolved IS NULL OR opened > ?)"
    )
    for row in db.execute(query, (since,)):
        try:
            found.append(_unpacked(*row))
        except DamagedBlock:
            continue  # then it is told again
    return tuple(found)


def _unpacked(alarm_id: str, known_at: float, crc: int, data: bytes) -> MistAlarm:
    if crc32(data) != crc:
        raise DamagedBlock(f"alarm {alarm_id}", "checksum")
    try:
        return msgspec.structs.replace(_alarm.decode(data), known_at=known_at)
    except msgspec.DecodeError as error:
        raise DamagedBlock(f"alarm {alarm_id}", str(error)) from error


def select_events(
    db: sqlite3.Connection, where: str, values: Sequence[float | str], limit: int
) -> tuple[DeviceEvent, ...]:
    """Newest first."""
    found = db.execute(
        "SELECT type, event_time, known_at, gateway_id, site_id, port_id, circuit_id, text FROM device_events"
        f" WHERE {where} ORDER BY event_time DESC, id DESC LIMIT {int(limit)}",
        values,
    )
    return tuple(
        DeviceEvent(
            type=r[0], event_time=r[1], known_at=r[2], gateway_id=r[3], site_id=r[4], port_id=r[5], circuit_id=r[6],
            text=r[7],
        )
        for r in found
    )  # fmt: skip


def select_sle(db: sqlite3.Connection, at: float) -> SleTable | None:
    """The newest table at or before `at`. Raises DamagedBlock."""
    row = db.execute(
        "SELECT s.id, s.at, n.crc, n.data FROM sle s JOIN sle_sites n ON n.no = s.sites WHERE s.at <= ?"
        " ORDER BY s.at DESC LIMIT 1",
        (at,),
    ).fetchone()
    if row is None:
        return None
    name = f"service levels of {row[1]:.0f}"
    if crc32(row[3]) != row[2]:
        raise DamagedBlock(name, "checksum of the sites")
    try:
        ids = _ids.decode(decompress(row[3], _MOST))
    except (zstandard.ZstdError, msgspec.DecodeError) as error:
        raise DamagedBlock(name, str(error)) from error
    with pack_of(db, "sle", row[0], name) as pack:
        if pack.n0 < len(ids):
            raise DamagedBlock(name, "fewer rows than sites")
        columns = (pack.get(n)[: len(ids), 0] for n in (_GATEWAY, _LINK, _APPLICATION))
        return SleTable(row[1], ids, *columns)
