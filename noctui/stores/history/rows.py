"""Ordinary rows: polls, edges, failovers, notes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from noctui.model.batch import FeedReport
from noctui.model.edges import Edge, Failover, Note
from noctui.model.words import State
from noctui.model.work import PollRecord
from noctui.stores.history.known import EVER, THEN
from noctui.stores.history.registry import Registry

_reports = msgspec.msgpack.Decoder(tuple[FeedReport, ...])
_encode = msgspec.msgpack.Encoder().encode

_POLL = "at, seq, tick, interval, whole, silent, rev, rejected, reports"


@dataclass(frozen=True, slots=True)
class PollRow:
    """One poll as the history lists it."""

    at: float
    seq: int
    tick: int
    interval: float
    whole: bool
    silent: bool
    rev: int
    rejected: int
    reports: tuple[FeedReport, ...]


class PollValues(msgspec.Struct, array_like=True):
    """A poll's row, without the writer's stamp."""

    at: float
    seq: int
    tick: int
    interval: float
    whole: bool
    silent: bool
    rev: int
    rejected: int
    reports: bytes


EdgeRow = tuple[float, float | None, int, float, str, str, float]
"""event_time, until, state, known_at, source, evidence, uncertainty"""
FailoverRow = tuple[str, float, float, bool, str]
NoteRow = tuple[float, float, str, int, str, str, str]


def poll_values(record: PollRecord) -> PollValues:
    v = record.view
    return PollValues(
        v.at, v.seq, record.tick, v.interval, v.whole, v.silent, v.inventory.rev, record.rejected, _encode(v.reports)
    )


def insert_poll_values(
    db: sqlite3.Connection, polls: Iterable[PollValues], org_id: str, epoch: int, known_at: float | None = None
) -> None:
    """`known_at`: when they came, of polls that were not known when they were taken."""
    db.executemany(
        "INSERT INTO polls (at, seq, tick, interval, whole, silent, rev, org_id, epoch, rejected, reports, known_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (p.at, p.seq, p.tick, p.interval, p.whole, p.silent, p.rev, org_id, epoch, p.rejected, p.reports, known_at)
            for p in polls
        ],
    )


def poll_at(db: sqlite3.Connection, at: float, known: float = EVER) -> PollRow | None:
    """The newest poll at or before `at`, of those that were known at `known`."""
    query = f"SELECT {_POLL} FROM polls WHERE at <= ? AND {THEN} ORDER BY at DESC LIMIT 1"
    row = db.execute(query, (at, known)).fetchone()
    if row is None:
        return None
    at, seq, tick, interval, whole, silent, rev, rejected, reports = row
    return PollRow(at, seq, tick, interval, bool(whole), bool(silent), rev, rejected, _reports.decode(reports))


def edge_row(e: Edge) -> EdgeRow:
    return e.event_time, e.until, int(e.state), e.known_at, e.source, e.evidence, e.uncertainty


def failover_row(f: Failover) -> FailoverRow:
    return f.site_id, f.event_time, f.known_at, f.began, f.circuit_id


def note_row(n: Note) -> NoteRow:
    return n.event_time, n.known_at, n.kind, n.severity, n.circuit_id, n.site_id, n.text


def insert_edge_rows(db: sqlite3.Connection, edges: Iterable[tuple[str, EdgeRow]], circuits: Registry) -> None:
    """(circuit_id, row)"""
    db.executemany(
        "INSERT INTO edges (circuit_no, event_time, until, state, known_at, source, evidence, uncertainty)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(circuits.give(key), *row) for key, row in edges],
    )
    circuits.flush()


def insert_failover_rows(db: sqlite3.Connection, failovers: Iterable[FailoverRow]) -> None:
    db.executemany(
        "INSERT INTO failovers (site_id, event_time, known_at, began, circuit_id) VALUES (?, ?, ?, ?, ?)", failovers
    )


def insert_note_rows(db: sqlite3.Connection, notes: Iterable[NoteRow]) -> None:
    db.executemany(
        "INSERT INTO notes (event_time, known_at, kind, severity, circuit_id, site_id, text)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        notes,
    )


_EDGE = "c.id, e.event_time, e.state, e.known_at, e.until, e.source, e.evidence, e.uncertainty"


def select_edges(
    db: sqlite3.Connection, where: str, values: Sequence[float | int | str], *, by_circuit: bool = False
) -> tuple[Edge, ...]:
    """Edges in the order they were learned. `where` speaks of e (edges) and c (circuits). `by_circuit`: it asks
    something of each circuit; walked circuit by circuit it takes a third of the time that SQLite's own plan does."""
    of = "edges e JOIN circuits c" if not by_circuit else "circuits c CROSS JOIN edges e"
    found = db.execute(
        f"SELECT {_EDGE} FROM {of} ON c.no = e.circuit_no WHERE {where} ORDER BY e.known_at, e.id", values
    )
    return tuple(
        Edge(
            circuit_id=r[0], event_time=r[1], state=State(r[2]), known_at=r[3], until=r[4], source=r[5], evidence=r[6],
            uncertainty=r[7],
        )
        for r in found
    )  # fmt: skip


def select_failovers(db: sqlite3.Connection, where: str, values: Sequence[float | str]) -> tuple[Failover, ...]:
    found = db.execute(
        f"SELECT site_id, event_time, known_at, began, circuit_id FROM failovers WHERE {where} ORDER BY event_time, id",
        values,
    )
    return tuple(
        Failover(site_id=r[0], event_time=r[1], known_at=r[2], began=bool(r[3]), circuit_id=r[4]) for r in found
    )


def select_notes(db: sqlite3.Connection, where: str, values: Sequence[float | str], limit: int) -> tuple[Note, ...]:
    """Newest first."""
    found = db.execute(
        "SELECT event_time, known_at, kind, severity, circuit_id, site_id, text FROM notes"
        f" WHERE {where} ORDER BY event_time DESC, id DESC LIMIT {int(limit)}",
        values,
    )
    return tuple(
        Note(
            event_time=r[0], known_at=r[1], kind=r[2], severity=r[3], circuit_id=r[4], site_id=r[5], text=r[6]
        )
        for r in found
    )  # fmt: skip
