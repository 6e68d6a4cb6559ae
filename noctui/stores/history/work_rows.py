"""Planned work as stored: a row per version, and where to look for the work on a circuit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from zlib import crc32

import msgspec

from noctui.model.works import Work
from noctui.planned.matching import normal
from noctui.stores.history.versions import IN_FORCE, THEN, readable

Key = tuple[str, str]
_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(Work)
BEHIND, AHEAD = 86_400.0, 42 * 86_400.0
"""Seconds around an instant in which a View knows of windows: those that ended of late, and those of the coming
weeks."""
_ROW = "w.id, w.known_at, w.crc, w.data"


def insert_work(db: sqlite3.Connection, work: Work, known_at: float) -> int:
    """The next version of a work, in force from `known_at` on; its row. Inside the caller's transaction."""
    work = msgspec.structs.replace(work, matched=(), conflicts=())  # these follow the inventory
    key = work.maintenance.key
    data = _encode(work)
    windows = work.maintenance.windows
    first = min((w.start for w in windows), default=work.known_at)
    last = max((w.end for w in windows), default=work.known_at)
    db.execute(
        "UPDATE works SET superseded = ? WHERE provider = ? AND name = ? AND superseded = ?", (known_at, *key, IN_FORCE)
    )
    row = db.execute(
        "INSERT INTO works (provider, name, version, known_at, superseded, first, last, mail, crc, data)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*key, work.version, known_at, IN_FORCE, first, last, work.notice, crc32(data), data),
    ).lastrowid
    said = {normal(name) for one in work.maintenance.circuits for name in (one.circuit, *one.aliases)} - {""}
    db.executemany("INSERT OR IGNORE INTO work_circuits VALUES (?, ?, ?)", [(one, *key) for one in said])
    db.executemany(
        "INSERT OR REPLACE INTO work_supersedes VALUES (?, ?, ?)",
        [(key[0], plain_id(old), work.maintenance.maintenance_id) for old in work.maintenance.supersedes],
    )
    assert row is not None
    return row


def plain_id(maintenance_id: str) -> str:
    """Without case and blanks, as in `Maintenance.key`."""
    return "".join(maintenance_id.split()).casefold()


def stand_in(db: sqlite3.Connection, key: Key) -> str:
    """The id of the work that stands in for this one, "" none."""
    row = db.execute('SELECT "by" FROM work_supersedes WHERE provider = ? AND old = ?', key).fetchone()
    return "" if row is None or plain_id(row[0]) == key[1] else str(row[0])


def works_of(rows: Iterable[tuple[int, float, int, bytes]], said: set[str]) -> Iterator[Work]:
    """What the rows hold, but damaged ones."""
    return (work for _, work in readable(rows, _decoder, "work", said))


def newest_work(db: sqlite3.Connection, key: Key, said: set[str]) -> tuple[Work | None, float]:
    """The version in force, and since when; None, and 0, for a work that is not known."""
    row = db.execute(
        f"SELECT {_ROW} FROM works w WHERE provider = ? AND name = ? ORDER BY version DESC LIMIT 1", key
    ).fetchone()
    return (None, 0.0) if row is None else (next(works_of((row,), said), None), row[1])


def last_version(db: sqlite3.Connection, key: Key) -> int:
    """The number of the newest one, 0 for a work that is not known."""
    found = db.execute("SELECT max(version) FROM works WHERE provider = ? AND name = ?", key).fetchone()[0]
    return int(found or 0)


def mails_of(db: sqlite3.Connection, key: Key) -> tuple[str, ...]:
    """Keys of the mails that told of a work, in the order they did."""
    rows = db.execute(
        "SELECT mail, min(version) FROM works WHERE provider = ? AND name = ? GROUP BY mail ORDER BY 2", key
    )
    return tuple(mail for mail, _ in rows)


def select_works(
    db: sqlite3.Connection, start: float, end: float, known: float, said: set[str], carrier_ids: Iterable[str] = ()
) -> tuple[Work, ...]:
    """Of each work the version in force at `known`, when its windows (all of them together) touch [start, end],
    earliest first; `carrier_ids`: of those that ever named one of these."""
    only = "1"
    values: tuple[str, ...] = ()
    names = sorted({normal(one) for one in carrier_ids} - {""})
    if names:
        only = (
            "EXISTS (SELECT 1 FROM work_circuits c WHERE c.circuit IN (SELECT value FROM json_each(?))"
            " AND c.provider = w.provider AND c.name = w.name)"
        )
        values = (msgspec.json.encode(names).decode(),)
    rows = db.execute(
        f"SELECT {_ROW} FROM works w WHERE w.last >= ? AND w.first <= ? AND {THEN} AND {only}"
        " ORDER BY w.first, w.last, w.provider, w.name",
        (start, end, known, known, *values),
    )
    return tuple(works_of(rows, said))


def near(db: sqlite3.Connection, at: float, known: float, said: set[str]) -> tuple[Work, ...]:
    """What a View of `at` knows of, by what was known at `known`."""
    return select_works(db, at - BEHIND, at + AHEAD, known, said)


def select_life(db: sqlite3.Connection, key: Key, known: float, said: set[str]) -> tuple[Work, ...]:
    """All versions that were known at `known`, oldest first."""
    rows = db.execute(
        f"SELECT {_ROW} FROM works w WHERE provider = ? AND name = ? AND known_at <= ? ORDER BY version", (*key, known)
    )
    return tuple(works_of(rows, said))


def select_all(db: sqlite3.Connection, start: float, known: float, said: set[str]) -> tuple[Work, ...]:
    """Every version, known at `known`, of the works that had a window after `start` in one of them: for promises."""
    rows = db.execute(
        f"SELECT {_ROW} FROM works w"
        " JOIN (SELECT DISTINCT provider, name FROM works WHERE last >= ? AND known_at <= ?) k"
        " ON k.provider = w.provider AND k.name = w.name WHERE w.known_at <= ? ORDER BY w.provider, w.name, w.version",
        (start, known, known),
    )
    return tuple(works_of(rows, said))


def newest_row(db: sqlite3.Connection) -> int:
    """A number that rises with every version that is written."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM works").fetchone()[0])
