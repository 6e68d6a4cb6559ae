"""Which times a history has polls of: what a back-fill may fill, and what it must leave alone."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from noctui.model.cloud import MistAlarm
from noctui.model.view import F8
from noctui.stores.history import inbox, past
from noctui.stores.history.faults import HistoryFault
from noctui.stores.history.reader import HistoryReader
from noctui.stores.history.told import select_alarms

_ALL = 1 << 40
REACH = 3.0
"""A poll's samples stand for at most so many of its intervals (DESIGN 5)."""


def polls_around(history: HistoryReader, start: float, end: float) -> tuple[F8, F8]:
    """(at, interval) of the polls in [start, end) that brought anything, oldest first, with the one before them and the
    one after. A blocking call. Raises HistoryError."""
    with history.snapshot() as db:
        if db is None:
            return np.empty(0), np.empty(0)
        spoke = "FROM polls WHERE NOT silent AND at"
        first = db.execute(f"SELECT max(at) {spoke} < ?", (start,)).fetchone()[0]
        last = db.execute(f"SELECT min(at) {spoke} >= ?", (end,)).fetchone()[0]
        found = db.execute(
            f"SELECT at, interval {spoke} >= ? AND at <= ? ORDER BY at",
            (start if first is None else first, end if last is None else last),
        ).fetchall()
    return np.array([r[0] for r in found], np.float64), np.array([r[1] for r in found], np.float64)


def times_silent(history: HistoryReader, start: float, end: float) -> frozenset[float]:
    """`at` of the polls in [start, end] that brought nothing. A blocking call. Raises HistoryError."""
    with history.snapshot() as db:
        query = "SELECT at FROM polls WHERE silent AND at >= ? AND at <= ?"
        return frozenset() if db is None else frozenset(row[0] for row in db.execute(query, (start, end)))


def polls_waiting(folder: Path) -> tuple[F8, F8]:
    """(at, interval) of polls that lie in the folder's inbox, oldest first. Look here first, then into the history, and
    nothing is missed. What cannot be decoded counts as nothing: the leader will refuse it. Raises HistoryError."""
    found: list[tuple[float, float]] = []
    for waiting in inbox.pending(folder):
        if waiting.kind == "history":
            try:
                chunk = past.decode(waiting.path.read_bytes())
            except (FileNotFoundError, msgspec.DecodeError):
                continue  # taken in meanwhile, or never
            except OSError as error:
                raise HistoryFault(f"{waiting.path.name} in the inbox cannot be read: {error}") from error
            found += [(p.at, p.interval) for p in chunk.polls]
    found.sort()
    return np.array([f[0] for f in found], np.float64), np.array([f[1] for f in found], np.float64)


def holes(at: F8, interval: F8, start: float, end: float) -> list[tuple[float, float, float]]:
    """The parts of [start, end) that no poll stands for, each as (begin, end, fill): from the poll before (or `start`)
    to the poll after (or `end`); from `fill` on the samples of the poll after stand for the time.

    Neighbours that are at most three intervals of the later one apart have no hole between them. The time before the
    first poll is one, that after the last is none: only what lies between polls, or before them all, can be filled.
    """
    if not len(at) or start >= end:
        return []
    edges = np.concatenate([[-np.inf], at])
    gaps = np.flatnonzero(np.diff(edges) > REACH * interval)
    found = [
        (max(start, float(edges[i])), min(end, float(at[i])), min(end, float(at[i] - REACH * interval[i])))
        for i in gaps.tolist()
    ]
    return [(begin, until, fill) for begin, until, fill in found if fill > begin]


def seq_at(history: HistoryReader, at: float) -> int:
    """The number of the newest poll at or before `at`; before the first one, a number less than its own. Blocking.
    Raises HistoryError."""
    with history.snapshot() as db:
        if db is None:
            return 0
        before = db.execute("SELECT seq FROM polls WHERE at <= ? ORDER BY at DESC LIMIT 1", (at,)).fetchone()
        if before is not None:
            return int(before[0])
        return int(db.execute("SELECT coalesce(min(seq), 1) - 1 FROM polls").fetchone()[0])


def alarms_held(history: HistoryReader, start: float, end: float) -> tuple[MistAlarm, ...]:
    """The newest versions of Mist's alarms that were open at some time in [start, end]. Blocking. Raises
    HistoryError."""
    with history.snapshot() as db:
        return () if db is None else select_alarms(db, start, end, None, _ALL)
