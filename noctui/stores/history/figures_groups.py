"""Figures of sites, regions and carriers: each circuit's time where it belonged then (docs/figures.md 3)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.accounts import grouped
from noctui.kpi.figures import figures
from noctui.kpi.hourly import FIVES
from noctui.kpi.percentile import ERROR, Sketches, merged, percentile
from noctui.model.figures import GAUGE, GAUGES, Accounts, Figures
from noctui.model.scene import Range
from noctui.model.view import F8
from noctui.stores.history.accounts_pack import Stored
from noctui.stores.history.days import SKETCHED
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.figures_circuits import empty, told
from noctui.stores.history.figures_p95 import check
from noctui.stores.history.figures_periods import Row, cover, in_force
from noctui.stores.history.figures_read import accounts
from noctui.stores.history.figures_sketches import by_days, of_day, of_time
from noctui.stores.history.kept_figures import CIRCUITS_OF, Groups, Kept, read_groups
from noctui.stores.history.members import BY, Members, members
from noctui.stores.history.stretch import nought, summed

I8 = NDArray[np.int64]


class _Names:
    """Groups by name, in the order they are met."""

    def __init__(self) -> None:
        self.row: dict[str, int] = {}

    def rows(self, names: tuple[str, ...]) -> I8:
        return np.array([self.row.setdefault(name, len(self.row)) for name in names], np.int64)


def of_groups(ask: Ask, by: str, range_: Range, percentiles: tuple[str, ...] = ()) -> Figures:
    """Raises ValueError for another word than site, region or carrier, and for a gauge that does not exist."""
    check(percentiles)
    if by not in BY:
        raise ValueError(f"figures are added up by {', '.join(BY)}, not by {by!r}")
    start, end = range_.start, range_.end
    if not start < end or not ask.size:
        return empty(range_)
    names = _Names()
    parts = [(names.rows(g.names), g) for g in _parts(ask, by, start, end)]
    count = len(names.row)
    length = round(end * 1000.0) - round(start * 1000.0)
    total, circuits = nought(count, length), np.zeros(count, np.int64)
    for rows, group in parts:
        summed(total, group.stored.accounts, rows.astype(np.intp))
        circuits[rows] = np.maximum(circuits[rows], group.stored.beside["circuits"].astype(np.int64))
    p95 = _percentiles(ask, by, start, end, percentiles, names, count)
    order = sorted(range(count), key=list(names.row).__getitem__)
    found = _ordered(total, np.array(order, np.intp))
    error = ERROR if percentiles else 0.0
    ids = tuple(np.array(list(names.row), object)[order].tolist()) if count else ()
    return figures(found, range_, ids, p95[order], error, circuits[order], told(ask, range_))


def _ordered(accounts: Accounts, order: NDArray[np.intp]) -> Accounts:
    return grouped(accounts, np.argsort(order), len(order)) if len(order) else accounts


def _parts(ask: Ask, by: str, start: float, end: float) -> Iterator[Groups]:
    """Stored days, weeks and months, and what lies between them by who belonged where."""
    at = start
    for row in cover(in_force(ask, start, end), ask.retention.zone):
        stored = read_groups(ask.db, _kept(ask, row), by)
        if stored is None:
            continue
        ask.go()
        if row.period.start > at:
            yield from _between(ask, by, at, row.period.start)
        yield stored
        at = row.period.end
    if at < end:
        yield from _between(ask, by, at, end)


def _kept(ask: Ask, row: Row) -> Kept:
    sketched = ask.db.execute("SELECT sketched FROM figures WHERE id = ?", (row.id,)).fetchone()[0]
    return Kept(row.id, row.period, row.version, 0.0, sketched)


def _between(ask: Ask, by: str, start: float, end: float) -> Iterator[Groups]:
    held = _members(ask, start, end)
    counts = held.counts(by).astype(np.float32)
    for segment in held.segments:
        found = accounts(ask, segment.start, segment.end)
        yield Groups(
            held.names[by], Stored(grouped(found, segment.index[by], len(held.names[by])), {"circuits": counts})
        )


def _members(ask: Ask, start: float, end: float) -> Members:
    """Who belonged where in [start, end)."""
    work = members(ask, start, end, ask.size)
    while True:
        try:
            next(work)
        except StopIteration as done:
            found: Members = done.value
            return found
        ask.go()


def _percentiles(ask: Ask, by: str, start: float, end: float, gauges: tuple[str, ...], names: _Names, count: int) -> F8:
    """[groups, GAUGES] over the five-minute averages of all circuits of a group together, from histograms."""
    out = np.full((count, len(GAUGES)), np.nan)
    for name in (n for n in gauges if n in FIVES):
        parts: list[Sketches] = []
        for begun, ended, day in by_days(ask, start, end):
            parts += _of_span(ask, by, begun, ended, day, name, names)
        out[:, GAUGE[name]] = percentile(merged(parts), count)
    return out


def _of_span(
    ask: Ask, by: str, start: float, end: float, day: Row | None, gauge: str, names: _Names
) -> Iterator[Sketches]:
    if day is not None and by in SKETCHED:
        stored = read_groups(ask.db, _kept(ask, day), by)
        if stored is not None:
            found = of_day(ask, day, by, gauge, names.rows(stored.names))
            if found is not None:
                yield found
            return
    held = _members(ask, start, end)
    rows = names.rows(held.names[by])
    for segment in held.segments:
        index = segment.index[by]
        into = np.where(index >= 0, rows[index] if len(rows) else -1, -1).astype(np.int64)
        if day is not None and len(held.segments) == 1:
            found = of_day(ask, day, CIRCUITS_OF, gauge, into)
            if found is not None:
                yield found
        else:
            yield of_time(ask, segment.start, segment.end, gauge, into.__getitem__)
