"""Notifications as stored: a row per version, known since the poll before it or since it was made or sent."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from zlib import crc32

import msgspec

from noctui.model.alarms import Message
from noctui.stores.history.versions import IN_FORCE, THEN, readable

_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(Message)
_ROW = "id, known_at, crc, data"
_AT_ONCE = 500
"""Alarms that one query asks about."""


def insert_messages(db: sqlite3.Connection, messages: Iterable[Message], newest: float) -> None:
    """Inside the caller's transaction. `newest` is the newest poll: what changes after it is no part of its past."""
    for message in messages:
        data = _encode(message)
        crc = crc32(data)
        before = db.execute(
            "SELECT id, known_at, crc, data FROM messages WHERE message_id = ? ORDER BY known_at DESC LIMIT 1",
            (message.message_id,),
        ).fetchone()
        known_at = max(newest, message.made_at, message.sent_at)
        if before is not None:
            if before[2] == crc and before[3] == data:
                continue
            known_at = max(known_at, before[1])
            if known_at == before[1]:  # between two polls only the last state counts
                db.execute("DELETE FROM messages WHERE id = ?", before[:1])
            else:
                db.execute("UPDATE messages SET superseded = ? WHERE id = ?", (known_at, before[0]))
        db.execute(
            'INSERT INTO messages (message_id, known_at, superseded, made_at, alarm_id, "state", crc, data)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (message.message_id, known_at, IN_FORCE, message.made_at, message.alarm_id, message.state, crc, data),
        )


def _messages(rows: Iterable[tuple[int, float, int, bytes]], said: set[str]) -> Iterator[Message]:
    return (message for _, message in readable(rows, _decoder, "message", said))


def select_messages(
    db: sqlite3.Connection, start: float, end: float, known: float, limit: int, alarm_id: str, said: set[str]
) -> tuple[Message, ...]:
    """Made in [start, end], newest first, as they stood at `known`."""
    of, values = ("alarm_id = ? AND", [alarm_id]) if alarm_id else ("", [])
    rows = db.execute(
        f"SELECT {_ROW} FROM messages WHERE {of} made_at >= ? AND made_at <= ? AND {THEN}"
        " ORDER BY made_at DESC, id DESC LIMIT ?",
        (*values, start, end, known, known, int(limit)),
    )
    return tuple(_messages(rows, said))


def newest_messages(
    db: sqlite3.Connection, since: float, said: set[str], alarm_ids: Sequence[str] = ()
) -> tuple[Message, ...]:
    """Those made after `since` or about these alarms, and all that wait or are tried again, oldest first."""
    rows = db.execute(
        f"SELECT {_ROW} FROM messages WHERE made_at > ?1 AND superseded = 1e18 UNION ALL SELECT {_ROW} FROM messages"
        " INDEXED BY messages_due WHERE superseded = 1e18 AND \"state\" IN ('waiting', 'failed') AND made_at <= ?1",
        (since,),
    ).fetchall()
    for start in range(0, len(alarm_ids), _AT_ONCE):
        some = alarm_ids[start : start + _AT_ONCE]
        rows += db.execute(
            f"SELECT {_ROW} FROM messages WHERE alarm_id IN ({', '.join('?' * len(some))}) AND made_at <= ?"
            " AND superseded = 1e18 AND \"state\" NOT IN ('waiting', 'failed')",
            (*some, since),
        ).fetchall()
    return tuple(sorted(_messages(rows, said), key=lambda m: (m.made_at, m.message_id)))
