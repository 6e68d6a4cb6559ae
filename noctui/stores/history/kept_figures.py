"""Days, weeks and months in the file: each version a row, its groups and its histograms beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import crc32

import msgspec
import numpy as np

from noctui.kpi.hourly import FIVES
from noctui.kpi.percentile import Sketches
from noctui.model.figures import Grain, Period
from noctui.stores.history.accounts_pack import Stored, pack_accounts, unpack_accounts
from noctui.stores.history.codec import Values
from noctui.stores.history.db import pack_of
from noctui.stores.history.due import mark_above, next_version, unmark
from noctui.stores.history.faults import DamagedBlock, figures_of
from noctui.stores.history.pack import build
from noctui.stores.history.stretch import milliseconds

if TYPE_CHECKING:
    from noctui.stores.history.due import Due
    from noctui.stores.history.writer import Writer

CIRCUITS_OF = ""
"""What sketches of circuits are kept by; those of groups are kept by the word of the group."""
SKETCH_STEP = 256
"""Rows a frame."""
_STEP, _COUNT = 4, 5
_names = msgspec.msgpack.Decoder(tuple[str, ...])


@dataclass(frozen=True, slots=True)
class Groups:
    """Sites, regions or carriers of a period: accounts of a row per name, and how many circuits each had."""

    names: tuple[str, ...]
    stored: Stored


@dataclass(frozen=True, slots=True)
class Worked:
    """A period worked out. `sketches` are packs by (`by`, gauge), for a day whose averages were looked at."""

    stored: Stored
    groups: Mapping[str, Groups]
    sketches: Mapping[tuple[str, int], bytes] | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """The same as it is written; `groups` are (by, names, their checksum, pack)."""

    data: bytes
    groups: tuple[tuple[str, bytes, int, bytes], ...]
    sketches: Mapping[tuple[str, int], bytes] | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A version that is in the file."""

    id: int
    period: Period
    version: int
    known_at: float
    sketched: int = field(default=0, compare=False)


_KEPT = (
    'SELECT id, start, "end", grain, "key", zone, version, known_at, sketched FROM figures'
    " WHERE superseded IS NULL AND "
)


def newest_of(db: sqlite3.Connection, period: Period) -> Kept | None:
    """The newest version of a period; None when it was never made."""
    values = period.grain, period.start, period.end, period.zone
    found = select_newest(db, 'grain = ? AND start = ? AND "end" = ? AND zone = ?', values)
    return found[0] if found else None


def select_newest(db: sqlite3.Connection, where: str, values: tuple[float | int | str, ...]) -> list[Kept]:
    """Newest versions, oldest period first."""
    return [
        Kept(id_, Period(start, end, Grain(grain), key, zone), version, known_at, sketched)
        for id_, start, end, grain, key, zone, version, known_at, sketched in db.execute(
            f"{_KEPT}{where} ORDER BY start", values
        )
    ]


def read_stored(db: sqlite3.Connection, kept: Kept, first: int = 0, stop: int | None = None) -> Stored:
    """Accounts of the slots from `first` to `stop`, or fewer where it has fewer. Raises DamagedBlock."""
    with figures_of(kept.id), pack_of(db, "figures", kept.id, f"figures of {kept.period.key}") as pack:
        return unpack_accounts(pack, milliseconds(kept.period.start, kept.period.end), first, stop)


def read_groups(db: sqlite3.Connection, kept: Kept, by: str) -> Groups | None:
    """Raises DamagedBlock."""
    query = 'SELECT id, names, crc FROM group_figures WHERE figures = ? AND "by" = ?'
    row = db.execute(query, (kept.id, by)).fetchone()
    if row is None:
        return None
    name = f"{by} figures of {kept.period.key}"
    with figures_of(kept.id), pack_of(db, "group_figures", row[0], name) as pack:
        if crc32(row[1]) != row[2]:
            raise DamagedBlock(name, "checksum of the names")
        return Groups(_names.decode(row[1]), unpack_accounts(pack, milliseconds(kept.period.start, kept.period.end)))


