"""Hours of circuits as they stand in the history: which blocks of them came after a mark, and the rows they hold.

A block is a vector of one hour, a pack of a day or a tile of a month. All of them carry the version they were written
under, and a block that was put together from others the highest of theirs: what came after a version can be told, and
what a block says is never older than what is said by blocks of lower versions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from noctui.model.inventory import Inventory
from noctui.model.view import F4, F8
from noctui.stores.history.db import pack_of
from noctui.stores.history.hourly import DAY_BLOCK, DAY_PACKS, KPI_NUMBER, MONTH_BLOCK, MONTH_TILES, VECTORS
from noctui.stores.history.settings import HOUR
from noctui.stores.warehouse import texts
from noctui.stores.warehouse.tables_hours import FRACTIONS, NUMBERS, TIMES
from noctui.stores.warehouse.texts import I8, NULL

_SLOTS = {VECTORS: 0, DAY_PACKS: DAY_BLOCK, MONTH_TILES: MONTH_BLOCK}
"""Slots of a block; 0: all, and there is one."""
_PRESENT = "unknown_seconds"
PART = 16_384
"""Rows that are text at a time."""
NEEDED = tuple(dict.fromkeys((
    _PRESENT, "flaps", "rx_bps_avg", "rx_bps_max", "tx_bps_avg", "tx_bps_max", "rx_bps_known", "tx_bps_known",
    "loss_known", "jitter_known", "latency_known", *TIMES.values(), *FRACTIONS.values(),
)))  # fmt: skip
"""Columns of hours that are sent."""


class Block(NamedTuple):
    """In the order in which blocks are sent."""

    version: int
    kind: int
    start: float
    block: int
    id: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Circuit-hours: `slot`, `start` (UTC epoch seconds) and `rev` of each, and the columns NEEDED."""

    slot: NDArray[np.int32]
    start: F8
    rev: I8
    columns: dict[str, F4]

    def __len__(self) -> int:
        return len(self.slot)


def after(
    db: sqlite3.Connection, mark: Sequence[float], most: int | None = None
) -> tuple[list[Block], frozenset[float]]:
    """Blocks after the mark (version, kind, start, block), the earliest first, and all hours that have a vector. That
    one decides of its hour: what a pack or tile says of it is the same or older."""
    found = db.execute(
        "SELECT version, kind, start, block, id FROM rollups WHERE kind IN (?, ?, ?)", tuple(_SLOTS)
    ).fetchall()
    vectors = frozenset(start for _, kind, start, _, _ in found if kind == VECTORS)
    since = tuple(mark)
    return sorted(Block(*row) for row in found if row[:4] > since), vectors


def read(db: sqlite3.Connection, blocks: Sequence[Block], vectors: frozenset[float]) -> Rows:
    """What the blocks know, one row per circuit-hour. They must be of one kind. Raises DamagedBlock."""
    parts = [part for block in blocks for part in _rows(db, block, vectors)]
    return joined(parts) if parts else empty()


def _rows(db: sqlite3.Connection, block: Block, vectors: frozenset[float]) -> Iterator[Rows]:
    name = f"hourly figures {block.start:.0f} {block.block}"
    with pack_of(db, "rollups", block.id, name) as pack:
        there = ~np.isnan(pack.whole(KPI_NUMBER[_PRESENT]))
        if block.kind != VECTORS:
            own = [h for h in range(pack.n1) if block.start + h * HOUR in vectors]
            there[:, own] = False
        slots, hours = np.nonzero(there)
        if not len(slots):
            return
        columns = {}
        for column in NEEDED:
            number = KPI_NUMBER[column]
            columns[column] = (
                pack.whole(number)[slots, hours] if pack.has(number) else np.full(len(slots), np.nan, np.float32)
            )
        yield Rows(
            (slots + block.block * _SLOTS[block.kind]).astype(np.int32),
            (block.start + hours * HOUR).astype(np.float64),
            np.full(len(slots), block.version, np.int64),
            columns,
        )


