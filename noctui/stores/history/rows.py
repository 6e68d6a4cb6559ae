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


def insert_poll(db: sqlite3.Connection, record: PollRecord, org_id: str, epoch: int) -> None:
    v = record.view
    db.execute(
        "INSERT INTO polls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (v.at, v.seq, record.tick, v.interval, v.whole, v.silent, v.inventory.rev, org_id, epoch, record.rejected,
         _encode(v.reports)),
    )  # fmt: skip


def poll_at(db: sqlite3.Connection, at: float) -> PollRow | None:
    """The newest poll at or before `at`."""
    row = db.execute(f"SELECT {_POLL} FROM polls WHERE at <= ? ORDER BY at DESC LIMIT 1", (at,)).fetchone()
    if row is None:
        return None
    at, seq, tick, interval, whole, silent, rev, rejected, reports = row
    return PollRow(at, seq, tick, interval, bool(whole), bool(silent), rev, rejected, _reports.decode(reports))


def insert_edges(db: sqlite3.Connection, edges: Iterable[Edge], circuits: Registry) -> None:
    edges = list(edges)
    if not edges:
        return
    db.executemany(
        "INSERT INTO edges (circuit_no, event_time, until, state, known_at, source, evidence, uncertainty)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (circuits.give(e.circuit_id), e.event_time, e.until, int(e.state), e.known_at, e.source, e.evidence,
             e.uncertainty)
            for e in edges
        ],
    )  # fmt: skip
    circuits.flush()


def insert_failovers(db: sqlite3.Connection, failovers: Sequence[Failover]) -> None:
    db.executemany(
        "INSERT INTO failovers (site_id, event_time, known_at, began, circuit_id) VALUES (?, ?, ?, ?, ?)",
        [(f.site_id, f.event_time, f.known_at, f.began, f.circuit_id) for f in failovers],
    )


def insert_notes(db: sqlite3.Connection, notes: Sequence[Note]) -> None:
    db.executemany(
        "INSERT INTO notes (event_time, known_at, kind, severity, circuit_id, site_id, text)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(n.event_time, n.known_at, n.kind, n.severity, n.circuit_id, n.site_id, n.text) for n in notes],
    )


_EDGE = "c.id, e.event_time, e.state, e.known_at, e.until, e.source, e.evidence, e.uncertainty"


def select_edges(db: sqlite3.Connection, where: str, values: Sequence[float | int | str]) -> tuple[Edge, ...]:
    """Edges in the order they were learned. `where` speaks of e (edges) and c (circuits)."""
    found = db.execute(
        f"SELECT {_EDGE} FROM edges e JOIN circuits c ON c.no = e.circuit_no WHERE {where} ORDER BY e.known_at, e.id",
        values,
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
