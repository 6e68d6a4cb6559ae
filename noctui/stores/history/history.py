"""One data folder's history: opening it for writing or reading, and setting a corrupt file aside."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from noctui.stores.history.db import FILE, connect_writer
from noctui.stores.history.faults import CorruptHistory, HistoryFault, fault_of, faults
from noctui.stores.history.reader import HistoryReader
from noctui.stores.history.schema import meta, migrate, set_meta
from noctui.stores.history.settings import Retention

if TYPE_CHECKING:
    from noctui.stores.bus.folder import FolderLock
    from noctui.stores.history.writer import Writer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class History:
    """The history of one org in one data folder."""

    folder: Path
    org_id: str
    retention: Retention = field(default_factory=Retention)

    @property
    def path(self) -> Path:
        return self.folder / FILE

    @classmethod
    def create_or_open(cls, folder: Path, org_id: str, retention: Retention | None = None) -> History:
        """Make the folder if it is missing. The file itself is made by the first writer. Raises HistoryFault."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise HistoryFault(f"the data folder cannot be made: {error.strerror}") from error
        return cls(folder, org_id, retention or Retention())

    def writer(self, lock: FolderLock) -> Writer:
        """Open for writing, making or upgrading the file. A corrupt file is set aside as `history.db.bad` and a new one
        begun. Raises HistoryFault: no lock, newer schema, another org, disk full."""
        if not lock.held or lock.folder.resolve() != self.folder.resolve():
            raise HistoryFault("the data folder's lock is not held: the history is open for reading only")
        try:
            return self._writer(lock)
        except CorruptHistory as error:
            log.error("history.corrupt", extra={"reason": str(error)})
            self.set_aside(lock)
            return self._writer(lock)

    def _writer(self, lock: FolderLock) -> Writer:
        from noctui.stores.history.writer import Writer

        db, unclean = self._opened(lock)
        try:
            with faults():
                return Writer(
                    db, self.path, self.org_id, lock, self.retention, unclean, renew=lambda: self._renewed(lock)
                )
        except BaseException:
            db.close()
            raise

    def _renewed(self, lock: FolderLock) -> sqlite3.Connection:
        self.set_aside(lock)
        return self._opened(lock)[0]

    def _opened(self, lock: FolderLock) -> tuple[sqlite3.Connection, bool]:
        """A connection that may write, and whether the last one ended without closing."""
        db = connect_writer(self.path)
        try:
            with faults():
                migrate(db, self.org_id)
                lock.raise_epoch(int(meta(db, "epoch") or 0))
                clean = meta(db, "clean")
                set_meta(db, "epoch", lock.epoch)
                if meta(db, "history_id") is None:  # which file it is, wherever it is moved to
                    set_meta(db, "history_id", os.urandom(16).hex())
                set_meta(db, "clean", 0)
        except BaseException:
            db.close()
            raise
        return db, clean == 0

    def set_aside(self, lock: FolderLock) -> Path:
        """Rename the file to `history.db.bad` (numbered when there is one already); nothing is deleted."""
        if not lock.held:
            raise HistoryFault("the data folder's lock is not held: nothing was set aside")
        aside, number = self.path.with_name(FILE + ".bad"), 1
        while aside.exists():
            number += 1
            aside = self.path.with_name(f"{FILE}.bad{number}")
        for end in ("-wal", "-shm", ""):
            source = Path(f"{self.path}{end}")
            if source.exists():
                os.replace(source, f"{aside}{end}")
        log.error("history.set_aside", extra={"file": str(aside)})
        return aside

    def reader(self) -> HistoryReader:
        """Open for reading; needs no lock, and not even a file yet."""
        return HistoryReader(self.path, self.org_id, self.retention)


def quick_check(path: Path) -> str:
    """Look through the whole file (0.3 s per GB); "" when it is sound, else one line. For a background thread."""
    started = time.monotonic()
    try:
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            found = [row[0] for row in db.execute("PRAGMA quick_check(1)")]
        finally:
            db.close()
    except sqlite3.Error as error:
        return str(fault_of(error))
    log.info("history checked", extra={"seconds": round(time.monotonic() - started, 3), "sound": found == ["ok"]})
    return "" if found == ["ok"] else f"the history file is corrupt: {str(found[0]).splitlines()[0]}"
