"""Where a history begins: of a young one asked for 13 months, nothing before is looked for."""

from __future__ import annotations

from math import floor

from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.hourly import DAY_PACKS, MONTH_TILES, VECTORS
from noctui.stores.history.known import LONGEST, THEN, came_later, overlaps
from noctui.stores.history.settings import DAY, HOUR


def sampled_from(ask: Ask) -> float:
    """A whole hour before which no sample stands for any time; inf in an empty history."""
    found: float | None = ask.own.get("sampled from")
    if found is None:
        first = earliest(ask)
        found = float("inf") if first is None else floor((first - LONGEST) / HOUR) * HOUR
        ask.own["sampled from"] = found
    return found


def earliest(ask: Ask) -> float | None:
    """Where the history begins: its oldest poll, or the oldest hour or day that is kept of the time before; None while
    it is empty."""
    polls = f"SELECT min(at) FROM polls WHERE {THEN}"
    first: float | None = ask.db.execute(polls, (ask.known,)).fetchone()[0]
    # The oldest poll stands for time before it, and so do hours: they are no time that was watched.
    before = float("inf") if first is None else first - LONGEST
    hours = (
        ask.db.execute("SELECT min(start) FROM rollups WHERE kind = ? AND start + ? <= ?", (kind, length, before))
        for kind, length in ((VECTORS, HOUR), (DAY_PACKS, DAY), (MONTH_TILES, 31 * DAY))
    )
    periods = 'SELECT min(start) FROM figures WHERE superseded IS NULL AND "end" <= ? AND known_at <= ?'
    later = came_later(ask.db, ask.known)
    rows = [row[0] for found in hours for row in found if row[0] is not None]
    rows = [start for start in rows if not overlaps(later, start, start + HOUR)]
    rows += [first, ask.db.execute(periods, (before, ask.known)).fetchone()[0]]
    return min((row for row in rows if row is not None), default=None)
