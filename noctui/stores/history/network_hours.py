"""The whole network by the hour, from stored hourly figures."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from math import floor

import numpy as np

from noctui.kpi.percentile import nearest_rank
from noctui.model.figures import METRIC_GAUGE, NetworkSeries
from noctui.model.scene import Range
from noctui.model.view import F4, F8
from noctui.stores.history.blocks import Go, never
from noctui.stores.history.db import pack_of
from noctui.stores.history.hourly import DAY_PACKS, KPI_NUMBER, MONTH_TILES, VECTORS
from noctui.stores.history.settings import DAY, HOUR

_HIGH = tuple(f"{gauge}_above_high" for gauge in METRIC_GAUGE.values())
_NAMES = ("rx_bps_avg", "tx_bps_avg", "util_avg", "up_seconds", "down_seconds", *_HIGH)
_REACH = {VECTORS: HOUR, DAY_PACKS: DAY, MONTH_TILES: 31 * DAY}
"""How long a block of each kind may be."""


Then = Mapping[int, Mapping[str, F4]]


def network_series(
    db: sqlite3.Connection, range_: Range, go: Go = never, then: Then | None = None, states: Then | None = None
) -> NetworkSeries:
    """Hours that end in (start, end] of the range and have figures. `then` are hours (by number) as they were known, of
    all slots, where the stored ones know more; `states` their seconds up and down, where nothing else is another.
    Raises DamagedBlock."""
    first, last = floor(range_.start / HOUR), floor(range_.end / HOUR)
    slots = int(db.execute("SELECT coalesce(max(no), -1) + 1 FROM circuits").fetchone()[0])
    hours = [_Hour(slots) for _ in range(max(0, last - first))]
    for kind in (MONTH_TILES, DAY_PACKS, VECTORS):  # the newest word last
        found = db.execute(
            "SELECT id, start FROM rollups WHERE kind = ? AND start > ? AND start < ? ORDER BY start",
            (kind, range_.start - HOUR - _REACH[kind], range_.end),
        ).fetchall()
        blocks = {VECTORS: slots, DAY_PACKS: 1024, MONTH_TILES: 64}[kind]
        for id_, start in found:
            go()
            block = int(db.execute("SELECT block FROM rollups WHERE id = ?", (id_,)).fetchone()[0])
            _lay(db, id_, block * blocks, round(start / HOUR) - first, hours)
    for number, own in (then or {}).items():
        if first <= number < last:
            hours[number - first] = _Hour(slots)
            if own:
                hours[number - first].lay(0, {n: own[n] for n in _NAMES if n in own})
    for number, own in (states or {}).items():
        if first <= number < last:
            hours[number - first].restate(own)
    seen = [i for i, hour in enumerate(hours) if hour.known.any()]
    told = [hours[i].told() for i in seen]
    columns = np.array(told, np.float64).reshape(len(told), 6).T
    ends: F8 = (np.array(seen, np.float64) + first + 1.0) * HOUR
    rx, tx, mean, p95, bad, circuits = columns
    return NetworkSeries(range_, ends, rx, tx, mean, p95, bad, circuits.astype(np.int64))


class _Hour:
    """One hour's columns over all slots."""

    __slots__ = ("columns", "known")

    def __init__(self, slots: int) -> None:
        self.known = np.zeros(slots, np.bool_)
        self.columns: dict[str, F4] = {}

    def lay(self, first: int, part: dict[str, F4]) -> None:
        """A block's rows of this hour; what it does not know leaves what was there."""
        rows = np.flatnonzero(~np.isnan(part["up_seconds"])) + first
        if not len(rows):
            return
        self.known[rows] = True
        for name, column in part.items():
            mine = self.columns.setdefault(name, np.full(len(self.known), np.nan, np.float32))
            mine[rows] = column[rows - first]

    def restate(self, own: Mapping[str, F4]) -> None:
        """What is known of the hour has these seconds up and down."""
        for name in ("up_seconds", "down_seconds"):
            if name in self.columns:
                self.columns[name][self.known] = own[name][self.known]

    def told(self) -> tuple[float, float, float, float, float, int]:
        """Sums and shares, as `NetworkSeries` has them."""
        c = self.columns
        seen = (c["up_seconds"] > 0) | (c["down_seconds"] > 0)
        bad = c["down_seconds"] > 0
        for name in _HIGH:
            if name in c:
                bad |= c[name] > 0
        util = c.get("util_avg", np.full(len(self.known), np.nan, np.float32))
        some = ~np.isnan(util)
        mean = float(np.mean(util[some], dtype=np.float64)) if some.any() else np.nan
        p95 = float(nearest_rank(util[None])[0])
        share = 100.0 * np.count_nonzero(bad & seen) / np.count_nonzero(seen) if seen.any() else np.nan
        return self._sum("rx_bps_avg"), self._sum("tx_bps_avg"), mean, p95, share, int(np.count_nonzero(seen))

    def _sum(self, name: str) -> float:
        column = self.columns.get(name)
        if column is None or np.isnan(column).all():
            return np.nan
        return float(np.nansum(column, dtype=np.float64))


def _lay(db: sqlite3.Connection, id_: int, first: int, hour: int, hours: list[_Hour]) -> None:
    with pack_of(db, "rollups", id_, f"hourly figures {id_}") as pack:
        start, stop = max(0, hour), min(len(hours), hour + pack.n1)
        if start >= stop:
            return
        cut = slice(start - hour, stop - hour)
        found = {n: pack.get(KPI_NUMBER[n], cols=cut) for n in _NAMES if pack.has(KPI_NUMBER[n])}
    for i in range(start, stop):
        hours[i].lay(first, {name: column[:, i - start] for name, column in found.items()})