def pack_sketches(found: Sketches) -> bytes | None:
    """A pack of a row per slot or group: its buckets as steps from one to the next, and their counts; None of no
    entries. A count of 0 fills a row up."""
    if not len(found.row):
        return None
    row = found.row.astype(np.int64)
    entries = np.bincount(row)
    place = np.arange(len(row)) - np.repeat(np.cumsum(entries) - entries, entries)
    bucket = found.bucket.astype(np.int64)
    step = np.where(place == 0, bucket, bucket - np.concatenate([bucket[:1], bucket[:-1]]))
    shape = (len(entries), int(entries.max()))
    columns: dict[int, Values] = {}
    for number, values in ((_STEP, step), (_COUNT, found.count)):
        smallest = next(t for t in ("<u1", "<u2", "<u4") if values.max() <= np.iinfo(t).max)
        columns[number] = np.zeros(shape, smallest)
        columns[number][row, place] = values
    return build(columns, SKETCH_STEP)


def read_sketches(
    db: sqlite3.Connection, kept: Kept, by: str, gauge: str, first: int = 0, stop: int | None = None
) -> Sketches | None:
    """Of the rows from `first` to `stop`; None when there are none: no value of that gauge was known, or histograms are
    no longer kept. Raises DamagedBlock."""
    query = 'SELECT id FROM sketches WHERE figures = ? AND "by" = ? AND gauge = ?'
    row = db.execute(query, (kept.sketched, by, FIVES.index(gauge) + 1)).fetchone()
    if row is None:
        return None
    with figures_of(kept.id), pack_of(db, "sketches", row[0], f"histograms of {kept.period.key}") as pack:
        stop = pack.n0 if stop is None else min(stop, pack.n0)
        if first >= stop:
            return None
        steps, count = (pack.get(n, first, stop) for n in (_STEP, _COUNT))
        some = count > 0
        rows = np.repeat(np.arange(first, stop, dtype=np.uint32), np.count_nonzero(some, axis=1))
        bucket = np.cumsum(steps, axis=1, dtype=np.uint16)[some]
        return Sketches(rows, bucket, count[some].astype(np.uint32))


def packed(worked: Worked) -> Generator[None, None, Packed]:
    """What is written of it; a unit of work each."""
    data = pack_accounts(worked.stored)
    yield
    groups = []
    for by, g in worked.groups.items():
        if g.names:
            names = msgspec.msgpack.encode(g.names)
            groups.append((by, names, crc32(names), pack_accounts(g.stored)))
            yield
    return Packed(data, tuple(groups), worked.sketches)


def keep(w: Writer, due: Due, had: Kept | None, new: Packed, known_at: float) -> int:
    """Write a version of a period and have what stands on it made anew; its number. One transaction."""
    period = due.period
    with w.transaction() as db:
        version = next_version(w)
        stamp = w.org_id, w.newest_rev, w.epoch
        if had is not None:
            known_at = max(known_at, had.known_at)
            db.execute("UPDATE figures SET superseded = ? WHERE id = ?", (known_at, had.id))
        found = db.execute(
            'INSERT INTO figures (grain, start, "end", "key", zone, version, known_at, sketched, org_id, rev, epoch,'
            " data) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
            (period.grain, period.start, period.end, period.key, period.zone, version, known_at, *stamp, new.data),
        )
        assert found.lastrowid is not None
        number = found.lastrowid
        sketched = number if new.sketches is not None or had is None else had.sketched
        db.execute("UPDATE figures SET sketched = ? WHERE id = ?", (sketched, number))
        db.executemany(
            'INSERT INTO sketches (figures, "by", gauge, data) VALUES (?, ?, ?, ?)',
            [(number, by, gauge, pack) for (by, gauge), pack in (new.sketches or {}).items()],
        )
        db.executemany(
            'INSERT INTO group_figures (figures, "by", names, crc, data) VALUES (?, ?, ?, ?, ?)',
            [(number, *group) for group in new.groups],
        )
        unmark(w, period)
        if period.grain is Grain.DAY:
            learned = w.newest if had is None else due.known_at
            for grain in (Grain.WEEK, Grain.MONTH):
                mark_above(w, grain, period.start, period.end, due.states, learned)
    return version
