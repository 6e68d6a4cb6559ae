"""Dimensions by MistWANPerformance's names: sites, circuits with what was true of them when, and hours of the clock."""

from __future__ import annotations

from noctui.stores.warehouse.tables import (
    CIRCUIT,
    KEY,
    ORG,
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
    tail,
)

_KNOWN = Column("KNOWN_AT", TIME)


def staged(columns: tuple[Column, ...]) -> tuple[Staged, ...]:
    """What is sent as it is kept."""
    given = ("ORG_ID", "SOURCE_ID")
    return tuple(Staged(c.name, c.type.removesuffix(" NOT NULL")) for c in columns if c.name not in given and not c.of)


_SITE = (
    ORG, Column("SITE_ID", KEY), Column("SITE_NAME", TEXT), Column("SITE_NUMBER", TEXT), Column("REGION", TEXT),
    Column("STORE_TYPE", TEXT), Column("TIMEZONE", TEXT), Column("COUNTRY", TEXT), Column("LATITUDE", REAL),
    Column("LONGITUDE", REAL), _KNOWN, Column("ADDRESS", TEXT, "NULL::VARCHAR"), Column("CITY", TEXT, "NULL::VARCHAR"),
    Column("STATE", TEXT, "NULL::VARCHAR"), Column("CREATED_AT", TIME, "KNOWN_AT", kept=True), *tail("UPDATED_AT"),
)  # fmt: skip
SITES = Feed("sites", staged(_SITE), (Table("DIM_SITE", ("ORG_ID", "SITE_ID"), "KNOWN_AT", _SITE),))
"""As sites are known now. ADDRESS, CITY and STATE stand for who looks for them: nothing is known of them."""

_CIRCUIT = (
    ORG, SITE, CIRCUIT, Column("VALID_FROM", "TIMESTAMP_NTZ NOT NULL"), Column("DEVICE_ID", TEXT),
    Column("PORT_NAME", TEXT), Column("BANDWIDTH_MBPS", REAL), Column("UP_BANDWIDTH_MBPS", REAL),
    Column("BANDWIDTH_SOURCE", TEXT), Column("ROLE", TEXT), Column("ROLE_SOURCE", TEXT), Column("PROVIDER", TEXT),
    Column("PROVIDER_SOURCE", TEXT), Column("PROVIDER_CIRCUIT_ID", TEXT), Column("CIRCUIT_TYPE", TEXT),
    Column("WAN_NAME", TEXT), Column("DESCRIPTION", TEXT), Column("PROMISE", TEXT), Column("PROTECTION_GROUP", TEXT),
    Column("MONTHLY_COST", REAL), Column("CURRENCY", TEXT), Column("TURN_UP", TEXT), Column("IN_SERVICE", TRUTH),
    _KNOWN, Column("VALID_TO", TIME, "NULL::TIMESTAMP_NTZ", kept=True),
    Column("ACTIVE_STATE", TRUTH, "NULL::BOOLEAN", kept=True), Column("IP_ADDRESS", TEXT, "NULL::VARCHAR"),
    Column("GATEWAY", TEXT, "NULL::VARCHAR"), Column("CREATED_AT", TIME, "KNOWN_AT", kept=True), *tail("UPDATED_AT"),
)  # fmt: skip
_ENDS = (
    "MERGE INTO {table} t USING (SELECT ORG_ID, CIRCUIT_ID, VALID_FROM, LEAD(VALID_FROM) OVER"
    " (PARTITION BY ORG_ID, CIRCUIT_ID ORDER BY VALID_FROM) AS NEXT_FROM FROM {table} WHERE ORG_ID = %(org)s) s"
    " ON t.ORG_ID = s.ORG_ID AND t.CIRCUIT_ID = s.CIRCUIT_ID AND t.VALID_FROM = s.VALID_FROM"
    " WHEN MATCHED AND t.VALID_TO IS DISTINCT FROM s.NEXT_FROM THEN UPDATE SET VALID_TO = s.NEXT_FROM"
)
"""Each row holds until the next one of its circuit begins."""
CIRCUIT_TABLE = Table("DIM_CIRCUIT", ("ORG_ID", "CIRCUIT_ID", "VALID_FROM"), "KNOWN_AT", _CIRCUIT, (_ENDS,))
CIRCUITS = Feed("circuits", staged(_CIRCUIT), (CIRCUIT_TABLE,))
"""A row per circuit and time in which nothing about it changed; the one that holds has no VALID_TO. One that is out of
the inventory has a last row that is not IN_SERVICE."""

ACTIVE = Feed(
    "active",
    (Staged("CIRCUIT_ID", TEXT), Staged("ACTIVE_STATE", TRUTH)),
    (
        Table(
            "DIM_CIRCUIT", ("ORG_ID", "CIRCUIT_ID"), "KNOWN_AT",
            (ORG, CIRCUIT, Column("ACTIVE_STATE", TRUTH)),
            only="t.VALID_TO IS NULL", when="t.ACTIVE_STATE IS DISTINCT FROM s.ACTIVE_STATE",
        ),
    ),
)  # fmt: skip
"""Which circuits carry traffic, in the rows that hold."""

_TIME = (
    ORG, Column("HOUR_KEY", "VARCHAR(10) NOT NULL"), Column("DATE_KEY", "VARCHAR(8)"), Column("YEAR", WHOLE),
    Column("MONTH", WHOLE), Column("DAY", WHOLE), Column("HOUR", WHOLE), Column("DAY_OF_WEEK", WHOLE),
    Column("WEEK_OF_YEAR", WHOLE), Column("IS_WEEKEND", TRUTH), Column("IS_BUSINESS_HOURS", TRUTH),
    Column("QUARTER", WHOLE), Column("HOUR_START", TIME), Column("ZONE", TEXT), _KNOWN, *tail("UPDATED_AT"),
)  # fmt: skip
TIMES = Feed("time", staged(_TIME), (Table("DIM_TIME", ("ORG_ID", "HOUR_KEY"), "KNOWN_AT", _TIME),))
"""HOUR_KEY and HOUR_START are UTC, all else is in ZONE, the calendar's: date, 0 = Monday, ISO week, 08-18 o'clock."""
