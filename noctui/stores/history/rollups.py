"""Rows of rollups: hours by themselves, then in packs of a UTC day, then in tiles of a UTC month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import floor
from typing import TYPE_CHECKING

from noctui.stores.history.blocks import HOURS
from noctui.stores.history.settings import DAY, HOUR

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer


def put(w: Writer, kind: int, start: float, block: int, data: bytes, version: int) -> None:
    """Write it in place of what was there, inside the caller's transaction."""
    w.db.execute("DELETE FROM rollups WHERE kind = ? AND block = ? AND start = ?", (kind, block, start))
    w.db.execute(
        "INSERT INTO rollups (kind, start, block, merged, org_id, rev, epoch, data, version)"
        " VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?)",
        (kind, start, block, w.org_id, w.newest_rev, w.epoch, data, version),
    )


def oldest_unmerged(w: Writer, kind: int, before: float = 1e18) -> float | None:
    """Where the oldest one begins that is in nothing larger yet."""
    query = "SELECT min(start) FROM rollups WHERE kind = ? AND merged = 0 AND start < ?"
    found: float | None = w.db.execute(query, (kind, before)).fetchone()[0]
    return found


@dataclass(frozen=True, slots=True)
class Mergeable:
    """A UTC day that is over, and its hours that are in nothing larger yet: (id, start)."""

    day: float
    hours: tuple[tuple[int, float], ...]
    newest: int  # version


def mergeable(w: Writer, kind: int, now: float) -> Mergeable | None:
    """The oldest day of hours of this kind that are all rolled; None when there is none."""
    oldest = oldest_unmerged(w, kind)
    if oldest is None:
        return None
    day = floor(oldest / DAY) * DAY
    if now < day + DAY + HOUR or unrolled(w, day):
        return None
    rows = w.db.execute(
        "SELECT id, start, version FROM rollups WHERE kind = ? AND start >= ? AND start < ? AND NOT merged",
        (kind, day, day + DAY),
    ).fetchall()
    return Mergeable(day, tuple((id_, start) for id_, start, _ in rows), max(version for *_, version in rows))


def unrolled(w: Writer, day: float) -> bool:
    """An hour of that UTC day is still to be rolled, or rolled anew."""
    for query in (
        f"SELECT 1 FROM periods WHERE kind = {HOURS} AND start >= ? AND start < ? AND NOT rolled LIMIT 1",
        "SELECT 1 FROM due WHERE grain = 0 AND start >= ? AND start < ? LIMIT 1",
    ):
        if w.db.execute(query, (day, day + DAY)).fetchone() is not None:
            return True
    return False


def month_of(at: float) -> tuple[float, float]:
    """Begin and end of the UTC month."""
    when = datetime.fromtimestamp(at, UTC)
    begin = when.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)
    return begin.timestamp(), following.timestamp()
