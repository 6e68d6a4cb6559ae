"""What a past knew of polls: those that a back-fill brought later are no part of it.

A poll is known since it was taken; one that a back-fill brought has the moment at which it came as its `known_at`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

LONGEST = 10_800.0
"""No poll reaches back further: three intervals of an hour."""
Span = tuple[float, float]

EVER = float("inf")
"""All counts, whenever it came."""
THEN = "ifnull(known_at, 0) <= ?"
"""The condition on polls, periods and quarters; its value is when what counts was known at the latest."""


def came_later(db: sqlite3.Connection, known: float) -> tuple[Span, ...]:
    """The times whose samples are other ones than were known then: those of back-fills that came later, and what a
    sample may reach of around them. Nothing where none came later; a look into an index of back-fills alone."""
    if known == EVER:
        return ()
    rows = db.execute("SELECT first, last FROM periods WHERE known_at > ? AND ready ORDER BY first", (known,))
    return tuple((first - LONGEST, last + LONGEST) for first, last in rows)


def overlaps(spans: Sequence[Span], start: float, end: float) -> bool:
    """Any of them has a part in [start, end)."""
    return any(began < end and ended > start for began, ended in spans)
