"""Whole UTC hours added up, as `kpi.accounts.joined` would hour by hour, but column by column over many hours at once.

An hour stands in its own vector, in its day's pack or in its month's tiles; one that was not rolled yet, or not from
all that is known at the instant, is worked out from samples. What has no figures is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from math import floor

import numpy as np
from numpy.typing import NDArray

from noctui.kpi import calendar
from noctui.kpi.hourly import gauges
from noctui.model.figures import GAUGES, METRIC_GAUGE, SCALES, Grain
from noctui.model.view import F4
from noctui.model.words import Level
from noctui.stores.history.blocks import Go
from noctui.stores.history.db import pack_of
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.figures_samples import reach, samples, settled
from noctui.stores.history.figures_slim import Slim, together
from noctui.stores.history.hourly import (
    DAY_BLOCK,
    DAY_PACKS,
    KPI_NUMBER,
    MONTH_BLOCK,
    MONTH_TILES,
    VECTORS,
)
from noctui.stores.history.known import THEN, came_later, overlaps
from noctui.stores.history.pack import Pack
from noctui.stores.history.settings import DAY, HOUR

I8 = NDArray[np.int64]
_ROWS = {VECTORS: 0, DAY_PACKS: DAY_BLOCK, MONTH_TILES: MONTH_BLOCK}
"""Slots of a block of each kind; 0: all."""
MOST_CELLS = 2_000_000
"""Hours of circuits that are added up at once."""
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
    worked_out |= known_otherwise(ask, first, count)
    rows = [r for r in rows if r[1] != VECTORS or round(r[2] / HOUR) - first not in worked_out]
    return Hours(first, count, tuple(rows), tuple(sorted(worked_out)))


def known_otherwise(ask: Ask, first: int, count: int) -> set[int]:
    """Those of the hours whose stored figures are made of samples that came after what counts as known."""
    spans = came_later(ask.db, ask.known)
    return {h for h in range(count) if overlaps(spans, (first + h) * HOUR, (first + h + 1) * HOUR)} if spans else set()


def _width(kind: int, start: float) -> int:
    if kind == VECTORS:
        return 1
    return 24 if kind == DAY_PACKS else _month_hours(start)


def _month_hours(start: float) -> int:
    return round(calendar.period(Grain.MONTH, start, "UTC").seconds / HOUR)


def polled(ask: Ask, start: float) -> bool:
    """Polls stand for time of this hour."""
    until = min(start + HOUR + reach(ask, start + HOUR), ask.at)
    query = f"SELECT 1 FROM polls WHERE at > ? AND at <= ? AND {THEN} LIMIT 1"
    return ask.db.execute(query, (start, until, ask.known)).fetchone() is not None


def add_up(ask: Ask, hours: Hours) -> Slim:
    """Rows as asked. Raises DamagedBlock."""
    most = max(24, MOST_CELLS // max(1, ask.rows))
    if hours.count > most:
        return together([add_up(ask, find(ask, *span)) for span in _spans(hours, most)])
    own = {
        h: gauges(samples(ask, hours.start + h * HOUR, hours.start + (h + 1) * HOUR), p95=False)
        for h in hours.worked_out
    }
    with ExitStack() as stack:
        return _joined(Grid(ask, hours, own, stack), hours.count * HOUR_MS, ask.go)


def _spans(hours: Hours, most: int) -> Iterator[tuple[int, int]]:
    for at in range(hours.first, hours.first + hours.count, most):
        yield at, min(most, hours.first + hours.count - at)


@dataclass(frozen=True, slots=True)
class _Source:
    """A pack: its rows low…high (of them `pick`; None: all) are the grid's rows `rows`, its hours `theirs` the grid's
    `ours`."""

    pack: Pack
    low: int
    high: int
    pick: NDArray[np.intp] | None
    rows: slice
    theirs: slice
    ours: slice

    def values(self, number: int) -> F4:
        if self.low == 0 and self.high == self.pack.n0:
            part = self.pack.whole(number)[:, self.theirs]
        else:
            part = self.pack.get(number, self.low, self.high, self.theirs)
        return part if self.pick is None else part[self.pick]


class Grid:
    """Columns of the hours, [hours, rows]; rows as asked. Packs are opened once, until the stack is closed."""

    def __init__(self, ask: Ask, hours: Hours, own: Mapping[int, Mapping[str, F4]], stack: ExitStack) -> None:
        self._hours, self._own, self._stack, self._db = hours, own, stack, ask.db
        slots = np.arange(ask.size, dtype=np.int32) if ask.slots is None else ask.slots
        self._order = None if (slots[1:] > slots[:-1]).all() else np.argsort(slots, kind="stable")
        self._slots = slots if self._order is None else slots[self._order]
        self._sources: list[_Source] = []
        self._covered = np.zeros(hours.count, np.bool_)  # hours of which every row's vector is there
        order = {VECTORS: 0, DAY_PACKS: 1, MONTH_TILES: 2}
        for row in sorted(hours.rows, key=lambda r: order[r[1]]):
            ask.go()
            self._take(row, row[3] * _ROWS[row[1]])
        self._sources.reverse()  # what counts more comes later

    @property
    def rows(self) -> int:
        return len(self._slots)

    def _take(self, row: Row, base: int) -> None:
        """A pack whose first row is the slot `base`."""
        id_, kind, began, block, _ = row
        hour = round(began / HOUR) - self._hours.first
        a, b = max(0, hour), min(self._hours.count, hour + _width(kind, began))
        start, stop = np.searchsorted(self._slots, (base, base + (_ROWS[kind] or 1 << 31))).tolist()
        if start == stop or a >= b or self._covered[a:b].all():
            return
        name = f"hourly figures {began:.0f} {block}"
        pack = self._stack.enter_context(pack_of(self._db, "rollups", id_, name))
        at = self._slots[start:stop].astype(np.intp) - base
        at = at[at < pack.n0]
        b = min(b, hour + pack.n1)
        if not len(at) or a >= b:
            return
        low, high = int(at[0]), int(at[-1]) + 1
        pick = None if high - low == len(at) else at - low
        rows = slice(start, start + len(at))
        found = _Source(pack, low, high, pick, rows, slice(a - hour, b - hour), slice(a, b))
        if kind == VECTORS:
            self._sources.append(found)
            self._covered[a] = len(at) == len(self._slots)
            return
        # An hour that nobody looked at has a place in a day or a month, but hides nothing that is known of it.
        seen: NDArray[np.bool_] = np.asarray(~np.isnan(found.values(_PRESENT)).all(axis=0))
        for begin, end in _stretches(seen & ~self._covered[a:b]):
            theirs, ours = slice(a - hour + begin, a - hour + end), slice(a + begin, a + end)
            self._sources.append(replace(found, theirs=theirs, ours=ours))

    def column(self, name: str) -> F4:
        """NaN where nothing is stored."""
        number = KPI_NUMBER[name]
        out = np.full((self._hours.count, len(self._slots)), np.nan, np.float32)
        for s in self._sources:
            if s.pack.has(number):
                out[s.ours, s.rows] = s.values(number).T
        if self._order is not None:
            sorted_ = out.copy()
            out[:, self._order] = sorted_
        for hour, columns in self._own.items():
            out[hour] = columns.get(name, np.nan)
        return out


def _stretches(mask: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _joined(grid: Grid, length: int, go: Go) -> Slim:
    """What `accounts.of_columns` and `accounts.joined` make of the hours one by one."""
    shape = grid.rows, len(GAUGES)
    known_of, total_of = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    highest = np.full(shape, np.nan, np.float32)
    sampled: I8 | None = None
    for i, (name, scale) in enumerate(zip(GAUGES, SCALES, strict=True)):
        go()
        average = grid.column(f"{name}_avg")
        unknown = np.isnan(average)
        if unknown.all():
            continue
        stands = grid.column(f"{name}_known")
        without = np.isnan(stands) & ~unknown
        known = _ms(stands)
        if without.any():  # hours of a time when that was not kept
            sampled = _ms(grid.column("sampled_seconds")) if sampled is None else sampled
            known[without] = sampled[without]
        known[unknown] = 0
        average[unknown] = 0
        fixed = np.rint(average.astype(np.float64) * scale).astype(np.int64)
        fixed *= known
        fixed += 500
        fixed //= 1000
        known_of[:, i] = known.sum(axis=0)
        total_of[:, i] = fixed.sum(axis=0)
        highest[:, i] = np.fmax.reduce(grid.column(f"{name}_max"), axis=0)
    return Slim(length, known_of, total_of, highest, *_runs_of(grid, go))


def _runs_of(grid: Grid, go: Go) -> tuple[NDArray[np.intp], tuple[I8, I8, I8, I8]]:
    """Rows that were above a threshold at some time, and their runs."""
    warned = {metric: grid.column(f"{name}_above_{_LEVELS[0]}") for metric, name in METRIC_GAUGE.items()}
    ever: NDArray[np.bool_] = np.zeros(grid.rows, np.bool_)
    for above in warned.values():
        ever |= (above > 0).any(axis=0)
    rows = np.flatnonzero(ever)
    above_of, longest_of, head_of, tail_of = (
        np.zeros((len(rows), len(METRIC_GAUGE), len(_LEVELS)), np.int64) for _ in range(4)
    )
    for metric, name in METRIC_GAUGE.items():
        for level, word in enumerate(_LEVELS):
            go()
            above = (warned.pop(metric) if level == 0 else grid.column(f"{name}_above_{word}"))[:, rows]
            there = np.flatnonzero((above > 0).any(axis=0))
            if not len(there):
                break  # nobody was above a higher threshold either
            above_of[there, metric, level] = _ms(above[:, there]).sum(axis=0)
            runs = [_ms(grid.column(f"{name}_{kind}_{word}")[:, rows[there]]) for kind in ("longest", "head", "tail")]
            longest, head, tail = _runs(*runs)
            longest_of[there, metric, level] = longest
            head_of[there, metric, level] = head
            tail_of[there, metric, level] = tail
    return rows, (above_of, longest_of, head_of, tail_of)


def _runs(longest: I8, head: I8, tail: I8) -> tuple[I8, I8, I8]:
    """[rows] of [hours, rows]: the longest run over all of them, the one that begins them, the one that ends them."""
    found, begins, ends = longest[0].copy(), head[0].copy(), tail[0].copy()
    for hour in range(1, len(longest)):
        found = np.maximum(np.maximum(found, longest[hour]), ends + head[hour])
        begins = np.where(begins == hour * HOUR_MS, begins + head[hour], begins)
        ends = np.where(tail[hour] == HOUR_MS, ends + HOUR_MS, tail[hour])
    return found, begins, ends


def _ms(seconds: F4) -> I8:
    """Whole milliseconds; 0 for NaN."""
    found = seconds.astype(np.float64)
    found *= 1000.0
    found[np.isnan(found)] = 0
    return np.rint(found, out=found).astype(np.int64)


def hour_numbers(start: float, end: float) -> tuple[int, int]:
    """First and count of the whole hours in [start, end)."""
    first = -floor(-start / HOUR)
    return first, max(0, floor(end / HOUR) - first)


__all__ = ["Grid", "Hours", "add_up", "find", "hour_numbers", "known_otherwise"]
