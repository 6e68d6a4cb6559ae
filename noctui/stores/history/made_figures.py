"""Which days, weeks and months are made, and which are to be: for whoever asked another process to make them.

Blocking calls, in any process. Raise HistoryFault.
"""

from __future__ import annotations

from noctui.model.figures import Grain, Made, Period
from noctui.stores.history.figuring import known_rows
from noctui.stores.history.kept_figures import read_stored, select_newest
from noctui.stores.history.reader import HistoryReader


def versions(reader: HistoryReader, grain: Grain) -> dict[Period, int]:
    """Each period of this grain that is made, oldest first, and the number of its newest version."""
    with reader.snapshot() as db:
        found = [] if db is None else select_newest(db, "grain = ?", (grain,))
    return {kept.period: kept.version for kept in found}


def made_after(reader: HistoryReader, grain: Grain, version: int) -> list[Made]:
    """Periods whose newest version is above `version`, oldest first; how long they took is not known any more: 0."""
    with reader.snapshot() as db:
        if db is None:
            return []
        return [
            Made(kept.period, known_rows(read_stored(db, kept).accounts), 0.0, kept.version)
            for kept in select_newest(db, "grain = ? AND version > ?", (grain, version))
        ]


def marked(reader: HistoryReader, grain: Grain, before: float) -> list[Period]:
    """Periods that ended before then and are to be made, or made anew, oldest first."""
    query = 'SELECT start, "end", "key", zone FROM due WHERE grain = ? AND "end" <= ? ORDER BY start'
    with reader.snapshot() as db:
        rows = [] if db is None else db.execute(query, (grain, before)).fetchall()
    return [Period(start, end, grain, key, zone) for start, end, key, zone in rows]


def is_applied(reader: HistoryReader, order: str) -> bool:
    """The writer has taken in what was left in the inbox under this id."""
    with reader.snapshot() as db:
        return db is not None and db.execute("SELECT 1 FROM applied WHERE id = ?", (order,)).fetchone() is not None
