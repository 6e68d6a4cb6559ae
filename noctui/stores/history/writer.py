"""The one writer of a history: every change of the file goes through here, in short transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from math import floor
from pathlib import Path

import numpy as np

from noctui.model.alarms import Act, Alarm, AuditEntry, Message
from noctui.model.cloud import MistAlarm
from noctui.model.edges import Note
from noctui.model.figures import Grain, Made
from noctui.model.inventory import Inventory
from noctui.model.mails import Body, Filed, MailIn, Place
from noctui.model.stores import Taken
from noctui.model.work import PollRecord
from noctui.model.works import Mail, MailRead, Work
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import rows
from noctui.stores.history.acting import Acting
from noctui.stores.history.alarm_rows import highest_number, insert_alarms, newest_alarms
from noctui.stores.history.audit_rows import insert_audit, was_done
from noctui.stores.history.blocks import OPEN_STEP
from noctui.stores.history.catalog import Catalog, Version, pack_inventory
from noctui.stores.history.closing import close_day, close_hour, drop_open
from noctui.stores.history.codec import QUICK
from noctui.stores.history.columns import TABLE_WORDS, TABLES, by_slot, values_of
from noctui.stores.history.due import move_to_zone
from noctui.stores.history.faults import CorruptHistory, HistoryFault, faults
from noctui.stores.history.figuring import make_figures
from noctui.stores.history.fives import merge_fives
from noctui.stores.history.late import mark_late, refold
from noctui.stores.history.mail_inbox import drop, mails_left
from noctui.stores.history.mail_rows import body_of, mail_of, select_mails, select_places
from noctui.stores.history.mail_taking import write_mails
from noctui.stores.history.making import Making
from noctui.stores.history.making_up import make_up
from noctui.stores.history.merging import drop_rolled, roll_day, roll_month
from noctui.stores.history.message_rows import insert_messages, newest_messages
from noctui.stores.history.ordering import aggregate
from noctui.stores.history.pack import build
from noctui.stores.history.pruning import prune
from noctui.stores.history.quarters import QUARTER, quarter_pack
from noctui.stores.history.registry import Registry
from noctui.stores.history.rolling import roll_before, roll_hour
from noctui.stores.history.schema import set_meta
from noctui.stores.history.settings import Retention
from noctui.stores.history.strips import drop_strips, strip_hour, strip_open
from noctui.stores.history.taking import apply_inbox
from noctui.stores.history.told import insert_told, latest_alarms
from noctui.stores.history.versions import NOW
from noctui.stores.history.work_rows import near

UNITS = (
    close_hour, roll_hour, drop_open, strip_open, close_day, refold, roll_day, merge_fives, drop_rolled, strip_hour,
    make_figures, roll_month, drop_strips,
)  # fmt: skip
"""Kinds of work that falls due, the most urgent first."""
CHECKPOINT_BYTES = 8_000_000


class Writer:
    """Stores polls and closes what is over. Blocking; all calls from one thread at a time, with the lock held."""

    def __init__(
        self,
        db: sqlite3.Connection,
        path: Path,
        org_id: str,
        lock: FolderLock,
        retention: Retention,
        unclean: bool = False,
        renew: Callable[[], sqlite3.Connection] | None = None,
    ) -> None:
        """`renew` sets a corrupt file aside and opens a new one in its place."""
        self.path, self.org_id, self.lock, self.retention = path, org_id, lock, retention
        self.unclean = unclean
        self._renew = renew
        self._begin(db)

    def _begin(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.catalog = Catalog()
        self.registries = {word: Registry(db, table) for table, word in enumerate(TABLE_WORDS)}
        self.circuits = self.registries["circuits"]
        self._work: tuple[str, float, int] = ("", 0.0, 0)
        self._units = 0
        self.newest = self._newest()
        self.rolling, self.refolding, self.making = Making(), Making(), Making()
        self.made: Made | None = None
        self.damaged: frozenset[int] = frozenset()  # rows of figures that cannot be read
        self.said: set[str] = set()  # damaged rows of alarms and messages that the log names already
        self.acting = Acting()
        move_to_zone(self)
        make_up(self)

    def _newest(self) -> float:
        row = self.db.execute("SELECT max(at) FROM polls").fetchone()
        return row[0] if row[0] is not None else float("-inf")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. Raises HistoryFault: no lock, disk full, corrupt."""
        if not self.lock.held:
            raise HistoryFault("the data folder's lock is not held: nothing was written")
        with faults():
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:  # a full disk may have ended it already
                    self.db.execute("ROLLBACK")
                raise
            for registry in self.registries.values():
                registry.committed()

    @property
    def epoch(self) -> int:
        return self.lock.epoch

    def number(self, kind: str, id: str) -> int:
        """The slot of a circuit, gateway or path (`kind` is `circuits`, `gateways` or `paths`) in this file: given
        once, never reused. A new one reaches the file with the inventory that uses it."""
        return self.registries[kind].give(id)

    def last_seq(self) -> int:
        """The highest poll number so far; 0 in a new history."""
        return int(self.db.execute("SELECT coalesce(max(seq), 0) FROM polls").fetchone()[0])

    def learn(self, inventory: Inventory) -> None:
        """Store a new inventory version. Raises HistoryFault when its numbers contradict the registries."""
        if inventory.org_id != self.org_id:
            raise HistoryFault(
                f"an inventory of org {inventory.org_id} does not belong into the history of {self.org_id}"
            )
        self._despite_corruption(lambda: self._learn(inventory))

    def _learn(self, inventory: Inventory) -> None:
        with faults():
            if self.catalog.version(self.db, inventory.rev) is None:
                with self.transaction():
                    self.learn_in(inventory)

    def _despite_corruption(self, write: Callable[[], None]) -> None:
        """Write; a file that is too corrupt for that is set aside, a new one gets the same, and that is raised."""
        try:
            write()
        except CorruptHistory as error:
            if self._renew is None:
                raise
            with suppress(sqlite3.Error):
                self.db.close()
            self._begin(self._renew())
            write()
            anew = CorruptHistory(f"{error}; it was set aside, a new history begins")
            anew.kept = True
            raise anew from error

    def learn_in(self, inventory: Inventory) -> Version:
        """Store a version that is not there yet, inside the caller's transaction."""
        self.circuits.keep((c.circuit_id, c.circuit_no) for c in inventory.circuits)
        self.registries["paths"].keep((p.path_id, p.path_no) for p in inventory.paths)
        gateways = self.registries["gateways"]
        gateway_no = np.array([gateways.give(g.gateway_id) for g in inventory.gateways], np.int32)
        for registry in self.registries.values():
            registry.flush()
        self._learn_bandwidths(inventory)
        data, crc = pack_inventory(inventory)
        self.db.execute(
            "INSERT INTO inventories VALUES (?, ?, ?, ?, ?, ?)",
            (inventory.rev, inventory.event_time, inventory.known_at, gateway_no.astype("<i4").tobytes(), data, crc),
        )
        return self.catalog.keep(inventory, gateway_no)

    def _learn_bandwidths(self, inventory: Inventory) -> None:
        before: dict[int, tuple[float, float]] = {}
        later = self.db.execute("SELECT 1 FROM inventories WHERE rev > ?", (inventory.rev,)).fetchone()
        if later is None:  # an older version that comes in late is written in full
            found = self.db.execute("SELECT no, max(rev), down_bps, up_bps FROM bandwidths GROUP BY no")
            before = {no: (down, up) for no, _, down, up in found}
        self.db.executemany(
            "INSERT INTO bandwidths VALUES (?, ?, ?, ?)",
            [
                (c.circuit_no, inventory.rev, c.down_bps, c.up_bps)
                for c in inventory.circuits
                if before.get(c.circuit_no) != (c.down_bps, c.up_bps)
            ],
        )

    def version(self, inventory: Inventory) -> Version:
        """Where an inventory's rows are stored; learns it when it is new."""
        found = self.catalog.version(self.db, inventory.rev)
        if found is None:
            self._learn(inventory)
            found = self.catalog.version(self.db, inventory.rev)
        assert found is not None
        return found

    def write(self, record: PollRecord) -> None:
        """Store one poll with its edges, failovers, notes and what the cloud told, in one transaction. Raises
        HistoryFault."""
        self._despite_corruption(lambda: self._write(record))

    def _write(self, record: PollRecord) -> None:
        view = record.view
        if view.at <= self.newest:
            raise HistoryFault(f"a poll at {view.at:.3f} is not newer than the newest one in the history")
        with faults():
            version = self.version(view.inventory)
        packs = []
        for table in TABLES:
            slots = version.slots[table]
            if len(slots):
                columns = by_slot(table, values_of(table, record), slots)
                packs.append((table, build(columns, OPEN_STEP, QUICK)))
        quarter = floor(view.at / QUARTER)
        with self.transaction() as db:
            stamp = (self.org_id, view.inventory.rev, self.epoch)
            rows.insert_poll_values(db, [rows.poll_values(record)], self.org_id, self.epoch)
            db.executemany(
                "INSERT INTO open (at, tbl, org_id, rev, epoch, data) VALUES (?, ?, ?, ?, ?, ?)",
                [(view.at, table, *stamp, data) for table, data in packs],
            )
            if len(view.circuits):
                data = quarter_pack(version, view.circuits)
                db.execute("INSERT OR REPLACE INTO quarters VALUES (?, ?, ?, ?, ?, NULL)", (quarter, *stamp, data))
            rows.insert_edge_rows(db, [(e.circuit_id, rows.edge_row(e)) for e in record.edges], self.circuits)
            mark_late(self, record.edges, view.at)
            roll_before(self, view.at, view.interval)
            rows.insert_failover_rows(db, [rows.failover_row(f) for f in record.failovers])
            rows.insert_note_rows(db, [rows.note_row(n) for n in record.notes])
            insert_told(db, record.told, stamp)
            insert_alarms(db, record.alarms)
            insert_audit(db, record.audit)
        self.newest = view.at

    def alarms(self, since: float) -> tuple[MistAlarm, ...]:
        """The newest version of each of Mist's alarms that is open or was opened after `since`. Raises HistoryFault."""
        with faults():
            return latest_alarms(self.db, since)

    def alarms_known(self, since: float) -> tuple[Alarm, ...]:
        """The newest version of each alarm that is open, or cleared after `since`. Raises HistoryFault."""
        with faults():
            return newest_alarms(self.db, since, self.said)

    def highest_incident(self) -> int:
        """The highest number that an incident ever had; 0 none. Raises HistoryFault."""
        with faults():
            return highest_number(self.db)

    def acts(self) -> tuple[Act, ...]:
        """What people left in the inbox to be done to alarms, in the order they left it. Raises HistoryFault."""
        return self.acting.look(self)

    def acted(self, act_id: str) -> bool:
        """The audit tells of this act already. Raises HistoryFault."""
        with faults():
            return was_done(self.db, act_id)

    def write_acts(
        self, acts: Sequence[Act], alarms: Sequence[Alarm], audit: Sequence[AuditEntry], notes: Sequence[Note]
    ) -> None:
        """Store what came of these acts; they are taken off the inbox once that is there. Raises HistoryFault."""
        ids = self.acting.files(acts)
        with self.transaction() as db:
            insert_alarms(db, alarms)
            insert_audit(db, audit)
            rows.insert_note_rows(db, [rows.note_row(n) for n in notes])
            db.executemany("INSERT OR IGNORE INTO applied VALUES (?, ?)", [(key, self.newest) for key in ids])
        self.acting.written(self, ids)

    def write_messages(self, messages: Sequence[Message]) -> None:
        """Store new or changed notifications. Raises HistoryFault."""
        with self.transaction() as db:
            insert_messages(db, messages, self.newest)

    def messages_known(self, since: float, alarm_ids: Sequence[str] = ()) -> tuple[Message, ...]:
        """Those made after `since` or about these alarms, and all that still wait or are tried again, oldest first.
        Raises HistoryFault."""
        with faults():
            return newest_messages(self.db, since, self.said, alarm_ids)

    def write_mails(
        self,
        mails: Sequence[MailIn],
        notes: Sequence[Note] = (),
        acts: Sequence[Act] = (),
        audit: Sequence[AuditEntry] = (),
        left: Sequence[str] = (),
    ) -> tuple[Filed, ...]:
        """Store mails and what they tell of planned work, each once; `acts` that asked for it, and `left`, ids of the
        files that they lay in, leave the inbox with it. Raises HistoryFault."""
        ids = self.acting.files(acts)
        with self.transaction() as db:
            filed = write_mails(db, mails, self.said)
            rows.insert_note_rows(db, [rows.note_row(n) for n in notes])
            insert_audit(db, audit)
            db.executemany("INSERT OR IGNORE INTO applied VALUES (?, ?)", [(key, self.newest) for key in (*ids, *left)])
        self.acting.written(self, ids)
        drop(self, left)
        with faults():
            self.checkpoint()  # a full mailbox would let the log grow without end
        return filed

    def mails_left(self) -> tuple[str, tuple[MailIn, ...]] | None:
        """What another process read and left in the inbox: the oldest file's id and its mails. Raises HistoryFault."""
        return mails_left(self)

    def mail_places(self, mailbox: str) -> dict[str, Place]:
        """What the ledger knows of a mailbox, by place. Raises HistoryFault."""
        with faults():
            return select_places(self.db, mailbox)

    def mail(self, key: str) -> MailRead | None:
        """A mail of the ledger and what was read in it last. Raises HistoryFault, DamagedBlock."""
        with faults():
            found = mail_of(self.db, key, NOW, self.said)
            return None if found is None else MailRead(mail=found[0], notice=found[1])

    def mail_body(self, key: str) -> Body | None:
        """Its bytes; None: no such mail, or they are older than is kept. Raises HistoryFault, DamagedBlock."""
        with faults():
            return body_of(self.db, key, NOW, self.said)

    def mails_waiting(self, limit: int = 10_000) -> tuple[Mail, ...]:
        """The dead letters, newest first. Raises HistoryFault."""
        with faults():
            return select_mails(self.db, 0.0, NOW, NOW, limit, True, self.said)

    def works_near(self, at: float) -> tuple[Work, ...]:
        """The newest version of each work that is near an instant, as `Works` has them. Raises HistoryFault."""
        with faults():
            return near(self.db, at, NOW, self.said)

    def close_due(self, now: float) -> bool:
        """Do one unit of what is over at `now` (one short transaction); True while there is more to do."""
        with faults():
            more = any(unit(self, now) for unit in UNITS)
            self.checkpoint()  # between units too: a whole day at once would hold the writer for a second
        return more

    def aggregate(self, grain: Grain, since: float | None, now: float) -> Iterator[Made | None]:
        """See `ordering.aggregate`."""
        return aggregate(self, grain, since, now)

    def apply_inbox(self, limit_ms: float = 50.0) -> Taken:
        """Take in what other processes left, each thing once, for about `limit_ms`."""
        with faults():
            return apply_inbox(self, limit_ms)

    @property
    def folder(self) -> Path:
        return self.path.parent

    def prune(self, now: float) -> bool:
        """Drop some of what is older than its retention; True while there is more."""
        with faults():
            return prune(self, now)

    def checkpoint(self) -> None:
        """Move committed pages into the file when the log has grown; readers are never waited for."""
        log = Path(f"{self.path}-wal")
        if log.exists() and log.stat().st_size > CHECKPOINT_BYTES:
            self.db.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def slots(self, table: int) -> int:
        """Slots given so far in that table."""
        return self.registries[TABLE_WORDS[table]].slots

    @property
    def newest_rev(self) -> int:
        """The newest inventory version, stamped on what is closed now."""
        return int(self.db.execute("SELECT coalesce(max(rev), 0) FROM inventories").fetchone()[0])

    def cursor(self, what: tuple[str, float, int]) -> int:
        """How many units of this work this process has done; a new process begins anew, which harms nothing."""
        if self._work != what:
            self._work, self._units = what, 0
        return self._units

    def advance(self, what: tuple[str, float, int]) -> None:
        self._work, self._units = what, self.cursor(what) + 1

    def close(self, clean: bool = True) -> None:
        """Close in order: the next start then needs no check of the whole file. Not `clean`: it does need one still."""
        try:
            if clean:
                with self.transaction():
                    set_meta(self.db, "clean", 1)
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except (HistoryFault, sqlite3.Error):
            pass  # then the next start checks the file
        finally:
            self.db.close()
