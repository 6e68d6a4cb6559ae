"""How polls went, as the file holds it: for whoever counts them."""

from __future__ import annotations

from pathlib import Path

import msgspec

from noctui.model.batch import FeedReport
from noctui.stores.history.db import FILE, connect_reader
from noctui.stores.history.faults import faults

_reports = msgspec.msgpack.Decoder(tuple[FeedReport, ...])


def polls_told(folder: Path, since: float) -> list[tuple[float, bool, tuple[FeedReport, ...]]]:
    """(at, whole, reports) of every poll after `since`, oldest first. A blocking call. Raises HistoryError."""
    if not (folder / FILE).exists():
        return []
    with faults():
        db = connect_reader(folder / FILE)
        try:
            rows = db.execute("SELECT at, whole, reports FROM polls WHERE at > ? ORDER BY at", (since,)).fetchall()
        finally:
            db.close()
    return [(at, bool(whole), _decoded(reports)) for at, whole, reports in rows]


def oldest_poll(folder: Path) -> float | None:
    """`at` of the oldest poll; None when there is none. A blocking call. Raises HistoryError."""
    if not (folder / FILE).exists():
        return None
    with faults():
        db = connect_reader(folder / FILE)
        try:
            row = db.execute("SELECT min(at) FROM polls").fetchone()
        finally:
            db.close()
    return None if row is None else row[0]


def _decoded(reports: bytes) -> tuple[FeedReport, ...]:
    """None of a poll whose row is damaged: it counts as one that brought nothing."""
    try:
        return _reports.decode(reports)
    except msgspec.DecodeError:
        return ()
