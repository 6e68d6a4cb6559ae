"""All that is no hour: sites, circuits and their life, hours of the clock, days, weeks, months, regions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from noctui.model.scene import Range
from noctui.stores.history import HistoryReader
from noctui.stores.warehouse.ddl import TABLES
from tests.stores.figures_made import ledger
from tests.stores.made import ORG, START, World
from tests.stores.warehouse.hours import Past, login_to, made_tables, sync
from tests.stores.warehouse.snow import Snow, needs_snowflake

pytestmark = needs_snowflake
DAY = 86_400.0


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    past = Past(tmp_path, circuits=5)
    yield past
    past.close()


def live(past: Past, days: float) -> World:
    """Polls of the time since START, judged and closed as a collector does."""
    world = World(past.inventory, interval=1800.0)
    for _ in range(round(days * 48)):
        edges = ledger(past.rng, world)
        record = world.poll(edges=edges)
        past.writer.write(record)
        while past.writer.close_due(record.view.at):
            pass
    return world


def rows(connection: Any, sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()]


@pytest.mark.soak
def test_everything_is_sent_and_then_nothing(past: Past, snow: Snow, database: str, connection: Any) -> None:
    made_tables(connection, TABLES)
    live(past, 2.2)
    login = login_to(snow, database)
    first = sync(past.folder, login, tables="")
    assert first.status == "whole"
    assert sync(past.folder, login, tables="").connected is False
    for table in TABLES:
        keys = " || '|' || ".join(f"{name}::VARCHAR" for name in table.key)
        (counted,) = rows(connection, f"SELECT COUNT(*), COUNT(DISTINCT {keys}) FROM {table.name}")
        assert counted[0] == counted[1], table.name

    reader = HistoryReader(past.folder / "history.db", ORG)
    figures = reader.reader(START + 3 * DAY)
    found = rows(connection, "SELECT CIRCUIT_ID, TOTAL_UP_MINUTES, TOTAL_FLAPS, AVAILABILITY_PCT, UTILIZATION_AVG,"
                 " UTILIZATION_P95, HOURS_ABOVE_80 FROM AGG_CIRCUIT_DAILY WHERE PERIOD_KEY = '20251201'")  # fmt: skip
    day = asyncio.run(figures.figures(Range(START, START + DAY), percentiles=("util",)))
    assert {row[0] for row in found} == set(day.ids)
    for row in found:
        at, util = day.ids.index(row[0]), day.gauge("util")
        assert row[1] == pytest.approx(day.up[at] / 60, abs=1e-5)
        assert row[2] == day.flaps[at]
        assert row[3] == pytest.approx(day.available[at], nan_ok=True)
        assert row[4] == pytest.approx(day.average[at, util], abs=1e-4)
        assert row[5] == pytest.approx(day.p95[at, util], abs=1e-4)
        assert row[6] == pytest.approx(day.above[at, 0, 1] / 3600, abs=1e-6)
    regions = asyncio.run(figures.groups("region", Range(START, START + DAY)))
    told = rows(connection, "SELECT REGION, CIRCUITS, TOTAL_UP_MINUTES FROM AGG_REGION_DAILY"
                " WHERE PERIOD_KEY = '20251201' ORDER BY REGION")  # fmt: skip
    assert regions.counts is not None
    assert told == [
        (name, count, pytest.approx(up / 60, abs=1e-5))
        for name, count, up in zip(regions.ids, regions.counts.tolist(), regions.up.tolist(), strict=True)
    ]
    reader.close()
    view = rows(connection, "SELECT CIRCUIT_ID, ACTIVE_STATE FROM DIM_CIRCUIT WHERE VALID_TO IS NULL")
    assert len(view) == 5
    assert {state for _, state in view} <= {True, False}


def test_what_was_true_of_a_circuit_when(past: Past, snow: Snow, database: str, connection: Any) -> None:
    made_tables(connection, [table for table in TABLES if table.name in ("DIM_CIRCUIT", "DIM_SITE")])
    login, first = login_to(snow, database), past.inventory
    sync(past.folder, login, tables="circuits,sites")
    carried = tuple(msgspec.structs.replace(c, carrier='Ac"me\n; Tel', carrier_from_file=True) for c in first.circuits)
    for rev, circuits in ((2, (carried[0], *first.circuits[1:])), (3, first.circuits[1:])):
        at = START + rev * DAY
        past.writer.learn(
            msgspec.structs.replace(first, rev=rev, event_time=at, known_at=at + 5, circuits=circuits, paths=())
        )
    sync(past.folder, login, tables="circuits,sites")
    name = first.circuits[0].circuit_id
    life = "SELECT DAY(VALID_FROM), DAY(VALID_TO), PROVIDER, PROVIDER_SOURCE, IN_SERVICE FROM DIM_CIRCUIT"
    assert rows(connection, f"{life} WHERE CIRCUIT_ID = '{name}' ORDER BY VALID_FROM") == [
        (1, 3, None, None, True),
        (3, 4, 'Ac"me\n; Tel', "file", True),
        (4, None, 'Ac"me\n; Tel', "file", False),
    ]
    assert rows(connection, "SELECT COUNT(*) FROM DIM_CIRCUIT") == [(7,)]
    assert rows(connection, "SELECT SITE_ID, SITE_NAME, REGION FROM DIM_SITE ORDER BY SITE_ID LIMIT 1") == [
        ("s0", "0000 Town", "East")
    ]


def test_hours_of_the_clock_are_of_the_calendar_s_zone(past: Past, snow: Snow, database: str, connection: Any) -> None:
    from noctui.stores.history import Retention
    from noctui.stores.warehouse.outbox_dims import TimesOutbox
    from noctui.stores.warehouse.sender import Sender

    made_tables(connection, [table for table in TABLES if table.name == "DIM_TIME"])
    live(past, 0.1)
    reader = HistoryReader(past.folder / "history.db", ORG, Retention(zone="America/Denver"))
    box = TimesOutbox(reader)
    batch = box.next(())
    assert batch is not None
    assert batch.rows == (30 + 31) * 24  # November, since an hour of it may be known, and December
    assert box.next(batch.mark) is None
    Sender(connection, ORG, "here", lambda: START).send(batch)
    columns = "DATE_KEY, HOUR, DAY_OF_WEEK, WEEK_OF_YEAR, IS_WEEKEND, IS_BUSINESS_HOURS, QUARTER"
    # 2025-12-01T00:30Z is Sunday, 30 November, 17:00 in Denver.
    assert rows(connection, f"SELECT {columns} FROM DIM_TIME WHERE HOUR_KEY = '2025120100'") == [
        ("20251130", 17, 6, 48, True, True, 4)
    ]
    reader.close()
