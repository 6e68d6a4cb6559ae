"""Dropping alarms and messages that are older than their retention, a little at a time. The audit stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noctui.model.alarms import Alarm
from noctui.stores.history.alarm_rows import alarms_of, named, places
from noctui.stores.history.settings import DAY, Retention

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

AT_ONCE = 500


def prune_alarms(w: Writer, now: float, keep: Retention) -> bool:
    """One short transaction of each kind; True while there is more. What is open is kept whole, with its life; of what
    has cleared only the last version is kept longer than samples, as long as hours are."""
    raw, hourly = now - keep.raw * DAY, now - keep.hourly * DAY
    more = _drop_cleared(w, hourly)
    for query, before in (
        (
            "DELETE FROM alarms WHERE id IN (SELECT a.id FROM alarms a INDEXED BY alarms_open WHERE a.cleared IS NULL"
            " AND a.superseded < ? AND EXISTS (SELECT 1 FROM alarms n WHERE n.began = a.began"
            f" AND n.name = a.name AND n.superseded = 1e18 AND n.cleared IS NOT NULL) LIMIT {AT_ONCE})",
            raw,
        ),
        (
            "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE superseded < ? AND superseded < 1e18"
            f" LIMIT {AT_ONCE})",
            raw,
        ),
        (f"DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE made_at < ? LIMIT {AT_ONCE})", hourly),
    ):
        with w.transaction() as db:
            more |= db.execute(query, (before,)).rowcount == AT_ONCE
    return more


def _drop_cleared(w: Writer, before: float) -> bool:
    """Alarms that cleared long ago, with all their versions and with what finds them by place."""
    rows = w.db.execute(
        "SELECT id, known_at, crc, data, began, name FROM alarms INDEXED BY alarms_cleared WHERE cleared IS NOT NULL"
        " AND cleared < ?1 AND known_at < ?1 AND superseded = 1e18 LIMIT ?2",
        (before, AT_ONCE),
    ).fetchall()
    if not rows:
        return False
    found: list[Alarm] = list(alarms_of((row[:4] for row in rows), w.said))
    with w.transaction() as db:
        db.executemany(
            "DELETE FROM alarm_places WHERE place = ? AND began = ? AND name = ?",
            [(place, *named(a.alarm_id)) for a in found for place in places(a)],
        )
        db.executemany("DELETE FROM alarms WHERE began = ? AND name = ?", [row[4:] for row in rows])
    return len(rows) == AT_ONCE
