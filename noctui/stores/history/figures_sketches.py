"""95th percentiles from histograms: of days whose five-minute averages are no longer held, and of groups.

Whole days by the histograms that were kept of them, all other time by its averages, merged: within `percentile.ERROR`
of the value of nearest rank, however long ago.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.hourly import FIVES
from noctui.kpi.percentile import Sketches, merged, percentile, sketches
from noctui.model.figures import GAUGE, GAUGES, Grain
from noctui.model.view import F8
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.figures_p95 import five_blocks
from noctui.stores.history.figures_periods import Row, cover, in_force
from noctui.stores.history.kept_figures import CIRCUITS_OF, Kept, read_sketches

I8 = NDArray[np.int64]
Span = tuple[float, float, Row | None]
"""Start, end, and the day that it is."""


def of_sketches(ask: Ask, start: float, end: float, gauges: tuple[str, ...]) -> F8:
    """[rows, GAUGES] of circuits; NaN where not asked for. Raises DamagedBlock."""
    out = np.full((ask.rows, len(GAUGES)), np.nan)
    size = max(ask.size, 1)
    into = np.full(size, -1, np.int64)
    into[np.arange(ask.size) if ask.slots is None else ask.slots] = np.arange(ask.rows)
    for name in (n for n in gauges if n in FIVES):
        parts: list[Sketches] = []
        for begun, ended, day in by_days(ask, start, end):
            found = of_time(ask, begun, ended, name) if day is None else of_day(ask, day, CIRCUITS_OF, name, into)
            if found is not None:
                parts.append(found)
        out[:, GAUGE[name]] = percentile(merged(parts), ask.rows)
    return out


def by_days(ask: Ask, start: float, end: float) -> Iterator[Span]:
    """[start, end) by the whole days in it of which histograms may be kept, and the time between them."""
    at = start
    for row in cover(in_force(ask, start, end, (Grain.DAY,)), ask.retention.zone):
        if row.period.start > at:
            yield at, row.period.start, None
        yield row.period.start, row.period.end, row
        at = row.period.end
    if at < end:
        yield at, end, None


def of_day(ask: Ask, row: Row, by: str, gauge: str, into: I8) -> Sketches | None:
    """Those kept of a day, its rows moved to `into` (-1: left out); None of none."""
    ask.go()
    sketched = ask.db.execute("SELECT sketched FROM figures WHERE id = ?", (row.id,)).fetchone()[0]
    found = read_sketches(ask.db, Kept(row.id, row.period, row.version, 0.0, sketched), by, gauge)
    if found is None:
        return None
    inside = found.row < len(into)
    found = Sketches(found.row[inside], found.bucket[inside], found.count[inside])
    return merged([found], [into])


def of_time(
    ask: Ask, start: float, end: float, gauge: str, moved: Callable[[NDArray[np.intp]], I8] | None = None
) -> Sketches:
    """Of the averages that are held of [start, end); rows of the answer become what `moved` makes of them."""
    parts = [
        merged([sketches(block)], [rows.astype(np.int64) if moved is None else moved(rows)])
        for _, rows, block in five_blocks(ask, start, end, (gauge,))
    ]
    return merged(parts)
