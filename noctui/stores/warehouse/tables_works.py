"""Planned work and what promises came to, by S2's names (MaintForecastEvent, SlaMeasurements) where it has them."""

from __future__ import annotations

from noctui.stores.warehouse.tables import KEY, ORG, REAL, TEXT, TIME, TRUTH, WHOLE, Column, Feed, Staged, Table, tail
from noctui.stores.warehouse.tables_dims import staged

_KNOWN = Column("KNOWN_AT", TIME)

_WORK = (
    ORG, Column("PROVIDER", KEY), Column("MAINTENANCE_ID", KEY), Column("VERSION", "NUMBER(38,0) NOT NULL"),
    Column("VENDOR_CIRCUIT_ID", KEY), Column("CIRCUIT_ID", KEY), Column("BEGIN_WINDOW", "TIMESTAMP_NTZ NOT NULL"),
    Column("END_WINDOW", TIME), Column("IS_BACKUP", TRUTH), Column("STATUS", TEXT), Column("IMPACT", TEXT),
    Column("IMPACT_SECONDS", REAL), Column("IS_EMERGENCY", TRUTH), Column("IS_LATE", TRUTH), Column("SUMMARY", TEXT),
    Column("LOCATION", TEXT), Column("NOTIFICATION", TEXT), Column("ANNOUNCED_AT", TIME), _KNOWN,
    Column("SUPERSEDED_AT", TIME, "NULL::TIMESTAMP_NTZ", kept=True), *tail("COLLECTED_AT"),
)  # fmt: skip
_FOLLOWED = (
    "MERGE INTO {table} t USING (SELECT ORG_ID, PROVIDER, MAINTENANCE_ID, VERSION, LEAD(KNOWN) OVER"
    " (PARTITION BY ORG_ID, PROVIDER, MAINTENANCE_ID ORDER BY VERSION) AS NEXT_AT FROM"
    " (SELECT ORG_ID, PROVIDER, MAINTENANCE_ID, VERSION, MIN(KNOWN_AT) AS KNOWN FROM {table} WHERE ORG_ID = %(org)s"
    " GROUP BY ORG_ID, PROVIDER, MAINTENANCE_ID, VERSION)) s"
    " ON t.ORG_ID = s.ORG_ID AND t.PROVIDER = s.PROVIDER AND t.MAINTENANCE_ID = s.MAINTENANCE_ID"
    " AND t.VERSION = s.VERSION"
    " WHEN MATCHED AND t.SUPERSEDED_AT IS DISTINCT FROM s.NEXT_AT THEN UPDATE SET SUPERSEDED_AT = s.NEXT_AT"
)
"""Each version holds until the next one was known."""
WORKS = Feed(
    "maintenance",
    (*staged(_WORK), Staged("GONE", WHOLE)),
    (
        Table(
            "FACT_MAINTENANCE",
            ("ORG_ID", "PROVIDER", "MAINTENANCE_ID", "VERSION", "VENDOR_CIRCUIT_ID", "CIRCUIT_ID", "BEGIN_WINDOW"),
            "KNOWN_AT", _WORK, (_FOLLOWED,),
        ),
    ),
    gone=True,
)  # fmt: skip
"""A row per version of a work, circuit and window; the one that holds has no SUPERSEDED_AT. CIRCUIT_ID is `-` while the
carrier's id is none of ours, VENDOR_CIRCUIT_ID where the notice names none."""

_SLA = (
    ORG, Column("SERVICE_ID", KEY), Column("PROMISE", KEY), Column("PERIOD_START", "TIMESTAMP_NTZ NOT NULL"),
    Column("PERIOD_END", TIME), Column("PERIOD_KEY", TEXT), Column("IS_PARTIAL", TRUTH), Column("PROVIDER", TEXT),
    Column("SITE_ID", TEXT), Column("CIRCUIT_IDS", TEXT), Column("PROMISED_UPTIME_PCT", REAL), Column("OUTCOME", TEXT),
    Column("VERSION", WHOLE), Column("ACHIEVED_PCT", REAL), Column("ACHIEVED_AT_LEAST_PCT", REAL),
    Column("COVERAGE_PCT", REAL), Column("BUDGET_SECONDS", REAL), Column("COUNTED_SECONDS", REAL),
    Column("COUNTED_AT_MOST_SECONDS", REAL), Column("EXCUSED_SECONDS", REAL), Column("DOWN_SECONDS", REAL),
    Column("UNKNOWN_SECONDS", REAL), Column("DISABLED_SECONDS", REAL), Column("UNCERTAIN_SECONDS", REAL),
    Column("OUTAGES", WHOLE), Column("BROKE_AT", TIME), Column("CREDIT_PCT", REAL), Column("CREDIT", "NUMBER(38,2)"),
    Column("CREDIT_AT_MOST", "NUMBER(38,2)"), Column("CURRENCY", TEXT), Column("CLAIM_BY", TIME), _KNOWN,
    *tail("COLLECTED_AT"),
)  # fmt: skip
SLA = Feed(
    "sla",
    staged(_SLA),
    (Table("FACT_SLA_MEASUREMENT", ("ORG_ID", "SERVICE_ID", "PROMISE", "PERIOD_START"), "KNOWN_AT", _SLA),),
)
"""A row per promise and period, as known when it was sent; one of a period that runs changes every day."""
