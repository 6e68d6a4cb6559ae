"""One circuit's samples over a range: polls while they are kept, beyond that hours."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import numpy as np

from noctui.model.scene import SERIES_METRICS, Range, Series
from noctui.model.view import F4, F8
from noctui.model.words import Metric
from noctui.stores.history.blocks import Go, Samples, by_number, never, one_slot
from noctui.stores.history.catalog import Catalog
from noctui.stores.history.columns import CIRCUITS, NUMBER, percent
from noctui.stores.history.known import EVER

SAMPLE = 0x80
"""Bit of the valid byte: the row was a sample of that poll."""
REACH = 3
"""A sample stands for at most so many of its intervals."""
_OWN_BIT = {"loss": Metric.LOSS, "jitter": Metric.JITTER, "latency": Metric.LATENCY}


def samples(found: Samples) -> tuple[Samples, F8]:
    """Only what is a sample, with the seconds each stands for; a poll in a gap longer than that stays as a gap."""
    valid = found.values[NUMBER["valid"]]
    own = (valid & SAMPLE) > 0
    times = found.times
    last = np.maximum.accumulate(np.where(own, times, -np.inf)) if len(times) else times
    before = np.concatenate([[-np.inf], last[:-1]]) if len(times) else times
    reach = REACH * found.intervals
    keep = own | ((times - last > reach) & (last > -np.inf))
    spans = np.minimum(times - before, reach)
    return (
        Samples(times[keep], found.intervals[keep], {n: v[keep] for n, v in found.values.items()}),
        np.where(own, spans, found.intervals)[keep],
    )


def polls_series(
    db: sqlite3.Connection,
    catalog: Catalog,
    circuit_id: str,
    slot: int,
    metrics: Sequence[str],
    range_: Range,
    go: Go = never,
    known: float = EVER,
) -> Series:
    """Samples with range_.start < time ≤ range_.end that were known at `known`; unknown values are NaN."""  # fmt: skip
    for name in metrics:
        if name not in SERIES_METRICS:
            raise ValueError(f"no such series metric: {name}")
    stored = {m.replace("_pct", "_bps") for m in metrics} | {"valid"}
    columns = by_number(CIRCUITS, [NUMBER[m] for m in stored])
    before = 3 * 900.0  # the sample before the range tells how far the first one reaches back
    found = one_slot(db, catalog, CIRCUITS, slot, columns, range_.start - before, range_.end, go, known)
    found, spans = samples(found)
    inside = found.times > range_.start
    times = found.times[inside]
    valid = found.values[NUMBER["valid"]][inside]
    own = (valid & SAMPLE) > 0
    values: dict[str, F4] = {}
    for name in metrics:
        column = found.values[NUMBER[name.replace("_pct", "_bps")]][inside].astype(np.float32)
        has = own & ((valid >> _OWN_BIT[name]) & 1 > 0) if name in _OWN_BIT else own
        column[~has] = np.nan
        if name.endswith("_pct"):
            column = percent(column, _bandwidth(db, slot, name, times))
        values[name] = column
    return Series(circuit_id, range_, times, spans[inside].astype(np.float32), values)


def _bandwidth(db: sqlite3.Connection, slot: int, name: str, times: F8) -> F8:
    """The circuit's bandwidth at each time: that of the inventory version its poll was judged with."""
    out = np.zeros(len(times))
    if not len(times):
        return out
    column = "down_bps" if name == "rx_pct" else "up_bps"
    spans = db.execute(
        f"SELECT (SELECT b.{column} FROM bandwidths b WHERE b.no = ? AND b.rev <= i.rev ORDER BY b.rev DESC LIMIT 1),"
        " (SELECT min(at) FROM polls WHERE rev = i.rev AND at >= ?),"
        " (SELECT max(at) FROM polls WHERE rev = i.rev AND at <= ?) FROM inventories i",
        (slot, times[0], times[-1]),
    )
    for bps, first, last in spans:
        if bps is not None and first is not None and last is not None:
            out[(times >= first) & (times <= last)] = bps
    return out
