"""Samples of hours and parts of hours, for what has no stored figures: the ends of a range and the newest hour.

All circuits are read a quarter hour at a time and kept, a new poll is read by itself; a few circuits are read alone.
Both give the same samples, and nothing of polls later than the instant that is asked from.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.hourly import Samples
from noctui.model.view import F8
from noctui.stores.history.blocks import STRIPPED, all_slots, by_number, one_slot
from noctui.stores.history.codec import Values
from noctui.stores.history.columns import CIRCUITS, NUMBER
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.hourly import SAMPLED, hour_samples
from noctui.stores.history.known import LONGEST, THEN
from noctui.stores.history.sampled import reach_after
from noctui.stores.history.settings import HOUR

_COLUMNS = by_number(CIRCUITS, [NUMBER[name] for name in SAMPLED])
_NAMES = {c.number: c.name for c in _COLUMNS}
_IN_STRIPS = [c for c in _COLUMNS if c.number in STRIPPED]
_NOT_IN_STRIPS = [c for c in _COLUMNS if c.number not in STRIPPED]


@dataclass(frozen=True, slots=True)
class Polls:
    """Polls, oldest first; columns (SAMPLED) are [polls, rows], `revs` the inventory version of each poll."""

    times: F8
    intervals: F8
    revs: NDArray[np.int64]
    columns: dict[str, Values]

    def between(self, since: float, until: float) -> Polls:
        """Those with since < time ≤ until."""
        a, b = np.searchsorted(self.times, (since, until), side="right").tolist()
        if a == 0 and b == len(self.times):
            return self
        cut = {name: values[a:b] for name, values in self.columns.items()}
        return Polls(self.times[a:b], self.intervals[a:b], self.revs[a:b], cut)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """All circuits' polls of one clock's step, as far as they were read; `listed` are the times that the file lists."""

    listed: F8
    polls: Polls
    size: int


def reach(ask: Ask, end: float) -> float:
    """A sample so many seconds after `end` may still stand for time before it."""
    return reach_after(ask.db, end, ask.at, ask.known)


def settled(ask: Ask, end: float) -> bool:
    """All polls that stand for time before `end` are at or before the instant."""
    back = f"SELECT 1 FROM polls WHERE at > ? AND at < ? AND at - 3 * interval < ? AND {THEN} LIMIT 1"
    if ask.db.execute(back, (ask.at, end + LONGEST, end, ask.known)).fetchone() is not None:
        return False
    until = end + reach(ask, end)
    # Before the newest poll nobody can come in between any more; after it somebody may.
    later = "SELECT 1 FROM polls WHERE at > ? LIMIT 1"
    return ask.at >= until or ask.db.execute(later, (until,)).fetchone() is not None


def samples(ask: Ask, start: float, end: float) -> Samples:
    """What polls say of [start, end), rows as asked. Raises DamagedBlock."""
    polls = polls_of(ask, start, min(end + reach(ask, end), ask.at))
    down, up = bandwidths(ask, polls.revs)
    return hour_samples(polls.times, polls.intervals, polls.columns, down, up, start, end)


def listed(ask: Ask, since: float, until: float) -> F8:
    """Times of the polls with since < time ≤ until, and not after the instant, as the file lists those known then."""
    query = f"SELECT at FROM polls WHERE at > ? AND at <= ? AND {THEN} ORDER BY at"
    rows = ask.db.execute(query, (since, min(until, ask.at), ask.known))
    return np.array([row[0] for row in rows], np.float64)


def polls_of(ask: Ask, since: float, until: float) -> Polls:
    """Polls with since < time ≤ until."""
    few = ask.slots is not None and not _at_hand(ask, since, until)
    read = _hour_of_few if few else _chunk
    parts = [read(ask, start).between(since, until) for start in _starts(since, until, HOUR if few else CHUNK)]
    parts = [p for p in parts if len(p.times)] or parts[:1]
    found = parts[0] if len(parts) == 1 else _together(parts)
    return found if few or ask.slots is None else _picked(found, ask.slots)


CHUNK = 900.0
"""Seconds of polls that are read at a time, of all circuits."""
SMALL = 2048
"""Of so many slots all are read also for one circuit: the next circuit, and the next poll, then cost nothing."""


def _starts(since: float, until: float, step: float) -> list[float]:
    """Beginnings of the clock's steps that (since, until] reaches into; at least one."""
    first = floor(since / step)
    return [(first + i) * step for i in range(max(1, ceil(until / step) - first))]


def _at_hand(ask: Ask, since: float, until: float) -> bool:
    return ask.size <= SMALL or all(
        ask.kept.get(("samples", start)) is not None for start in _starts(since, until, CHUNK)
    )


