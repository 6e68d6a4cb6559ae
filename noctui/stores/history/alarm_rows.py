"""Alarms as stored: a row per version. What a version says that the one before it said is stored once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import islice
from zlib import crc32

import msgspec

from noctui.model.alarms import Alarm
from noctui.stores.history.blocks import Go, never
from noctui.stores.history.schema import meta, set_meta
from noctui.stores.history.versions import IN_FORCE, NOW, THEN, readable

_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(Alarm)
_replace = msgspec.structs.replace

_ROW = "a.id, a.known_at, a.crc, a.data"
_LOOK_EVERY = 500
Row = tuple[int, float, int, bytes]


def hashed(text: str) -> int:
    """64 bits that stand for an id in an index."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little", signed=True)


def named(alarm_id: str) -> tuple[int, int]:
    """(began, name) of an alarm's id, which ends in the second that it opened; 0 of one that does not."""
    second = alarm_id.rpartition("@")[2]
    return int(second) if second.isascii() and second.isdigit() and len(second) < 16 else 0, hashed(alarm_id)


def places(alarm: Alarm) -> list[int]:
    """What it is found by beside its time."""
    those = [f"circuit {circuit_id}" for circuit_id in alarm.circuit_ids]
    if alarm.site_id:
        those.append(f"site {alarm.site_id}")
    if alarm.parent:
        those.append(f"parent {alarm.parent}")
    return [hashed(one) for one in those]


def insert_alarms(db: sqlite3.Connection, alarms: Iterable[Alarm]) -> None:
    """Inside the caller's transaction. Versions may come out of order; of two of the same moment the last one holds."""
    highest = 0
    for alarm in alarms:
        highest = max(highest, alarm.number)
        name, known_at = named(alarm.alarm_id), alarm.known_at
        data = _encode(_replace(alarm, known_at=0.0))
        crc = crc32(data)
        before = db.execute(
            "SELECT id, known_at, superseded, crc, data FROM alarms WHERE began = ? AND name = ? AND known_at <= ?"
            " ORDER BY known_at DESC LIMIT 1",
            (*name, known_at),
        ).fetchone()
        number = None
        if before is None:
            later = db.execute("SELECT min(known_at) FROM alarms WHERE began = ? AND name = ?", name).fetchone()[0]
            superseded = IN_FORCE if later is None else later
        elif before[3] == crc and before[4] == data:
            continue
        else:
            superseded = before[2]
            if before[1] == known_at:
                # Numbers only rise, for those who ask what is new: the new row may not take the one that is given up.
                number = db.execute("SELECT max(id) + 1 FROM alarms").fetchone()[0]
                db.execute("DELETE FROM alarms WHERE id = ?", before[:1])
            else:
                db.execute("UPDATE alarms SET superseded = ? WHERE id = ?", (known_at, before[0]))
        db.execute(
            "INSERT INTO alarms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, *name, known_at, superseded, alarm.opened, alarm.cleared, crc, data),
        )
        if before is None or not _same_places(before[4], alarm):
            db.executemany(
                "INSERT OR IGNORE INTO alarm_places VALUES (?, ?, ?)", [(place, *name) for place in places(alarm)]
            )

    if highest > highest_number(db):
        set_meta(db, _NUMBER, highest)


_NUMBER = "incident"


def highest_number(db: sqlite3.Connection) -> int:
    """The highest number that an incident ever had; it outlives the incident, so that none is given twice."""
    return int(meta(db, _NUMBER) or 0)


def _same_places(data: bytes, alarm: Alarm) -> bool:
    """The version before is found by what this one is found by: which costs less to see than to write again."""
    try:
        before = _decoder.decode(data)
    except msgspec.DecodeError:
        return False
    return (before.site_id, before.parent, before.circuit_ids) == (alarm.site_id, alarm.parent, alarm.circuit_ids)


def alarms_of(rows: Iterable[Row], said: set[str]) -> Iterator[Alarm]:
    """What the rows hold, but damaged ones."""
    for known_at, alarm in readable(rows, _decoder, "alarm", said):
        yield _replace(alarm, known_at=known_at)


def select_open(db: sqlite3.Connection, known: float, said: set[str]) -> list[Alarm]:
    """Those open at `known` as they were known then, in the order they opened."""
    rows = db.execute(
        f"SELECT {_ROW} FROM alarms a INDEXED BY alarms_open WHERE cleared IS NULL AND {THEN}", (known, known)
    )
    return sorted(alarms_of(rows, said), key=by_opened)


def by_opened(alarm: Alarm) -> tuple[float, str]:
    return alarm.opened, alarm.alarm_id


def select_open_after_all(db: sqlite3.Connection, at: float, said: set[str]) -> list[Alarm]:
    """Those that were open at `at` by what is known now, in the order they opened."""
    found = [as_of(a, at) for a in _in_range(db, at, at, NOW, said)]
    return sorted((a for a in found if a.cleared is None), key=by_opened)


