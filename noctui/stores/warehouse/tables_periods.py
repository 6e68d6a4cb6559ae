"""Days, weeks and months: MistWANPerformance's `agg_circuit_daily`, the same by week and month, and by region.

Its `…_above_70/80/90` are hours at or above warn, high and critical of utilisation, whatever these are set to.
"""

from __future__ import annotations

from noctui.model.figures import Grain
from noctui.stores.warehouse.tables import (
    CIRCUIT,
    KEY,
    MS,
    MS_HOUR,
    MS_MINUTE,
    ORG,
    PARTS,
    REAL,
    SITE,
    TEXT,
    TIME,
    WHOLE,
    Column,
    Feed,
    Staged,
    Table,
    scaled,
    tail,
)

GAUGES = {"UTIL": "UTILIZATION", "LOSS": "LOSS", "JITTER": "JITTER", "LATENCY": "LATENCY"}
"""What is staged → how columns begin."""
FIGURES = ("AVG", "MAX", "P95")
THRESHOLDS = ("70", "80", "90")
SUMS = ("UP_MS", "DOWN_MS", "UNKNOWN_MS", "DISABLED_MS", "COVERED_MS", "FLAPS", "RX_BYTES", "TX_BYTES")
FRACTIONS = tuple(f"{gauge}_{figure}" for gauge in GAUGES for figure in FIGURES)
RUNS = tuple(f"{run}_{level}_MS" for run in ("ABOVE", "LONGEST") for level in THRESHOLDS)
NUMBERS = ("REV", *SUMS, *FRACTIONS, *RUNS, "RX_P95_BPS", "TX_P95_BPS", "P95_ERROR", "CIRCUITS")
"""All staged numbers, in the order of the file. CIRCUITS is of groups alone."""
KEYS = (Staged("PERIOD_KEY", TEXT), Staged("PERIOD_START", TIME), Staged("PERIOD_END", TIME), Staged("ZONE", TEXT))
"""What stands at the begin of a line, after who it is of."""
NAMES = {Grain.DAY: "DAILY", Grain.WEEK: "WEEKLY", Grain.MONTH: "MONTHLY"}
_PERIOD = Column("PERIOD_KEY", "VARCHAR(8) NOT NULL")
"""YYYYMMDD, ISO YYYYWW, YYYYMM."""


def _figures() -> tuple[Column, ...]:
    return (
        *(scaled(f"{name}_{f}", PARTS, f"{gauge}_{f}") for gauge, name in GAUGES.items() for f in FIGURES),
        *(scaled(f"HOURS_ABOVE_{level}", MS_HOUR, f"ABOVE_{level}_MS") for level in THRESHOLDS),
        scaled("TOTAL_UP_MINUTES", MS_MINUTE, "UP_MS"), scaled("TOTAL_DOWN_MINUTES", MS_MINUTE, "DOWN_MS"),
        scaled("TOTAL_UNKNOWN_MINUTES", MS_MINUTE, "UNKNOWN_MS"),
        scaled("TOTAL_DISABLED_MINUTES", MS_MINUTE, "DISABLED_MS"),
        Column("AVAILABILITY_PCT", REAL, "100 * UP_MS::FLOAT / NULLIF(UP_MS + DOWN_MS, 0)"),
        Column("COVERAGE_PCT", REAL, "100 * (UP_MS + DOWN_MS)::FLOAT / NULLIF(UP_MS + DOWN_MS + UNKNOWN_MS, 0)"),
        Column("TOTAL_FLAPS", WHOLE, "FLAPS"), Column("RX_BYTES", WHOLE), Column("TX_BYTES", WHOLE),
        Column("PERIOD_START", TIME), Column("PERIOD_END", TIME), Column("ZONE", TEXT),
        scaled("COVERED_SECONDS", MS, "COVERED_MS"),
    )  # fmt: skip


_OF_CIRCUIT = (
    *(scaled(f"CONTINUOUS_HOURS_ABOVE_{level}", MS_HOUR, f"LONGEST_{level}_MS") for level in THRESHOLDS),
    Column("RX_P95_BPS", REAL), Column("TX_P95_BPS", REAL), scaled("P95_ERROR", PARTS),
)  # fmt: skip
_STAGED_NUMBERS = tuple(Staged(name, WHOLE) for name in NUMBERS)


def _circuits(name: str) -> Feed:
    columns = (ORG, SITE, CIRCUIT, _PERIOD, *_figures(), *_OF_CIRCUIT, *tail("CREATED_AT"))
    table = Table(f"AGG_CIRCUIT_{name}", ("ORG_ID", "CIRCUIT_ID", "PERIOD_KEY"), "COVERED_SECONDS", columns)
    return Feed(name.lower(), (Staged("CIRCUIT_ID", TEXT), Staged("SITE_ID", TEXT), *KEYS, *_STAGED_NUMBERS), (table,))


def _regions(name: str) -> Feed:
    columns = (ORG, Column("REGION", KEY), _PERIOD, Column("CIRCUITS", WHOLE), *_figures(), *tail("CREATED_AT"))
    table = Table(f"AGG_REGION_{name}", ("ORG_ID", "REGION", "PERIOD_KEY"), "COVERED_SECONDS", columns)
    return Feed(f"region_{name.lower()}", (Staged("REGION", TEXT), *KEYS, *_STAGED_NUMBERS), (table,))


CIRCUITS = {grain: _circuits(name) for grain, name in NAMES.items()}
REGIONS = {grain: _regions(name) for grain, name in NAMES.items()}
