"""Whole UTC hours added up, as `kpi.accounts.joined` would hour by hour, but column by column over many hours at once.

An hour stands in its own vector, in its day's pack or in its month's tiles; one that was not rolled yet, or not from
all that is known at the instant, is worked out from samples. What has no figures is unknown.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import floor

import numpy as np
from numpy.typing import NDArray

from noctui.kpi import calendar
from noctui.kpi.hourly import gauges
from noctui.model.figures import GAUGES, METRIC_GAUGE, SCALES, Accounts, Grain
from noctui.model.view import F4
from noctui.model.words import Level
from noctui.stores.history.db import pack_of
from noctui.stores.history.figures_ask import Ask, blank
from noctui.stores.history.figures_samples import reach, samples, settled
from noctui.stores.history.hourly import (
    DAY_BLOCK,
    DAY_PACKS,
    KPI_NUMBER,
    MONTH_BLOCK,
    MONTH_TILES,
    VECTORS,
)
from noctui.stores.history.pack import Pack
from noctui.stores.history.settings import DAY, HOUR

I8 = NDArray[np.int64]
BLOCK = DAY_BLOCK
"""Slots at a time: frames of vectors and packs of days are as long."""
HOUR_MS = 3_600_000
_LONGEST_MONTH = 31 * DAY
_LEVELS = tuple(level.name.lower() for level in (Level.WARN, Level.HIGH, Level.CRITICAL))
_PRESENT = KPI_NUMBER["unknown_seconds"]

Row = tuple[int, int, float, int, int]
"""(id, kind, start, block, version) of a stored block of hours."""


@dataclass(frozen=True, slots=True)
class Hours:
    """`count` hours from hour number `first` (start / 3600) on: the blocks that hold them, and which must be worked
    out from samples (offsets from `first`)."""

    first: int
    count: int
    rows: tuple[Row, ...]
    worked_out: tuple[int, ...] = ()

    @property
    def start(self) -> float:
        return self.first * HOUR


def find(ask: Ask, first: int, count: int) -> Hours:
    """Where these hours are."""
    start, end = first * HOUR, (first + count) * HOUR
    rows: list[Row] = ask.db.execute(
        "SELECT id, kind, start, block, version FROM rollups WHERE kind = ? AND start >= ? AND start < ?"
        " OR kind = ? AND start > ? AND start < ? OR kind = ? AND start > ? AND start < ? ORDER BY kind, start, block",
        (VECTORS, start, end, DAY_PACKS, start - DAY, end, MONTH_TILES, start - _LONGEST_MONTH, end),
    ).fetchall()
    have = np.zeros(count, np.bool_)
    for _, kind, begun, _, _ in rows:
        at = round(begun / HOUR) - first
        have[max(0, at) : max(0, at + _width(kind, begun))] = True
    missing = np.flatnonzero(~have).tolist()
    worked_out = {h for h in missing if polled(ask, (first + h) * HOUR)}
    for back in range(count - 1, -1, -1):  # the newest hours: something that stands for them may have come later
        if settled(ask, (first + back + 1) * HOUR):
            break
        worked_out.add(back)
    rows = [r for r in rows if r[1] != VECTORS or round(r[2] / HOUR) - first not in worked_out]
    return Hours(first, count, tuple(rows), tuple(sorted(worked_out)))


def _width(kind: int, start: float) -> int:
    if kind == VECTORS:
        return 1
    return 24 if kind == DAY_PACKS else _month_hours(start)


def _month_hours(start: float) -> int:
    return round(calendar.period(Grain.MONTH, start, "UTC").seconds / HOUR)


def polled(ask: Ask, start: float) -> bool:
    """Polls stand for time of this hour."""
    until = min(start + HOUR + reach(ask, start + HOUR), ask.at)
    query = "SELECT 1 FROM polls WHERE at > ? AND at <= ? LIMIT 1"
    return ask.db.execute(query, (start, until)).fetchone() is not None


def add_up(ask: Ask, hours: Hours) -> Accounts:
    """Rows as asked; without time in states, which the ledger tells. Raises DamagedBlock."""
    own = {
        h: gauges(samples(ask, hours.start + h * HOUR, hours.start + (h + 1) * HOUR), p95=False)
        for h in hours.worked_out
    }
    total = blank(ask.rows, hours.count * HOUR_MS)
    slots = np.arange(ask.size, dtype=np.int32) if ask.slots is None else ask.slots
    with ExitStack() as stack:
        opened = _Opened(ask.db, stack)
        for block in np.unique(slots // BLOCK).tolist():
            ask.go()
            rows = np.flatnonzero(slots // BLOCK == block)
            grid = Grid(opened, hours, block, slots[rows] - block * BLOCK, {h: _cut(c, rows) for h, c in own.items()})
            _join(grid, total, rows)
    return total


def _cut(columns: Mapping[str, F4], rows: NDArray[np.intp]) -> dict[str, F4]:
    return {name: values[rows] for name, values in columns.items()}


class _Opened:
    """Packs, each opened once."""

    def __init__(self, db: sqlite3.Connection, stack: ExitStack) -> None:
        self._db, self._stack = db, stack
        self._packs: dict[int, Pack] = {}

    def pack(self, row: Row) -> Pack:
        found = self._packs.get(row[0])
        if found is None:
            name = f"hourly figures {row[2]:.0f} {row[3]}"
            found = self._packs[row[0]] = self._stack.enter_context(pack_of(self._db, "rollups", row[0], name))
        return found


@dataclass(slots=True)
class Grid:
    """Columns of one block of slots, [rows, hours]; `inside` are the rows' places in the block."""

    opened: _Opened
    hours: Hours
    block: int
    inside: NDArray[np.int32]
    own: Mapping[int, Mapping[str, F4]] = field(default_factory=dict)
    _from: list[tuple[Pack, int, int, slice, slice]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """(pack, first row of the block in it, of how many, its hours, ours), what counts more later."""
        per = BLOCK // MONTH_BLOCK
        order = {MONTH_TILES: 0, DAY_PACKS: 1, VECTORS: 2}
        for row in sorted(self.hours.rows, key=lambda r: order[r[1]]):
            _, kind, _, block, _ = row
            if kind == MONTH_TILES and block // per == self.block:
                self._take(row, (block % per) * MONTH_BLOCK, 0, MONTH_BLOCK)
            elif kind == DAY_PACKS and block == self.block:
                self._take(row, 0, 0, BLOCK)
            elif kind == VECTORS:
                self._take(row, 0, self.block * BLOCK, BLOCK)

    def _take(self, row: Row, place: int, first: int, rows: int) -> None:
        """Rows from `first` on of a pack are those from `place` on of the block."""
        own = (self.inside >= place) & (self.inside < place + rows)
        if not own.any():
            return
        pack = self.opened.pack(row)
        at = round(row[2] / HOUR) - self.hours.first
        a, b = max(0, at), min(self.hours.count, at + pack.n1)
        if a >= b or first >= pack.n0:
            return
        theirs = slice(a - at, b - at)
        if row[1] == VECTORS:
            self._from.append((pack, place, first, theirs, slice(a, b)))
            return
        # An hour that nobody looked at has a place in a day or a month, but hides nothing that is known of it.
        low, high = self._span(place, first, pack)
        if high <= low:
            return
        seen: NDArray[np.bool_] = np.asarray(~np.isnan(pack.get(_PRESENT, low, high, theirs)).all(axis=0))
        for begin, end in _stretches(seen):
            self._from.append((pack, place, first, slice(a - at + begin, a - at + end), slice(a + begin, a + end)))

    def _span(self, place: int, first: int, pack: Pack) -> tuple[int, int]:
        """Rows of the pack that hold the rows asked for."""
        own = self.inside[(self.inside >= place) & (self.inside < place + BLOCK)]
        low, high = int(own.min()) - place + first, int(own.max()) + 1 - place + first
        return low, min(high, pack.n0)

    def column(self, name: str) -> F4:
        """[rows, hours] NaN where nothing is stored."""
        number = KPI_NUMBER[name]
        out = np.full((len(self.inside), self.hours.count), np.nan, np.float32)
        for pack, place, first, theirs, ours in self._from:
            if not pack.has(number):
                continue
            low, high = self._span(place, first, pack)
            if high <= low:
                continue
            part = pack.get(number, low, high, theirs)
            at = self.inside - place + first - low
            rows = np.flatnonzero((at >= 0) & (at < len(part)))
            if len(rows) == len(part) == len(out):
                out[:, ours] = part
            else:
                out[rows, ours] = part[at[rows]]
        for hour, columns in self.own.items():
            out[:, hour] = columns.get(name, np.nan)
        return out


def _stretches(mask: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _join(grid: Grid, into: Accounts, rows: NDArray[np.intp]) -> None:
    """What `accounts.of_columns` and `accounts.joined` make of the hours one by one."""
    sampled: I8 | None = None
    for i, (name, scale) in enumerate(zip(GAUGES, SCALES, strict=True)):
        average = grid.column(f"{name}_avg")
        some = ~np.isnan(average)
        if not some.any():
            continue
        stands = grid.column(f"{name}_known")
        known = _ms(stands)
        without = some & np.isnan(stands)
        if without.any():  # hours of a time when that was not kept
            sampled = _ms(grid.column("sampled_seconds")) if sampled is None else sampled
            known[without] = sampled[without]
        known[~some] = 0
        fixed = np.rint(np.where(some, average, 0).astype(np.float64) * scale).astype(np.int64)
        into.known[rows, i] = known.sum(axis=1)
        into.total[rows, i] = ((fixed * known + 500) // 1000).sum(axis=1)
        into.highest[rows, i] = _highest(grid.column(f"{name}_max"))
    for metric, name in METRIC_GAUGE.items():
        for level, word in enumerate(_LEVELS):
            above = _ms(grid.column(f"{name}_above_{word}"))
            there = np.flatnonzero(above.any(axis=1))
            if not len(there):
                break  # nobody was above a higher threshold either
            at = rows[there]
            into.above[at, metric, level] = above[there].sum(axis=1)
            runs = [_ms(grid.column(f"{name}_{kind}_{word}")[there]) for kind in ("longest", "head", "tail")]
            longest, head, tail = _runs(*runs)
            into.longest[at, metric, level] = longest
            into.head[at, metric, level] = head
            into.tail[at, metric, level] = tail


def _highest(values: F4) -> F4:
    found: F4 = np.where(np.isnan(values), -np.inf, values).max(axis=1).astype(np.float32)
    found[np.isneginf(found)] = np.nan
    return found


def _runs(longest: I8, head: I8, tail: I8) -> tuple[I8, I8, I8]:
    """[rows] of [rows, hours]: the longest run over all of them, the one that begins them, the one that ends them."""
    found, begins, ends = longest[:, 0].copy(), head[:, 0].copy(), tail[:, 0].copy()
    for hour in range(1, longest.shape[1]):
        found = np.maximum(np.maximum(found, longest[:, hour]), ends + head[:, hour])
        begins = np.where(begins == hour * HOUR_MS, begins + head[:, hour], begins)
        ends = np.where(tail[:, hour] == HOUR_MS, ends + HOUR_MS, tail[:, hour])
    return found, begins, ends


def _ms(seconds: F4) -> I8:
    return np.rint(np.nan_to_num(seconds).astype(np.float64) * 1000.0).astype(np.int64)


def hour_numbers(start: float, end: float) -> tuple[int, int]:
    """First and count of the whole hours in [start, end)."""
    first = -floor(-start / HOUR)
    return first, max(0, floor(end / HOUR) - first)


__all__ = ["Grid", "Hours", "add_up", "find", "hour_numbers"]
