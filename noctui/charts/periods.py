"""Hours, days or months of a zone inside a range, and the five numbers of a box for each."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from noctui.charts.wish import F8, Samples
from noctui.model.scene import Range

DAY = 86_400.0
_QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


def grain_of(range_: Range) -> str:
    """What a box stands for: an hour up to a day, a day up to some two months, else a month."""
    if range_.seconds <= DAY * 1.01:
        return "hour"
    return "day" if range_.seconds <= 62 * DAY else "month"


def edges(range_: Range, grain: str, zone: str) -> tuple[list[float], list[str]]:
    """(n + 1 edges in UTC epoch seconds, n labels): calendar stretches of the zone that the range touches."""
    clock = ZoneInfo(zone)
    first = datetime.fromtimestamp(range_.start, clock)
    found: list[float] = []
    labels: list[str] = []
    if grain == "hour":  # whole hours of UTC; in a zone that is half an hour off the label says so
        at = range_.start // 3600 * 3600
        while at < range_.end:
            found.append(at)
            labels.append(f"{datetime.fromtimestamp(at, clock):%H:%M}")
            at += 3600.0
        return [*found, at], labels
    day = first.date() if grain == "day" else first.date().replace(day=1)
    while (at := _midnight(day, clock)) < range_.end:
        found.append(at)
        labels.append(f"{day:%b %d}" if grain == "day" else f"{day:%b}")
        day = day + timedelta(days=1) if grain == "day" else _next_month(day)
    return [*found, _midnight(day, clock)], labels


def _midnight(day: date, clock: ZoneInfo) -> float:
    return datetime.combine(day, time(), clock).timestamp()


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def five_numbers(samples: Samples, at: list[float]) -> F8:
    """[stretches, 5] lowest, lower quartile, median, upper quartile, highest by nearest rank; NaN where none is known.
    A sample belongs to the stretch that it ends in."""
    values = samples.averages.astype(np.float64)
    cuts = np.searchsorted(samples.times, np.asarray(at), "right")
    out = np.full((len(at) - 1, 5), np.nan)
    for i, (first, last) in enumerate(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)):
        known = np.sort(values[first:last][np.isfinite(values[first:last])])
        if len(known):
            out[i] = [known[max(math.ceil(share * len(known)), 1) - 1] for share in _QUARTERS]
    return out
