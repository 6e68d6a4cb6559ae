"""From a wish to what is drawn: asks the Scene's reader, and no more than the chart needs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from noctui.charts.hours import by_week, hourly
from noctui.charts.kinds import BOX, DIST, HEAT, LINE, MOST, Measure
from noctui.charts.periods import edges, five_numbers, grain_of
from noctui.charts.wish import F8, Boxes, Distribution, Found, Heat, Limits, Many, One, Samples, Wish
from noctui.model.figures import Figures
from noctui.model.scene import Range, Reader, Scene, Series
from noctui.model.view import View
from noctui.model.words import THRESHOLDS


async def ask(scene: Scene, wish: Wish) -> Found:
    """Raises HistoryError, and LookupError with a word for a circuit that the network does not have at this time."""
    view, read = scene.view, scene.read
    if wish.kind == DIST:
        return await _distribution(view, read, wish)
    assert wish.range is not None
    rows = [view.inventory.circuit_row.get(c, -1) for c in wish.circuit_ids]
    if wish.kind in (LINE, HEAT, BOX):
        if not rows or rows[0] < 0:
            raise LookupError("This circuit is not in the network at this time." if rows else "No circuit is chosen.")
        return await _of_one(view, read, wish, wish.circuit_ids[0], rows[0], wish.range)
    shown = [c for c, row in zip(wish.circuit_ids, rows, strict=True) if row >= 0][:MOST]
    if not shown:
        raise LookupError("No circuit is chosen.")
    lines = [await _samples(read, wish.measure, c, wish.range) for c in shown]
    figures = await _figures(read, wish, tuple(shown), wish.range)
    return Many(tuple(lines), common_limits(view, wish.measure), wish.range, len(wish.circuit_ids), figures)


async def _of_one(view: View, read: Reader, wish: Wish, circuit_id: str, row: int, range_: Range) -> Found:
    samples = await _samples(read, wish.measure, circuit_id, range_)
    figures = await _figures(read, wish, (circuit_id,), range_)
    metric = wish.measure.metric
    limits = view.limits_of(row, metric) if metric is not None else ()
    if wish.kind == HEAT:
        return Heat(samples, *by_week(*hourly(samples), wish.zone), limits, figures)
    if wish.kind == BOX:
        grain = grain_of(range_)
        at, labels = edges(range_, grain, wish.zone)
        return Boxes(samples, tuple(labels), five_numbers(samples, at), grain, limits, figures)
    return One(samples, await read.timeline(circuit_id, range_), limits, figures)


async def _samples(read: Reader, measure: Measure, circuit_id: str, range_: Range) -> Samples:
    found = await read.series(circuit_id, measure.series, range_)
    hours = found.source == "hours"
    means = _highest(found, found.means, measure) if hours and found.means else None
    return Samples(circuit_id, range_, found.times, found.spans, _highest(found, found.values, measure), hours, means)


def _highest(series: Series, values: dict[str, np.ndarray], measure: Measure) -> np.ndarray:
    """Utilisation is the higher of both directions."""
    none = np.full(len(series.times), np.nan, np.float32)
    found = values.get(measure.series[0], none)
    for name in measure.series[1:]:
        found = np.fmax(found, values.get(name, none))
    return found


async def _figures(read: Reader, wish: Wish, circuit_ids: tuple[str, ...], range_: Range) -> Figures:
    """The sums of the same range, with which the circuit's own screen agrees to the digit."""
    gauge = wish.measure.gauge
    return await read.figures(range_, circuit_ids, (gauge,) if gauge and wish.kind == LINE else ())


async def _distribution(view: View, read: Reader, wish: Wish) -> Distribution:
    limits = common_limits(view, wish.measure)
    if wish.range is None:
        values, covered, error = now_of(view, wish.measure), np.nan, 0.0
    else:
        gauge = wish.measure.gauge
        if not gauge:
            raise LookupError(f"{wish.measure.title} is known of now alone: no sums are kept of it.")
        found = await read.figures(wish.range, (), (gauge,) if wish.statistic == "p95" else ())
        values, error = _statistic(found, wish.statistic, gauge), found.p95_error if wish.statistic == "p95" else 0.0
        covered = coverage(found, gauge)
    row = view.inventory.circuit_row
    own = {c: float(values[row[c]]) for c in wish.circuit_ids if c in row and row[c] < len(values)}
    statistic = wish.statistic if wish.range is not None else ""
    return Distribution(values, limits, wish.range, statistic, own, covered, error)


def coverage(found: Figures, gauge: str, row: int | None = None) -> float:
    """Percent of the time in which circuits were not known to be down or disabled that a value is known of; of all rows
    or of one. A line that is down has none to give. Without a gauge: the known share of the time. NaN: no such time."""
    rows = slice(None) if row is None else slice(row, row + 1)
    if not gauge:
        known, of = found.up[rows] + found.down[rows], found.up[rows] + found.down[rows] + found.unknown[rows]
    else:
        known, of = found.known[rows, found.gauge(gauge)], found.up[rows] + found.unknown[rows]
    return 100.0 * min(float(known.sum()) / float(of.sum()), 1.0) if float(of.sum()) > 0 else np.nan


def _statistic(found: Figures, statistic: str, gauge: str) -> F8:
    """[circuits] of each one's window."""
    of = {"average": found.average, "p95": found.p95, "highest": found.highest}[statistic]
    return np.asarray(of[:, found.gauge(gauge)], np.float64)


def now_of(view: View, measure: Measure) -> F8:
    """[circuits] the values that the tables show now."""
    columns = [getattr(view.circuits, name) for name in measure.series]
    found: F8 = np.fmax.reduce(columns).astype(np.float64)
    return found


def highest_first(rows: Sequence[int], measure: Measure, view: View) -> tuple[str, ...]:
    """Ids in the order of what they have now; unknown is last. Of a MOS the lowest is the worst."""
    values = now_of(view, measure)[np.asarray(rows, np.intp)]
    worst = values if measure.name == "mos" else -values
    return tuple(view.inventory.circuits[rows[i]].circuit_id for i in np.argsort(worst, kind="stable").tolist())


def common_limits(view: View, measure: Measure) -> Limits:
    """The thresholds that hold for all of the network; where they differ by region or store type, the defaults."""
    if measure.metric is None:
        return ()
    if view.limits is not None and len(view.limits):
        mine = view.limits[:, measure.metric]
        if (mine == mine[0]).all():
            return tuple(float(v) for v in mine[0])
    return THRESHOLDS[measure.metric]
