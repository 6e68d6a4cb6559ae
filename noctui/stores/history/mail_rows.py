"""The ledger of mails as stored: a row per time that one was read, its bytes, and where it lay."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from zlib import crc32

import msgspec
import zstandard

from noctui.model.mails import Body, Place
from noctui.model.notices import Notice
from noctui.model.works import Mail
from noctui.stores.history.faults import DamagedBlock
from noctui.stores.history.versions import IN_FORCE, THEN, readable

KEPT = 1024 * 1024
"""Bytes of a mail that are kept: what a reader looks at comes before attachments."""
KEPT_OTHERS = 64 * 1024
"""Of one that is about something else."""
MOST_NOTICE = 16 * 1024 * 1024
_encode = msgspec.msgpack.Encoder().encode
_mail = msgspec.msgpack.Decoder(Mail)
_notice = msgspec.msgpack.Decoder(Notice)
_ROW = "m.id, m.known_at, m.crc, m.data"


def insert_mail(db: sqlite3.Connection, mail: Mail, notice: Notice, known_at: float) -> None:
    """The next line of a mail, in force from `known_at` on. Inside the caller's transaction."""
    data = _encode(mail)
    packed = zstandard.ZstdCompressor(3).compress(_encode(notice))
    db.execute('UPDATE mails SET superseded = ? WHERE "key" = ? AND superseded = ?', (known_at, mail.key, IN_FORCE))
    db.execute(
        'INSERT INTO mails ("key", tried, known_at, superseded, read_at, waits, outcome, crc, data, notice)'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            mail.key, mail.tried, known_at, IN_FORCE, mail.read_at, int(mail.waits), mail.outcome.value,
            crc32(data), data, packed,
        ),
    )  # fmt: skip


def insert_body(db: sqlite3.Connection, key: str, body: bytes, size: int, known_at: float, others: bool) -> None:
    """The mail's first bytes; `others`: it is about something else. Inside the caller's transaction."""
    kept = body[: KEPT_OTHERS if others else KEPT]
    db.execute(
        'INSERT OR IGNORE INTO mail_bodies ("key", known_at, size, others, crc, data) VALUES (?, ?, ?, ?, ?, ?)',
        (key, known_at, max(size, len(body)), int(others), crc32(kept), zstandard.ZstdCompressor(3).compress(kept)),
    )


def keep_body(db: sqlite3.Connection, key: str) -> None:
    """It turned out to be a notice."""
    db.execute('UPDATE mail_bodies SET others = 0 WHERE "key" = ?', (key,))


def insert_place(db: sqlite3.Connection, mailbox: str, place: str, stamp: str, key: str) -> None:
    db.execute("INSERT OR REPLACE INTO mail_places VALUES (?, ?, ?, ?)", (mailbox, place, stamp, key))


def mail_of(db: sqlite3.Connection, key: str, known: float, said: set[str]) -> tuple[Mail, Notice] | None:
    """Its line in force at `known`, and what was read in it then."""
    row = db.execute(f'SELECT {_ROW}, m.notice FROM mails m WHERE "key" = ? AND {THEN}', (key, known, known)).fetchone()
    mail = None if row is None else next(_mails((row[:4],), said), None)
    if mail is None:
        return None
    try:
        return mail, _notice.decode(_unpacked(row[4], MOST_NOTICE))
    except (zstandard.ZstdError, msgspec.DecodeError) as error:
        raise DamagedBlock(f"mail {row[0]}", str(error)) from error


def first_notice(db: sqlite3.Connection, key: str) -> Notice | None:
    """What was read in it when it came; None where that cannot be told."""
    row = db.execute('SELECT notice FROM mails WHERE "key" = ? ORDER BY tried LIMIT 1', (key,)).fetchone()
    try:
        return None if row is None else _notice.decode(_unpacked(row[0], MOST_NOTICE))
    except (zstandard.ZstdError, msgspec.DecodeError):
        return None


def has_body(db: sqlite3.Connection, key: str, body: bytes) -> bool:
    """These are the bytes that it came as."""
    row = db.execute('SELECT crc, size FROM mail_bodies WHERE "key" = ?', (key,)).fetchone()
    return row is not None and row[1] >= len(body) and row[0] in (crc32(body[:KEPT]), crc32(body[:KEPT_OTHERS]))


def body_of(db: sqlite3.Connection, key: str, known: float, said: set[str]) -> Body | None:
    """None: no such mail, or its bytes are older than is kept. Raises DamagedBlock."""
    found = mail_of(db, key, known, said)
    row = db.execute('SELECT size, crc, data FROM mail_bodies WHERE "key" = ?', (key,)).fetchone()
    if found is None or row is None:
        return None
    try:
        data = _unpacked(row[2], KEPT)
    except zstandard.ZstdError as error:
        raise DamagedBlock(f"mail {key[:80]}", str(error)) from error
    if crc32(data) != row[1]:
        raise DamagedBlock(f"mail {key[:80]}", "checksum")
    return Body(mail=found[0], data=data, size=row[0])


def select_mails(
    db: sqlite3.Connection, start: float, end: float, known: float, limit: int, waiting: bool, said: set[str]
) -> tuple[Mail, ...]:
    """Those first read in [start, end], newest first; `waiting`: those that wait at `known`, of whatever time."""
    where = f"waits = 1 AND {THEN}" if waiting else f"{THEN} AND read_at >= ? AND read_at <= ?"
    values = (known, known) if waiting else (known, known, start, end)
    rows = db.execute(
        f"SELECT {_ROW} FROM mails m WHERE {where} ORDER BY read_at DESC, id DESC LIMIT ?", (*values, max(0, limit))
    )
    return tuple(_mails(rows, said))


def select_places(db: sqlite3.Connection, mailbox: str) -> dict[str, Place]:
    """What the ledger knows of a mailbox, by place."""
    rows = db.execute(
        'SELECT p.place, p.stamp, p."key", m.outcome FROM mail_places p JOIN mails m ON m."key" = p."key"'
        " AND m.superseded = ? WHERE p.mailbox = ?",
        (IN_FORCE, mailbox),
    )
    return {place: Place(stamp=stamp, key=key, outcome=outcome) for place, stamp, key, outcome in rows}


def _mails(rows: Iterable[tuple[int, float, int, bytes]], said: set[str]) -> Iterator[Mail]:
    return (mail for _, mail in readable(rows, _mail, "mail", said))


def _unpacked(data: bytes, most: int) -> bytes:
    return zstandard.ZstdDecompressor().decompress(data, max_output_size=most)
