"""95th percentiles of a range by nearest rank: of samples under a day, of five-minute averages from a day on.

A block of circuits at a time: a month of averages of all of them would not fit. Where averages are no longer held, by
the days' histograms (`figures_sketches`).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.hourly import FIVES, FIVES_AN_HOUR
from noctui.kpi.percentile import nearest_rank
from noctui.model.figures import GAUGE, GAUGES
from noctui.model.view import F4, F8
from noctui.stores.history.blocks import all_slots, by_number
from noctui.stores.history.columns import CIRCUITS, NUMBER
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.figures_fives import FIVE_BLOCK, FiveReader, find
from noctui.stores.history.figures_hours import hour_numbers
from noctui.stores.history.figures_parts import averages
from noctui.stores.history.figures_samples import bandwidths, listed, polls_of, revs_of
from noctui.stores.history.hourly import NEEDED, values_of
from noctui.stores.history.settings import DAY, HOUR

BLOCK = 1024
"""Slots at a time."""
MOST_KEPT = 16_000_000
"""Bytes: averages of more than about a day of 10,000 circuits are read anew each time."""


def check(gauges: tuple[str, ...]) -> None:
    """Raises ValueError for a gauge that does not exist."""
    for name in gauges:
        if name not in GAUGES:
            raise ValueError(f"no such gauge: {name} (there are {', '.join(GAUGES)})")


def of_samples(ask: Ask, start: float, end: float, gauges: tuple[str, ...]) -> F8:
    """[rows, GAUGES] over the samples with start < time ≤ end; NaN where not asked for."""
    out = np.full((ask.rows, len(GAUGES)), np.nan)
    for name in gauges:
        ask.go()
        parts = [
            _values(ask, name, max(start, hour * HOUR), min(end, (hour + 1) * HOUR))
            for hour in range(floor(start / HOUR), ceil(end / HOUR))
        ]
        for first in range(0, ask.rows, BLOCK):
            ask.go()
            block = np.concatenate([p[:, first : first + BLOCK] for p in parts])
            out[first : first + BLOCK, GAUGE[name]] = nearest_rank(np.ascontiguousarray(block.T))
    return out


def _values(ask: Ask, name: str, since: float, until: float) -> F4:
    """[polls, rows] of one gauge, of the polls of one hour with since < time ≤ until."""
    if ask.slots is not None:
        polls = polls_of(ask, since, until)
        return values_of(polls.columns, *bandwidths(ask, polls.revs), (name,))[name]
    hour = floor(since / HOUR) * HOUR
    end = min(hour + HOUR, ask.at)
    times = listed(ask, hour, end)
    tag = (ask.size, times.tobytes())
    key = ("values", hour, name)
    had: tuple[tuple[int, bytes], F8, F4] | None = ask.kept.get(key)
    if had is None or had[0] != tag:
        wanted = by_number(CIRCUITS, [NUMBER[c] for c in (*NEEDED[name], "valid")])
        found = all_slots(ask.db, ask.catalog, CIRCUITS, np.arange(ask.size, dtype=np.int32), wanted, hour, end, ask.go)
        columns = {c.name: found.values[c.number] for c in wanted}
        values = values_of(columns, *bandwidths(ask, revs_of(ask, found.times)), (name,))[name]
        had = ask.kept.put(key, (tag, found.times, values), values.nbytes)
    a, b = np.searchsorted(had[1], (since, until), side="right")
    return had[2][a:b]


def of_fives(ask: Ask, start: float, end: float, gauges: tuple[str, ...]) -> F8:
    """[rows, GAUGES] over the five-minute averages of [start, end), at its ends of the part of a slot that lies inside.

    Only of FIVES: of others no averages are kept.
    """
    out = np.full((ask.rows, len(GAUGES)), np.nan)
    for name, rows, block in five_blocks(ask, start, end, gauges):
        out[rows, GAUGE[name]] = nearest_rank(block)
    return out


def five_blocks(
    ask: Ask, start: float, end: float, gauges: tuple[str, ...]
) -> Iterator[tuple[str, NDArray[np.intp], F4]]:
    """(gauge, some rows of the answer, their averages [rows, slots]) until all of both are told."""
    names = tuple(name for name in gauges if name in FIVES)
    if not names or not ask.rows or not start < end:
        return
    first, count = hour_numbers(start, end)
    if count:
        before = averages(ask, start, first * HOUR, names)
        after = averages(ask, (first + count) * HOUR, end, names)
    else:
        boundary = min(ceil(start / HOUR) * HOUR, end)
        before, after = averages(ask, start, boundary, names), averages(ask, boundary, end, names)
    hours = find(ask, first, count)
    keep = ask.slots is None and ask.size * count * FIVES_AN_HOUR * 4 <= MOST_KEPT and not hours.worked_out
    with FiveReader(ask, hours, names) as reader:
        for name in names:
            key, tag = ("fives", name, first, count), (ask.size, hours.rows)
            had: tuple[object, F4] | None = ask.kept.get(key) if keep else None
            whole = had[1] if had is not None and had[0] == tag else None
            made: list[F4] = []
            for rows, slots in _blocks(ask):
                ask.go()
                middle = whole[rows] if whole is not None else reader.block(name, rows, slots)
                yield name, rows, np.concatenate([before[name][rows], middle, after[name][rows]], axis=1)
                if keep and whole is None:
                    made.append(middle)
            if made:
                whole = np.concatenate(made)
                ask.kept.put(key, (tag, whole), whole.nbytes)


def _blocks(ask: Ask) -> Iterator[tuple[NDArray[np.intp], NDArray[np.int32]]]:
    """Rows of the answer and their slots, which lie together."""
    if ask.slots is None:
        for first in range(0, ask.size, BLOCK):
            slots = np.arange(first, min(first + BLOCK, ask.size), dtype=np.int32)
            yield slots.astype(np.intp), slots
        return
    order = np.argsort(ask.slots, kind="stable")
    place = ask.slots[order] // FIVE_BLOCK
    for rows in np.split(order, np.flatnonzero(np.diff(place)) + 1):
        if len(rows):
            yield rows, ask.slots[rows]


def is_short(start: float, end: float) -> bool:
    return end - start < DAY


__all__ = ["check", "five_blocks", "is_short", "of_fives", "of_samples"]
