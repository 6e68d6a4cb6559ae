"""Working out a calendar day: hours joined, states of exactly that day, percentiles of five-minute averages, groups."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.accounts import all_joined, grouped, nothing, taken
from noctui.kpi.hourly import FIVES
from noctui.kpi.percentile import Sketches, merged, nearest_rank, sketches
from noctui.model.figures import Accounts
from noctui.model.view import F4
from noctui.stores.history.accounts_pack import Stored, widened
from noctui.stores.history.columns import CIRCUITS
from noctui.stores.history.due import Due
from noctui.stores.history.hour_rows import five_averages
from noctui.stores.history.kept_figures import (
    CIRCUITS_OF,
    Groups,
    Kept,
    Worked,
    pack_sketches,
    read_groups,
    read_stored,
)
from noctui.stores.history.members import BY, Members, members
from noctui.stores.history.painted import painted_since
from noctui.stores.history.settings import DAY
from noctui.stores.history.stretch import milliseconds, same, stacked, stated, stretch

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

UNIT = 512
"""Slots per unit of work."""
SKETCHED = ("region", "carrier")
"""Groups of which histograms are kept; a site's are made of its circuits'."""
Work = Generator[None, None, Worked | None]


def work_day(w: Writer, due: Due, had: Kept | None) -> Work:
    """None when nobody polled, or when only states could have changed and did not."""
    period = due.period
    slots = w.slots(CIRCUITS)
    held = yield from members(w, period.start, period.end, slots)
    if due.states and had is not None:
        found = yield from _restated(w, had, held, slots)
        if found is not None:
            return found.worked
    if had is None and not slots:
        return None
    segments = yield from _segments(w, held, slots)
    accounts = all_joined(segments, slots)
    if had is None and not _polled(w, period.start, period.end, accounts):
        return None
    groups = {by: groups_of(held, by, segments) for by in BY}
    if period.start < w.newest - (w.retention.raw + 1) * DAY:  # averages are no longer held
        beside = {} if had is None else _padded(read_stored(w.db, had), slots).beside
        return Worked(Stored(accounts, beside), groups)
    beside, packs = yield from _percentiles(w, held, slots)
    return Worked(Stored(accounts, beside), groups, packs)


def _polled(w: Writer, start: float, end: float, accounts: Accounts) -> bool:
    """Somebody polled in it. Of a time whose polls are listed no more, something is known."""
    if w.db.execute("SELECT 1 FROM polls WHERE at > ? AND at <= ? LIMIT 1", (start, end)).fetchone() is not None:
        return True
    listed = w.db.execute("SELECT 1 FROM polls WHERE at <= ? LIMIT 1", (start,)).fetchone() is not None
    return not listed and end < w.newest - w.retention.raw * DAY and bool(accounts.known.any())


def _segments(w: Writer, held: Members, slots: int) -> Generator[None, None, list[Accounts]]:
    """Accounts of each segment, all slots."""
    parts: list[list[Accounts]] = [[] for _ in held.segments]
    for first in range(0, slots, UNIT):
        stop = min(first + UNIT, slots)
        painted = painted_since(w.db, first, stop, held.segments[0].start)
        for part, segment in zip(parts, held.segments, strict=True):
            part.append(stretch(w, first, stop, segment.start, segment.end, painted))
        yield
    return [stacked(part) for part in parts]


def groups_of(held: Members, by: str, segments: list[Accounts]) -> Groups:
    """Accounts of each segment added up by group: each circuit's time where it belonged then."""
    names = held.names[by]
    parts = [grouped(a, s.index[by], len(names)) for a, s in zip(segments, held.segments, strict=True)]
    return Groups(names, Stored(all_joined(parts, len(names)), {"circuits": held.counts(by).astype(np.float32)}))


