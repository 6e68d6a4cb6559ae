"""The three hourly facts of MistWANPerformance by their names and columns, staged together: one row per circuit-hour.

What is ours beside theirs: org, history and version, covered seconds, unknown and disabled time, thresholds, both
directions. Unknown is NULL, minutes are not cut off, and `utilization_pct` is never capped.
"""

from __future__ import annotations

from noctui.stores.warehouse.tables import (
    CIRCUIT,
    MS,
    MS_MINUTE,
    ORG,
    PARTS,
    REAL,
    SITE,
    TEXT,
    WHOLE,
    Column,
    Feed,
    Staged,
    Table,
    scaled,
    tail,
)

HOUR_KEY = Column("HOUR_KEY", "VARCHAR(10) NOT NULL")
"""YYYYMMDDHH, UTC."""
KEY_OF_HOUR = ("ORG_ID", "CIRCUIT_ID", "HOUR_KEY")
QUALITY = ("LOSS", "JITTER", "LATENCY")
LEVELS = ("WARN", "HIGH", "CRITICAL")

FRACTIONS: dict[str, str] = {
    "RX_AVG": "rx_pct_avg", "RX_MAX": "rx_pct_max", "TX_AVG": "tx_pct_avg", "TX_MAX": "tx_pct_max",
    "UTIL_AVG": "util_avg", "UTIL_MAX": "util_max", "UTIL_P95": "util_p95",
    **{f"{q}_{f.upper()}": f"{q.lower()}_{f}" for q in QUALITY for f in ("avg", "max", "p95")},
}  # fmt: skip
"""Staged column → column of hours (percent or ms), in parts of PARTS."""
TIMES: dict[str, str] = {
    "SAMPLED_MS": "sampled_seconds", "UP_MS": "up_seconds", "DOWN_MS": "down_seconds", "UNKNOWN_MS": "unknown_seconds",
    "DISABLED_MS": "disabled_seconds",
    **{f"UTIL_{level}_MS": f"util_above_{level.lower()}" for level in LEVELS},
}  # fmt: skip
"""Staged column → column of hours (seconds), in milliseconds."""
OTHERS = ("HOUR_KEY", "REV", "BANDWIDTH_BPS", "RX_BYTES", "TX_BYTES", "RX_BPS_MAX", "TX_BPS_MAX", "FLAPS", "QUALITY_MS")
NUMBERS = (*OTHERS, *TIMES, *FRACTIONS)
"""All staged numbers, in the order of the file."""

UTILISATION = Table(
    "FACT_CIRCUIT_UTILIZATION", KEY_OF_HOUR, "COVERED_SECONDS",
    (
        ORG, SITE, CIRCUIT, HOUR_KEY,
        Column("UTILIZATION_PCT", REAL, f"GREATEST(COALESCE(RX_AVG, TX_AVG), COALESCE(TX_AVG, RX_AVG)) / {PARTS}"),
        scaled("UTILIZATION_AVG", PARTS, "UTIL_AVG"), scaled("UTILIZATION_MAX", PARTS, "UTIL_MAX"),
        scaled("UTILIZATION_P95", PARTS, "UTIL_P95"), Column("RX_BYTES", WHOLE), Column("TX_BYTES", WHOLE),
        scaled("BANDWIDTH_MBPS", "1000000", "BANDWIDTH_BPS"),
        scaled("RX_PCT_AVG", PARTS, "RX_AVG"), scaled("RX_PCT_MAX", PARTS, "RX_MAX"),
        scaled("TX_PCT_AVG", PARTS, "TX_AVG"), scaled("TX_PCT_MAX", PARTS, "TX_MAX"),
        Column("RX_BPS_MAX", REAL), Column("TX_BPS_MAX", REAL),
        *(scaled(f"SECONDS_ABOVE_{level}", MS, f"UTIL_{level}_MS") for level in LEVELS),
        scaled("COVERED_SECONDS", MS, "SAMPLED_MS"), *tail("COLLECTED_AT"),
    ),
)  # fmt: skip
STATUS = Table(
    "FACT_CIRCUIT_STATUS", KEY_OF_HOUR, "COVERED_SECONDS",
    (
        ORG, SITE, CIRCUIT, HOUR_KEY,
        Column("STATUS_CODE", WHOLE, "CASE WHEN UP_MS > 0 THEN 1 WHEN DOWN_MS > 0 THEN 0 END"),
        Column("STATUS_HOURLY", TEXT, "CASE WHEN UP_MS > 0 THEN 'Up' WHEN DOWN_MS > 0 THEN 'Down' END"),
        scaled("UP_MINUTES", MS_MINUTE, "UP_MS"), scaled("DOWN_MINUTES", MS_MINUTE, "DOWN_MS"),
        scaled("UNKNOWN_MINUTES", MS_MINUTE, "UNKNOWN_MS"), scaled("DISABLED_MINUTES", MS_MINUTE, "DISABLED_MS"),
        Column("FLAP_COUNT", WHOLE, "FLAPS"),
        scaled("UP_SECONDS", MS, "UP_MS"), scaled("DOWN_SECONDS", MS, "DOWN_MS"),
        scaled("UNKNOWN_SECONDS", MS, "UNKNOWN_MS"), scaled("DISABLED_SECONDS", MS, "DISABLED_MS"),
        Column("COVERED_SECONDS", REAL, f"(UP_MS + DOWN_MS + DISABLED_MS) / {MS}"), *tail("COLLECTED_AT"),
    ),
)  # fmt: skip


def _quality(name: str, first: str) -> tuple[Column, ...]:
    return (
        scaled(first, PARTS, f"{name}_AVG"), scaled(f"{name}_AVG", PARTS), scaled(f"{name}_MAX", PARTS),
        scaled(f"{name}_P95", PARTS),
    )  # fmt: skip


QUALITIES = Table(
    "FACT_CIRCUIT_QUALITY", KEY_OF_HOUR, "COVERED_SECONDS",
    (
        ORG, SITE, CIRCUIT, HOUR_KEY, *_quality("LOSS", "FRAME_LOSS_PCT"), *_quality("JITTER", "JITTER_MS"),
        *_quality("LATENCY", "LATENCY_MS"), scaled("COVERED_SECONDS", MS, "QUALITY_MS"), *tail("COLLECTED_AT"),
    ),
)  # fmt: skip

HOURS = Feed(
    "hours",
    (Staged("CIRCUIT_ID", TEXT), Staged("SITE_ID", TEXT), *(Staged(name, WHOLE) for name in NUMBERS)),
    (UTILISATION, STATUS, QUALITIES),
    bounded="HOUR_KEY",
)
