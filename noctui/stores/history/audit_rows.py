"""The audit as stored: lines that are added, never changed, never dropped (triggers of the file refuse it)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from noctui.model.alarms import AuditEntry

_COLUMNS = 'at, known_at, who, role, origin, "action", subject, detail, outcome, act_id'


def insert_audit(db: sqlite3.Connection, entries: Iterable[AuditEntry]) -> None:
    """Inside the caller's transaction."""
    db.executemany(
        f"INSERT INTO audit ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (e.at, e.known_at, e.who, e.role, e.origin, e.action, e.subject, e.detail, e.outcome, e.act_id)
            for e in entries
        ],
    )


def select_audit(
    db: sqlite3.Connection, start: float, end: float, limit: int, subject: str = "", act_id: str = ""
) -> tuple[AuditEntry, ...]:
    """What was applied in [start, end], newest first: by the leader's clock, since those of people may be wrong."""
    where, values = ["known_at >= ?", "known_at <= ?"], [start, end]
    more: list[str] = []
    for column, value in (("subject", subject), ("act_id", act_id)):
        if value:
            where.append(f"{column} = ?")
            more.append(value)
    if act_id:
        where.append("act_id <> ''")  # which is what its index holds
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM audit WHERE {' AND '.join(where)} ORDER BY known_at DESC, id DESC LIMIT ?",
        (*values, *more, int(limit)),
    )
    return tuple(
        AuditEntry(
            at=r[0], known_at=r[1], who=r[2], role=r[3], origin=r[4], action=r[5], subject=r[6], detail=r[7],
            outcome=r[8], act_id=r[9],
        )
        for r in rows
    )  # fmt: skip


def was_done(db: sqlite3.Connection, act_id: str) -> bool:
    """The audit tells of this act already."""
    return db.execute("SELECT 1 FROM audit WHERE act_id = ? AND act_id <> ''", (act_id,)).fetchone() is not None
