"""A month of a large chain made of its hours: the arithmetic, beside a plain loop whose last digits it equals."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence

import numpy as np

from bench import rollups_disk
from bench.rows import ANY, How, Row
from bench.terminal import BrokenError
from noctui.kpi.accounts import all_joined, joined, of_columns
from noctui.kpi.figures import figures
from noctui.kpi.hourly import ABOVE, COLUMNS
from noctui.model.figures import GAUGE, GAUGES, METRIC_GAUGE, Accounts, Figures
from noctui.model.scene import Range
from noctui.model.view import F4
from noctui.model.words import Metric
from tests.reference import rollup

CIRCUITS = 6_416
"""Two a store of 3,208."""
DAYS = 31
LOOPED = 40
"""Circuits that the plain loop does; its time is told for as many circuit-hours as the vectors have."""
LEAST = 20
"""Million circuit-hours a second."""
BUSY = 0.05
"""Share of circuits that are above a threshold in an hour."""
Hours = list[dict[str, F4]]


def measure(sizes: Sequence[int], how: How) -> Iterator[Row]:
    circuits, days = (200, 3) if how.quick else (CIRCUITS, DAYS)
    kinds = _kinds(circuits)
    month = [kinds[hour % len(kinds)] for hour in range(24 * days)]
    began = time.perf_counter()
    by_day = [_day(month[24 * day : 24 * day + 24]) for day in range(days)]
    hours_took = time.perf_counter() - began
    began = time.perf_counter()
    found = figures(all_joined(by_day, circuits), Range(0.0, 86_400.0 * days), tuple(map(str, range(circuits))))
    month_took = time.perf_counter() - began
    looped = min(LOOPED, circuits)
    began = time.perf_counter()
    plain = [rollup.add_up(_hours_of(month, row)) for row in range(looped)]
    loop_took = (time.perf_counter() - began) * circuits / looped
    _must_equal(found, plain)
    done = circuits * 24 * days / 1e6  # million circuit-hours
    all_of_it, loop = 1000 * (hours_took + month_took), 1000 * loop_took
    by_days = [month[24 * day : 24 * day + 24] for day in range(days)]
    file = rollups_disk.make(how.folder / "rollups", by_days, by_day)
    expected = rollups_disk.total_of(all_joined(by_day, circuits))
    yield Row("month of rollups from its days", ANY, 1000 * month_took, "ms", 1000 * done / LEAST, note=_note(circuits))
    yield Row("month of rollups from all its hours", ANY, all_of_it, "ms", None, "plain loop", loop, 30)
    for by in ("days", "hours"):
        read = rollups_disk.read(file, circuits, days, by)
        if read.total != expected:
            raise BrokenError(f"a month read from its {by} is not the one that was written")
        # A month is made of its days; by its hours it is read where no day was made, or was found damaged.
        limit = 3000 if by == "days" else None
        yield Row(f"month of rollups from disk, by its {by}", ANY, read.milliseconds, "ms", limit)
        yield Row(f"month of rollups from disk, by its {by}: memory", ANY, read.megabytes, "MB", 500)


def _note(circuits: int) -> str:
    return (
        f"Rollups: {circuits:,} circuits, hours of {len(COLUMNS)} columns; budget {LEAST} million circuit-hours a "
        f"second. The plain loop is timed on {LOOPED} circuits and told for all; figures are equal to the last digit."
    )


def _day(hours: Hours) -> Accounts:
    found = of_columns(hours[0], rollup.HOUR_MS)
    for hour in hours[1:]:
        found = joined(found, of_columns(hour, rollup.HOUR_MS))
    return found


def _kinds(circuits: int) -> Hours:
    """Seven kinds of hours that may follow each other in any order."""
    rng = np.random.default_rng(1)
    return [_hour(rng, circuits) for _ in range(7)]


def _hour(rng: np.random.Generator, circuits: int) -> dict[str, F4]:
    zero = np.zeros(circuits, np.float32)
    hour: dict[str, F4] = dict.fromkeys(COLUMNS, zero)
    down = np.where(rng.random(circuits) < 0.01, rng.uniform(0, 600, circuits), 0)
    unknown = np.where(rng.random(circuits) < 0.02, rng.uniform(0, 600, circuits), 0)
    hour["down_seconds"], hour["unknown_seconds"] = (v.astype(np.float32) for v in (down, unknown))
    hour["up_seconds"] = (3600.0 - down - unknown).astype(np.float32)
    hour["flaps"] = (2 * (down > 0)).astype(np.float32)
    for name in GAUGES:
        high = 1e9 if name.endswith("bps") else 100.0
        known = np.where(unknown > 0, 3600.0 - unknown, 3600.0)
        hour[f"{name}_known"] = known.astype(np.float32)
        hour[f"{name}_avg"] = rng.uniform(0, high, circuits).astype(np.float32)
        hour[f"{name}_max"] = np.maximum(hour[f"{name}_avg"], rng.uniform(0, high, circuits)).astype(np.float32)
    busy = rng.random(circuits) < BUSY
    for name, (kind, _, _) in ABOVE.items():
        # above, longest, head, tail: two runs at the edges and one between
        length = np.float32((1800.0, 900.0, 300.0, 600.0)[kind])
        hour[name] = np.where(busy, length, np.float32(0)) if "latency" in name or "util" in name else zero
    return hour


def _hours_of(month: Hours, row: int) -> list[rollup.Hour]:
    return [{name: float(column[row]) for name, column in hour.items()} for hour in month]


def _must_equal(found: Figures, plain: Sequence[rollup.Sum]) -> None:
    """Every figure of the circuits that the loop did. Raises BrokenError."""
    for row, own in enumerate(plain):
        pairs = [(float(found.available[row]), own.available), (1000 * float(found.unknown[row]), own.unknown)]
        pairs += [(float(found.average[row, GAUGE[g]]), own.average(g)) for g in GAUGES]
        pairs += [(float(found.highest[row, GAUGE[g]]), own.highest[g]) for g in GAUGES]
        for metric in Metric:
            for i, level in enumerate(rollup.LEVELS):
                of = METRIC_GAUGE[metric], level
                pairs.append((round(1000 * float(found.above[row, metric, i])), own.above[of]))
                pairs.append((round(1000 * float(found.longest[row, metric, i])), own.longest[of]))
        for one, other in pairs:
            if one != other and not (math.isnan(one) and math.isnan(other)):
                raise BrokenError(f"circuit {row}: {one} is not the loop's {other}")
