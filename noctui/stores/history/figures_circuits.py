"""Figures of circuits over a range: those named, or all as they stand in the View of the instant."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.accounts import nothing, taken
from noctui.kpi.figures import figures
from noctui.model.figures import GAUGES, Figures
from noctui.model.scene import Range
from noctui.model.view import F8
from noctui.stores.history.catalog import Version
from noctui.stores.history.columns import CIRCUITS
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.figures_begin import earliest
from noctui.stores.history.figures_percentiles import p95
from noctui.stores.history.figures_read import accounts
from noctui.stores.history.figures_samples import reach
from noctui.stores.history.rows import poll_at


def of_circuits(
    ask: Ask, range_: Range, ids: tuple[str, ...], percentiles: tuple[str, ...] = (), billed: bool = False
) -> Figures:
    """Those named, or all of the View (no ids). What history does not know is unknown all through. `billed`: p95 is of
    five-minute averages, however short the range is.

    Raises ValueError for a gauge that does not exist, DamagedBlock.
    """
    if ids:
        slots = slots_of_ids(ask.db, ids)
        ask = replace(ask, slots=np.unique(slots[slots >= 0]), own={})
        assert ask.slots is not None
        rows = np.where(slots >= 0, np.searchsorted(ask.slots, slots), -1)
    else:
        version = version_at(ask)
        if version is None:
            return empty(range_)
        ids = circuit_ids(ask, version)
        rows = version.slots[CIRCUITS]
    start, end = range_.start, range_.end
    found = accounts(ask, start, end) if ask.rows else nothing(0, round(max(0.0, end - start) * 1000.0))
    percents, error = p95(ask, start, end, percentiles, billed)
    same = len(rows) == ask.rows and np.array_equal(rows, np.arange(ask.rows))
    if not same:
        found, percents = taken(found, rows.astype(np.intp)), _rows(percents, rows)
    return figures(found, range_, ids, percents, error, told=told(ask, range_))


def _rows(values: F8, rows: NDArray[np.integer]) -> F8:
    out = np.full((len(rows), values.shape[1]), np.nan)
    out[rows >= 0] = values[rows[rows >= 0]]
    return out


def empty(range_: Range, told: str = "No data yet.") -> Figures:
    """Of no circuits."""
    return figures(nothing(0), range_, (), np.empty((0, len(GAUGES))), told=told)


def version_at(ask: Ask) -> Version | None:
    """The inventory of the View of the instant; None before the first poll."""
    poll = poll_at(ask.db, ask.at, ask.known)
    return None if poll is None else ask.catalog.version(ask.db, poll.rev)


def circuit_ids(ask: Ask, version: Version) -> tuple[str, ...]:
    """Of a View's rows; many questions share them."""
    inventory = version.inventory
    return ask.kept.of(
        ("ids", inventory.rev), lambda: tuple(c.circuit_id for c in inventory.circuits), lambda ids: 8 * len(ids)
    )


def slots_of_ids(db: sqlite3.Connection, ids: tuple[str, ...]) -> NDArray[np.int32]:
    """Of each id its slot; -1 where history does not know it."""
    found = [db.execute("SELECT no FROM circuits WHERE id = ?", (id_,)).fetchone() for id_ in ids]
    return np.array([-1 if row is None else row[0] for row in found], np.int32)


def told(ask: Ask, range_: Range) -> str:
    """What of the range there is no data of, in one line."""
    first = earliest(ask)
    if first is None or first > ask.at:
        return "No data yet."
    if range_.end <= first or range_.start < first - reach(ask, first):
        return f"Data begins {datetime.fromtimestamp(first, UTC):%Y-%m-%d %H:%M} UTC."
    return ""
