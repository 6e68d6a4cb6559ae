"""What is to be made, or made anew: hours, and the days, weeks and months that they lie in.

Everything that is made marks what stands on it: an hour its day, a day its week and month. A period that was made in
another zone stays what it is: its time counts as done, and what changes in it makes that period anew, not another one.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from noctui.kpi import calendar
from noctui.model.figures import Grain, Period
from noctui.stores.history.blocks import HOURS, closed_to
from noctui.stores.history.schema import meta, set_meta

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

CALENDAR = (Grain.DAY, Grain.WEEK, Grain.MONTH)
ANEW_AFTER = {Grain.DAY: 900.0, Grain.WEEK: 3600.0, Grain.MONTH: 3600.0}
"""Seconds in which more late evidence is waited for before a period is made anew: each version is a row for ever."""
NEW_AFTER = {Grain.DAY: 0.0, Grain.WEEK: 120.0, Grain.MONTH: 120.0}
"""Seconds in which more days are waited for before a week or month is made: a back-fill brings one after the other."""


@dataclass(frozen=True, slots=True)
class Due:
    """A period that is to be made. `states`: nothing but states has changed since it was made."""

    period: Period
    states: bool
    known_at: float


def next_version(w: Writer) -> int:
    """The next number of what is written, inside the caller's transaction."""
    number = int(meta(w.db, "version") or 0) + 1
    set_meta(w.db, "version", number)
    return number


def mark(w: Writer, period: Period, states: bool = False, known_at: float = 0.0, marked: float | None = None) -> None:
    """Have it made (anew), inside the caller's transaction; half of it that was made is made again. `marked`: since
    when it waits, now unless it is said."""
    w.db.execute(
        'INSERT INTO due (grain, start, "end", "key", zone, states, known_at, marked) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'
        " ON CONFLICT DO UPDATE SET states = min(states, excluded.states), known_at = max(known_at, excluded.known_at),"
        " marked = min(marked, excluded.marked)",
        (
            *(period.grain, period.start, period.end, period.key, period.zone, states, known_at),
            w.newest if marked is None else marked,
        ),
    )
    w.making.drop(period.start, period.end)
    if period.grain is Grain.HOUR:
        w.rolling.drop(period.start, period.end)


def mark_hour(w: Writer, start: float, known_at: float = 0.0) -> None:
    """Have an hour made anew from its samples."""
    mark(w, calendar.period(Grain.HOUR, start, "UTC"), known_at=known_at)


def mark_above(w: Writer, grain: Grain, start: float, end: float, states: bool = False, known_at: float = 0.0) -> None:
    """Have the periods of this grain made that [start, end) lies in."""
    at = start
    for period in made(w.db, grain, start, end):
        if period.start >= end:
            break
        mark(w, period, states, known_at)
        if period.start > at:
            _mark_new(w, grain, at, period.start)
        at = max(at, period.end)
    if at < end:
        _mark_new(w, grain, at, end)


def mark_made(w: Writer, grain: Grain, start: float, end: float, known_at: float) -> None:
    """States in [start, end] became known at `known_at`: have those periods made anew that were made."""
    for period in made(w.db, grain, start, end):
        mark(w, period, states=True, known_at=known_at)


def made(db: sqlite3.Connection, grain: Grain, start: float, end: float) -> list[Period]:
    """The periods of this grain that were made, in any zone, and have a part in [start, end]; oldest first."""
    found = db.execute(
        'SELECT start, "end", "key", zone FROM figures WHERE grain = ? AND superseded IS NULL AND start <= ?'
        ' AND "end" > ? ORDER BY start',
        (grain, end, start),
    )
    return [Period(began, ended, grain, key, zone) for began, ended, key, zone in found]


def _mark_new(w: Writer, grain: Grain, start: float, end: float) -> None:
    for period in calendar.periods(grain, start, end, w.retention.zone):
        mark(w, period)


def unmark(w: Writer, period: Period) -> None:
    """It is made, inside the caller's transaction."""
    w.db.execute(
        'DELETE FROM due WHERE grain = ? AND start = ? AND "end" = ? AND zone = ?',
        (period.grain, period.start, period.end, period.zone),
    )


def move_to_zone(w: Writer) -> None:
    """What was marked by another zone's calendar and never made is made by this one's."""
    marked = w.db.execute(
        'SELECT grain, start, "end", zone FROM due d WHERE grain > 0 AND zone <> ? AND NOT EXISTS'
        " (SELECT 1 FROM figures f WHERE f.grain = d.grain AND f.start = d.start"
        ' AND f."end" = d."end" AND f.zone = d.zone)',
        (w.retention.zone,),
    ).fetchall()
    if not marked:
        return
    with w.transaction():
        for row in marked:
            w.db.execute('DELETE FROM due WHERE grain = ? AND start = ? AND "end" = ? AND zone = ?', row)
        for grain, start, end, _ in marked:
            mark_above(w, Grain(grain), start, end)


def oldest_hour(w: Writer) -> float | None:
    """The oldest hour that is to be made anew."""
    found: float | None = w.db.execute("SELECT min(start) FROM due WHERE grain = 0").fetchone()[0]
    return found


def next_due(w: Writer, now: float, grains: tuple[Grain, ...] = CALENDAR, patient: bool = True) -> Due | None:
    """The period to be made now: days before weeks before months, the oldest first. `patient`: nothing that may change
    again at once."""
    for grain in grains:
        rows = w.db.execute(
            'SELECT start, "end", "key", zone, states, known_at, marked FROM due WHERE grain = ? AND "end" <= ?'
            " ORDER BY start",
            (grain, now),
        ).fetchall()
        for start, end, key, zone, states, known_at, marked in rows:
            wait = 0.0
            if patient:
                had = newest(w.db, Period(start, end, grain, key, zone))
                wait = (NEW_AFTER if had is None else ANEW_AFTER)[grain]
            if now >= marked + wait and _stands(w, grain, start, end):
                return Due(Period(start, end, grain, key, zone), bool(states), known_at)
    return None


def _stands(w: Writer, grain: Grain, start: float, end: float) -> bool:
    """All that the period is made of is made itself."""
    unmade = (
        (
            'SELECT 1 FROM due WHERE grain < ? AND start < ? AND "end" > ? LIMIT 1',
            (Grain.DAY if grain is Grain.DAY else Grain.WEEK, end, start),
        ),
        ('SELECT 1 FROM late WHERE start < ? AND "end" >= ? LIMIT 1', (end, start)),
        (
            f"SELECT 1 FROM periods WHERE kind = {HOURS} AND NOT rolled AND start < ? AND start > ? - 3600.0 LIMIT 1",
            (end, start),
        ),
        ("SELECT 1 FROM open WHERE at > ? AND at < ? LIMIT 1", (closed_to(w.db), end)),
    )
    return all(w.db.execute(query, values).fetchone() is None for query, values in unmade)


def newest(db: sqlite3.Connection, period: Period) -> int | None:
    """The row of a period's newest version."""
    row = db.execute(
        'SELECT id FROM figures WHERE grain = ? AND start = ? AND "end" = ? AND zone = ? AND superseded IS NULL',
        (period.grain, period.start, period.end, period.zone),
    ).fetchone()
    return None if row is None else int(row[0])
