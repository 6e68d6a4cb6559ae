"""`kept.db`: answers of the cloud that hold for weeks, beside the history, so that a restart need not ask again.

Nothing in it is precious: a corrupt file is set aside, what a full disk refused waits for room. Its
methods never raise for that; `fault` says in one line what is wrong.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlite_utils

log = logging.getLogger("noctui.kept")
FILE = "kept.db"
_TABLE = "kept"
_CORRUPT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
MOST_WAITING = 20_000
"""Answers that wait while the disk is full; the oldest are asked again one day."""
T = TypeVar("T")


Row = tuple[str, bytes, float, float]
"""Key, JSON, when it was asked (UTC epoch seconds), how many seconds it holds."""


class KeptFile:
    """One folder's `kept.db`. May be called from any thread; one call at a time."""

    def __init__(self, folder: Path) -> None:
        """Opens nothing yet: the first call does."""
        self.path = folder / FILE
        self.fault = ""
        self._db: sqlite_utils.Database | None = None
        self._closed = False
        self._waiting: dict[str, Row] = {}  # what could not be written yet, with what is being written
        self._lock = threading.Lock()

    def load(self, now: float) -> list[Row]:
        """All that still holds at `now` (UTC epoch seconds); what does not is deleted."""

        def read(db: sqlite_utils.Database) -> list[Row]:
            with db.conn:
                db[_TABLE].delete_where("asked_at + ttl <= ?", [now])
            found = db.query(f"select key, json, asked_at, ttl from {_TABLE} order by asked_at")
            return [(r["key"], bytes(r["json"]), float(r["asked_at"]), float(r["ttl"])) for r in found]

        return self._done(read) or []

    def put(self, item: Row) -> None:
        """Keep one answer, instead of what is there under its key; with it what could not be written before."""
        self._waiting[item[0]] = item
        while len(self._waiting) > MOST_WAITING:
            self._waiting.pop(next(iter(self._waiting)), None)
        self._done(self._write)

    def _write(self, db: sqlite_utils.Database) -> None:
        items = list(self._waiting.values())
        with db.conn:
            for key, body, asked_at, ttl in items:
                db[_TABLE].upsert({"key": key, "json": body, "asked_at": asked_at, "ttl": ttl}, pk="key")
        for item in items:
            if self._waiting.get(item[0]) is item:
                del self._waiting[item[0]]

    def close(self) -> None:
        """For good: what is put afterwards is lost."""
        if self._waiting:
            self._done(self._write)
        with self._lock:
            self._closed = True
            self._shut()

    def _done(self, work: Callable[[sqlite_utils.Database], T]) -> T | None:
        """The work's answer; None when the file cannot give or take it."""
        with self._lock:
            if self._closed:
                return None
            for again in (True, False):
                try:
                    found = work(self._open())
                except sqlite3.Error as error:
                    if again and _is_corrupt(error):
                        self._set_aside(error)
                        continue
                    self._note(f"{FILE} is not written: {error}")
                    return None
                except OSError as error:
                    self._note(f"{FILE} cannot be opened: {error.strerror}")
                    return None
                else:
                    self.fault = ""
                    return found
        return None

    def _open(self) -> sqlite_utils.Database:
        if self._db is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            raw = sqlite3.connect(self.path, timeout=2.0, check_same_thread=False)
            try:
                raw.execute("PRAGMA journal_mode = WAL")
                raw.execute("PRAGMA synchronous = NORMAL")
                db = sqlite_utils.Database(raw)
                columns = {"key": str, "json": bytes, "asked_at": float, "ttl": float}
                with raw:
                    db[_TABLE].create(columns, pk="key", if_not_exists=True)
                raw.execute(f"select key, json, asked_at, ttl from {_TABLE} limit 1")  # another program's file has not
            except BaseException:
                raw.close()
                raise
            self._db = db
        return self._db

    def _shut(self) -> None:
        if self._db is not None:
            self._db.conn.close()
            self._db = None

    def _set_aside(self, error: sqlite3.Error) -> None:
        """Never delete what may be somebody's: give it another name and begin anew."""
        self._shut()
        aside = self.path.with_name(f"{FILE}.broken-{int(time.time())}")
        for suffix in ("", "-wal", "-shm"):
            part = self.path.with_name(FILE + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        log.warning("kept.set_aside", extra={"file": str(aside), "why": str(error)})

    def _note(self, text: str) -> None:
        self._shut()  # the next call tries with a new connection
        if text != self.fault:
            log.warning("kept.fault", extra={"text": text})
        self.fault = text


def _is_corrupt(error: sqlite3.Error) -> bool:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in _CORRUPT:
        return True
    return "no such column" in str(error) or "no such table" in str(error)
