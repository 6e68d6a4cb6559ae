"""Calendar days of all circuits as they were known at an instant, the running one last; and how they move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from noctui.kpi import calendar
from noctui.kpi.figures import mean, share
from noctui.kpi.trend import of_daily
from noctui.model.figures import (
    BAD_NO,
    BAD_UNKNOWN,
    BAD_YES,
    GAUGE,
    METRIC_GAUGE,
    Accounts,
    Daily,
    Grain,
    Period,
    Trend,
)
from noctui.model.view import F4, F8
from noctui.model.words import THRESHOLDS, Level, Metric
from noctui.stores.history.columns import CIRCUITS
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.figures_begin import earliest
from noctui.stores.history.figures_circuits import circuit_ids, version_at
from noctui.stores.history.figures_p95 import check
from noctui.stores.history.figures_percentiles import p95
from noctui.stores.history.figures_periods import I8, Row, beside, cells, in_force
from noctui.stores.history.figures_read import accounts

_OF_METRIC = [GAUGE[gauge] for gauge in METRIC_GAUGE.values()]
TREND_DAYS = 29
"""Four weeks and the running day."""
_METRIC: dict[str, Metric] = {
    **{gauge: metric for metric, gauge in METRIC_GAUGE.items()},
    "rx_pct": Metric.UTILISATION,
    "tx_pct": Metric.UTILISATION,
}


@dataclass(frozen=True, slots=True)
class _Day:
    """[slots] each."""

    bad: NDArray[np.int8]
    p95: F4
    average: F4
    available: F4
    flaps: NDArray[np.int64]


def daily(ask: Ask, gauge: str, days: int) -> Daily:
    """Raises ValueError for a gauge that does not exist, DamagedBlock."""
    check((gauge,))
    days = max(days, 1)
    zone, last = ask.retention.zone, calendar.day_of(ask.at, ask.retention.zone)
    periods = tuple(calendar.day(last - timedelta(days=back), zone) for back in range(days - 1, -1, -1))
    version = version_at(ask)
    if version is None:
        return nothing(gauge, periods)
    stored = {
        (row.period.start, row.period.end): row
        for row in in_force(ask, periods[0].start, periods[-1].end, (Grain.DAY,))
    }
    first = earliest(ask)
    made = [_day(ask, gauge, p, stored.get((p.start, p.end)), first) for p in periods]
    rows = version.slots[CIRCUITS]

    def column(name: str) -> NDArray[np.generic]:
        return np.stack([getattr(day, name)[rows] for day in made], axis=1)

    return Daily(gauge, periods, circuit_ids(ask, version), *(column(n) for n in _Day.__slots__))  # type: ignore[arg-type]


def nothing(gauge: str, periods: tuple[Period, ...] = ()) -> Daily:
    """Of no circuits."""
    none = np.empty((0, len(periods)), np.float32)
    return Daily(gauge, periods, (), none.astype(np.int8), none, none, none, none.astype(np.int64))


def _day(ask: Ask, gauge: str, period: Period, row: Row | None, first: float | None) -> _Day:
    if row is not None:
        key = ("day", row.id, gauge, ask.size)
        return ask.kept.of(key, lambda: _stored(ask, gauge, row), lambda _: 21 * ask.size)
    end = min(period.end, ask.at)
    if first is None or end <= max(first, period.start):
        return _unknown(ask.size)
    found = accounts(ask, period.start, end)
    percents, _ = p95(ask, period.start, end, (gauge,), billed=True)
    return _told(found, gauge, percents[:, GAUGE[gauge]].astype(np.float32))


_METRICS = range(len(METRIC_GAUGE))
_BREACHED = [("above", (metric, Level.HIGH - 1)) for metric in _METRICS]
_SEEN = [("known", (column,)) for column in _OF_METRIC]


def _stored(ask: Ask, gauge: str, row: Row) -> _Day:
    """Of a day in the file only what is wanted is unpacked: a month of them is asked for at once."""
    own = ("known", (GAUGE[gauge],)), ("total", (GAUGE[gauge],))
    found = cells(ask, row, {*_BREACHED, *_SEEN, *own, ("up", ()), ("down", ()), ("flaps", ())})
    up, down = found["up", ()], found["down", ()]
    return _Day(
        _bad([found[cell] for cell in _BREACHED], [found[cell] for cell in _SEEN]),
        beside(ask, row, f"{gauge}_p95"),
        mean(found[own[1]], found[own[0]], GAUGE[gauge]).astype(np.float32),
        share(up, up + down).astype(np.float32),
        found["flaps", ()],
    )


def _told(found: Accounts, gauge: str, percents: F4) -> _Day:
    column = GAUGE[gauge]
    return _Day(
        _bad([found.above[:, m, Level.HIGH - 1] for m in _METRICS], [found.known[:, c] for c in _OF_METRIC]),
        percents,
        mean(found.total[:, column], found.known[:, column], column).astype(np.float32),
        share(found.up, found.up + found.down).astype(np.float32),
        found.flaps,
    )


def _bad(breached: list[I8], seen: list[I8]) -> NDArray[np.int8]:
    """Any metric's time above `high` makes a day bad; of one that knows of none nothing is told."""
    good = np.where(np.logical_or.reduce([s > 0 for s in seen]), BAD_NO, BAD_UNKNOWN)
    return np.where(np.logical_or.reduce([b > 0 for b in breached]), BAD_YES, good).astype(np.int8)


def _unknown(rows: int) -> _Day:
    none = np.full(rows, np.nan, np.float32)
    return _Day(np.full(rows, BAD_UNKNOWN, np.int8), none, none, none, np.zeros(rows, np.int64))


def trend(ask: Ask, gauge: str, limits: F8 | None) -> Trend:
    """Towards the critical threshold of each circuit's metric: `limits` [circuits, metrics, 3], None: the defaults."""
    found = daily(ask, gauge, TREND_DAYS)
    metric = _METRIC.get(gauge)
    if metric is None:
        return of_daily(found, np.full(len(found.ids), np.nan))
    if limits is not None and len(limits) == len(found.ids):
        return of_daily(found, limits[:, metric, Level.CRITICAL - 1])
    return of_daily(found, THRESHOLDS[metric][Level.CRITICAL - 1])
