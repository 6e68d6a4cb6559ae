"""States that became known late: the hours they lie in are folded again from the ledger, their gauges stay.

An edge of the past changes the states of its own stretch, and whether the next time its circuit is up or down begins
with a flap. It reaches as far back as hours are kept, also where there are no samples any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.hourly import SECONDS, states
from noctui.model.edges import Edge
from noctui.model.figures import Grain
from noctui.model.view import F4
from noctui.stores.history.db import pack_of
from noctui.stores.history.due import mark_hour, mark_made, next_version
from noctui.stores.history.hourly import DAY_BLOCK, DAY_PACKS, KPI_NUMBER, MONTH_BLOCK, MONTH_TILES, VECTORS
from noctui.stores.history.pack import Pack, replaced
from noctui.stores.history.painted import Painted, painted_of, painted_since
from noctui.stores.history.rollups import month_of
from noctui.stores.history.settings import DAY, HOUR

if TYPE_CHECKING:
    from noctui.stores.history.past import Chunk
    from noctui.stores.history.writer import Writer

AT_ONCE = 20_000
"""Late stretches that are looked at together."""
_COLUMNS = {name: KPI_NUMBER[name] for name in (*(f"{name}_seconds" for name in SECONDS), "flaps")}
_PRESENT = KPI_NUMBER["unknown_seconds"]
_PLACES = ((VECTORS, 0), (DAY_PACKS, DAY_BLOCK), (MONTH_TILES, MONTH_BLOCK))

Hours = dict[float, set[int]]
"""Beginning of an hour → slots whose states in it are to be folded again."""


@dataclass(frozen=True, slots=True)
class _Late:
    slot: int
    start: float
    end: float
    known_at: float


@dataclass(frozen=True, slots=True)
class _Fresh:
    """The states of an hour as they are known now: `columns` begin with slot `base`."""

    slots: NDArray[np.intp]
    base: int
    columns: Mapping[str, F4]


def mark_late(w: Writer, edges: Iterable[Edge], now: float) -> None:
    """Remember edges that reach back into hours that are over; inside the caller's transaction."""
    over = floor(now / HOUR) * HOUR
    for e in edges:
        if e.event_time < over:
            end = over if e.until is None else min(e.until, over)
            add_late(w, w.circuits.give(e.circuit_id), e.event_time, end, e.known_at)


def mark_chunk(w: Writer, chunk: Chunk, known_at: float) -> None:
    """Remember what the ledger says otherwise than the hours of a past that came in, and what its edges change after
    it, all known since then; inside the caller's transaction."""
    if not chunk.polls:
        return
    first, last = chunk.polls[0].at, chunk.polls[-1].at
    later = w.db.execute(
        "SELECT circuit_no, max(event_time, ?1), min(ifnull(until, ?2), ?2) FROM edges"
        " WHERE known_at > ?2 AND event_time <= ?2 AND ifnull(until, ?2) > ?1",
        (first, last),
    ).fetchall()
    for slot, start, end in later:
        add_late(w, slot, start, end, known_at)
    begun: dict[int, float] = {}
    for circuit_id, row in chunk.edges:
        slot = w.circuits.give(circuit_id)
        begun[slot] = min(row[0], begun.get(slot, row[0]))
    for slot, start in begun.items():
        # Until the first edge that was learned later and lasts; what such ones paint in between does not end it.
        lasting = "SELECT min(event_time) FROM edges WHERE circuit_no = ? AND known_at > ? AND until IS NULL"
        ends = w.db.execute(lasting, (slot, last)).fetchone()[0]
        add_late(w, slot, start, max(start, max(last, w.newest) if ends is None else ends), known_at)


def add_late(w: Writer, slot: int, start: float, end: float, known_at: float) -> None:
    w.db.execute(
        'INSERT INTO late (circuit_no, start, "end", known_at) VALUES (?, ?, ?, ?)', (slot, start, end, known_at)
    )
    w.rolling.drop(start, end)
    w.making.drop(start, end)


def refold(w: Writer, now: float) -> bool:
    """Fold some hours again whose states became known late; False when there are none."""
    last = w.db.execute("SELECT max(id) FROM (SELECT id FROM late ORDER BY id LIMIT ?)", (AT_ONCE,)).fetchone()[0]
    if last is None:
        return False
    w.refolding.step(last, (0.0, 0.0), lambda: _steps(w, last))
    return True


