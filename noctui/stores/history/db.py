"""Connections to `history.db`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from noctui.stores.history.faults import faults
from noctui.stores.history.pack import Pack

FILE = "history.db"


def connect_writer(path: Path) -> sqlite3.Connection:
    """The one writing connection. Checkpoints are made between polls, not inside a write (`Writer.checkpoint`)."""
    with faults():
        db = sqlite3.connect(path, isolation_level=None, timeout=5.0, check_same_thread=False)
        db.execute("PRAGMA page_size = 8192")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")  # a kill loses nothing; a power cut at most the last commits
        db.execute("PRAGMA wal_autocheckpoint = 32768")
        db.execute("PRAGMA cache_size = -16384")
    return db


def connect_reader(path: Path) -> sqlite3.Connection:
    """A read-only connection; for one thread at a time."""
    with faults():
        uri = f"{path.resolve().as_uri()}?mode=ro"
        db = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=2.0, check_same_thread=False)
        db.execute("PRAGMA query_only = ON")
        db.execute("PRAGMA mmap_size = 1073741824")
        db.execute("PRAGMA cache_size = -8192")
    return db


@contextmanager
def snapshot(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Everything read inside is of one moment, however much is written meanwhile."""
    with faults():
        db.execute("BEGIN")
        try:
            yield db
        finally:
            db.execute("ROLLBACK")


@contextmanager
def pack_of(db: sqlite3.Connection, table: str, row: int, name: object) -> Iterator[Pack]:
    """A stored pack, of which only the frames asked for are read from the file."""
    with db.blobopen(table, "data", row, readonly=True) as blob:

        def read(offset: int, length: int) -> bytes:
            blob.seek(offset)
            return blob.read(length)

        yield Pack(read, name)
