"""Figures under the names of MistWANPerformance's tables, for reports and warehouses that were built on them.

Same names, our definitions (docs/export.md): unknown is empty and no minute is cut off. Its `…_above_70/80/90` are
hours at or above warn, high and critical of utilisation, whatever these are set to.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from noctui.commands.exports.cells import circuit_of, known, measured, zipped
from noctui.model.figures import GAUGE, Figures, Grain, Period
from noctui.model.inventory import Inventory
from noctui.model.words import Metric
from noctui.tui.export import Cell, Exported, instant

HOURLY = (
    "site_id", "circuit_id", "hour_key", "utilization_pct", "rx_bytes", "tx_bytes", "bandwidth_mbps", "status_code",
    "status_hourly", "up_minutes", "down_minutes", "unknown_minutes", "flap_count", "frame_loss_pct", "loss_avg",
    "loss_max", "loss_p95", "jitter_ms", "jitter_avg", "jitter_max", "jitter_p95", "latency_ms", "latency_avg",
    "latency_max", "latency_p95", "collected_at",
)  # fmt: skip
"""fact_circuit_utilization, fact_circuit_status and fact_circuit_quality beside each other, by their common key."""
PERIODS = (
    "site_id", "circuit_id", "period_key", "utilization_avg", "utilization_max", "utilization_p95", "hours_above_70",
    "hours_above_80", "hours_above_90", "continuous_hours_above_70", "continuous_hours_above_80",
    "continuous_hours_above_90", "total_up_minutes", "total_down_minutes", "total_unknown_minutes", "availability_pct",
    "total_flaps", "loss_avg", "loss_max", "jitter_avg", "jitter_max", "latency_avg", "latency_max", "created_at",
)  # fmt: skip
"""agg_circuit_daily, and the same by week and month."""
WINDOWS = (
    "site_id", "circuit_id", "window_end", "window_hours", "utilization_avg", "utilization_max", "utilization_p95",
    "continuous_hours_above_70", "continuous_hours_above_80", "continuous_hours_above_90",
    "cumulative_hours_above_70", "cumulative_hours_above_80", "cumulative_hours_above_90", "availability_pct",
    "total_flaps", "loss_avg", "jitter_avg", "latency_avg",
)  # fmt: skip
"""RollingWindowMetrics."""
_LEVELS = range(3)


def of_period(found: Figures, inventory: Inventory, period: Period, at: float) -> Exported:
    """Circuits over one hour, day, week or month, made at `at`."""
    if period.grain is Grain.HOUR:
        return _hourly(found, inventory, period, at)
    rows = zipped(
        *_ids(found, inventory), [period_key(period)] * len(found), *_three(found, "util"), *_hours(found.above),
        *_hours(found.longest), known(found.up / 60), known(found.down / 60), known(found.unknown / 60),
        known(found.available), found.flaps.tolist(), *_two(found, "loss"), *_two(found, "jitter"),
        *_two(found, "latency"), [instant(at)] * len(found),
    )  # fmt: skip
    return Exported(f"agg_circuit_{period.grain.word}", PERIODS, rows)


def _hourly(found: Figures, inventory: Inventory, period: Period, at: float) -> Exported:
    seconds = found.known[:, GAUGE["rx_bps"]], found.known[:, GAUGE["tx_bps"]]
    rate = found.average[:, GAUGE["rx_bps"]], found.average[:, GAUGE["tx_bps"]]
    moved = [known(np.rint(bps * s / 8)) for bps, s in zip(rate, seconds, strict=True)]
    fullest = np.fmax(found.average[:, GAUGE["rx_pct"]], found.average[:, GAUGE["tx_pct"]])
    up = [True if u > 0 else False if d > 0 else None for u, d in zip(found.up, found.down, strict=True)]
    loss, jitter, latency = (_three(found, gauge) for gauge in ("loss", "jitter", "latency"))
    rows = zipped(
        *_ids(found, inventory), [period_key(period)] * len(found), known(fullest), *moved,
        _mbps(found, inventory), [None if u is None else int(u) for u in up],
        ["" if u is None else "Up" if u else "Down" for u in up], known(found.up / 60), known(found.down / 60),
        known(found.unknown / 60), found.flaps.tolist(), loss[0], *loss, jitter[0], *jitter, latency[0], *latency,
        [instant(at)] * len(found),
    )  # fmt: skip
    return Exported("fact_circuit_hourly", HOURLY, rows)


def windows(found: Figures, inventory: Inventory) -> Exported:
    """Circuits over a rolling window."""
    n, range_ = len(found), found.range
    quality = (known(found.average[:, GAUGE[gauge]]) for gauge in ("loss", "jitter", "latency"))
    rows = zipped(
        *_ids(found, inventory), [instant(range_.end)] * n, [range_.seconds / 3600] * n, *_three(found, "util"),
        *_hours(found.longest), *_hours(found.above), known(found.available), found.flaps.tolist(), *quality,
    )  # fmt: skip
    return Exported("rolling_window", WINDOWS, rows)


def period_key(period: Period) -> str:
    """`2026112314` (UTC), `20261123`, `202648` (ISO week), `202611`."""
    if period.grain is Grain.HOUR:
        return f"{datetime.fromtimestamp(period.start, UTC):%Y%m%d%H}"
    return period.key.replace("-W", "").replace("-", "")


def _ids(found: Figures, inventory: Inventory) -> tuple[list[Cell], list[Cell]]:
    return [circuit_of(inventory, key).site_id for key in found.ids], list(found.ids)


def _mbps(found: Figures, inventory: Inventory) -> list[Cell]:
    """As it is known now."""
    return [circuit_of(inventory, key).down_bps / 1e6 or None for key in found.ids]


def _three(found: Figures, gauge: str) -> list[list[Cell]]:
    """Average, highest, p95."""
    at = GAUGE[gauge]
    return [known(found.average[:, at]), measured(found.highest[:, at]), measured(found.p95[:, at])]


def _two(found: Figures, gauge: str) -> list[list[Cell]]:
    return _three(found, gauge)[:2]


def _hours(seconds: NDArray[np.float64]) -> list[list[Cell]]:
    """Of utilisation, for the three thresholds."""
    return [known(seconds[:, Metric.UTILISATION, level] / 3600) for level in _LEVELS]
