"""Reading a history, in any process: blocking calls for reader threads, and async Readers bound to an instant."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from noctui.model.alarms import Alarms
from noctui.model.edges import Edge
from noctui.model.figures import Grain
from noctui.model.inventory import Inventory
from noctui.model.scores import ScoreBoard
from noctui.model.view import F8, View
from noctui.model.work import Memory
from noctui.model.works import Work, Works
from noctui.stores.history.bound import BoundReader
from noctui.stores.history.catalog import Catalog
from noctui.stores.history.columns import TABLES
from noctui.stores.history.db import connect_reader, has_log, snapshot
from noctui.stores.history.faults import HistoryFault
from noctui.stores.history.figures_ask import Kept
from noctui.stores.history.known import EVER
from noctui.stores.history.memory import MEMORY_SECONDS, read_memory
from noctui.stores.history.open_alarms import OpenAlarms, alarms_at
from noctui.stores.history.registry import Registry
from noctui.stores.history.rows import select_edges
from noctui.stores.history.schema import check
from noctui.stores.history.settings import Retention
from noctui.stores.history.standing_works import StandingWorks
from noctui.stores.history.versions import NOW
from noctui.stores.history.view import read_view
from noctui.stores.history.work_rows import newest_row, select_all

if TYPE_CHECKING:
    from noctui.model.mails import Place
    from noctui.planned.providers import Provider

THREADS = 3
FEW = 64
"""Circuits that are asked for one by one."""


class HistoryReader:
    """One per process. Every call may be made from any thread; each thread has its own read-only connection."""

    def __init__(self, path: Path, org_id: str = "", retention: Retention | None = None) -> None:
        self.path, self.org_id, self.retention = path, org_id, retention or Retention()
        self.catalog = Catalog()
        self.kept = Kept()
        self.said: set[str] = set()
        """Damaged rows of alarms and messages that the log names already."""
        self._open_alarms = OpenAlarms()
        self.standing = StandingWorks()
        """Planned work beside the circuits; its owner may put in one that knows more carriers."""
        self.limits_of: Callable[[Inventory], F8 | None] = lambda _: None
        """[circuits, metrics, 3] thresholds of an inventory, None: the defaults; its owner may say."""
        self.scores_of: Callable[[float, bool, str], Awaitable[ScoreBoard | None]] | None = None
        """Promises as known at an instant (of a live Scene?) over a period; worked out above the stores, by its owner.
        """
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="history")
        self._local = threading.local()
        self._guard = threading.Lock()
        self._all: list[sqlite3.Connection] = []
        self._watch: tuple[int, sqlite3.Connection] | None = None

    def close(self) -> None:
        """Wait for running reads, then close every connection."""
        self.pool.shutdown(wait=True, cancel_futures=True)
        with self._guard:
            for db in self._all:
                db.close()
            self._all.clear()
            self._watch = None

    def _file(self) -> int:
        """Which file it is, 0 when there is none: one set aside is read no more, nor as it was once somebody writes."""
        try:
            return os.stat(self.path).st_ino << 1 | has_log(self.path)
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise HistoryFault(f"the history file cannot be read: {error.strerror}") from error

    def _open(self) -> sqlite3.Connection:
        db = connect_reader(self.path)
        try:
            with snapshot(db):
                check(db, self.org_id)
        except BaseException:
            db.close()
            raise
        with self._guard:
            self._all.append(db)
        return db

    def _close(self, db: sqlite3.Connection) -> None:
        db.close()
        with self._guard:
            self._all.remove(db)

    def share(self, inventory: Inventory) -> None:
        """This version is here already, from the writer itself: it need not be read again."""
        self.catalog.share(inventory)

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection | None]:
        """This thread's connection, in one moment of the file; None while there is no file. Raises HistoryFault."""
        file = self._file()
        had: tuple[int, sqlite3.Connection] | None = getattr(self._local, "db", None)
        if had is not None and had[0] != file:
            self._close(had[1])
            self.catalog, self.kept = Catalog(), Kept()
            self.standing.forget()
            had = self._local.db = None
        if not file:
            yield None
            return
        if had is None:
            had = self._local.db = (file, self._open())
        with snapshot(had[1]) as db:
            yield db

    def version(self) -> int:
        """A number that changes when somebody else has committed; a few microseconds."""
        file = self._file()
        with self._guard:
            watch = self._watch
        if watch is not None and watch[0] != file:
            self._close(watch[1])
            watch = None
        if not file:
            return 0
        if watch is None:
            watch = (file, self._open())
        with self._guard:
            self._watch = watch
            return int(watch[1].execute("PRAGMA data_version").fetchone()[0]) ^ file << 32

    def latest(self) -> float | None:
        """`at` of the newest poll."""
        return self._moment("SELECT max(at) FROM polls", ())

    def begins(self) -> float | None:
        """The earliest instant of which anything is kept: the first poll, or the first day whose polls are gone."""
        with self.snapshot() as db:
            if db is None:
                return None
            poll: float | None = db.execute("SELECT min(at) FROM polls").fetchone()[0]
            day = db.execute(
                'SELECT start, "end" FROM figures WHERE grain = ? ORDER BY start LIMIT 1', (Grain.DAY,)
            ).fetchone()
            return poll if day is None or (poll is not None and poll < day[1]) else float(day[0])

    def step(self, at: float, direction: int, corrected: bool = True) -> float | None:
        """`at` of the poll before (-1) or after (+1) `at`; without `corrected` of those that were known when they were
        taken, which a back-fill's were not."""
        own = "1" if corrected else "known_at IS NULL"
        if direction < 0:
            return self._moment(f"SELECT max(at) FROM polls WHERE at < ? AND {own}", (at,))
        return self._moment(f"SELECT min(at) FROM polls WHERE at > ? AND {own}", (at,))

    def _moment(self, query: str, values: tuple[float, ...]) -> float | None:
        with self.snapshot() as db:
            if db is None:
                return None
            found: float | None = db.execute(query, values).fetchone()[0]
            return found

    def view(self, at: float, corrected: bool = False) -> View | None:
        """The View of the newest poll at or before `at`, as it was then (what a screen showed is a fact: timelines are
        what later knowledge repaints); `corrected`: also of a poll that a back-fill brought later. Raises HistoryFault,
        DamagedBlock."""
        with self.snapshot() as db:
            if db is None:
                return None
            found = read_view(db, self.catalog, at, known=EVER if corrected else at)
            if found is None:
                return None
            works = self.standing.then(db, found.at, NOW if corrected else found.at, found.inventory, self.said)
            return replace(found, alarms=alarms_at(db, found.at, corrected, self.said), works=works)

    def alarms_now(self, before: Alarms | None = None) -> Alarms:
        """The open alarms as they are known now, what people did since the newest poll among them. Only what is newer
        than what was read last is read; where nothing has changed, the answer is `before` itself."""
        with self.snapshot() as db:
            found = self._open_alarms.now(db, self._file(), self.said)
        if before is None or before is found or before.alarms != found.alarms:
            return found
        return before

    def works_now(self, inventory: Inventory, at: float, before: Works | None = None) -> Works:
        """Planned work near `at` as it is known now, matched to the circuits of this inventory; `before` itself while
        nothing has changed."""
        with self.snapshot() as db:
            return self.standing.now(db, self._file(), at, inventory, self.said, before)

    def mail_places(self, mailbox: str) -> dict[str, Place]:
        """What the ledger of mails knows of a mailbox, by place."""
        from noctui.stores.history.mail_rows import select_places

        with self.snapshot() as db:
            return {} if db is None else select_places(db, mailbox)

    @property
    def providers(self) -> tuple[Provider, ...] | None:
        """Carriers and their names; None: those that noctui knows."""
        return self.standing.providers

    def works_known(self, since: float, at: float) -> tuple[Work, ...]:
        """All versions, known at `at`, of works with a window after `since`, by work, the oldest first; as stored."""
        with self.snapshot() as db:
            return () if db is None else select_all(db, since, at, self.said)

    def inventory(self, at: float) -> Inventory | None:
        """The version known at `at`; of times before the first version: the one their polls were judged with."""
        with self.snapshot() as db:
            return None if db is None else self.inventory_of(db, at)

    def inventory_of(self, db: sqlite3.Connection, at: float) -> Inventory | None:
        """As `inventory`, in a moment of the file."""
        row = (
            db.execute(
                "SELECT rev FROM inventories WHERE known_at <= ? ORDER BY known_at DESC, rev DESC LIMIT 1", (at,)
            ).fetchone()
            or db.execute("SELECT rev FROM polls WHERE at <= ? ORDER BY at DESC LIMIT 1", (at,)).fetchone()
        )
        version = None if row is None else self.catalog.version(db, row[0])
        return None if version is None else version.inventory

    def numbers(self) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """Circuits, gateways and paths: id → number, as the file has them; for `PastBuilder`."""
        with self.snapshot() as db:
            if db is None:
                return {}, {}, {}
            circuits, gateways, paths = (Registry(db, table).numbers for table in TABLES)
            return circuits, gateways, paths

    def edges_known(self, at: float, since: float, by: float | None = None) -> Sequence[Edge]:
        """Edges known at `at` that matter after `since`, in the order they were learned: each circuit's latest open
        edge that began by `since`, and all it learned from then on. `by`: also those that mattered by what was known
        at any instant from `by` on."""
        with self.snapshot() as db:
            return () if db is None else self._edges_known(db, at, since, by)

    @staticmethod
    def _edges_known(db: sqlite3.Connection, at: float, since: float, by: float | None = None) -> tuple[Edge, ...]:
        base = (
            "SELECT b.known_at FROM edges b WHERE b.circuit_no = c.no AND b.until IS NULL AND b.event_time <= ?"
            " AND b.known_at <= ? ORDER BY b.known_at DESC, b.id DESC LIMIT 1"
        )
        return select_edges(
            db,
            f"e.known_at <= ? AND e.known_at >= coalesce(({base}), -1e18)",
            (at, since, at if by is None else min(at, by)),
            by_circuit=True,
        )

    def edges_since(
        self, db: sqlite3.Connection, known: float, since: float, only: set[str] | None = None
    ) -> tuple[Edge, ...]:
        """As `edges_known`, in a moment of the file; `only`: of these circuits."""
        if only is None or len(only) > FEW:
            found = self._edges_known(db, known, since)
            return found if only is None else tuple(e for e in found if e.circuit_id in only)
        base = (
            "SELECT b.known_at FROM edges b WHERE b.circuit_no = c.no AND b.until IS NULL AND b.event_time <= ?"
            " AND b.known_at <= ? ORDER BY b.known_at DESC, b.id DESC LIMIT 1"
        )
        where = f"c.id = ? AND e.known_at <= ? AND e.known_at >= coalesce(({base}), -1e18)"
        return tuple(e for one in sorted(only) for e in select_edges(db, where, (one, known, since, known)))

    def marks(self) -> tuple[int, int]:
        """Numbers of the newest edge and of the newest version of planned work: they rise with what is learned."""
        with self.snapshot() as db:
            if db is None:
                return 0, 0
            return int(db.execute("SELECT coalesce(max(id), 0) FROM edges").fetchone()[0]), newest_row(db)

    def edges_between(self, after: int, last: int) -> Sequence[Edge]:
        """Those whose numbers are in (after, last], in the order they were learned."""
        with self.snapshot() as db:
            return () if db is None else select_edges(db, "e.id > ? AND e.id <= ?", (after, last))

    def edges_after(self, at: float) -> Sequence[Edge]:
        """Those learned after an instant, in that order."""
        with self.snapshot() as db:
            return () if db is None else select_edges(db, "e.known_at > ?", (at,))

    def memory(self, at: float) -> Memory | None:
        """What an engine needs to go on from the newest poll at or before `at`; None when there is no poll."""
        with self.snapshot() as db:
            if db is None:
                return None
            found = read_memory(db, self.catalog, at)
            return None if found is None else replace(found, edges=self._edges_known(db, at, at - MEMORY_SECONDS))

    def reader(self, at: float, corrected: bool = False, live: bool = False) -> BoundReader:
        """A Reader whose answers end at `at`; of a `live` Scene those about alarms, audit and messages end now."""
        return BoundReader(self, at, corrected, live)
