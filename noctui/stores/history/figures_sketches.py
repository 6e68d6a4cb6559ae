"""95th percentiles of circuits from histograms: of days whose five-minute averages are no longer held.

Whole months and days by the histograms that were kept of them, all other time by its averages, added up a block of
circuits at a time: within `percentile.ERROR` of the value of nearest rank, however long ago.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.histograms import Histograms
from noctui.kpi.hourly import FIVES
from noctui.kpi.percentile import Sketches
from noctui.model.figures import GAUGE, GAUGES, Grain
from noctui.model.view import F8
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.figures_p95 import Averages, blocks
from noctui.stores.history.figures_periods import Row, cover, in_force
from noctui.stores.history.kept_figures import CIRCUITS_OF, Kept, read_sketches

Slots = NDArray[np.int32]
Span = tuple[float, float, Row | None]
"""Start, end, and the month or day that it is."""


def of_sketches(ask: Ask, start: float, end: float, gauges: tuple[str, ...]) -> F8:
    """[rows, GAUGES] of circuits; NaN where not asked for. Raises DamagedBlock."""
    out = np.full((ask.rows, len(GAUGES)), np.nan)
    names = tuple(name for name in gauges if name in FIVES)
    spans = list(by_periods(ask, CIRCUITS_OF, start, end))
    with ExitStack() as stack:
        others = [stack.enter_context(Averages(ask, begun, ended, names)) for begun, ended, row in spans if row is None]
        for name in names:
            for rows, slots in blocks(ask):
                table = _of_periods(ask, name, slots, [row for _, _, row in spans if row is not None])
                for other in others:
                    table.add_values(other.block(name, rows, slots))
                out[rows, GAUGE[name]] = table.percentile()
    return out


def _of_periods(ask: Ask, gauge: str, slots: Slots, periods: list[Row]) -> Histograms:
    """All of a block together; of all circuits they are kept until the next day."""
    table = Histograms(len(slots))
    key = ("sketches", gauge, int(slots[0]), len(slots), tuple(row.id for row in periods))
    had: Sketches | None = ask.kept.get(key) if ask.slots is None else None
    if had is not None:
        table.add(had)
        return table
    for row in periods:
        found = of_period(ask, row, CIRCUITS_OF, gauge, slots)
        if found is not None:
            table.add(*_picked(found, slots))
    if ask.slots is None and len(periods) > 1:
        found = table.sketches()
        ask.kept.put(key, found, found.row.nbytes + found.bucket.nbytes + found.count.nbytes)
    return table


def by_periods(ask: Ask, by: str, start: float, end: float) -> Iterator[Span]:
    """[start, end) by the whole months and days in it of which histograms may be kept, and the time between them."""
    query = 'SELECT 1 FROM sketches WHERE figures = ? AND "by" = ? LIMIT 1'
    rows = [
        row
        for row in in_force(ask, start, end, (Grain.MONTH, Grain.DAY))
        if row.period.grain is Grain.DAY or ask.db.execute(query, (row.sketched, by)).fetchone() is not None
    ]
    at = start
    for row in cover(rows, ask.retention.zone):
        if row.period.start > at:
            yield at, row.period.start, None
        yield row.period.start, row.period.end, row
        at = row.period.end
    if at < end:
        yield at, end, None


def of_period(ask: Ask, row: Row, by: str, gauge: str, slots: Slots | None = None) -> Sketches | None:
    """Those kept of a month or day, of all its rows or from the first to the last of `slots`; None of none."""
    ask.go()
    kept = Kept(row.id, row.period, row.version, 0.0, row.sketched)
    if slots is None:
        return read_sketches(ask.db, kept, by, gauge)
    return read_sketches(ask.db, kept, by, gauge, int(slots[0]), int(slots[-1]) + 1)


def _picked(found: Sketches, slots: Slots) -> tuple[Sketches, NDArray[np.int64] | None]:
    """With places in `slots` for rows, and which of them are left out."""
    first = int(slots[0])
    moved = Sketches(found.row - np.uint32(first), found.bucket, found.count)
    width = int(slots[-1]) + 1 - first
    if width == len(slots):
        return moved, None
    into = np.full(width, -1, np.int64)
    into[slots - first] = np.arange(len(slots))
    return moved, into