def empty() -> Rows:
    none = np.empty(0)
    return Rows(none.astype(np.int32), none, none.astype(np.int64), {n: none.astype(np.float32) for n in NEEDED})


def joined(parts: Sequence[Rows]) -> Rows:
    if len(parts) == 1:
        return parts[0]
    columns = {name: np.concatenate([p.columns[name] for p in parts]) for name in NEEDED}
    return Rows(
        np.concatenate([p.slot for p in parts]),
        np.concatenate([p.start for p in parts]),
        np.concatenate([p.rev for p in parts]),
        columns,
    )


def picked(rows: Rows, which: NDArray[np.intp] | slice) -> Rows:
    columns = {name: column[which] for name, column in rows.columns.items()}
    return Rows(rows.slot[which], rows.start[which], rows.rev[which], columns)


@dataclass(frozen=True, slots=True)
class Places:
    """Of each slot: what stands at the begin of its lines, and its bandwidth (bits/s, 0 is unknown)."""

    prefixes: NDArray[np.bytes_]
    bandwidth: F8


def places(db: sqlite3.Connection, inventory: Inventory | None) -> Places:
    """As circuits are known now. One that is gone keeps its site: its id tells it."""
    ids = dict(db.execute("SELECT no, id FROM circuits").fetchall())
    count = max(ids, default=-1) + 1
    site = {c.circuit_no: c.site_id for c in inventory.circuits} if inventory is not None else {}
    bandwidth = np.zeros(count)
    if inventory is not None and len(inventory.circuits):
        bandwidth[inventory.circuit_no] = inventory.down_bps
    texts_of = [
        f"{texts.quoted(ids.get(no, ''))},{texts.quoted(site.get(no) or ids.get(no, '').partition(':')[0])}"
        for no in range(count)
    ]
    return Places(np.array([t.encode("utf-8", "replace") for t in texts_of] or [b""]), bandwidth)


def numbers(rows: Rows, bandwidth: F8) -> dict[str, I8]:
    """The staged numbers by name."""
    c = rows.columns
    nothing = np.full(len(rows), NULL, np.int64)
    found = {name: texts.whole(c[column], 1e4) for name, column in FRACTIONS.items()}
    found |= {name: texts.whole(c[column], 1e3) for name, column in TIMES.items()}
    for way in ("rx", "tx"):
        moved = c[f"{way}_bps_avg"].astype(np.float64) * c[f"{way}_bps_known"] / 8.0
        found[f"{way.upper()}_BYTES"] = texts.whole(moved, 1.0)
        found[f"{way.upper()}_BPS_MAX"] = texts.whole(c[f"{way}_bps_max"], 1.0)
    known = np.fmax.reduce([c["loss_known"], c["jitter_known"], c["latency_known"]])
    found["QUALITY_MS"] = texts.whole(known, 1e3)
    found["FLAPS"] = texts.whole(c["flaps"], 1.0)
    bps = texts.whole(bandwidth[rows.slot], 1.0)
    found["BANDWIDTH_BPS"] = np.where(bps > 0, bps, nothing)
    found["HOUR_KEY"], found["REV"] = texts.hour_keys(rows.start), rows.rev
    return found


def file(rows: Rows, of: Places) -> bytes:
    """A file, circuit by circuit: what is alike lies close together. A part at a time is text before it is packed."""
    if (rows.slot[1:] < rows.slot[:-1]).any():  # tiles have them so
        rows = picked(rows, np.lexsort((rows.start, rows.slot)))
    return texts.packed_parts(text(picked(rows, slice(first, first + PART)), of) for first in range(0, len(rows), PART))


def text(rows: Rows, of: Places) -> bytes:
    """The lines of some rows."""
    found = numbers(rows, of.bandwidth)
    return texts.lines(of.prefixes, rows.slot.astype(np.intp), [found[name] for name in NUMBERS])
