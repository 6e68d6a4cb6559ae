"""Hourly KPIs in the file: vectors of single hours, packs of a day, tiles of a month; and one circuit's read back."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.hourly import COLUMNS, FIVES, HOUR, Samples, gauges, states, with_utilisation
from noctui.kpi.spans import milliseconds, spans
from noctui.model.scene import Range, Series
from noctui.model.view import F4, F8
from noctui.model.words import Metric
from noctui.stores.history.blocks import Go, never
from noctui.stores.history.codec import QUICK, Values
from noctui.stores.history.columns import ALL_METRICS, LEVEL_MASK, percent
from noctui.stores.history.db import pack_of
from noctui.stores.history.pack import Pack, build
from noctui.stores.history.painted import Painted
from noctui.stores.history.series import SAMPLE

VECTORS, DAY_PACKS, MONTH_TILES = 1, 2, 3
FIVE_HOURS, FIVE_DAYS = 4, 5
"""Kinds of rollups."""
VECTOR_STEP = 1024
DAY_BLOCK, DAY_STEP = 1024, 64
MONTH_BLOCK, MONTH_STEP = 64, 16
FIVE_BLOCK, FIVE_STEP = 256, 32

KPI_NUMBER = {name: i + 1 for i, name in enumerate(COLUMNS)}
FIVE_NUMBER = {name: i + 1 for i, name in enumerate(FIVES)}

_PRESENT = KPI_NUMBER["unknown_seconds"]
SAMPLED = ("rx_bps", "tx_bps", "loss", "jitter", "latency", "raw_levels", "valid")
"""What the figures of an hour are made from."""


def hour_samples(
    times: F8, intervals: F8, columns: Mapping[str, Values], down: F8, up: F8, start: float, end: float
) -> Samples:
    """Polls around [start, end) as samples. `columns` (the `SAMPLED`) are [polls, slots]; `down` and `up` the
    bandwidths of each. Polls that no sample of which reaches into the stretch are left out."""
    valid = columns["valid"]
    sample = (valid & SAMPLE) > 0
    found = spans(times, intervals, sample, start, end)
    inside = np.flatnonzero(found.weight.any(axis=1))
    cut = slice(int(inside[0]), int(inside[-1]) + 1) if len(inside) else slice(0, 0)
    part = {name: column[cut] for name, column in columns.items()}
    valid, sample = valid[cut], sample[cut]
    values = values_of(part, down[cut], up[cut])
    levels = part["raw_levels"] & LEVEL_MASK[np.where(sample, valid & ALL_METRICS, 0)]
    at = milliseconds(times[cut]) - round(start * 1000.0)
    own = np.searchsorted(at, (0, found.length), side="right")
    return Samples(found.rows(cut), values, levels, slice(int(own[0]), int(own[1])))


NEEDED: Mapping[str, tuple[str, ...]] = {
    "rx_pct": ("rx_bps",), "tx_pct": ("tx_bps",), "util": ("rx_bps", "tx_bps"), "loss": ("loss",),
    "jitter": ("jitter",), "latency": ("latency",), "rx_bps": ("rx_bps",), "tx_bps": ("tx_bps",),
}  # fmt: skip
"""The stored columns, beside `valid`, that each gauge's values are made from."""


def values_of(columns: Mapping[str, Values], down: F8, up: F8, names: Sequence[str] = tuple(NEEDED)) -> dict[str, F4]:
    """Gauges of samples, [polls, slots]; NaN where there is no sample, or none with such a value."""
    valid, none = columns["valid"], np.float32(np.nan)
    sample = (valid & SAMPLE) > 0
    values: dict[str, F4] = {}
    for name, bit in (("loss", Metric.LOSS), ("jitter", Metric.JITTER), ("latency", Metric.LATENCY)):
        if name in names:
            values[name] = np.where(sample & ((valid >> bit) & 1 > 0), columns[name], none)
    for way, bandwidth in (("rx", down), ("tx", up)):
        if "util" in names or f"{way}_bps" in names or f"{way}_pct" in names:
            values[f"{way}_bps"] = bps = np.where(sample, columns[f"{way}_bps"], none)
            values[f"{way}_pct"] = percent(bps, bandwidth)
    return with_utilisation(values) if "util" in names else values


def hour_figures(samples: Samples, painted: Painted, start: float, end: float) -> dict[str, F4]:
    """`COLUMNS` of one hour, or a part of one: [slots] each."""
    whole = painted.whole(start, end)
    return gauges(samples) | states(whole, painted.stretches(start, end, whole), start, end)


