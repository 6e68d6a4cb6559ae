"""To which site, region and carrier each circuit belonged, hour by hour, by the inventory version then in force."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from math import floor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from noctui.model.inventory import Inventory
from noctui.stores.history.catalog import Catalog
from noctui.stores.history.columns import CIRCUITS
from noctui.stores.history.settings import HOUR

I4 = NDArray[np.int32]
BY = ("site", "region", "carrier")


class File(Protocol):
    """Where versions of the inventory are: a writer, or somebody who reads."""

    @property
    def db(self) -> sqlite3.Connection: ...

    @property
    def catalog(self) -> Catalog: ...


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the time in which nobody changes places: `index[by][slot]` is the row of its group, -1 for none."""

    start: float
    end: float
    index: Mapping[str, I4]


@dataclass(frozen=True, slots=True)
class Members:
    """The groups of a stretch of time, by name, and its segments in order of time."""

    names: Mapping[str, tuple[str, ...]]
    segments: tuple[Segment, ...]

    def counts(self, by: str) -> NDArray[np.int64]:
        """How many circuits had a place in each group at some time."""
        held = np.zeros((len(self.names[by]), len(self.segments[0].index[by])), np.bool_)
        for segment in self.segments:
            slots = np.flatnonzero(segment.index[by] >= 0)
            held[segment.index[by][slots], slots] = True
        found: NDArray[np.int64] = held.sum(axis=1)
        return found


def members(w: File, start: float, end: float, slots: int) -> Generator[None, None, Members]:
    """The groups that circuits belonged to in [start, end): each hour, also a cut one, as it was when it began."""
    rows: dict[str, dict[str, int]] = {by: {} for by in BY}
    made: dict[int, dict[str, I4]] = {}
    segments: list[Segment] = []
    told = changes(w, start, end)
    for (began, rev), ended in zip(told, [*(at for at, _ in told[1:]), end], strict=True):
        if rev not in made:
            version = w.catalog.version(w.db, rev)
            made[rev] = _index(None, np.empty(0, np.int32), rows, slots)
            if version is not None:
                made[rev] = _index(version.inventory, version.slots[CIRCUITS], rows, slots)
                yield
        index = made[rev]
        if segments and all(np.array_equal(index[by], segments[-1].index[by]) for by in BY):
            segments[-1] = Segment(segments[-1].start, ended, index)
        else:
            segments.append(Segment(began, ended, index))
    return Members({by: tuple(rows[by]) for by in BY}, tuple(segments))


def _index(inventory: Inventory | None, slot: I4, rows: dict[str, dict[str, int]], slots: int) -> dict[str, I4]:
    found = {by: np.full(slots, -1, np.int32) for by in BY}
    if inventory is None:
        return found
    region_of = {site.site_id: site.region for site in inventory.sites}
    for circuit, no in zip(inventory.circuits, slot.tolist(), strict=True):
        if no < slots:
            region = region_of.get(circuit.site_id, "")
            for by, name in zip(BY, (circuit.site_id, region, circuit.carrier), strict=True):
                found[by][no] = rows[by].setdefault(name, len(rows[by]))
    return found


def changes(w: File, start: float, end: float) -> list[tuple[float, int]]:
    """(from when on, version): the one in force when the hour of `start` began, and those that later hours begin with.

    Before the first version was known, the one that polls were judged with is in force.
    """
    known = w.db.execute(
        "SELECT known_at, rev FROM inventories WHERE known_at < ? ORDER BY known_at, rev", (end,)
    ).fetchall()
    at = [known_at for known_at, _ in known]
    found: list[tuple[float, int]] = []
    hour = floor(start / HOUR) * HOUR
    while hour < end:
        place = bisect_right(at, hour)
        rev = known[place - 1][1] if place else _judged(w, hour)
        if not found or found[-1][1] != rev:
            found.append((max(hour, start), rev))
        hour += HOUR
    return found


def _judged(w: File, at: float) -> int:
    for query in (
        "SELECT rev FROM polls WHERE at <= ? ORDER BY at DESC LIMIT 1",
        "SELECT rev FROM polls WHERE at > ? ORDER BY at LIMIT 1",
    ):
        row = w.db.execute(query, (at,)).fetchone()
        if row is not None:
            return int(row[0])
    return -1
