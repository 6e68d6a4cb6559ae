"""Which columns a poll has in the history, by numbers that are never given to another meaning.

Blocks are addressed by slot: the circuit, gateway or path number. A slot without a row holds the column's fill.
Utilisation is not stored: it is the rate over the bandwidth of the inventory version of that time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.model.inventory import Inventory
from noctui.model.view import F4, F8, TREND_NONE, CircuitTable, View
from noctui.model.work import PollRecord
from noctui.stores.history.codec import Values

CIRCUITS, GATEWAYS, PATHS = 0, 1, 2
TABLES = (CIRCUITS, GATEWAYS, PATHS)
TABLE_WORDS = ("circuits", "gateways", "paths")

NO_TIME = 0xFFFFFFFF
"""Stored time of an unknown moment."""

ALL_METRICS = 15
"""Bits of the valid byte that say which metrics have a value."""
LEVEL_MASK = np.array([sum(3 << 2 * m for m in range(4) if bits >> m & 1) for bits in range(16)], np.uint8)
"""These bits → the bits of the level byte that count."""

STALE, ACTIVE, SUSPECT, NO_PATH, BAD_QUARTER = 1, 2, 4, 8, 16
"""Bits of the flags column."""


@dataclass(frozen=True, slots=True)
class Column:
    """One stored metric: its number, its type, and what a slot without a row holds."""

    number: int
    name: str
    dtype: np.dtype[np.generic]
    fill: float


def _columns(*rows: tuple[int, str, str, float]) -> tuple[Column, ...]:
    return tuple(Column(number, name, np.dtype(dtype), fill) for number, name, dtype, fill in rows)


_NAN = float("nan")
CIRCUIT_COLUMNS = _columns(
    (1, "severity", "<u1", 4), (2, "state", "<u1", 0), (3, "since", "<u4", NO_TIME), (4, "flags", "<u1", 0),
    (5, "active_since", "<u4", NO_TIME), (6, "age", "<f4", _NAN), (7, "rx_bps", "<f4", _NAN),
    (8, "tx_bps", "<f4", _NAN), (9, "loss", "<f4", _NAN), (10, "jitter", "<f4", _NAN), (11, "latency", "<f4", _NAN),
    (12, "mos", "<f4", _NAN), (13, "quality", "<u1", 0), (14, "levels", "<u1", 0), (15, "raw_levels", "<u1", 0),
    (16, "valid", "<u1", 0), (17, "flaps_24h", "<u2", 0), (18, "avail_24h", "<f4", _NAN),
    (19, "coverage_24h", "<f4", _NAN), (20, "quarter_max", "<u1", TREND_NONE),
)  # fmt: skip
GATEWAY_COLUMNS = _columns(
    (1, "connected", "<f4", _NAN), (2, "age", "<f4", _NAN), (3, "uptime", "<f4", _NAN), (4, "cpu", "<f4", _NAN),
    (5, "memory", "<f4", _NAN),
)  # fmt: skip
PATH_COLUMNS = _columns(
    (1, "up", "<f4", _NAN), (2, "active", "<f4", _NAN), (3, "age", "<f4", _NAN), (4, "latency", "<f4", _NAN),
    (5, "jitter", "<f4", _NAN), (6, "loss", "<f4", _NAN), (7, "mos", "<f4", _NAN),
)  # fmt: skip
COLUMNS = (CIRCUIT_COLUMNS, GATEWAY_COLUMNS, PATH_COLUMNS)
NUMBER = {c.name: c.number for c in CIRCUIT_COLUMNS}
"""Circuit column name → metric number."""


def seconds(times: F8) -> Values:
    """Whole epoch seconds as uint32; unknown is `NO_TIME`."""
    return np.where(np.isnan(times), NO_TIME, times).astype("<u4")


def times(stored: Values) -> F8:
    """The opposite of `seconds`."""
    out = stored.astype(np.float64)
    out[stored == NO_TIME] = np.nan
    return out


def circuit_values(record: PollRecord) -> dict[int, Values]:
    """Metric number → one value per row of the view's circuits."""
    c = record.view.circuits
    flags = c.stale.astype(np.uint8)
    for bit, mask in ((ACTIVE, c.active), (SUSPECT, c.suspect), (NO_PATH, c.no_path), (BAD_QUARTER, _bad(c))):
        flags |= mask.astype(np.uint8) * np.uint8(bit)
    own: dict[str, Values] = {
        "since": seconds(c.since),
        "flags": flags,
        "active_since": seconds(c.active_since),
        "raw_levels": record.raw_levels,
        "valid": record.valid,
        "quarter_max": c.trend[:, -1],
    }
    return {k.number: own[k.name] if k.name in own else getattr(c, k.name) for k in CIRCUIT_COLUMNS}


def _bad(circuits: CircuitTable) -> NDArray[np.bool_]:
    bad: NDArray[np.bool_] = (circuits.bad_quarters >> np.uint16(circuits.trend.shape[1] - 1)) & 1 != 0
    return bad


def values_of(table: int, record: PollRecord) -> dict[int, Values]:
    """Metric number → one value per row of that table."""
    if table == CIRCUITS:
        return circuit_values(record)
    source = record.view.gateways if table == GATEWAYS else record.view.paths
    return {k.number: getattr(source, k.name) for k in COLUMNS[table]}


def by_slot(table: int, values: dict[int, Values], slots: NDArray[np.int32]) -> dict[int, Values]:
    """Metric number → [slots, 1]: values of rows moved to their slots, the fill where no row has that slot."""
    size = int(slots.max()) + 1
    if size == len(slots) and (slots[1:] > slots[:-1]).all():  # row i has slot i
        return {c.number: values[c.number].astype(c.dtype, copy=False)[:, None] for c in COLUMNS[table]}
    return {c.number: _spread(c, values[c.number], slots, size)[:, None] for c in COLUMNS[table]}


def _spread(column: Column, values: Values, slots: NDArray[np.int32], size: int) -> Values:
    out = np.full(size, column.fill, column.dtype)
    out[slots] = values
    return out


def rows_of(view: View, table: int) -> int:
    return len((view.circuits, view.gateways, view.paths)[table])


def percent(bps: F4, bandwidth: F8) -> F4:
    """Utilisation as the engine computes it (docs/values.md 5); NaN where rate or bandwidth is unknown."""
    known = np.where(bandwidth > 0, bandwidth, np.nan)
    return (100.0 * bps.astype(np.float64) / known).astype(np.float32)


def slots_of(inventory: Inventory, gateway_no: NDArray[np.int32]) -> tuple[NDArray[np.int32], ...]:
    """Slot of each row, per table."""
    return inventory.circuit_no, gateway_no, np.array([p.path_no for p in inventory.paths], np.int32)