def hour_vector(figures: Mapping[str, F4]) -> bytes:
    return build({KPI_NUMBER[name]: figures[name][:, None] for name in COLUMNS}, VECTOR_STEP, QUICK)


def hour_fives(averages: Mapping[str, F4]) -> bytes:
    """`averages` of `FIVES` are [slots, 12]."""
    return build({FIVE_NUMBER[name]: averages[name] for name in FIVES}, VECTOR_STEP, QUICK)


def empty_columns(rows: int, hours: int) -> dict[int, F4]:
    return {number: np.full((rows, hours), np.nan, np.float32) for number in KPI_NUMBER.values()}


def overlay(into: dict[int, F4], pack: Pack, first: int, hour: int) -> None:
    """Lay rows of a pack from row `first` on over the columns from `hour` on, where it knows of the hour at all."""
    rows, hours = next(iter(into.values())).shape
    if first >= pack.n0 or hour >= hours:
        return
    cut = slice(0, hours - hour)
    known = ~np.isnan(pack.get(_PRESENT, first, first + rows, cut))
    place = slice(0, len(known)), slice(hour, hour + known.shape[1])
    for number, column in into.items():
        if pack.has(number):
            np.copyto(column[place], pack.get(number, first, first + rows, cut), where=known)


_OF_BLOCK = "SELECT id, start FROM rollups WHERE kind = ? AND block = ? AND start >= ? AND start < ? ORDER BY start"
_SERIES = ("rx_pct", "tx_pct", "loss", "jitter", "latency")


def hours_series(
    db: sqlite3.Connection, circuit_id: str, slot: int, metrics: Sequence[str], range_: Range, go: Go = never,
    then: Mapping[int, Mapping[str, F4]] | None = None,
) -> Series:  # fmt: skip
    """Hours that end in (start, end] of the range: the highest value of each, and its average in `means`.

    Metrics that hours do not have (bits per second, mos) are NaN. `then` are hours (by number) as they were known, of
    this circuit alone, where the stored ones know more.
    """
    first, last = floor(range_.start / HOUR), floor(range_.end / HOUR)
    count = max(0, last - first)
    wanted = [KPI_NUMBER[f"{m}_{f}"] for m in metrics if m in _SERIES for f in ("max", "avg")]
    found: dict[int, F4] = {n: np.full(count, np.nan, np.float32) for n in wanted}
    have: NDArray[np.bool_] = np.zeros(count, np.bool_)
    if count and wanted:
        for kind, block, row in (
            (MONTH_TILES, *divmod(slot, MONTH_BLOCK)),
            (DAY_PACKS, *divmod(slot, DAY_BLOCK)),
            (VECTORS, 0, slot),
        ):
            begun = (range_.start - 32 * 86400.0, range_.end)
            for id_, start in db.execute(_OF_BLOCK, (kind, block, *begun)).fetchall():
                go()
                _one(db, id_, round(start / HOUR) - first, row, found, have)
    for hour, own in (then or {}).items():
        if 0 <= hour - first < count:
            have[hour - first] = bool(own)
            for name, number in KPI_NUMBER.items() if own else ():
                if number in found:
                    found[number][hour - first] = own[name][0]
    ends: F8 = (np.arange(first, first + count, dtype=np.float64) + 1.0) * HOUR
    none = np.full(count, np.nan, np.float32)
    values = {m: found.get(KPI_NUMBER.get(f"{m}_max", 0), none)[have] for m in metrics}
    means = {m: found.get(KPI_NUMBER.get(f"{m}_avg", 0), none)[have] for m in metrics}
    spans = np.full(int(have.sum()), HOUR, np.float32)
    return Series(circuit_id, range_, ends[have], spans, values, "hours", means)


def _one(db: sqlite3.Connection, id_: int, hour: int, row: int, found: dict[int, F4], have: NDArray[np.bool_]) -> None:
    with pack_of(db, "rollups", id_, f"hourly figures {id_}") as pack:
        start, stop = max(0, hour), min(len(have), hour + pack.n1)
        if row >= pack.n0 or start >= stop:
            return
        cut = slice(start - hour, stop - hour)
        # An hour nobody looked at has a place in a day and a month, but hides nothing that is known of it elsewhere.
        known = ~np.isnan(pack.row(_PRESENT, row, cut))
        for number, into in found.items():
            np.copyto(into[start:stop], pack.row(number, row, cut), where=known)
        have[start:stop] |= known


def hours_of(start: float, end: float) -> int:
    return ceil((end - start) / HOUR)