def last_cleared(db: sqlite3.Connection, at: float, known: float) -> float:
    """When the last one cleared that did so by `at`; NaN when none has."""
    row = db.execute(
        f"SELECT cleared FROM alarms INDEXED BY alarms_cleared WHERE cleared IS NOT NULL AND cleared <= ? AND {THEN}"
        " ORDER BY cleared DESC LIMIT 1",
        (at, known, known),
    ).fetchone()
    return float("nan") if row is None else float(row[0])


def as_of(alarm: Alarm, at: float) -> Alarm:
    """A version that became known later, ending at `at`: what came of the alarm after it is left out."""
    if alarm.cleared is not None and alarm.cleared > at:
        alarm = _replace(alarm, cleared=None)
    if alarm.ack is not None and alarm.ack.at > at:
        alarm = _replace(alarm, ack=None)
    if alarm.snooze is not None and alarm.snooze.at > at:
        alarm = _replace(alarm, snooze=None)
    if alarm.notes and alarm.notes[-1].at > at:
        alarm = _replace(alarm, notes=tuple(n for n in alarm.notes if n.at <= at))
    return alarm


def select_alarms(
    db: sqlite3.Connection,
    start: float,
    end: float,
    known: float,
    limit: int,
    said: set[str],
    *,
    site_id: str = "",
    circuit_id: str = "",
    parent: str = "",
    go: Go = never,
) -> tuple[Alarm, ...]:
    """Alarms open at some time in [start, end] as known at `known` (NOW: now), newest `opened` first."""
    if site_id or circuit_id or parent:
        found = _of(db, start, end, known, site_id, circuit_id, parent, said)
    else:
        found = _in_range(db, start, end, known, said)
    return tuple(_looking(islice(found, max(0, limit)), go))


def _looking(alarms: Iterator[Alarm], go: Go) -> Iterator[Alarm]:
    for number, alarm in enumerate(alarms):
        if not number % _LOOK_EVERY:
            go()
        yield alarm


def _in_range(db: sqlite3.Connection, start: float, end: float, known: float, said: set[str]) -> Iterator[Alarm]:
    """First those that opened in the range, then those that were open when it began: these are open still, or cleared
    since. So neither look goes through all that ever was."""
    rows = db.execute(
        f"SELECT {_ROW} FROM alarms a INDEXED BY alarms_opened WHERE opened >= ? AND opened <= ?"
        f" AND ifnull(cleared, 1e18) >= ? AND {THEN} ORDER BY opened DESC, id DESC",
        (start, end, start, known, known),
    )
    yield from alarms_of(rows, said)
    rows = db.execute(
        f"SELECT {_ROW} FROM (SELECT id FROM alarms INDEXED BY alarms_open WHERE cleared IS NULL AND opened < ?1"
        " AND opened <= ?2 AND known_at <= ?3 AND superseded > ?3 UNION ALL SELECT id FROM alarms INDEXED BY"
        " alarms_cleared WHERE cleared IS NOT NULL AND cleared >= ?1 AND opened < ?1 AND opened <= ?2"
        " AND known_at <= ?3 AND superseded > ?3) f JOIN alarms a ON a.id = f.id ORDER BY a.opened DESC, a.id DESC",
        (start, end, known),
    )
    yield from alarms_of(rows, said)


def _of(
    db: sqlite3.Connection,
    start: float,
    end: float,
    known: float,
    site_id: str,
    circuit_id: str,
    parent: str,
    said: set[str],
) -> Iterator[Alarm]:
    place = f"circuit {circuit_id}" if circuit_id else f"parent {parent}" if parent else f"site {site_id}"
    rows = db.execute(
        f"SELECT {_ROW} FROM alarm_places p CROSS JOIN alarms a ON a.began = p.began AND a.name = p.name"
        " WHERE p.place = ? AND +a.opened <= ? AND ifnull(a.cleared, 1e18) >= ?"
        f" AND {THEN} ORDER BY a.opened DESC, a.id DESC",
        (hashed(place), end, start, known, known),
    )
    for alarm in alarms_of(rows, said):
        if (
            (not circuit_id or circuit_id in alarm.circuit_ids)
            and (not parent or parent == alarm.parent)
            and (not site_id or site_id == alarm.site_id)
        ):
            yield alarm


def select_versions(db: sqlite3.Connection, alarm_id: str, known: float, said: set[str]) -> tuple[Alarm, ...]:
    """The life of one alarm as known at `known`, oldest first."""
    rows = db.execute(
        f"SELECT {_ROW} FROM alarms a WHERE began = ? AND name = ? AND known_at <= ? ORDER BY known_at",
        (*named(alarm_id), known),
    )
    return tuple(alarms_of(rows, said))


def newest_alarms(db: sqlite3.Connection, since: float, said: set[str]) -> tuple[Alarm, ...]:
    """The newest version of each that is open or cleared after `since`, in the order they opened."""
    rows = db.execute(
        f"SELECT {_ROW} FROM alarms a INDEXED BY alarms_cleared WHERE cleared IS NOT NULL AND cleared > ? AND {THEN}",
        (since, NOW, NOW),
    )
    return tuple(sorted([*select_open(db, NOW, said), *alarms_of(rows, said)], key=by_opened))
