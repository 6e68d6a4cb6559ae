"""Where a poll's or a circuit's values lie in the file: open columns, hour tiles or day tiles."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import F8
from noctui.stores.history.catalog import Catalog, Period
from noctui.stores.history.codec import Values
from noctui.stores.history.columns import CIRCUITS, COLUMNS, NUMBER, TABLE_WORDS, Column
from noctui.stores.history.db import pack_of
from noctui.stores.history.faults import HistoryFault
from noctui.stores.history.known import EVER, THEN

HOURS, DAYS = 1, 2
HOUR_STRIPS, OPEN_STRIPS = 3, 4
"""Kinds of periods. The last two are copies for charts (`strips`): of an hour (its id in `day`), and of open polls."""
STRIPPED = frozenset(NUMBER[name] for name in ("rx_bps", "tx_bps", "loss", "jitter", "latency", "mos", "valid"))
"""Circuits' columns that strips have."""
HOUR_ROWS, DAY_ROWS = 256, 16
"""Slots per tile."""
OPEN_STEP = 4096
"""Slots per frame of an open column: small enough to read one circuit, large enough to write quickly."""

Go = Callable[[], None]
"""Called between blocks; raises when the read was cancelled."""


def never() -> None:
    """A read that nobody cancels."""


def by_number(table: int, numbers: Sequence[int]) -> list[Column]:
    wanted = set(numbers)
    return [c for c in COLUMNS[table] if c.number in wanted]


class BlockName(NamedTuple):
    """What a fault calls a block: `hour 2026-11-23T10:00Z circuits 3`. Spelled out only when there is a fault."""

    kind: str
    at: float
    table: int
    block: int = -1

    def __str__(self) -> str:
        stamp = datetime.fromtimestamp(self.at, UTC).strftime("%Y-%m-%dT%H:%MZ")
        return f"{self.kind} {stamp} {TABLE_WORDS[self.table]}" + (f" {self.block}" if self.block >= 0 else "")


_PERIOD = "SELECT id, kind, start, times, tables FROM periods WHERE ready AND "


def periods(
    db: sqlite3.Connection, catalog: Catalog, where: str, values: Sequence[float], known: float = EVER
) -> list[Period]:
    """Closed periods, oldest first, of those that were known at `known`."""
    query = f"{_PERIOD}{where} AND {THEN} ORDER BY first"
    return [catalog.period(row) for row in db.execute(query, (*values, known))]


def closed_to(db: sqlite3.Connection) -> float:
    """Open columns at or before this are in hour tiles."""
    row = db.execute("SELECT value FROM meta WHERE name = 'closed_to'").fetchone()
    return float("-inf") if row is None else float(row[0])


def instant(
    db: sqlite3.Connection,
    catalog: Catalog,
    at: float,
    table: int,
    columns: Sequence[Column],
    slots: NDArray[np.int32],
    go: Go = never,
) -> dict[int, Values] | None:
    """Metric number → one value per row of the poll at exactly `at` (`slots`: each row's slot); None: not stored."""
    if not len(slots):
        return {c.number: np.empty(0, c.dtype) for c in columns}
    size = int(slots.max()) + 1
    row = db.execute("SELECT id FROM open WHERE at = ? AND tbl = ?", (at, table)).fetchone()
    if row is not None:
        with pack_of(db, "open", row[0], BlockName("poll", at, table)) as pack:
            # The pack ends at the highest slot of its own inventory version, which is the one asked for.
            if pack.n0 < size:
                raise HistoryFault(f"{BlockName('poll', at, table)} holds fewer rows than its inventory")
            return {c.number: pack.get(c.number)[:, 0][slots] for c in columns}
    for kind in (HOURS, DAYS):
        for period in periods(db, catalog, "kind = ? AND first <= ? AND last >= ?", (kind, at, at)):
            index = int(np.searchsorted(period.times, at))
            if period.times[index] == at and period.tables >> table & 1:
                found = {c.number: np.full(size, c.fill, c.dtype) for c in columns}
                _tiles(db, period, table, index, slots, found, go)
                return {number: values[slots] for number, values in found.items()}
    return None


