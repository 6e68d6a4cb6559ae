"""Figures of sites, regions and carriers: each circuit's time where it belonged then (docs/figures.md 3)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.accounts import grouped
from noctui.kpi.figures import figures
from noctui.kpi.histograms import Histograms
from noctui.kpi.hourly import FIVES
from noctui.kpi.percentile import ERROR, Sketches
from noctui.model.figures import GAUGE, GAUGES, Accounts, Figures
from noctui.model.scene import Range
from noctui.model.view import F8
from noctui.stores.history.accounts_pack import Stored
from noctui.stores.history.days import SKETCHED
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.figures_begin import sampled_from
from noctui.stores.history.figures_circuits import empty, told
from noctui.stores.history.figures_p95 import Averages, blocks, check
from noctui.stores.history.figures_periods import Row, cover, in_force
from noctui.stores.history.figures_read import accounts
from noctui.stores.history.figures_sketches import by_periods, of_period
from noctui.stores.history.kept_figures import CIRCUITS_OF, Groups, Kept, read_groups
from noctui.stores.history.members import BY, Members, Segment, changes, members
from noctui.stores.history.stretch import nought, summed

I8 = NDArray[np.int64]


class _Names:
    """Groups by name, in the order they are met."""

    def __init__(self) -> None:
        self.row: dict[str, int] = {}

    def rows(self, names: tuple[str, ...]) -> I8:
        """Their rows; new ones are given."""
        return np.array([self.row.setdefault(name, len(self.row)) for name in names], np.int64)

    def known(self, names: tuple[str, ...]) -> I8:
        """Their rows; -1 for new ones."""
        return np.array([self.row.get(name, -1) for name in names], np.int64)


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
    p95 = _percentiles(ask, by, start, end, percentiles, names)
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
        stored = read_groups(ask.db, _kept(row), by)
        if stored is None:
            continue
        ask.go()
        if row.period.start > at:
            yield from _between(ask, by, at, row.period.start)
        yield stored
        at = row.period.end
    if at < end:
        yield from _between(ask, by, at, end)


def _kept(row: Row) -> Kept:
    return Kept(row.id, row.period, row.version, 0.0, row.sketched)


def _between(ask: Ask, by: str, start: float, end: float) -> Iterator[Groups]:
    held = _members(ask, start, end)
    counts = held.counts(by).astype(np.float32)
    for segment in held.segments:
        found = accounts(ask, segment.start, segment.end)
        yield Groups(
            held.names[by], Stored(grouped(found, segment.index[by], len(held.names[by])), {"circuits": counts})
        )


def _members(ask: Ask, start: float, end: float) -> Members:
    """Who belonged where in [start, end). Mostly nobody changes places, and all questions share who is where."""
    told = changes(ask, start, end)
    if len(told) > 1:
        return _drained(ask, start, end)
    key = ("members", told[0][1], ask.size)
    held = ask.kept.of(key, lambda: _drained(ask, start, end), lambda _: 16 * ask.size)
    return Members(held.names, (Segment(start, end, held.segments[0].index),))


def _drained(ask: Ask, start: float, end: float) -> Members:
    work = members(ask, start, end, ask.size)
    while True:
        try:
            next(work)
        except StopIteration as done:
            found: Members = done.value
            return found
        ask.go()


def _percentiles(ask: Ask, by: str, start: float, end: float, gauges: tuple[str, ...], names: _Names) -> F8:
    """[groups, GAUGES] over the five-minute averages of all circuits of a group together, from histograms."""
    out = np.full((len(names.row), len(GAUGES)), np.nan)
    start = min(max(start, sampled_from(ask)), end)
    spans = list(by_periods(ask, by if by in SKETCHED else CIRCUITS_OF, start, end))
    for name in (n for n in gauges if n in FIVES):
        table, told = _of_periods(ask, by, [row for _, _, row in spans if row is not None], name, names)
        for begun, ended, row in spans:
            if row is None or row.id not in told:
                for segment, into in _places(ask, by, begun, ended, names):
                    _of_time(ask, by, segment, name, into, table)
        out[:, GAUGE[name]] = table.percentile()
    return out


def _of_periods(ask: Ask, by: str, periods: list[Row], gauge: str, names: _Names) -> tuple[Histograms, frozenset[int]]:
    """By the histograms that are kept of months and days, and of which (ids); kept together until the next day."""
    table = Histograms(len(names.row))
    key = ("periods of groups", by, gauge, tuple(row.id for row in periods))
    order = tuple(names.row)
    had: tuple[tuple[str, ...], frozenset[int], Sketches] | None = ask.kept.get(key)
    if had is not None and had[0] == order:
        table.add(had[2])
        return table, had[1]
    told = frozenset(row.id for row in periods if _of_period(ask, by, row, gauge, names, table))
    found = table.sketches()
    ask.kept.put(key, (order, told, found), _size(found))
    return table, told


def _size(found: Sketches) -> int:
    return found.row.nbytes + found.bucket.nbytes + found.count.nbytes


def _places(ask: Ask, by: str, start: float, end: float, names: _Names) -> Iterator[tuple[Segment, I8]]:
    """Segments, and the row of each slot's group; -1 for none."""
    held = _members(ask, start, end)
    rows = np.append(names.known(held.names[by]), -1)  # an index of -1 reaches the last one
    for segment in held.segments:
        yield segment, rows[segment.index[by]]


def _of_period(ask: Ask, by: str, row: Row, gauge: str, names: _Names, table: Histograms) -> bool:
    """By the histograms that are kept of it; False when its circuits changed places, so that they do not say."""
    if by in SKETCHED:
        stored = read_groups(ask.db, _kept(row), by)
        if stored is None:
            return True
        into = names.known(stored.names)
        found = of_period(ask, row, by, gauge)
    else:
        places = list(_places(ask, by, row.period.start, row.period.end, names))
        if len(places) > 1:
            return False
        into = places[0][1]
        found = of_period(ask, row, CIRCUITS_OF, gauge)
    if found is not None:
        inside = found.row < len(into)
        table.add(Sketches(found.row[inside], found.bucket[inside], found.count[inside]), into)
    return True


def _of_time(ask: Ask, by: str, segment: Segment, gauge: str, into: I8, table: Histograms) -> None:
    """By the averages that are held; those of whole hours are kept for the next poll."""
    with Averages(ask, segment.start, segment.end, (gauge,)) as read:
        if not read.steady:
            for rows, slots in blocks(ask):
                table.add_values(read.block(gauge, rows, slots), into[rows])
            return
        key = ("hours of groups", by, gauge, read.hours.first, read.hours.count)
        tag = (len(table), read.hours.rows)
        had: tuple[object, I8, Sketches] | None = ask.kept.get(key)
        if had is None or had[0] != tag or not np.array_equal(had[1], into):
            hours = Histograms(len(table))
            for rows, slots in blocks(ask):
                hours.add_values(read.middle(gauge, rows, slots), into[rows])
            found = hours.sketches()
            had = ask.kept.put(key, (tag, into, found), _size(found) + into.nbytes)
        table.add(had[2])
        for rows, _ in blocks(ask):
            table.add_values(read.ends(gauge, rows), into[rows])
