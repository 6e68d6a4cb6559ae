"""The outbox of hourly facts: blocks of hours by the version they were written under."""

from __future__ import annotations

import sqlite3

import numpy as np

from noctui.stores.history.faults import DamagedBlock
from noctui.stores.history.hourly import DAY_BLOCK, DAY_PACKS, MONTH_BLOCK, VECTORS
from noctui.stores.history.reader import HistoryReader
from noctui.stores.history.settings import HOUR
from noctui.stores.warehouse import rows_hours, texts
from noctui.stores.warehouse.outbox import ALL, END, Span, Waiting
from noctui.stores.warehouse.rows_hours import Block, Places, Rows
from noctui.stores.warehouse.sender import Batch
from noctui.stores.warehouse.state import Mark
from noctui.stores.warehouse.tables import Feed
from noctui.stores.warehouse.tables_hours import HOURS

FILE_ROWS = 49_152
"""Of a file, unless one block alone has more; a tile of a month has 47,616."""
MOST_ROWS = 5 * FILE_ROWS
"""Of a batch: a warehouse looks through its table once for all of them, and they are compressed when they wait."""


class HoursOutbox:
    """See `outbox.Outbox`. A mark is (version, kind, start, block) of the last block that was sent."""

    def __init__(self, reader: HistoryReader, most: int = MOST_ROWS) -> None:
        self._reader, self._most = reader, most
        self._places: Places | None = None
        self._known = (0, -1)

    @property
    def feed(self) -> Feed:
        return HOURS

    def next(self, mark: Mark, span: Span = ALL) -> Batch | None:
        newest = self._reader.inventory(END)
        with self._reader.snapshot() as db:
            if db is None:
                return None
            blocks, vectors = rows_hours.after(db, mark)
            if not blocks:
                return None
            slots = _slots(db)
            known = slots, -1 if newest is None else newest.rev
            if self._places is None or self._known != known:
                self._places, self._known = rows_hours.places(db, newest), known
            taken = _some(blocks, slots, self._most)
            last = blocks[taken - 1]
            ends: Mark = (last.version, last.kind, last.start, last.block)
            if taken == len(blocks):  # what is put together of these later is not sent again
                ends = (max(block.version for block in blocks), END)
            wanted = [b for b in blocks[:taken] if b.start < span.end and _end(b) > span.start]
            made = _Files(self._places, span)
            while wanted:
                cut = _some(wanted, slots, min(self._most, FILE_ROWS))
                made.add(*_read(db, wanted[:cut], vectors))
                del wanted[:cut]
        return made.batch(ends)

    def waiting(self, mark: Mark) -> Waiting:
        with self._reader.snapshot() as db:
            if db is None:
                return Waiting()
            blocks, vectors = rows_hours.after(db, mark)
            slots = _slots(db)
        if not blocks:
            return Waiting()
        first, newest = self._reader.begins() or 0.0, self._reader.latest() or END
        rows, oldest = 0, END
        for block in blocks:
            own = (block.start + h * HOUR for h in range(_hours(block)))
            hours = [
                start
                for start in own
                if block.kind == VECTORS or (start not in vectors and first - HOUR < start < newest)
            ]
            if hours:
                rows += len(hours) * _rows(block, slots)
                oldest = min(oldest, hours[0])
        return Waiting(rows, oldest if rows else None)


class _Files:
    """What becomes a batch."""

    def __init__(self, places: Places, span: Span) -> None:
        self._places, self._span = places, span
        self._files: list[bytes] = []
        self._damaged: list[str] = []
        self._rows = 0
        self._first, self._last = END, -END

    def add(self, rows: Rows, damaged: tuple[str, ...]) -> None:
        self._damaged += damaged
        if self._span is not ALL:
            inside = (rows.start >= self._span.start) & (rows.start < self._span.end)
            rows = rows_hours.picked(rows, np.flatnonzero(inside))
        if len(rows):
            self._files.append(rows_hours.file(rows, self._places))
            self._rows += len(rows)
            self._first = min(self._first, float(rows.start.min()))
            self._last = max(self._last, float(rows.start.max()))

    def batch(self, ends: Mark) -> Batch:
        if not self._rows:
            return Batch(HOURS, (), 0, ends, damaged=tuple(self._damaged))
        bounds = texts.hour_key(self._first), texts.hour_key(self._last)
        return Batch(HOURS, tuple(self._files), self._rows, ends, bounds, self._first, tuple(self._damaged))


def _some(blocks: list[Block], slots: int, most: int) -> int:
    """How many of the first blocks go together: of one kind, so that none has an hour of another's, and about so many
    rows."""
    taken, expected = 0, 0
    for block in blocks:
        expected += _most(block, slots)
        if taken and (expected > most or block.kind != blocks[0].kind):
            break
        taken += 1
    return taken


def _slots(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT coalesce(max(no) + 1, 0) FROM circuits").fetchone()[0])


def _read(db: sqlite3.Connection, blocks: list[Block], vectors: frozenset[float]) -> tuple[Rows, tuple[str, ...]]:
    """What can be read of them, and what cannot."""
    try:
        return rows_hours.read(db, blocks, vectors), ()
    except DamagedBlock:
        pass
    sound, damaged = [], []
    for block in blocks:
        try:
            rows_hours.read(db, [block], vectors)
            sound.append(block)
        except DamagedBlock as error:
            damaged.append(error.name)
    return rows_hours.read(db, sound, vectors), tuple(damaged)


def _hours(block: Block) -> int:
    return 1 if block.kind == VECTORS else 24 if block.kind == DAY_PACKS else 31 * 24


def _end(block: Block) -> float:
    return block.start + _hours(block) * HOUR


def _rows(block: Block, slots: int) -> int:
    """Circuits in it."""
    size = slots if block.kind == VECTORS else DAY_BLOCK if block.kind == DAY_PACKS else MONTH_BLOCK
    return max(0, min(size, slots - block.block * size))


def _most(block: Block, slots: int) -> int:
    return max(1, _hours(block) * _rows(block, slots))
