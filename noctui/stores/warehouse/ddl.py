"""The warehouse's schema as steps, each applied once, in order (`noctui warehouse init`); `VERSION` is how many."""

from __future__ import annotations

from noctui.stores.warehouse.statements import created
from noctui.stores.warehouse.tables import Feed, Table
from noctui.stores.warehouse.tables_dims import ACTIVE, CIRCUITS, SITES, TIMES
from noctui.stores.warehouse.tables_events import FAILOVERS, OUTAGES, WINDOWS
from noctui.stores.warehouse.tables_hours import HOURS
from noctui.stores.warehouse.tables_periods import CIRCUITS as PERIODS
from noctui.stores.warehouse.tables_periods import REGIONS
from noctui.stores.warehouse.tables_works import SLA, WORKS

FEEDS: tuple[Feed, ...] = (
    TIMES, SITES, CIRCUITS, ACTIVE, HOURS, *PERIODS.values(), *REGIONS.values(), FAILOVERS, OUTAGES, WINDOWS,
    WORKS, SLA,
)  # fmt: skip
"""What a sync sends, in this order: what others point at comes first."""
TABLES: tuple[Table, ...] = tuple(table for feed in FEEDS for table in feed.tables if not table.only)

MIGRATIONS: tuple[tuple[str, ...], ...] = (tuple(created(table) for table in TABLES),)
"""Step i brings the schema from version i to i + 1; every statement may be done twice. Once released a step is never
changed: what comes later is a new one (`ALTER TABLE … ADD COLUMN IF NOT EXISTS`), and `created` says it from the start.
"""
VERSION = len(MIGRATIONS)
