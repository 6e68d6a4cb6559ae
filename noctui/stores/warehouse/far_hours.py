"""Hours read back from the warehouse: one circuit's, column by column, or all circuits' added up.

Each answer comes with the stretch it is of and when it was read, so that it can be kept and its age be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import F4, F8
from noctui.stores.warehouse.connect import Session
from noctui.stores.warehouse.texts import hour_key

HOUR = 3600.0
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "FACT_CIRCUIT_UTILIZATION": {
        "rx_pct_avg": "RX_PCT_AVG", "rx_pct_max": "RX_PCT_MAX", "tx_pct_avg": "TX_PCT_AVG", "tx_pct_max": "TX_PCT_MAX",
    },
    "FACT_CIRCUIT_QUALITY": {
        "loss_avg": "LOSS_AVG", "loss_max": "LOSS_MAX", "jitter_avg": "JITTER_AVG", "jitter_max": "JITTER_MAX",
        "latency_avg": "LATENCY_AVG", "latency_max": "LATENCY_MAX",
    },
}  # fmt: skip
"""Table → our column → its column: what a chart of hours is drawn from (percent, ms)."""
NAMES = tuple(name for columns in COLUMNS.values() for name in columns)

LEVELS = ("WARN", "HIGH", "CRITICAL")
_RUNS = ("70", "80", "90")
_STATUS = ("UP_SECONDS", "DOWN_SECONDS", "UNKNOWN_SECONDS", "DISABLED_SECONDS", "FLAP_COUNT")
_USED = {"rx_pct": "RX_PCT", "tx_pct": "TX_PCT", "util": "UTILIZATION"}
_QUALITY = {"loss": "LOSS", "jitter": "JITTER", "latency": "LATENCY"}


@dataclass(frozen=True, slots=True)
class FarHours:
    """One circuit's hours in [start, end), the earliest first: when each begins, and `NAMES` (NaN is unknown). Times
    are UTC epoch seconds; `read_at` is when it was read."""

    start: float
    end: float
    read_at: float
    begins: F8
    columns: dict[str, F4]


@dataclass(frozen=True, slots=True)
class FarSums:
    """Circuits' hours of [start, end) added up. Seconds; `known`, `total` (value x seconds) and `highest` by gauge,
    `above` [circuits, levels] of utilisation. A circuit that has no hour there is not among `ids`."""

    start: float
    end: float
    read_at: float
    ids: tuple[str, ...]
    up: F8
    down: F8
    unknown: F8
    disabled: F8
    flaps: NDArray[np.int64]
    known: dict[str, F8]
    total: dict[str, F8]
    highest: dict[str, F8]
    above: F8
    longest: F8
    """As `above`: the longest run of each within a calendar day."""


def circuit_hours(session: Session, org_id: str, circuit_id: str, start: float, end: float, read_at: float) -> FarHours:
    """Raises WarehouseFault."""
    by_hour: dict[str, dict[str, float]] = {}
    for table, columns in COLUMNS.items():
        names = list(columns)
        found = session.rows(
            f"SELECT HOUR_KEY, {', '.join(columns.values())} FROM {table} WHERE ORG_ID = %s AND CIRCUIT_ID = %s"
            " AND HOUR_KEY >= %s AND HOUR_KEY < %s",
            (org_id, circuit_id, hour_key(start), hour_key(end)),
        )
        for key, *values in found:
            hour = by_hour.setdefault(str(key), {})
            hour.update((n, float(v)) for n, v in zip(names, values, strict=True) if v is not None)
    keys = sorted(by_hour)
    return FarHours(
        start,
        end,
        read_at,
        np.array([begin_of(key) for key in keys], np.float64),
        {name: np.array([by_hour[key].get(name, np.nan) for key in keys], np.float32) for name in NAMES},
    )


def all_sums(session: Session, org_id: str, start: float, end: float, read_at: float) -> FarSums:
    """Raises WarehouseFault. The warehouse adds up: what comes back is a row per circuit."""
    within = (org_id, hour_key(start), hour_key(end))

    def summed(table: str, *columns: str) -> dict[str, tuple[Any, ...]]:
        rows = session.rows(
            f"SELECT CIRCUIT_ID, {', '.join(columns)} FROM {table}"
            " WHERE ORG_ID = %s AND HOUR_KEY >= %s AND HOUR_KEY < %s GROUP BY CIRCUIT_ID",
            within,
        )
        return {str(circuit): tuple(values) for circuit, *values in rows}

    status = summed("FACT_CIRCUIT_STATUS", *(f"SUM({column})" for column in _STATUS))
    longer = (f"SUM(SECONDS_ABOVE_{level})" for level in LEVELS)
    used = summed("FACT_CIRCUIT_UTILIZATION", *(_gauge(column) for column in _USED.values()), *longer)
    quality = summed("FACT_CIRCUIT_QUALITY", *(_gauge(column) for column in _QUALITY.values()))
    runs = session.rows(
        f"SELECT CIRCUIT_ID, {', '.join(f'MAX(CONTINUOUS_HOURS_ABOVE_{level})' for level in _RUNS)}"
        " FROM AGG_CIRCUIT_DAILY WHERE ORG_ID = %s AND PERIOD_KEY >= %s AND PERIOD_KEY < %s GROUP BY CIRCUIT_ID",
        (org_id, hour_key(start)[:8], hour_key(end)[:8]),
    )
    longest = {str(circuit): tuple(values) for circuit, *values in runs}
    ids = tuple(sorted(status.keys() | used.keys() | quality.keys()))
    state, use, qual = _table(status, ids, len(_STATUS)), _table(used, ids, 12), _table(quality, ids, 9)
    known, total, highest = {}, {}, {}
    for source, names in ((use, _USED), (qual, _QUALITY)):
        for i, name in enumerate(names):
            known[name], total[name] = np.nan_to_num(source[:, 3 * i]), np.nan_to_num(source[:, 3 * i + 1])
            highest[name] = source[:, 3 * i + 2]
    sums = np.nan_to_num(state)
    return FarSums(
        start, end, read_at, ids, sums[:, 0], sums[:, 1], sums[:, 2], sums[:, 3], np.rint(sums[:, 4]).astype(np.int64),
        known, total, highest, np.nan_to_num(use[:, 9:12]), HOUR * np.nan_to_num(_table(longest, ids, len(_RUNS))),
    )  # fmt: skip


def _gauge(column: str) -> str:
    """Seconds with a value, value x seconds, the highest."""
    has = f"CASE WHEN {column}_AVG IS NOT NULL THEN COVERED_SECONDS END"
    return f"SUM({has}), SUM({column}_AVG * COVERED_SECONDS), MAX({column}_MAX)"


def _table(found: Mapping[str, tuple[Any, ...]], ids: Sequence[str], width: int) -> F8:
    none = (None,) * width
    rows = [[np.nan if v is None else float(v) for v in found.get(i, none)] for i in ids]
    return np.array(rows, np.float64).reshape(len(ids), width)


def begin_of(key: str) -> float:
    """When the hour `2026112314` begins."""
    return datetime.strptime(key, "%Y%m%d%H").replace(tzinfo=UTC).timestamp()
