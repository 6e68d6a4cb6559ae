"""What happened: failovers, outages and rolling windows, by the names of MistWANPerformance's and S2's records."""

from __future__ import annotations

from noctui.stores.warehouse.tables import (
    CIRCUIT,
    KEY,
    MS,
    MS_HOUR,
    ORG,
    PARTS,
    REAL,
    SITE,
    TEXT,
    TIME,
    TRUTH,
    WHOLE,
    Column,
    Feed,
    Staged,
    Table,
    scaled,
    tail,
)
from noctui.stores.warehouse.tables_dims import staged

_KNOWN = Column("KNOWN_AT", TIME)

_FAILOVER = (
    ORG, Column("SITE_ID", KEY), Column("EVENT_TIMESTAMP", "TIMESTAMP_NTZ NOT NULL"), Column("EVENT_TYPE", KEY),
    Column("PRIMARY_CIRCUIT_ID", TEXT), Column("SECONDARY_CIRCUIT_ID", TEXT), Column("PRIMARY_STATUS_BEFORE", TEXT),
    Column("PRIMARY_STATUS_AFTER", TEXT), Column("SECONDARY_STATUS_BEFORE", TEXT),
    Column("SECONDARY_STATUS_AFTER", TEXT), Column("FAILOVER_DURATION_SECONDS", REAL), Column("TRIGGER_REASON", TEXT),
    Column("SECONDS_TO_FAIL_OVER", REAL), Column("UNCERTAINTY_SECONDS", REAL), _KNOWN, *tail("COLLECTED_AT"),
)  # fmt: skip
FAILOVERS = Feed(
    "failovers",
    (*staged(_FAILOVER), Staged("GONE", WHOLE)),
    (Table("FACT_FAILOVER_EVENT", ("ORG_ID", "SITE_ID", "EVENT_TIMESTAMP", "EVENT_TYPE"), "KNOWN_AT", _FAILOVER),),
    gone=True,
)
"""A row when a site began to run without its primary (`failover`), one when it ceased to (`recovery`). The duration is
of the whole episode, NULL while it goes on. What later evidence has moved or taken back is taken back here, too."""

_OUTAGE = (
    ORG, SITE, CIRCUIT, Column("BEGIN_OUTAGE", "TIMESTAMP_NTZ NOT NULL"), Column("END_OUTAGE", TIME),
    Column("DURATION_SECONDS", REAL), Column("CONFIRMED", TRUTH), _KNOWN, *tail("COLLECTED_AT"),
)  # fmt: skip
OUTAGES = Feed(
    "outages",
    (*staged(_OUTAGE), Staged("GONE", WHOLE)),
    (Table("FACT_CIRCUIT_OUTAGE", ("ORG_ID", "CIRCUIT_ID", "BEGIN_OUTAGE"), "KNOWN_AT", _OUTAGE),),
    gone=True,
)
"""[BEGIN_OUTAGE, END_OUTAGE) in which a circuit was down, as known now: one that later evidence has moved or taken back
is taken back here, too. No END_OUTAGE: it goes on. CONFIRMED: it lasted a minute or longer."""

LEVELS = ("70", "80", "90")
WINDOW_NUMBERS = (
    "WINDOW_HOURS", "REV", "UTIL_AVG", "UTIL_MAX", "UTIL_P95", "LOSS_AVG", "JITTER_AVG", "LATENCY_AVG", "UP_MS",
    "DOWN_MS", "UNKNOWN_MS", "DISABLED_MS", "FLAPS", *(f"{run}_{level}_MS" for run in ("ABOVE", "LONGEST")
    for level in LEVELS),
)  # fmt: skip
_WINDOW = (
    ORG, SITE, CIRCUIT, Column("WINDOW_END", "TIMESTAMP_NTZ NOT NULL"), Column("WINDOW_HOURS", "NUMBER(38,0) NOT NULL"),
    scaled("UTILIZATION_AVG", PARTS, "UTIL_AVG"), scaled("UTILIZATION_MAX", PARTS, "UTIL_MAX"),
    scaled("UTILIZATION_P95", PARTS, "UTIL_P95"),
    *(scaled(f"CONTINUOUS_HOURS_ABOVE_{level}", MS_HOUR, f"LONGEST_{level}_MS") for level in LEVELS),
    *(scaled(f"CUMULATIVE_HOURS_ABOVE_{level}", MS_HOUR, f"ABOVE_{level}_MS") for level in LEVELS),
    Column("AVAILABILITY_PCT", REAL, "100 * UP_MS::FLOAT / NULLIF(UP_MS + DOWN_MS, 0)"),
    Column("TOTAL_FLAPS", WHOLE, "FLAPS"), scaled("LOSS_AVG", PARTS), scaled("JITTER_AVG", PARTS),
    scaled("LATENCY_AVG", PARTS), scaled("UNKNOWN_SECONDS", MS, "UNKNOWN_MS"),
    Column("COVERED_SECONDS", REAL, f"(UP_MS + DOWN_MS + DISABLED_MS) / {MS}"), *tail("COLLECTED_AT"),
)  # fmt: skip
WINDOWS = Feed(
    "windows",
    (
        Staged("CIRCUIT_ID", TEXT), Staged("SITE_ID", TEXT), Staged("WINDOW_END", TIME),
        *(Staged(name, WHOLE) for name in WINDOW_NUMBERS),
    ),
    (
        Table(
            "ROLLING_WINDOW_METRICS", ("ORG_ID", "CIRCUIT_ID", "WINDOW_END", "WINDOW_HOURS"), "COVERED_SECONDS",
            _WINDOW,
        ),
    ),
)  # fmt: skip
"""3, 12 and 24 hours back from each full hour."""
