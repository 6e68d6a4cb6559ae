"""Connections to `history.db`."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from noctui.stores.history.faults import faults
from noctui.stores.history.pack import Pack

FILE = "history.db"
LOG_BYTES = 4_000_000
"""What is left of the log's file once all of it is in the database: less than what asks for a checkpoint."""
BUSY_SECONDS = 5.0
"""How long the writer waits for another program's lock."""


def connect_writer(path: Path) -> sqlite3.Connection:
    """The one writing connection. Checkpoints are made between polls, not inside a write (`Writer.checkpoint`)."""
    with faults():
        db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)
        db.execute("PRAGMA page_size = 8192")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")  # a kill loses nothing; a power cut at most the last commits
        db.execute("PRAGMA wal_autocheckpoint = 32768")
        db.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")  # else its size would ask for a checkpoint ever after
        db.execute("PRAGMA cache_size = -4096")
    return db


def connect_reader(path: Path) -> sqlite3.Connection:
    """A read-only connection; for one thread at a time.

    Beside a file in WAL mode even a reader makes a small file. Where it cannot (a full or read-only disk), one that
    nobody writes is read as it stands: such a connection is good until `has_log` says otherwise.
    """
    with faults():
        try:
            return _reader(path, "mode=ro")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _NO_ROOM or has_log(path):
                raise
            return _reader(path, "mode=ro&immutable=1")


_NO_ROOM = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)


def has_log(path: Path) -> bool:
    """Beside the file stands what was written and is not in it yet: somebody writes, or ended without closing."""
    try:
        return os.stat(f"{path}-wal").st_size > 0
    except OSError:
        return False


def _reader(path: Path, how: str) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?{how}"
    db = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=2.0, check_same_thread=False)
    try:
        db.execute("PRAGMA query_only = ON")
        db.execute("PRAGMA mmap_size = 1073741824")
        db.execute("PRAGMA cache_size = -8192")
        db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except BaseException:
        db.close()
        raise
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
