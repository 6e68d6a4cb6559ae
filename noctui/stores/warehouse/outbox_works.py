"""The outbox of planned work: every version of it, by circuit and window."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from msgspec import structs

from noctui.model.inventory import Inventory
from noctui.model.works import Matched, Work
from noctui.stores.history.faults import DamagedBlock
from noctui.stores.history.reader import HistoryReader
from noctui.stores.history.work_rows import works_of
from noctui.stores.warehouse.outbox import ALL, END, Span, Waiting
from noctui.stores.warehouse.outbox_dims import batch_of, version_of
from noctui.stores.warehouse.sender import Batch
from noctui.stores.warehouse.state import Mark
from noctui.stores.warehouse.tables_works import WORKS
from noctui.stores.warehouse.texts import Cell, stamp

MOST = 500
"""Versions a batch."""
NONE = "-"
"""In a key: there is none. A key is never empty."""
NO_INVENTORY = -1.0
"""In a mark; a version's number is 0 or higher."""
Row = tuple[Cell, ...]
Key = tuple[Cell, ...]
_KEY, _CIRCUIT = 6, 4
"""How many cells of a row are its key (with the version, but without ORG_ID), and which of them is our circuit."""


class WorksOutbox:
    """A mark is (id, rev) of the newest version that was sent and of the inventory that circuits were matched by. What
    was sent without a circuit goes once more with it, on the day the inventory knows the carrier's id."""

    feed = WORKS

    def __init__(self, reader: HistoryReader) -> None:
        self._reader = reader

    def next(self, mark: Mark, span: Span = ALL) -> Batch | None:
        inventory = self._reader.inventory(END)
        if inventory is None:
            return None
        last, rev = _of(mark)
        with self._reader.snapshot() as db:
            if db is None:
                return None
            if last and rev != inventory.rev:
                later = self._matched_later(db, last, rev, inventory)
                return batch_of(WORKS, later, (last, float(inventory.rev)))
            found = db.execute(
                f"SELECT id, known_at, crc, data FROM works WHERE id > ? ORDER BY id LIMIT {MOST}", (last,)
            ).fetchall()
        if not found:
            return None
        rows: dict[Key, Row] = {}
        for one in found:
            rows |= self._rows(one, inventory, span)
        return batch_of(WORKS, list(rows.values()), (float(found[-1][0]), float(inventory.rev)))

    def waiting(self, mark: Mark) -> Waiting:
        inventory, (last, rev) = self._reader.inventory(END), _of(mark)
        if inventory is None:
            return Waiting()
        with self._reader.snapshot() as db:
            if db is None:
                return Waiting()
            (count,) = db.execute("SELECT count(*) FROM works WHERE id > ?", (last,)).fetchone()
            later = self._matched_later(db, last, rev, inventory) if last and rev != inventory.rev else []
        return Waiting(int(count) + len(later))

    def _matched_later(self, db: sqlite3.Connection, last: float, rev: float, now: Inventory) -> list[Row]:
        """Of what was sent the rows that stood for no circuit, taken back, and what they are now. A circuit that has
        left the inventory since keeps its rows: it was meant then."""
        before = _inventory(db, rev)
        if before is None:  # nobody knows what was known: at worst a row is sent that is there
            before = structs.replace(now, circuits=())
        elif _named(before) == _named(now):
            return []
        rows: list[Row] = []
        for one in db.execute("SELECT id, known_at, crc, data FROM works WHERE id <= ? ORDER BY id", (last,)):
            was, found = self._rows(one, before, word="as sent"), self._rows(one, now)
            gone = [row for key, row in was.items() if key[_CIRCUIT] == NONE and key not in found]
            if gone:
                rows += [(*row[:-1], 1) for row in gone]
                rows += [row for key, row in found.items() if key not in was]
        return rows

    def _rows(
        self, stored: tuple[int, float, int, bytes], inventory: Inventory, span: Span = ALL, word: str = ""
    ) -> dict[Key, Row]:
        """By key, of one stored version."""
        rows: dict[Key, Row] = {}
        for work in self._reader.standing.asked(works_of([stored], set()), inventory, word):
            rows |= {row[:_KEY]: row for row in _told(work, int(stored[0]), span)}
        return rows


def _of(mark: Mark) -> Mark:
    """Marks of before had no inventory."""
    return (mark[0], mark[1]) if len(mark) > 1 else (mark[0] if mark else 0.0, NO_INVENTORY)


def _inventory(db: sqlite3.Connection, rev: float) -> Inventory | None:
    try:
        return version_of(db, int(rev))
    except DamagedBlock:
        return None


def _named(inventory: Inventory) -> list[tuple[str, str, str, str]]:
    """What works are matched by."""
    return [(c.circuit_id, c.carrier_circuit_id, c.carrier, c.site_id) for c in inventory.circuits]


def _told(work: Work, id_: int, span: Span) -> Iterator[Row]:
    """What stands before the sixth comma is the key; at the end, that it is not taken back."""
    m = work.maintenance
    for matched in work.matched or (Matched(said=NONE),):
        for window in m.windows if not work.matched else m.windows_of(matched.said):
            if not (window.start < span.end and window.end > span.start):
                continue
            for circuit_id in matched.circuit_ids or (NONE,):
                yield (
                    m.provider or NONE, "".join(m.maintenance_id.split()).casefold() or NONE, work.version,
                    matched.said or NONE, circuit_id, stamp(window.start), stamp(window.end), window.backup,
                    m.status.value, matched.impact.value, matched.seconds, work.emergency, work.late, m.summary,
                    m.location, work.notice, stamp(work.announced_at), stamp(work.known_at), id_, 0,
                )  # fmt: skip
