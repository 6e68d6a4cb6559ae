"""Hourly KPIs of one circuit, from the vectors of single hours, of days, and the tiles of months."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import numpy as np

from noctui.model.scene import Range, Series
from noctui.stores.history.blocks import Go, never


def hours_series(
    db: sqlite3.Connection, circuit_id: str, slot: int, metrics: Sequence[str], range_: Range, go: Go = never
) -> Series:
    """Hours whose end lies in the range."""
    none = np.empty(0, np.float32)
    return Series(circuit_id, range_, np.empty(0), none, dict.fromkeys(metrics, none), "hours")