def _chunk(ask: Ask, start: float) -> Polls:
    """All circuits' polls in (start, start + CHUNK] up to the instant."""
    until = min(start + CHUNK, ask.at)
    times = listed(ask, start, until)
    had: _Chunk | None = ask.kept.get(("samples", start))
    if had is not None and had.size == ask.size:
        same = had.listed[had.listed <= until]
        if np.array_equal(same, times):
            return had.polls.between(start, until)
        if len(same) == len(had.listed) < len(times) and np.array_equal(same, times[: len(same)]):
            more = _read(ask, float(same[-1]) if len(same) else start, until)
            return _keep(ask, start, _Chunk(times, _together([had.polls, more]), ask.size))
    return _keep(ask, start, _Chunk(times, _read(ask, start, until), ask.size))


def _keep(ask: Ask, start: float, chunk: _Chunk) -> Polls:
    size = chunk.listed.nbytes + sum(v.nbytes for v in chunk.polls.columns.values())
    return ask.kept.put(("samples", start), chunk, size).polls


def _read(ask: Ask, since: float, until: float) -> Polls:
    slots = np.arange(ask.size, dtype=np.int32)
    found = all_slots(ask.db, ask.catalog, CIRCUITS, slots, _COLUMNS, since, until, ask.go, ask.known)
    columns = {_NAMES[n]: v for n, v in found.values.items()}
    return Polls(found.times, found.intervals, revs_of(ask, found.times), columns)


def _hour_of_few(ask: Ask, start: float) -> Polls:
    """The circuits' polls asked about in (start, start + 1 h] up to the instant: by strips where there are such, and
    the levels, which strips do not have, by themselves."""
    had: Polls | None = ask.own.get(("samples", start))
    if had is not None:
        return had
    assert ask.slots is not None
    parts: list[dict[str, Values]] = []
    times = intervals = np.empty(0)
    until = min(start + HOUR, ask.at)
    for slot in ask.slots.tolist():
        found = [
            one_slot(ask.db, ask.catalog, CIRCUITS, slot, columns, start, until, ask.go, ask.known)
            for columns in (_IN_STRIPS, _NOT_IN_STRIPS)
        ]
        times, intervals = found[0].times, found[0].intervals
        parts.append({_NAMES[n]: v for f in found for n, v in f.values.items()})
    columns = {
        c.name: np.stack([p[c.name] for p in parts], axis=1) if parts else np.empty((0, 0), c.dtype) for c in _COLUMNS
    }
    polls = ask.own[("samples", start)] = Polls(times, intervals, revs_of(ask, times), columns)
    return polls


def revs_of(ask: Ask, times: F8) -> NDArray[np.int64]:
    if not len(times):
        return np.empty(0, np.int64)
    rows = ask.db.execute("SELECT at, rev FROM polls WHERE at >= ? AND at <= ?", (times[0], times[-1]))
    rev_of: dict[float, int] = dict(rows.fetchall())
    return np.array([rev_of[t] for t in times.tolist()], np.int64)


def bandwidths(ask: Ask, revs: NDArray[np.int64]) -> tuple[F8, F8]:
    """[polls, rows] bandwidth towards and from the site, of the version each poll was judged with."""
    pick = slice(None) if ask.slots is None else ask.slots
    shape = len(revs), ask.rows
    made = {rev: _bandwidth(ask, rev) for rev in np.unique(revs).tolist()}
    if len(made) == 1:
        ((down, up),) = made.values()
        return np.broadcast_to(down[pick], shape), np.broadcast_to(up[pick], shape)
    downs, ups = np.empty(shape), np.empty(shape)
    for rev, (down, up) in made.items():
        downs[revs == rev], ups[revs == rev] = down[pick], up[pick]
    return downs, ups


def _bandwidth(ask: Ask, rev: int) -> tuple[F8, F8]:
    """[slots] of one version; 0 where it has no such circuit."""

    def make() -> tuple[F8, F8]:
        down, up = np.zeros(ask.size), np.zeros(ask.size)
        version = ask.catalog.version(ask.db, rev)
        if version is not None:
            down[version.slots[CIRCUITS]] = version.inventory.down_bps
            up[version.slots[CIRCUITS]] = version.inventory.up_bps
        return down, up

    return ask.kept.of(("bandwidth", rev, ask.size), make, lambda found: 2 * found[0].nbytes)


def _together(parts: list[Polls]) -> Polls:
    return Polls(
        np.concatenate([p.times for p in parts]),
        np.concatenate([p.intervals for p in parts]),
        np.concatenate([p.revs for p in parts]),
        {name: np.concatenate([p.columns[name] for p in parts]) for name in parts[0].columns},
    )


def _picked(polls: Polls, slots: NDArray[np.int32]) -> Polls:
    return Polls(polls.times, polls.intervals, polls.revs, {n: v[:, slots] for n, v in polls.columns.items()})
