"""The outboxes of failovers and outages, by the rows that history has added since."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from math import isfinite

import numpy as np

from noctui.kpi.outages import down
from noctui.model.edges import Edge
from noctui.model.figures import Episode
from noctui.model.scene import Range
from noctui.model.words import State
from noctui.stores.history.figures_ask import Ask, slots_of
from noctui.stores.history.figures_episodes import episodes_of
from noctui.stores.history.reader import HistoryReader
from noctui.stores.history.timeline import line_of
from noctui.stores.warehouse.outbox import ALL, Span, Waiting
from noctui.stores.warehouse.outbox_dims import batch_of
from noctui.stores.warehouse.sender import Batch
from noctui.stores.warehouse.state import Mark
from noctui.stores.warehouse.tables_events import FAILOVERS, OUTAGES
from noctui.stores.warehouse.texts import Cell, stamp

MOST = 20_000
"""Edges, or failovers, a batch."""
CONFIRMED = 60.0
"""Seconds that make an outage more than a blip (docs/sla.md)."""
EVER = float("inf")


def asking(reader: HistoryReader, db: sqlite3.Connection, at: float) -> Ask:
    """About all circuits, with all that is known now."""
    return Ask(db, reader.catalog, reader.kept, reader.retention, at, EVER, slots_of(db))


class FailoversOutbox:
    """A mark is (id,) of the newest failover that was sent: the episodes it belongs to are told (anew), and
    what was said to begin or end at a time since, and does not any more, is taken back."""

    feed = FAILOVERS

    def __init__(self, reader: HistoryReader) -> None:
        self._reader = reader

    def next(self, mark: Mark, span: Span = ALL) -> Batch | None:
        with self._reader.snapshot() as db:
            new = _new(db, "failovers", "id, site_id, event_time, known_at", mark)
            if db is None or not new:
                return None
            newest = db.execute("SELECT max(at) FROM polls").fetchone()[0]
            ends: Mark = (float(new[-1][0]),)
            if newest is None:
                return batch_of(FAILOVERS, [], ends)
            sites = {row[1] for row in new}
            start = min(row[2] for row in new) - 1.0
            ask = asking(self._reader, db, max(newest, *(row[2] for row in new)))
            episodes = episodes_of(ask, Range(start, ask.at))
            times = db.execute("SELECT site_id, event_time FROM failovers WHERE event_time >= ?", (start,)).fetchall()
        known = stamp(max(row[3] for row in new))
        rows: dict[tuple[str, Cell, str], tuple[Cell, ...]] = {
            (site, stamp(at), kind): _gone(site, at, kind, known, int(ends[0]))
            for site, at in times
            if site in sites
            for kind in ("failover", "recovery")
        }
        for episode in (e for e in episodes if e.site_id in sites):
            for kind, at in (("failover", episode.began), ("recovery", episode.ended)):
                if at is not None:
                    rows[episode.site_id, stamp(at), kind] = _row(episode, kind, at, known, int(ends[0]))
        return batch_of(FAILOVERS, list(rows.values()), ends)

    def waiting(self, mark: Mark) -> Waiting:
        with self._reader.snapshot() as db:
            return Waiting(len(_new(db, "failovers", "id", mark)))


def _new(db: sqlite3.Connection | None, table: str, columns: str, mark: Mark) -> list[tuple[int, str, float, float]]:
    query = f"SELECT {columns} FROM {table} WHERE id > ? ORDER BY id LIMIT {MOST}"
    return [] if db is None else db.execute(query, (mark[0] if mark else 0,)).fetchall()


def _row(e: Episode, kind: str, at: float, known: Cell, rev: int) -> tuple[Cell, ...]:
    began = kind == "failover"
    primary = ("up", e.cause if e.cause != "switched" else "up")
    secondary = ("standby", "active")
    return (
        e.site_id, stamp(at), kind, e.primary_id, e.active_id, *(primary if began else primary[::-1]),
        *(secondary if began else secondary[::-1]), None if e.ended is None else e.ended - e.began,
        e.cause, e.took if isfinite(e.took) else None, e.uncertainty if isfinite(e.uncertainty) else None,
        known, rev, 0,
    )  # fmt: skip


def _gone(site: str, at: float, kind: str, known: Cell, rev: int) -> tuple[Cell, ...]:
    """That nothing of this kind happened then."""
    return (site, stamp(at), kind, *([None] * 10), known, rev, 1)


class OutagesOutbox:
    """A mark is (id,) of the newest edge that was sent. Of a circuit with new edges all outages go that any of these
    can have touched, and every time that one can have begun at is taken back where none does: also what was sent by a
    run that was cut off ahead of its mark, of evidence that is beaten by now."""

    feed = OUTAGES

    def __init__(self, reader: HistoryReader) -> None:
        self._reader = reader

    def next(self, mark: Mark, span: Span = ALL) -> Batch | None:
        with self._reader.snapshot() as db:
            new = _new(db, "edges", "id, circuit_no, event_time, known_at", mark)
            if db is None or not new:
                return None
            last = new[-1][0]
            touched: dict[int, tuple[float, float]] = {}
            for _, slot, at, known_at in new:
                since, learned = touched.get(int(slot), (at, known_at))
                touched[int(slot)] = min(since, at), max(learned, known_at)
            rows: list[tuple[Cell, ...]] = []
            for no, (since, learned) in touched.items():
                circuit_id, edges = _ledger(db, no, last)
                now = outages(edges)
                site = circuit_id.partition(":")[0]
                known = stamp(learned)
                rows += [
                    (site, circuit_id, stamp(began), None, None, None, known, last, 1)
                    for began in begins(edges) - now.keys()
                    if began >= since
                ]
                rows += [
                    (site, circuit_id, stamp(began), *_lasted(began, ended), known, last, 0)
                    for began, ended in now.items()
                    if ended is None or ended >= since
                ]
        # Two begins within a millisecond are one key.
        unique = {(row[1], row[2]): row for row in sorted(rows, key=lambda row: -int(row[8] or 0))}
        return batch_of(OUTAGES, list(unique.values()), (float(last),))

    def waiting(self, mark: Mark) -> Waiting:
        with self._reader.snapshot() as db:
            return Waiting(len(_new(db, "edges", "id", mark)))


def _ledger(db: sqlite3.Connection, no: int, last: int) -> tuple[str, list[Edge]]:
    """A circuit's id, and its edges up to one, in the order they were learned."""
    (circuit_id,) = db.execute("SELECT id FROM circuits WHERE no = ?", (no,)).fetchone()
    found = db.execute(
        "SELECT event_time, until, state, known_at FROM edges WHERE circuit_no = ? AND id <= ? ORDER BY known_at, id",
        (no, last),
    ).fetchall()
    return circuit_id, [
        Edge(circuit_id=circuit_id, event_time=at, state=State(state), known_at=known_at, until=until)
        for at, until, state, known_at in found
    ]


def begins(edges: Iterable[Edge]) -> set[float]:
    """Every time at which an outage may begin, or have begun before all of these were known: where an edge says down,
    and where what one lays over it ends."""
    return {at for edge in edges if (at := edge.event_time if edge.state == State.DOWN else edge.until) is not None}


def outages(edges: Iterable[Edge]) -> dict[float, float | None]:
    """Begin → end (None: it goes on) of a circuit's outages."""
    line = line_of(edges)
    ends = [*line.starts[1:], EVER]
    merged = down(zip(line.starts, ends, map(int, line.states), strict=True))
    return {began: ended if isfinite(ended) else None for began, ended in merged if isfinite(began)}


def _lasted(began: float, ended: float | None) -> tuple[Cell, Cell, Cell]:
    """End, duration, and whether it was more than a blip; of one that goes on that is not known yet."""
    if ended is None:
        return None, None, None
    return stamp(ended), float(np.round(ended - began, 3)), ended - began >= CONFIRMED