def _percentiles(
    w: Writer, held: Members, slots: int
) -> Generator[None, None, tuple[dict[str, F4], dict[tuple[str, int], bytes]]]:
    """p95 and known slots of each circuit, and packs of histograms."""
    beside: dict[str, F4] = {}
    packs: dict[tuple[str, int], bytes] = {}
    for number, gauge in enumerate(FIVES, 1):
        p95 = np.full(slots, np.nan, np.float32)
        known = np.zeros(slots, np.float32)
        own: list[Sketches] = []
        of_groups: dict[str, list[Sketches]] = {by: [] for by in SKETCHED}
        for first in range(0, slots, UNIT):
            stop = min(first + UNIT, slots)
            parts = [five_averages(w.db, first, stop, s.start, s.end, (gauge,))[gauge] for s in held.segments]
            values = np.concatenate(parts, axis=1)
            p95[first:stop] = nearest_rank(values)
            known[first:stop] = np.count_nonzero(~np.isnan(values), axis=1)
            each = [sketches(part) for part in parts]
            own.append(_moved(merged(each) if len(each) > 1 else each[0], first))
            for by, into in of_groups.items():
                rows = [s.index[by][first:stop].astype(np.int64) for s in held.segments]
                into.append(merged(each, rows))
            yield
        beside[f"{gauge}_p95"] = p95
        if gauge in ("util", "rx_bps"):
            beside[f"slots_{gauge}"] = known
        for by, found in ((CIRCUITS_OF, _stacked(own)), *((by, merged(parts)) for by, parts in of_groups.items())):
            pack = pack_sketches(found)
            if pack is not None:
                packs[by, number] = pack
        yield
    return beside, packs


def _moved(found: Sketches, first: int) -> Sketches:
    return Sketches((found.row + np.uint32(first)).astype(np.uint32), found.bucket, found.count)


def _stacked(parts: list[Sketches]) -> Sketches:
    """Of rows that rise from part to part."""
    return Sketches(
        np.concatenate([p.row for p in parts]),
        np.concatenate([p.bucket for p in parts]),
        np.concatenate([p.count for p in parts]),
    )


class _Restated:
    """A day of which nothing but states was looked at; `worked` None: they are the same."""

    __slots__ = ("worked",)

    def __init__(self, worked: Worked | None) -> None:
        self.worked = worked


def _restated(w: Writer, had: Kept, held: Members, slots: int) -> Generator[None, None, _Restated | None]:
    """The day with states as they are known now; None when its groups are others by now."""
    before = {by: read_groups(w.db, had, by) for by in BY}
    if any((g.names if g is not None else ()) != held.names[by] for by, g in before.items()):
        return None
    stored = _padded(read_stored(w.db, had), slots)
    parts: list[list[Accounts]] = [[] for _ in held.segments]
    for first in range(0, slots, UNIT):
        stop = min(first + UNIT, slots)
        painted = painted_since(w.db, first, stop, had.period.start)
        for part, s in zip(parts, held.segments, strict=True):
            part.append(stated(nothing(stop - first, milliseconds(s.start, s.end)), painted, s.start, s.end))
        yield
    segments = [stacked(part) for part in parts]
    accounts = _with_states_of(stored.accounts, all_joined(segments, slots))
    if same(accounts, stored.accounts):
        return _Restated(None)
    groups = {}
    for by, g in before.items():
        if g is not None:
            new = groups_of(held, by, segments)
            summed_up = _with_states_of(g.stored.accounts, new.stored.accounts)
            groups[by] = Groups(g.names, Stored(summed_up, g.stored.beside))
    return _Restated(Worked(Stored(accounts, stored.beside), groups))


def _with_states_of(gauges: Accounts, states: Accounts) -> Accounts:
    g, s = gauges, states
    return Accounts(
        g.length, s.up, s.down, s.unknown, s.disabled, s.flaps,
        g.known, g.total, g.highest, g.above, g.longest, g.head, g.tail,
    )  # fmt: skip


def _padded(stored: Stored, slots: int) -> Stored:
    """With a row for each slot: circuits that came later are unknown."""
    rows: NDArray[np.intp] = np.arange(slots)
    rows[len(stored.accounts) :] = -1
    beside = {name: widened(name, values, slots) for name, values in stored.beside.items()}
    return Stored(taken(stored.accounts, rows), beside)
