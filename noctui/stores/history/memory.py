"""What the history remembers of the last 24 h, to warm an engine (`model.work.Memory`)."""

from __future__ import annotations

import sqlite3

import numpy as np

from noctui.model.view import U1
from noctui.model.work import Memory
from noctui.stores.history.blocks import Go, all_slots, by_number, never
from noctui.stores.history.catalog import Catalog
from noctui.stores.history.columns import CIRCUITS, NUMBER
from noctui.stores.history.view import read_view

MEMORY_SECONDS = 86400.0
MARGIN = 3 * 3600.0
"""Polls before the window tell how far its first samples reach back."""


def read_memory(db: sqlite3.Connection, catalog: Catalog, at: float, go: Go = never) -> Memory | None:
    """All but the edges; None when there is no poll at or before `at`."""
    view = read_view(db, catalog, at, go)
    if view is None:
        return None
    version = catalog.version(db, view.inventory.rev)
    assert version is not None
    wanted = by_number(CIRCUITS, [NUMBER["raw_levels"], NUMBER["valid"]])
    slots = version.slots[CIRCUITS]
    found = all_slots(db, catalog, CIRCUITS, slots, wanted, view.at - MEMORY_SECONDS - MARGIN, view.at, go)
    ticks = dict(
        db.execute("SELECT at, tick FROM polls WHERE at > ? AND at <= ?", (view.at - MEMORY_SECONDS - MARGIN, view.at))
    )
    raw: U1 = found.values[NUMBER["raw_levels"]].astype(np.uint8, copy=False)
    valid: U1 = found.values[NUMBER["valid"]].astype(np.uint8, copy=False)
    return Memory(
        view=view,
        tick=ticks[view.at],
        at=found.times,
        ticks=np.array([ticks[t] for t in found.times.tolist()], np.int64),
        intervals=found.intervals,
        raw_levels=raw,
        valid=valid,
    )
