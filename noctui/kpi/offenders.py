"""Who offends most: the orders of rankings, bad days, failovers counted. Pure (docs/figures.md 4).

An order is an array of row numbers, the worst first; what does not rank is not in it. Equal rows keep their order, so
that a ranking does not jump between two polls that brought nothing new.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.model.figures import BAD_UNKNOWN, BAD_YES, GAUGE, METRIC_GAUGE, Daily, Episode, Figures
from noctui.model.scene import Range
from noctui.model.view import F8
from noctui.model.words import Level, Metric

Order = NDArray[np.intp]
CHRONIC_DAYS = 7
"""The days that are looked at for what is chronic, the running one included."""
CHRONIC = 3
"""A circuit is chronic when so many of them are bad."""


def worst_first(*keys: NDArray[np.number], where: NDArray[np.bool_]) -> Order:
    """The rows of `where`, the biggest first key first; then by the next key. Unknown (NaN) is smaller than all."""
    columns = [-np.nan_to_num(np.asarray(k, np.float64), nan=-np.inf) for k in keys]
    order = np.lexsort(columns[::-1])
    return np.asarray(order[where[order]], np.intp)


def above_share(figures: Figures, metric: Metric, level: int = Level.HIGH) -> F8:
    """[rows] percent of the known time at or above the threshold; NaN where nothing is known."""
    known = figures.known[:, GAUGE[METRIC_GAUGE[metric]]]
    out = np.full(len(figures), np.nan)
    np.divide(100.0 * figures.above[:, metric, level - 1], known, out=out, where=known > 0)
    return out


def by_time_above(figures: Figures, metric: Metric) -> Order:
    """Who was longest above `high`, then above critical, then above warn, then by p95; all that reached warn.

    Groups are ordered by their share of the time above, not by the sum: a bigger group is not a worse one.
    """
    if figures.counts is not None:
        keys = [above_share(figures, metric, level) for level in (Level.HIGH, Level.CRITICAL, Level.WARN)]
    else:
        keys = [figures.above[:, metric, level - 1] for level in (Level.HIGH, Level.CRITICAL, Level.WARN)]
    p95 = figures.p95[:, GAUGE[METRIC_GAUGE[metric]]]
    return worst_first(*keys, p95, where=figures.above[:, metric, 0] > 0)


def flaps_each(figures: Figures) -> F8:
    """[rows] flaps, of groups per circuit."""
    flaps = figures.flaps.astype(np.float64)
    return flaps if figures.counts is None else np.asarray(flaps / np.maximum(figures.counts, 1), np.float64)


def by_flaps(figures: Figures) -> Order:
    """Most flaps (of groups per circuit), then longest down; all that flapped."""
    return worst_first(flaps_each(figures), figures.down, where=figures.flaps > 0)


def by_availability(figures: Figures) -> Order:
    """Lowest availability first, then longest down; all that were down for any time. Unknown does not rank."""
    return worst_first(-figures.available, figures.down, where=figures.down > 0)


def bad_days(daily: Daily) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """([rows] bad days, [rows] known days) of the last CHRONIC_DAYS."""
    last = daily.bad[:, -CHRONIC_DAYS:]
    return np.count_nonzero(last == BAD_YES, axis=1), np.count_nonzero(last != BAD_UNKNOWN, axis=1)


def by_bad_days(daily: Daily) -> Order:
    """The chronic ones, most bad days first, then by the p95 of the newest known day."""
    bad, _ = bad_days(daily)
    newest = np.full(len(bad), np.nan)
    for day in range(daily.p95.shape[1]):
        newest = np.where(np.isnan(daily.p95[:, day]), newest, daily.p95[:, day])
    return worst_first(bad, newest, where=bad >= CHRONIC)


@dataclass(frozen=True, slots=True)
class Failovers:
    """Failovers counted per key. Seconds lie inside the range; NaN and -1 are unknown or none."""

    count: NDArray[np.int64]  # that began in the range or ran on into it
    running: NDArray[np.int64]
    seconds: F8
    longest: F8
    took: F8  # median seconds until another circuit carried
    last: NDArray[np.int64]  # index of the newest episode; -1: none


def failovers_of(
    episodes: Sequence[Episode], keys: Sequence[str], key_of: Callable[[Episode], str], range_: Range
) -> Failovers:
    """Each key's failovers. An episode whose key is not among `keys` belongs to nobody here."""
    at = {key: i for i, key in enumerate(keys)}
    n = len(keys)
    count, running, last = np.zeros(n, np.int64), np.zeros(n, np.int64), np.full(n, -1, np.int64)
    seconds, longest, began = np.zeros(n), np.zeros(n), np.full(n, -np.inf)
    took: dict[int, list[float]] = {}
    for index, episode in enumerate(episodes):
        row = at.get(key_of(episode))
        if row is None:
            continue
        end = range_.end if episode.ended is None else min(episode.ended, range_.end)
        inside = max(end - max(episode.began, range_.start), 0.0)
        count[row] += 1
        running[row] += episode.ended is None
        seconds[row] += inside
        longest[row] = max(longest[row], inside)
        if episode.began > began[row]:
            began[row], last[row] = episode.began, index
        if math.isfinite(episode.took):
            took.setdefault(row, []).append(episode.took)
    median = np.full(n, np.nan)
    for row, values in took.items():
        median[row] = float(np.median(values))
    return Failovers(count, running, seconds, longest, median, last)


def by_failovers(found: Failovers) -> Order:
    """Most failovers, then longest without the primary."""
    return worst_first(found.count, found.seconds, where=found.count > 0)
