"""Working out an ISO week or a month: its days joined, percentiles anew from five-minute averages, groups added up."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.accounts import all_joined, nothing, taken
from noctui.kpi.histograms import Histograms
from noctui.kpi.hourly import FIVES
from noctui.kpi.percentile import ERROR, Sketches, merged, nearest_rank, percentile
from noctui.model.figures import Accounts, Grain
from noctui.model.view import F4
from noctui.stores.history.accounts_pack import Stored, widened
from noctui.stores.history.columns import CIRCUITS
from noctui.stores.history.days import Work, groups_of
from noctui.stores.history.due import Due
from noctui.stores.history.hour_rows import five_averages
from noctui.stores.history.hourly import FIVE_BLOCK
from noctui.stores.history.kept_figures import (
    CIRCUITS_OF,
    Groups,
    Kept,
    Worked,
    pack_sketches,
    read_groups,
    read_sketches,
    read_stored,
    select_newest,
)
from noctui.stores.history.members import BY, Members, members
from noctui.stores.history.painted import painted_since
from noctui.stores.history.settings import DAY
from noctui.stores.history.stretch import milliseconds, nought, same, stacked, stretch, summed

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

UNIT = FIVE_BLOCK
"""Slots per unit of work."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A day that was made, or the time between two (`day` None): there was no day, or one of another zone is cut."""

    start: float
    end: float
    day: Kept | None


def work_longer(w: Writer, due: Due, had: Kept | None) -> Work:
    """None when no day of it was made, or when only states could have changed and did not."""
    period = due.period
    slots = w.slots(CIRCUITS)
    parts = _parts(w, period.start, period.end)
    if had is None and all(part.day is None for part in parts):
        return None
    accounts = yield from _joined(w, parts, slots)
    beside: dict[str, F4] = {}
    if had is not None and due.states:
        before = read_stored(w.db, had)
        if len(before.accounts) == slots and same(before.accounts, accounts):
            return None
        beside = {name: widened(name, values, slots) for name, values in before.beside.items()}
    else:
        beside = yield from _percentiles(w, parts, slots)
    groups = yield from _groups(w, parts, slots)
    if period.grain is not Grain.MONTH or (had is not None and due.states):
        return Worked(Stored(accounts, beside), groups)
    packs = yield from _histograms(w, parts, slots)
    return Worked(Stored(accounts, beside), groups, packs)


def _parts(w: Writer, start: float, end: float) -> list[_Part]:
    """The whole time, by days as far as they lie in it and not over each other."""
    found: list[_Part] = []
    at = start
    for day in select_newest(w.db, 'grain = ? AND start >= ? AND "end" <= ?', (Grain.DAY, start, end)):
        if day.period.start < at or day.id in w.damaged:
            continue
        if day.period.start > at:
            found.append(_Part(at, day.period.start, None))
        found.append(_Part(day.period.start, day.period.end, day))
        at = day.period.end
    if at < end:
        found.append(_Part(at, end, None))
    return found


def _joined(w: Writer, parts: list[_Part], slots: int) -> Generator[None, None, Accounts]:
    blocks: list[Accounts] = []
    for first in range(0, slots, UNIT):
        stop = min(first + UNIT, slots)
        each: list[Accounts] = []
        for part in parts:
            if part.day is None:
                painted = painted_since(w.db, first, stop, part.start)
                each.append(stretch(w, first, stop, part.start, part.end, painted))
            else:
                each.append(_rows(read_stored(w.db, part.day, first, stop).accounts, stop - first))
        blocks.append(all_joined(each, stop - first))
        yield
    return stacked(blocks) if blocks else nothing(0, milliseconds(parts[0].start, parts[-1].end))


def _rows(accounts: Accounts, rows: int) -> Accounts:
    if len(accounts) == rows:
        return accounts
    which: NDArray[np.intp] = np.arange(rows)
    which[len(accounts) :] = -1
    return taken(accounts, which)


