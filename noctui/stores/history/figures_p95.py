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
from noctui.kpi.percentile import Highest, highest, nearest_rank, rank_of_highest, room_for
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
        slots = np.arange(ask.size, dtype=np.int32)
        found = all_slots(ask.db, ask.catalog, CIRCUITS, slots, wanted, hour, end, ask.go, ask.known)
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
    names = tuple(name for name in gauges if name in FIVES)
    if not names or not ask.rows or not start < end:
        return out
    with Averages(ask, start, end, names) as read:
        for name in names:
            tops = read.highest(name) if read.steady else None
            for rows, slots in blocks(ask):
                if tops is None:
                    out[rows, GAUGE[name]] = nearest_rank(read.block(name, rows, slots))
                else:
                    top = Highest(tops.top[rows], tops.known[rows])
                    out[rows, GAUGE[name]] = rank_of_highest(top, read.ends(name, rows))
    return out


class Averages:
    """Five-minute averages of [start, end), start < end, a block of rows at a time. To be used within `with`.

    `hours` are the whole hours in the middle, `steady` whether they are all stored, of all circuits: then they stay
    as they are until the next hour, while the ends move on with every poll.
    """

    def __init__(self, ask: Ask, start: float, end: float, names: tuple[str, ...]) -> None:
        self._ask, self._names = ask, names
        first, count = hour_numbers(start, end)
        inner = first * HOUR if count else min(ceil(start / HOUR) * HOUR, end)
        self.hours = find(ask, first, count)
        if ask.slots is None and self.hours.worked_out and count - self.hours.worked_out[0] <= MOST_UNSTEADY:
            count = self.hours.worked_out[0]  # the newest ones are read with the end
            self.hours = find(ask, first, count)
        self.steady = ask.slots is None and not self.hours.worked_out
        self._ends = (start, inner), ((first + count) * HOUR if count else inner, end)

    def __enter__(self) -> Averages:
        self._before, self._after = (averages(self._ask, *span, self._names) for span in self._ends)
        self._reader = FiveReader(self._ask, self.hours, self._names).__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.__exit__()

    def block(self, name: str, rows: NDArray[np.intp], slots: NDArray[np.int32]) -> F4:
        """[rows, slots of five minutes]. Raises DamagedBlock."""
        before, after = self._before[name][rows], self._after[name][rows]
        return np.concatenate([before, self.middle(name, rows, slots), after], axis=1)

    def middle(self, name: str, rows: NDArray[np.intp], slots: NDArray[np.int32]) -> F4:
        """Of the whole hours alone."""
        self._ask.go()
        return self._reader.block(name, rows, slots)

    def ends(self, name: str, rows: NDArray[np.intp]) -> F4:
        """Of what lies around them alone."""
        return np.concatenate([self._before[name][rows], self._after[name][rows]], axis=1)

    def highest(self, name: str) -> Highest:
        """Of the whole hours of all rows what a percentile needs to go on with the ends: kept for the next poll."""
        width = sum(part[name].shape[1] for part in (self._before, self._after))
        # Room for ends of any length: the same is wanted when the window has moved on.
        count = room_for(self.hours.count * FIVES_AN_HOUR + max(width, MOST_WIDE))
        key = ("highest", name, self.hours.first, self.hours.count)
        tag = (self._ask.size, count, self.hours.rows)
        had: tuple[object, Highest] | None = self._ask.kept.get(key)
        if had is None or had[0] != tag:
            parts = [highest(self.middle(name, *block), count) for block in blocks(self._ask)]
            found = Highest(np.concatenate([p.top for p in parts]), np.concatenate([p.known for p in parts]))
            had = self._ask.kept.put(key, (tag, found), found.size)
        return had[1]


MOST_UNSTEADY = 3
MOST_WIDE = (2 + MOST_UNSTEADY) * FIVES_AN_HOUR
"""Slots that the ends of a range have at most, mostly."""


def blocks(ask: Ask) -> Iterator[tuple[NDArray[np.intp], NDArray[np.int32]]]:
    """Rows of the answer and their slots, which rise and lie together."""
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


__all__ = ["Averages", "blocks", "check", "is_short", "of_fives", "of_samples"]
