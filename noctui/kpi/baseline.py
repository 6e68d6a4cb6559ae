"""What is usual: medians and their spread, robust z-scores, and a circuit's hours of the week. Pure (docs/figures.md).

z = 0.6745 (x − median) / MAD, source facts/numbers.md h; where more than half of the values are the same the MAD is 0
and the mean absolute deviation times 1.2533 takes its place (Iglewicz and Hoaglin 1993). A spread is at least the
gauge's unit: nothing is divided by 0, and what always was 20.0 ms is not alarming at 20.4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.calendar import hours_of_week
from noctui.model.figures import Baseline
from noctui.model.view import F8

I8 = NDArray[np.int64]

HOURS = 168
DAY = 86_400.0
LEAST_WEEKS = 2
CONSISTENT = 0.6745
"""MAD of the normal distribution, in standard deviations."""
MEAN_SHARE = 1.2533
"""Its standard deviation over its mean absolute deviation."""
UNITS: Mapping[str, float] = {
    "util": 1.0, "rx_pct": 1.0, "tx_pct": 1.0, "loss": 0.02, "jitter": 0.5, "latency": 1.0, "mos": 0.05,
}  # fmt: skip
"""The smallest spread that counts: points of percent, ms, points of MOS."""
RATE_UNIT = 1e5
"""The same for rates, bits/s."""


@dataclass(frozen=True, slots=True)
class Usual:
    """[rows] the middle of known values, their MAD, and what a standard deviation would be; NaN of none."""

    median: F8
    mad: F8
    spread: F8


def medians(values: F8) -> F8:
    """[rows] of [rows, n] with NaN for unknown: the mean of the middle two of an even number; NaN of none."""
    rows, width = values.shape
    if not values.size:
        return np.full(rows, np.nan)
    ordered = np.sort(np.asarray(values, np.float64), axis=1)  # NaN comes last
    known = np.count_nonzero(~np.isnan(ordered), axis=1)
    at = np.arange(rows)
    low, high = ordered[at, np.maximum(known - 1, 0) // 2], ordered[at, np.minimum(known // 2, width - 1)]
    return np.where(known > 0, (low + high) / 2.0, np.nan)


def usual(values: F8, unit: F8 | float = 1.0) -> Usual:
    """Of [rows, n] with NaN for unknown. `unit` is the least spread, above 0."""
    given = np.asarray(values, np.float64)
    median = medians(given)
    away = np.abs(given - median[:, None])
    mad = medians(away)
    known = np.count_nonzero(~np.isnan(away), axis=1)
    mean = np.nansum(away, axis=1) / np.maximum(known, 1)
    spread = np.where(mad > 0, mad / CONSISTENT, mean * MEAN_SHARE)
    return Usual(median, mad, np.where(known > 0, np.maximum(spread, unit), np.nan))


def robust_z(values: F8 | float, of: Usual) -> F8:
    """[rows] how many standard deviations each value is above (below: negative) what is usual."""
    found: F8 = (np.asarray(values, np.float64) - of.median) / of.spread
    return found


def unit_of(gauge: str) -> float:
    return UNITS.get(gauge, RATE_UNIT)


def weeks_of(starts: F8, known: NDArray[np.bool_]) -> I8:
    """[rows] how many weeks the known ones of one hour of the week are of; [rows, n] with `starts` [n] in order.

    The hour that a clock set back brings twice on one day is of one week.
    """
    rows = len(known)
    if not known.size:
        return np.zeros(rows, np.int64)
    at = np.where(known, starts, -np.inf)
    before = np.concatenate([np.full((rows, 1), -np.inf), np.maximum.accumulate(at, axis=1)[:, :-1]], axis=1)
    found: I8 = np.count_nonzero(known & (np.where(known, starts, np.inf) > before + DAY), axis=1).astype(np.int64)
    return found


def z_of_hour(averages: F8, starts: Sequence[float], zone: str, at: float, values: F8, gauge: str) -> F8:
    """[rows] the z-score of each circuit's `values` against its own hours of the week that `at` lies in.

    `averages` [rows, hours] are of UTC hours that begin at `starts`, rising; the hour that is judged is left out.
    NaN where fewer than LEAST_WEEKS of that hour are known.
    """
    hour = hours_of_week([at], zone)[0]
    which = (np.array(hours_of_week(list(starts), zone), np.int64) == hour) & ~_around(starts, at)
    part = np.asarray(averages, np.float64)[:, which]
    weeks = weeks_of(np.asarray(starts, np.float64)[which], ~np.isnan(part))
    return np.where(weeks >= LEAST_WEEKS, robust_z(values, usual(part, unit_of(gauge))), np.nan)


def baseline(
    circuit_id: str, gauge: str, averages: F8, starts: Sequence[float], zone: str, at: float, value: float
) -> Baseline:
    """One circuit's hours of the week from `averages` [hours] of UTC hours that begin at `starts`, rising.

    An hour belongs to the local hour it begins in, in zones off the hour too; on the day a clock is set back one bucket
    takes two, on the day it is set forward one takes none. `value` is judged: the average of the hour that `at` lies
    in, which is left out of its bucket.
    """
    given = np.where(_around(starts, at), np.nan, np.asarray(averages, np.float64))
    bucket = np.array(hours_of_week(list(starts), zone), np.int64)
    order = np.argsort(bucket, kind="stable")
    sorted_bucket = bucket[order]
    place = np.arange(len(order)) - np.searchsorted(sorted_bucket, sorted_bucket)
    table = np.full((HOURS, int(place.max(initial=-1)) + 1), np.nan)
    began = np.full(table.shape, np.nan)
    table[sorted_bucket, place] = given[order]
    began[sorted_bucket, place] = np.asarray(starts, np.float64)[order]
    weeks = np.array([weeks_of(began[i], ~np.isnan(table[i : i + 1]))[0] for i in range(HOURS)], np.int64)
    found = usual(table, unit_of(gauge))
    hour = hours_of_week([at], zone)[0]
    z = float(robust_z(value, found)[hour]) if weeks[hour] >= LEAST_WEEKS else float("nan")
    return Baseline(circuit_id, gauge, found.median, found.mad, weeks, hour, float(value), z)


def _around(starts: Sequence[float], at: float) -> NDArray[np.bool_]:
    """The hour that an instant lies in."""
    began = np.asarray(starts, np.float64)
    return (began <= at) & (at < began + 3600.0)
