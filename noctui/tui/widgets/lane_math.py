"""Ticks of a time axis; the rest of the arithmetic of lanes is that of all charts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo

from noctui.charts.columns import snap, touched
from noctui.charts.decimate import F4, F8, decimate
from noctui.charts.scales import Scale, nice, top_of
from noctui.tui.look.numbers import clock, day

MINUTE, HOUR, DAY = 60, 3600, 86_400
TICK_STEPS = (
    MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
    HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
    DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 56 * DAY, 112 * DAY,
)  # fmt: skip


def ticks(start: float, end: float, columns: int, zone: tzinfo = UTC, room: int = 8) -> list[tuple[int, str]]:
    """(column, label) of the axis [start, end]: whole hours or days of `zone`, at least `room` cells apart.

    Midnight is written as its day, so that a range over several days can be read.
    """
    if columns < 1 or not end > start:
        return []
    wide = (end - start) / columns
    step = next((s for s in TICK_STEPS if s >= room * wide), TICK_STEPS[-1] * math.ceil(room * wide / TICK_STEPS[-1]))
    found: list[tuple[int, str]] = []
    for at in _instants(start, end, int(step), zone):
        label = day(at, zone) if step >= DAY or clock(at, zone, False) == "00:00" else clock(at, zone, False)
        found.append((int((at - start) // wide), label))
    return found


def _instants(start: float, end: float, step: int, zone: tzinfo) -> Iterator[float]:
    """Wall-clock multiples of `step` in [start, end), counted from midnight (of a fixed day where it is in days)."""
    local = datetime.fromtimestamp(start, zone)
    if step >= DAY:
        days = step // DAY
        first = local.date() - timedelta(days=local.date().toordinal() % days)
        hops: Sequence[timedelta] = [timedelta(0)]
    else:
        days, first = 1, local.date()
        hops = [timedelta(seconds=s) for s in range(0, DAY, step)]
    seen = -math.inf
    while (midnight := datetime.combine(first, time(), zone)).timestamp() < end:
        for hop in hops:
            at = (midnight + hop).timestamp()
            if start <= at < end and at > seen:  # an hour that the clocks skip or repeat gives one tick
                seen = at
                yield at
        first += timedelta(days=days)


__all__ = ["F4", "F8", "TICK_STEPS", "Scale", "decimate", "nice", "snap", "ticks", "top_of", "touched"]
