"""Dropping what is older than its retention, a little at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noctui.stores.history.alarm_pruning import prune_alarms
from noctui.stores.history.blocks import DAYS, HOURS
from noctui.stores.history.columns import PATHS
from noctui.stores.history.hourly import FIVE_DAYS, FIVE_HOURS, MONTH_TILES
from noctui.stores.history.mail_pruning import prune_mails
from noctui.stores.history.settings import DAY

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

TILES_AT_ONCE = 512
POLLS_AT_ONCE = 2000
MONTH = 31 * DAY
_TOLD = tuple(
    f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {old} LIMIT {POLLS_AT_ONCE})"
    for table, old in (
        ("device_events", "event_time < ?"),
        ("mist_alarms", "ifnull(superseded, 1e18) < ?"),
        # the newest version goes when nobody has seen the alarm for so long, even if it was never said to be over
        ("mist_alarms", "superseded IS NULL AND last_seen < ?1 AND known_at < ?1"),
        ("sle", "at < ?"),
    )
)


def prune(w: Writer, now: float) -> bool:
    """One short transaction; True while there is more to drop."""
    keep = w.retention
    more = _drop_period(w, f"kind = {DAYS} AND last < ?", now - keep.raw * DAY)
    more |= _drop_period(w, f"kind = {HOURS} AND last < ?", now - keep.raw * DAY)
    more |= _drop_period(w, f"kind = {HOURS} AND day IS NOT NULL AND last < ?", now - keep.instants * DAY)
    more |= _drop_paths(w, now - keep.paths * DAY)
    for query, before in (
        (
            f"DELETE FROM polls WHERE at IN (SELECT at FROM polls WHERE at < ? LIMIT {POLLS_AT_ONCE})",
            now - keep.raw * DAY,
        ),
        ("DELETE FROM quarters WHERE quarter < ? / 900", now - keep.raw * DAY),
        *((query, now - keep.raw * DAY) for query in _TOLD),
        (f"DELETE FROM rollups WHERE kind = {MONTH_TILES} AND start < ?", now - keep.hourly * DAY - MONTH),
        # two days longer: a month that is just over is worked out from all of them
        (f"DELETE FROM rollups WHERE kind IN ({FIVE_HOURS}, {FIVE_DAYS}) AND start < ?", now - (keep.raw + 2.0) * DAY),
        (
            'DELETE FROM sketches WHERE figures IN (SELECT sketched FROM figures WHERE "end" < ?)',
            now - keep.hourly * DAY,
        ),
    ):
        with w.transaction():
            w.db.execute(query, (before,))
    with w.transaction():
        w.db.execute("DELETE FROM sle_sites WHERE no NOT IN (SELECT sites FROM sle)")
    more |= prune_alarms(w, now, keep)
    more |= prune_mails(w, now, keep)
    return _drop_superseded(w, now - keep.raw * DAY) or more


def _drop_superseded(w: Writer, before: float) -> bool:
    """The version of a day, week or month that has not held for the longest: no past that has samples is told by it.
    What is left of its time is told by the version after it."""
    query = (
        'SELECT id, grain, start, "end", zone, known_at, superseded, sketched FROM figures WHERE superseded < ? LIMIT 1'
    )
    row = w.db.execute(query, (before,)).fetchone()
    if row is None:
        return False
    number, *period, known_at, superseded, sketched = row
    with w.transaction() as db:
        db.execute("DELETE FROM group_figures WHERE figures = ?", (number,))
        db.execute("DELETE FROM figures WHERE id = ?", (number,))
        db.execute(
            'UPDATE figures SET known_at = ? WHERE grain = ? AND start = ? AND "end" = ? AND zone = ? AND known_at = ?',
            (known_at, *period, superseded),
        )
        # Its histograms may hold for a later version, which has the same averages.
        db.execute(
            "DELETE FROM sketches WHERE figures = ?1 AND NOT EXISTS (SELECT 1 FROM figures WHERE sketched = ?1)",
            (sketched,),
        )
    return True


def _drop_period(w: Writer, where: str, before: float) -> bool:
    row = w.db.execute(f"SELECT id FROM periods WHERE ready AND {where} ORDER BY last LIMIT 1", (before,)).fetchone()
    if row is None:
        return False
    with w.transaction():
        # First it stops counting, then its tiles go, so that no reader meets half a period.
        w.db.execute("UPDATE periods SET tables = 0 WHERE id = ?", row)
        w.db.execute(
            f"DELETE FROM tiles WHERE id IN (SELECT id FROM tiles WHERE period = ? LIMIT {TILES_AT_ONCE})", row
        )
        if w.db.execute("SELECT 1 FROM tiles WHERE period = ? LIMIT 1", row).fetchone() is None:
            w.db.execute("DELETE FROM periods WHERE id = ?", row)
    return True


def _drop_paths(w: Writer, before: float) -> bool:
    bit = 1 << PATHS
    row = w.db.execute(
        f"SELECT id FROM periods WHERE ready AND last < ? AND tables & {bit} ORDER BY last LIMIT 1", (before,)
    ).fetchone()
    if row is None:
        return False
    with w.transaction():
        w.db.execute(f"UPDATE periods SET tables = tables & ~{bit} WHERE id = ?", row)
        w.db.execute("DELETE FROM tiles WHERE period = ? AND tbl = ?", (row[0], PATHS))
    return True