def _percentiles(w: Writer, parts: list[_Part], slots: int) -> Generator[None, None, dict[str, F4]]:
    """p95 of each gauge: of five-minute averages while they are held, else of the histograms of its days."""
    start, end = parts[0].start, parts[-1].end
    held = start >= w.newest - (w.retention.raw + 1) * DAY
    beside: dict[str, F4] = {}
    for gauge in FIVES:
        p95 = beside[f"{gauge}_p95"] = np.full(slots, np.nan, np.float32)
        known = np.zeros(slots, np.float32)
        if held:
            for first in range(0, slots, UNIT):
                stop = min(first + UNIT, slots)
                values = five_averages(w.db, first, stop, start, end, (gauge,))[gauge]
                p95[first:stop] = nearest_rank(values)
                known[first:stop] = np.count_nonzero(~np.isnan(values), axis=1)
                yield
        else:
            found: list[Sketches] = []
            for part in parts:
                day = None if part.day is None else read_sketches(w.db, part.day, CIRCUITS_OF, gauge)
                if day is not None:
                    found.append(day)
                    np.add.at(known, day.row, day.count.astype(np.float32))
                    yield
            if found:
                p95[:] = percentile(merged(found), slots)
                yield
        if gauge in ("util", "rx_bps"):
            beside[f"slots_{gauge}"] = known
    if not held:
        beside["p95_error"] = np.full(slots, ERROR, np.float32)
    return beside


def _histograms(w: Writer, parts: list[_Part], slots: int) -> Generator[None, None, dict[tuple[str, int], bytes]]:
    """Those of its days added up: a year is then twelve packs, not 365."""
    packs: dict[tuple[str, int], bytes] = {}
    for number, gauge in enumerate(FIVES, 1):
        blocks: list[Sketches] = []
        for first in range(0, slots, UNIT):
            stop = min(first + UNIT, slots)
            table = Histograms(stop - first)
            for part in parts:
                day = None if part.day is None else read_sketches(w.db, part.day, CIRCUITS_OF, gauge, first, stop)
                if day is not None:
                    table.add(Sketches(day.row - np.uint32(first), day.bucket, day.count))
            found = table.sketches()
            blocks.append(Sketches(found.row + np.uint32(first), found.bucket, found.count))
            yield
        pack = pack_sketches(
            Sketches(
                np.concatenate([b.row for b in blocks]),
                np.concatenate([b.bucket for b in blocks]),
                np.concatenate([b.count for b in blocks]),
            )
        )
        if pack is not None:
            packs[CIRCUITS_OF, number] = pack
        yield
    return packs


def _groups(w: Writer, parts: list[_Part], slots: int) -> Generator[None, None, dict[str, Groups]]:
    """The groups of its days added up by name."""
    held = yield from members(w, parts[0].start, parts[-1].end, slots)
    found: dict[str, Groups] = {}
    for by in BY:
        names = held.names[by]
        each = []
        for part in parts:
            group = (yield from _between(w, part, by, slots)) if part.day is None else read_groups(w.db, part.day, by)
            if group is not None:
                each.append(group)
                names = (*names, *(name for name in group.names if name not in set(names)))
        found[by] = _added(names, each, held, by, milliseconds(parts[0].start, parts[-1].end))
        yield
    return found


def _between(w: Writer, part: _Part, by: str, slots: int) -> Generator[None, None, Groups]:
    """Of the time between two days."""
    held = yield from members(w, part.start, part.end, slots)
    segments = []
    for s in held.segments:
        blocks = []
        for first in range(0, slots, UNIT):
            stop = min(first + UNIT, slots)
            painted = painted_since(w.db, first, stop, s.start)
            blocks.append(stretch(w, first, stop, s.start, s.end, painted))
            yield
        segments.append(stacked(blocks))
    return groups_of(held, by, segments)


def _added(names: tuple[str, ...], each: list[Groups], held: Members, by: str, length: int) -> Groups:
    row = {name: i for i, name in enumerate(names)}
    total = nought(len(names), length)
    for group in each:
        summed(total, group.stored.accounts, np.array([row[name] for name in group.names], np.intp))
    counts = np.zeros(len(names), np.float32)
    counts[: len(held.names[by])] = held.counts(by)
    return Groups(names, Stored(total, {"circuits": counts}))
