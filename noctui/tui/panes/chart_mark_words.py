"""What is copied of a marked stretch of time: its figures in one line, for a ticket. Pure."""

from __future__ import annotations

import math
from datetime import datetime

from noctui.charts.kinds import MEASURES, Measure, measure
from noctui.model.figures import Figures
from noctui.model.scene import Series
from noctui.model.words import Metric
from noctui.tui.look import numbers
from noctui.tui.moment import Moment
from noctui.tui.panes.chart_mark import lowest
from noctui.tui.panes.chart_words import COVERED, circuit_name, cover_words, coverage_of, number_of
from noctui.tui.panes.chart_zones import Zone
from noctui.tui.panes.figures import figures as of_series
from noctui.tui.panes.figures import time_above
from noctui.tui.panes.stats_figures import above_of, p95_of, window_of

_ALL = tuple(MEASURES[name] for name in ("util", "loss", "jitter", "latency"))
_HIGH = 2
"""The threshold that makes a day bad, as everywhere."""


def mark_line(series: Series, found: Figures, moment: Moment, alone: str, zone: Zone) -> str:
    """`0417 Grand Junction CO Comcast ge-0/0/1, 2026-11-23 02:51:00–03:14:00 UTC (23m): util % min 1.0 avg …; …`.

    Of utilisation, loss, jitter and latency, or of the one metric `alone` (a series' name), by the sums of the column
    beside the chart; then availability and coverage.
    """
    one = measure(alone) if alone else None
    said = [_of(m, series, found, moment) for m in ((one,) if one is not None else _ALL)]
    if len(found):
        said.append(f"available {numbers.availability(float(found.available[0]))} %")
        said.append(cover_words(float(found.coverage[0])))
    port = series.circuit_id.partition(":")[2]
    return f"{circuit_name(series.circuit_id, moment.view)} {port}, {_when(series, zone)}: {'; '.join(said)}"


def _when(series: Series, zone: Zone) -> str:
    range_ = series.range
    first, last = (datetime.fromtimestamp(t, zone.clock) for t in (range_.start, range_.end))
    ends = f"{last:%H:%M:%S}" if last.date() == first.date() else f"{last:%Y-%m-%d %H:%M:%S}"
    return f"{first:%Y-%m-%d %H:%M:%S}–{ends} {zone.word(range_.end)} ({numbers.duration(range_.seconds)})"


def _of(of: Measure, series: Series, found: Figures, moment: Moment) -> str:
    """`util % min 4.1 avg 60.2 p95 93.1 max 93.4, ≥ 80 for 18m, longest 12m`."""
    name, text = of.gauge or of.name, number_of(of)
    if of.gauge:
        average, p95, highest = window_of(found, of.gauge)
        p95 = p95_of(series, name) if math.isnan(p95) else p95
    else:
        own = of_series(series, name)
        average, p95, highest = own.average, own.p95, own.highest
    values = (("min", lowest(series, name)), ("avg", average), ("p95", p95), ("max", highest))
    title = f"{of.name} {of.unit}".strip()
    said = " ".join([title, *(f"{word} {text(value)}" for word, value in values)])
    covered = coverage_of(found, of, 0) if of.gauge else math.nan
    known = f", {cover_words(covered)}" if covered < COVERED else ""
    return f"{said}{_breach(of, series, found, moment)}{known}"


def _breach(of: Measure, series: Series, found: Figures, moment: Moment) -> str:
    row = moment.view.inventory.circuit_row.get(series.circuit_id)
    if of.metric is None or row is None:
        return ""
    limit = moment.view.limits_of(row, of.metric)[_HIGH - 1]
    own = of.metric == Metric.UTILISATION and of.name != "util"  # the sums are of the higher of rx and tx
    longest, total = time_above(series, of.gauge, limit) if own else above_of(found, of.metric, _HIGH)
    if math.isnan(total):
        return ""
    if total <= 0:
        return f", never ≥ {limit:g}"
    return f", ≥ {limit:g} for {numbers.duration(total)}, longest {numbers.duration(longest)}"
