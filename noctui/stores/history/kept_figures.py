"""Days, weeks and months in the file: each version a row, its groups and its histograms beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import crc32

import msgspec
import numpy as np
from numpy.typing import NDArray

from noctui.kpi.hourly import FIVES
from noctui.kpi.percentile import Sketches
from noctui.model.figures import Grain, Period
from noctui.stores.history.accounts_pack import Stored, pack_accounts, unpack_accounts
from noctui.stores.history.codec import Values
from noctui.stores.history.db import pack_of
from noctui.stores.history.due import mark_above, next_version, unmark
from noctui.stores.history.faults import DamagedBlock
from noctui.stores.history.pack import build
from noctui.stores.history.stretch import milliseconds

if TYPE_CHECKING:
    from noctui.stores.history.due import Due
    from noctui.stores.history.writer import Writer

CIRCUITS_OF = ""
"""What sketches of circuits are kept by; those of groups are kept by the word of the group."""
SKETCH_STEP = 65_536
_SLOT, _BUCKET, _COUNT = 1, 2, 3
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
    with pack_of(db, "figures", kept.id, f"figures of {kept.period.key}") as pack:
        return unpack_accounts(pack, milliseconds(kept.period.start, kept.period.end), first, stop)


def read_groups(db: sqlite3.Connection, kept: Kept, by: str) -> Groups | None:
    """Raises DamagedBlock."""
    query = 'SELECT id, names, crc FROM group_figures WHERE figures = ? AND "by" = ?'
    row = db.execute(query, (kept.id, by)).fetchone()
    if row is None:
        return None
    name = f"{by} figures of {kept.period.key}"
    if crc32(row[1]) != row[2]:
        raise DamagedBlock(name, "checksum of the names")
    with pack_of(db, "group_figures", row[0], name) as pack:
        return Groups(_names.decode(row[1]), unpack_accounts(pack, milliseconds(kept.period.start, kept.period.end)))


def pack_sketches(found: Sketches) -> bytes | None:
    """A pack of a row per entry; None of no entries."""
    if not len(found.row):
        return None
    dtype = next(t for t in ("<u1", "<u2", "<u4") if found.count.max() <= np.iinfo(t).max)
    columns: dict[int, Values] = {
        _SLOT: found.row.astype("<u4")[:, None],
        _BUCKET: found.bucket.astype("<u2")[:, None],
        _COUNT: found.count.astype(dtype)[:, None],
    }
    return build(columns, SKETCH_STEP)


def read_sketches(db: sqlite3.Connection, kept: Kept, by: str, gauge: str) -> Sketches | None:
    """None when there are none: no value of that gauge was known, or histograms are no longer kept. Raises
    DamagedBlock."""
    query = 'SELECT id FROM sketches WHERE figures = ? AND "by" = ? AND gauge = ?'
    row = db.execute(query, (kept.sketched, by, FIVES.index(gauge) + 1)).fetchone()
    if row is None:
        return None
    with pack_of(db, "sketches", row[0], f"histograms of {kept.period.key}") as pack:
        columns: list[NDArray[np.generic]] = [pack.get(n)[:, 0] for n in (_SLOT, _BUCKET, _COUNT)]
        return Sketches(columns[0].astype(np.uint32), columns[1].astype(np.uint16), columns[2].astype(np.uint32))


def keep(w: Writer, due: Due, had: Kept | None, worked: Worked, known_at: float) -> int:
    """Write a version of a period and have what stands on it made anew; its number. One transaction."""
    period = due.period
    data = pack_accounts(worked.stored)
    groups = [
        (by, names, crc32(names), pack_accounts(g.stored))
        for by, g in worked.groups.items()
        if g.names
        for names in (msgspec.msgpack.encode(g.names),)
    ]
    with w.transaction() as db:
        version = next_version(w)
        stamp = w.org_id, w.newest_rev, w.epoch
        if had is not None:
            known_at = max(known_at, had.known_at)
            db.execute("UPDATE figures SET superseded = ? WHERE id = ?", (known_at, had.id))
        found = db.execute(
            'INSERT INTO figures (grain, start, "end", "key", zone, version, known_at, sketched, org_id, rev, epoch,'
            " data) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
            (period.grain, period.start, period.end, period.key, period.zone, version, known_at, *stamp, data),
        )
        assert found.lastrowid is not None
        number = found.lastrowid
        sketched = number if worked.sketches is not None or had is None else had.sketched
        db.execute("UPDATE figures SET sketched = ? WHERE id = ?", (sketched, number))
        db.executemany(
            'INSERT INTO sketches (figures, "by", gauge, data) VALUES (?, ?, ?, ?)',
            [(number, by, gauge, pack) for (by, gauge), pack in (worked.sketches or {}).items()],
        )
        db.executemany(
            'INSERT INTO group_figures (figures, "by", names, crc, data) VALUES (?, ?, ?, ?, ?)',
            [(number, *group) for group in groups],
        )
        unmark(w, period)
        if period.grain is Grain.DAY:
            learned = w.newest if had is None else due.known_at
            for grain in (Grain.WEEK, Grain.MONTH):
                mark_above(w, grain, period.start, period.end, due.states, learned)
    return version
