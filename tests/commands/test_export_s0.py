"""`--names s0`: the columns of MistWANPerformance's tables, with figures that are right (facts/predecessors.md 1.0)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from noctui.commands.exports import s0
from noctui.kpi.accounts import nothing
from noctui.kpi.calendar import by_key
from noctui.kpi.figures import figures
from noctui.model.figures import GAUGE, GAUGES, SCALES, Figures, Grain, Period
from noctui.model.scene import Range
from tests import night
from tests.commands.exported_night import rows

DDL = {
    "utilization": ("utilization_pct", "rx_bytes", "tx_bytes", "bandwidth_mbps", "collected_at"),
    "status": ("status_code", "up_minutes", "down_minutes", "flap_count", "collected_at"),
    "quality": (
        "frame_loss_pct", "loss_avg", "loss_max", "loss_p95", "jitter_ms", "jitter_avg", "jitter_max", "jitter_p95",
        "latency_ms", "latency_avg", "latency_max", "latency_p95", "collected_at",
    ),
}  # fmt: skip
"""Its three facts of an hour, as its own DDL has them."""
DAILY = (
    "utilization_avg", "utilization_max", "utilization_p95", "hours_above_70", "hours_above_80", "hours_above_90",
    "total_up_minutes", "total_down_minutes", "availability_pct", "total_flaps", "loss_avg", "loss_max", "jitter_avg",
    "jitter_max", "latency_avg", "latency_max", "created_at",
)  # fmt: skip


def hour(**seconds: float) -> tuple[Figures, Period]:
    """One circuit's hour: `up`, `down`, `unknown` in seconds, `rx_bps`, `tx_bps`, `rx_pct`, `tx_pct` all through it."""
    day = by_key(Grain.DAY, "2026-11-23", "UTC")
    period = Period(day.start, day.start + 3600.0, Grain.HOUR, "2026-11-23T00Z")
    known, total = np.zeros((1, len(GAUGES)), np.int64), np.zeros((1, len(GAUGES)), np.int64)
    for gauge, at in GAUGE.items():
        if gauge in seconds:
            known[0, at], total[0, at] = 3_600_000, round(seconds[gauge] * SCALES[at]) * 3600
    up, down, unknown = (np.array([seconds.get(name, 0.0) * 1000], np.int64) for name in ("up", "down", "unknown"))
    accounts = replace(nothing(1, 3_600_000), known=known, total=total, up=up, down=down, unknown=unknown)
    return figures(accounts, Range(period.start, period.end), (night.HOT,)), period


def row(**seconds: float) -> dict[str, object]:
    found, period = hour(**seconds)
    table = s0.of_period(found, night.inventory(), period, night.POLL)
    (only,) = table.rows
    return dict(zip(table.headers, only, strict=True))


def test_every_column_of_its_tables_is_there() -> None:
    (first, *_) = rows("hourly", night.HOT, "--names", "s0", "--window", "3h")
    assert list(first)[:3] == ["site_id", "circuit_id", "hour_key"]
    for columns in DDL.values():
        assert set(columns) <= set(first)
    for table in ("daily", "weekly", "monthly"):
        (first, *_) = rows(table, night.HOT, "--names", "s0")
        assert list(first)[:3] == ["site_id", "circuit_id", "period_key"]
        assert set(DAILY) <= set(first)


def test_keys_are_its_keys() -> None:
    """YYYYMMDDHH, YYYYMMDD, ISO YYYYWW, YYYYMM."""
    keys = {
        table: rows(table, night.HOT, "--names", "s0")[-1][key]
        for table, key in (("hourly", "hour_key"), ("daily", "period_key"), ("weekly", "period_key"),
                           ("monthly", "period_key"))
    }  # fmt: skip
    assert keys == {"hourly": "2026112303", "daily": "20261123", "weekly": "202648", "monthly": "202611"}
    assert s0.period_key(by_key(Grain.WEEK, "2020-W53", "UTC")) == "202053"


def test_utilisation_is_of_what_moved_in_the_hour() -> None:
    """S0-KPI-04: max(rx, tx) bytes of the bandwidth's bytes; it divided by one second and said 100 % almost always."""
    bandwidth = 300e6
    found = row(up=3600, rx_bps=30e6, tx_bps=60e6, rx_pct=10.0, tx_pct=20.0)
    assert found["rx_bytes"] == 30e6 * 3600 / 8
    assert found["tx_bytes"] == 60e6 * 3600 / 8
    assert found["utilization_pct"] == 20.0 == 100 * float(str(found["tx_bytes"])) * 8 / (bandwidth * 3600)


def test_minutes_are_not_cut_off_and_unknown_is_not_down() -> None:
    """Its 30 min + 29 min 59 s were 59 min; its down was 60 − up (S0-KPI-14)."""
    found = row(up=3599, unknown=1)
    assert found["up_minutes"] == pytest.approx(59 + 59 / 60)
    assert (found["down_minutes"], found["unknown_minutes"]) == (0.0, 1 / 60)


@pytest.mark.parametrize(
    ("seconds", "code", "word"),
    [({"up": 1, "down": 3599}, 1, "Up"), ({"down": 60, "unknown": 3540}, 0, "Down"), ({"unknown": 3600}, None, "")],
)
def test_an_hour_is_up_if_it_was_up_at_all_and_nothing_if_nothing_is_known(
    seconds: dict[str, float], code: int | None, word: str
) -> None:
    """S0-KPI-15; an hour without data was 100 % available there."""
    found = row(**seconds)
    assert (found["status_code"], found["status_hourly"]) == (code, word)


def test_what_is_unknown_is_empty() -> None:
    found = row(unknown=3600)
    assert [found[name] for name in ("utilization_pct", "rx_bytes", "loss_avg", "latency_p95")] == [None] * 4


def test_windows_are_its_rolling_ones() -> None:
    (found,) = [r for r in rows("figures", "--names", "s0", "--window", "12h") if r["circuit_id"] == night.HOT]
    assert (found["window_hours"], found["window_end"]) == ("12", "2026-11-23T03:13:55Z")
    (ours,) = rows("figures", night.HOT, "--window", "12h")
    assert float(found["cumulative_hours_above_90"]) * 3600 == pytest.approx(
        float(ours["utilisation_above_critical_s"])
    )
    assert float(found["continuous_hours_above_80"]) * 3600 == pytest.approx(
        float(ours["utilisation_longest_above_high_s"])
    )
    assert found["utilization_p95"] == ours["utilisation_p95_pct"]