def _steps(w: Writer, last: int) -> Iterator[None]:
    rows = w.db.execute('SELECT circuit_no, start, "end", known_at FROM late WHERE id <= ?', (last,)).fetchall()
    late = [_Late(*row) for row in rows]
    touched: list[tuple[float, float, float]] = [(e.start, e.end, e.known_at) for e in late]
    kept = _kept_days(w)
    by_day: dict[float, Hours] = defaultdict(lambda: defaultdict(set))
    for e in late:
        parts = [(e.start, e.end)]
        following = painted_since(w.db, e.slot, e.slot + 1, e.start).next_known(e.slot, e.end)
        if following is not None:
            parts.append((following, following))
            touched.append((following, following, e.known_at))
        for start, end in parts:
            for day in kept:
                if day <= end and day + DAY > start:
                    first = max(floor(start / HOUR) * HOUR, day)
                    count = floor((min(end, day + DAY - 1.0) - first) / HOUR) + 1
                    for i in range(count):
                        by_day[day][first + i * HOUR].add(e.slot)
    known_at = max(e.known_at for e in late)
    for day in sorted(by_day):
        _fold(w, day, by_day[day], known_at)
        yield
    with w.transaction():
        for start, end, known in touched:
            mark_made(w, Grain.DAY, start, end, known)
        w.db.execute("DELETE FROM late WHERE id <= ?", (last,))


def _kept_days(w: Writer) -> list[float]:
    """UTC days of which hours are kept."""
    query = "SELECT DISTINCT kind, CAST(start / 86400 AS INTEGER) FROM rollups WHERE kind IN (?, ?, ?)"
    found: set[float] = set()
    for kind, number in w.db.execute(query, (VECTORS, DAY_PACKS, MONTH_TILES)):
        end = month_of(number * DAY)[1] if kind == MONTH_TILES else (number + 1) * DAY
        found.update(np.arange(number * DAY, end, DAY).tolist())
    return sorted(found)


def _fold(w: Writer, day: float, hours: Hours, known_at: float) -> None:
    """The hours of one UTC day, wherever they lie: one transaction."""
    slots = sorted(set().union(*hours.values()))
    painted = painted_of(w.db, slots, day)
    fresh = {hour: _Fresh(np.array(sorted(those)), slots[0], _columns(painted, hour)) for hour, those in hours.items()}
    changed: list[tuple[int, bytes, set[float]]] = []
    unknown: set[float] = set()
    for kind, size in _PLACES:
        begun = month_of(day)[0] if kind == MONTH_TILES else day
        for block in sorted({slot // size for slot in slots}) if size else [0]:
            for id_, start in w.db.execute(
                "SELECT id, start FROM rollups WHERE kind = ? AND start >= ? AND start < ? AND block = ?",
                (kind, begun, day + DAY, block),
            ).fetchall():
                with pack_of(w.db, "rollups", id_, f"hourly figures {start:.0f} {block}") as pack:
                    new, moved = _folded(pack, start, block * size, size, fresh, unknown)
                if moved:
                    data = w.db.execute("SELECT data FROM rollups WHERE id = ?", (id_,)).fetchone()[0]
                    changed.append((id_, replaced(data, new), moved))
    if not changed and not unknown:
        return
    with w.transaction():
        version = {hour: next_version(w) for hour in sorted(set().union(*(moved for *_, moved in changed)))}
        for id_, data, moved in changed:
            newest = max(version[hour] for hour in moved)
            w.db.execute("UPDATE rollups SET data = ?, version = ? WHERE id = ?", (data, newest, id_))
        for hour in unknown:
            if hour > w.newest - w.retention.raw * DAY:
                mark_hour(w, hour, known_at)


def _columns(painted: Painted, hour: float) -> dict[str, F4]:
    whole = painted.whole(hour, hour + HOUR)
    return states(whole, painted.stretches(hour, hour + HOUR, whole), hour, hour + HOUR)


def _folded(
    pack: Pack, start: float, first: int, size: int, fresh: Mapping[float, _Fresh], unknown: set[float]
) -> tuple[dict[int, F4], set[float]]:
    """The state columns of a pack whose rows are slots from `first` on, and the hours in which they are others now.

    `unknown` gets hours that were rolled before one of the circuits had its number.
    """
    columns = {number: pack.get(number) for number in _COLUMNS.values()}
    moved: set[float] = set()
    for hour, f in fresh.items():
        at = round((hour - start) / HOUR)
        if not 0 <= at < pack.n1 or np.isnan(columns[_PRESENT][:, at]).all():
            continue
        rows = f.slots - first
        own = (rows >= 0) & (rows < size) if size else rows >= 0
        if (rows[own] >= pack.n0).any():
            unknown.add(hour)
        inside = own & (rows < pack.n0)
        inside[inside] = ~np.isnan(columns[_PRESENT][rows[inside], at])
        for name, number in _COLUMNS.items():
            values = f.columns[name][f.slots[inside] - f.base]
            if not np.array_equal(columns[number][rows[inside], at], values):
                columns[number][rows[inside], at] = values
                moved.add(hour)
    return columns, moved