def _tiles(
    db: sqlite3.Connection, period: Period, table: int, index: int, slots: NDArray[np.int32],
    found: dict[int, Values], go: Go,
) -> None:  # fmt: skip
    rows = HOUR_ROWS if period.kind == HOURS else DAY_ROWS
    word = "hour" if period.kind == HOURS else "day"
    needed = set(np.unique(slots // rows).tolist())
    size = len(next(iter(found.values())))
    for row, block in db.execute("SELECT id, block FROM tiles WHERE period = ? AND tbl = ?", (period.id, table)):
        if block not in needed:
            continue
        go()
        start = block * rows
        with pack_of(db, "tiles", row, BlockName(word, period.start, table, block)) as pack:
            for number, into in found.items():
                values = pack.row(number, index) if period.kind == HOURS else pack.get(number, cols=index)
                into[start : start + len(values)] = values[: size - start]


@dataclass(frozen=True, slots=True)
class Samples:
    """Some polls' values of one slot, oldest first."""

    times: F8
    intervals: F8
    values: dict[int, Values]


def one_slot(
    db: sqlite3.Connection,
    catalog: Catalog,
    table: int,
    slot: int,
    columns: Sequence[Column],
    since: float,
    until: float,
    go: Go = never,
    known: float = EVER,
) -> Samples:
    """The values of one slot in all polls with since < at ≤ until that were known at `known`."""  # fmt: skip
    parts = list(_parts(db, catalog, table, slot, columns, since, until, go, known))
    parts.sort(key=lambda part: part.times[0])
    if not parts:
        none = np.empty(0)
        return Samples(none, none, {c.number: np.empty(0, c.dtype) for c in columns})
    times = np.concatenate([p.times for p in parts])
    intervals = np.concatenate([p.intervals for p in parts])
    values = {c.number: np.concatenate([p.values[c.number] for p in parts]) for c in columns}
    if (np.diff(times) <= 0).any():  # back-fill beside live polls
        order = np.argsort(times, kind="stable")
        times, intervals = times[order], intervals[order]
        values = {n: v[order] for n, v in values.items()}
    return Samples(times, intervals, values)


def _parts(
    db: sqlite3.Connection, catalog: Catalog, table: int, slot: int, columns: Sequence[Column],
    since: float, until: float, go: Go, known: float,
) -> Iterator[Samples]:  # fmt: skip
    window = (since, until)
    for period in periods(db, catalog, f"kind = {DAYS} AND last > ? AND first <= ?", window, known):
        if period.tables >> table & 1:
            go()
            yield from _tile(db, period, table, slot, columns, since, until)
    covered = (
        "(day IS NULL OR NOT EXISTS"
        f" (SELECT 1 FROM periods d WHERE d.id = periods.day AND d.ready AND d.tables & {1 << table}))"
    )
    stripped = table == CIRCUITS and STRIPPED.issuperset(c.number for c in columns)
    strips = _hour_strips(db, window) if stripped else {}
    for period in periods(db, catalog, f"kind = {HOURS} AND last > ? AND first <= ? AND {covered}", window, known):
        if period.tables >> table & 1:
            go()
            if period.id in strips:
                yield from _tile(db, period, table, slot, columns, since, until, strips[period.id])
            else:
                yield from _hour_tile(db, period, table, slot, columns, since, until)
    after = max(since, closed_to(db))
    if stripped:
        for period in periods(db, catalog, f"kind = {OPEN_STRIPS} AND last > ? AND first <= ?", (after, until)):
            go()
            yield from _tile(db, period, table, slot, columns, after, until)
            after = max(after, float(period.times[-1]))
    found = db.execute(
        "SELECT o.id, o.at, p.interval FROM open o JOIN polls p ON p.at = o.at"
        " WHERE o.at > ? AND o.at <= ? AND o.tbl = ? ORDER BY o.at",
        (after, until, table),
    ).fetchall()
    if found:
        values = {c.number: np.full(len(found), c.fill, c.dtype) for c in columns}
        for i, (row, at, _) in enumerate(found):
            if i % 16 == 0:
                go()
            frame, inside = divmod(slot, OPEN_STEP)
            name = BlockName("poll", at, table)
            unpacked = catalog.unpacked.columns(
                ("open", row, at, frame), values, partial(_open_frame, db, row, name, frame * OPEN_STEP)
            )
            for number, column in unpacked.items():
                if inside < len(column):
                    values[number][i] = column[inside]
        yield Samples(np.array([r[1] for r in found]), np.array([r[2] for r in found]), values)


def _hour_strips(db: sqlite3.Connection, window: tuple[float, float]) -> dict[int, int]:
    """Id of an hour → id of its strips."""
    return dict(
        db.execute(
            "SELECT h.id, s.id FROM periods s JOIN periods h ON h.id = s.day AND h.start = s.start"
            f" WHERE h.kind = {HOURS} AND s.kind = {HOUR_STRIPS} AND s.ready AND s.tables"
            " AND s.last > ? AND s.first <= ?",
            window,
        )
    )


def _open_frame(db: sqlite3.Connection, row: int, name: BlockName, start: int, numbers: list[int]) -> dict[int, Values]:
    """Columns of the slots from `start` on that lie in one frame of an open poll; empty when it has no such slots."""
    with pack_of(db, "open", row, name) as pack:
        stop = min(pack.n0, start + OPEN_STEP)
        if start >= stop:
            return {n: np.empty(0) for n in numbers}
        return {n: pack.get(n, start, stop)[:, 0] for n in numbers}


def _hour_tile(
    db: sqlite3.Connection, period: Period, table: int, slot: int, columns: Sequence[Column], since: float, until: float
) -> Iterator[Samples]:
    start, stop = np.searchsorted(period.times, (since, until), side="right")
    if start == stop:
        return
    block, inside = divmod(slot, HOUR_ROWS)
    row = _tile_row(db, period.id, table, block)
    values = {c.number: np.full(stop - start, c.fill, c.dtype) for c in columns}
    if row is not None:
        with pack_of(db, "tiles", row, BlockName("hour", period.start, table, block)) as pack:
            if inside < pack.n1:
                for number in values:
                    values[number] = pack.get(number, int(start), int(stop), inside)
    yield Samples(period.times[start:stop], period.intervals[start:stop], values)


def _tile_row(db: sqlite3.Connection, period: int, table: int, block: int) -> int | None:
    query = "SELECT id FROM tiles WHERE period = ? AND tbl = ? AND block = ?"
    row = db.execute(query, (period, table, block)).fetchone()
    return None if row is None else int(row[0])


def _tile(
    db: sqlite3.Connection, period: Period, table: int, slot: int, columns: Sequence[Column],
    since: float, until: float, lies_in: int | None = None,
) -> Iterator[Samples]:  # fmt: skip
    """Of a day tile, in which one slot lies together; `lies_in`: the id of the period whose tiles they are."""
    start, stop = np.searchsorted(period.times, (since, until), side="right")
    if start == stop:
        return
    block, inside = divmod(slot, DAY_ROWS)
    span = slice(int(start), int(stop))
    row = _tile_row(db, period.id if lies_in is None else lies_in, table, block)
    values: dict[int, Values] = {}
    if row is not None:
        with pack_of(db, "tiles", row, BlockName("day", period.start, table, block)) as pack:
            if inside < pack.n0:
                values = {c.number: pack.row(c.number, inside, span) for c in columns}
    if not values:
        values = {c.number: np.full(stop - start, c.fill, c.dtype) for c in columns}
    yield Samples(period.times[span], period.intervals[span], values)


def all_slots(
    db: sqlite3.Connection,
    catalog: Catalog,
    table: int,
    slots: NDArray[np.int32],
    columns: Sequence[Column],
    since: float,
    until: float,
    go: Go = never,
    known: float = EVER,
) -> Samples:
    """[polls, rows] values of many slots in all polls with since < at ≤ until that were known at `known`; by hour tiles
    and open columns."""
    size = int(slots.max()) + 1 if len(slots) else 0
    low = int(slots.min()) if len(slots) else 0
    slots = slots - low
    times: list[F8] = []
    intervals: list[F8] = []
    parts: dict[int, list[Values]] = {c.number: [] for c in columns}

    def add(at: F8, every: F8, values: dict[int, Values]) -> None:
        times.append(at)
        intervals.append(every)
        for c in columns:
            parts[c.number].append(values[c.number][:, slots])

    hours = periods(db, catalog, f"kind = {HOURS} AND last > ? AND first <= ?", (since, until), known)
    have = np.concatenate([h.times for h in hours if h.tables >> table & 1] or [np.empty(0)])
    days = periods(db, catalog, f"kind = {DAYS} AND last > ? AND first <= ?", (since, until), known)
    for period in (*hours, *days):
        if not period.tables >> table & 1:
            continue
        wanted = (period.times > since) & (period.times <= until)
        if period.kind == DAYS:  # only what has no hour tiles, or has them no more
            wanted &= ~np.isin(period.times, have)
        index = np.flatnonzero(wanted)
        if not len(index):
            continue
        span = slice(int(index[0]), int(index[-1]) + 1)
        values = _period_slots(db, period, table, columns, low, size, span, go)
        own = wanted[span]
        add(period.times[span][own], period.intervals[span][own], {n: v[own] for n, v in values.items()})
    for row, at, interval in db.execute(
        "SELECT o.id, o.at, p.interval FROM open o JOIN polls p ON p.at = o.at"
        " WHERE o.at > ? AND o.at <= ? AND o.tbl = ? ORDER BY o.at",
        (max(since, closed_to(db)), until, table),
    ).fetchall():
        go()
        with pack_of(db, "open", row, BlockName("poll", at, table)) as pack:
            values = {c.number: np.full((1, size - low), c.fill, c.dtype) for c in columns}
            for c in columns:
                if low < pack.n0:
                    column = pack.get(c.number, low, size)[:, 0]
                    values[c.number][0, : len(column)] = column
        add(np.array([at]), np.array([interval]), values)
    if not times:
        return Samples(np.empty(0), np.empty(0), {c.number: np.empty((0, len(slots)), c.dtype) for c in columns})
    order = np.argsort(np.concatenate(times), kind="stable")
    joined = {number: np.concatenate(blocks) for number, blocks in parts.items()}
    if (np.diff(order) != 1).any():  # back-fill beside live polls
        joined = {number: values[order] for number, values in joined.items()}
    return Samples(np.concatenate(times)[order], np.concatenate(intervals)[order], joined)


def _period_slots(
    db: sqlite3.Connection,
    period: Period,
    table: int,
    columns: Sequence[Column],
    low: int,
    size: int,
    span: slice,
    go: Go,
) -> dict[int, Values]:
    """[polls of the span, slots from `low` to `size`] of all tiles of a period."""
    rows, word = (HOUR_ROWS, "hour") if period.kind == HOURS else (DAY_ROWS, "day")
    values = {c.number: np.full((span.stop - span.start, size - low), c.fill, c.dtype) for c in columns}
    for row, block in db.execute("SELECT id, block FROM tiles WHERE period = ? AND tbl = ?", (period.id, table)):
        first = block * rows - low
        if first >= size - low or first + rows <= 0:
            continue
        go()
        with pack_of(db, "tiles", row, BlockName(word, period.start, table, block)) as pack:
            for number, into in values.items():
                if period.kind == HOURS:
                    tile = pack.get(number, span.start, span.stop)
                else:
                    tile = pack.get(number, cols=span).T
                tile = tile[:, max(0, -first) : size - low - first]
                into[:, max(0, first) : max(0, first) + tile.shape[1]] = tile
    return values
