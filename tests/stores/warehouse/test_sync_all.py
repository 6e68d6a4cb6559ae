"""All that is no hour: sites, circuits and their life, hours of the clock, days, weeks, months, regions, what happened,
what is planned, what was promised."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from noctui.model.edges import Failover
from noctui.model.inventory import Circuit
from noctui.model.notices import Affected, Maintenance, Status, Window
from noctui.model.scene import Range
from noctui.model.sla import Promise
from noctui.model.works import Work
from noctui.promise_settings import Applies, PromiseSettings
from noctui.runtime.sync_sla import SlaOutbox
from noctui.stores.history import HistoryReader
from noctui.stores.history.work_rows import insert_work
from noctui.stores.warehouse.ddl import FEEDS, TABLES
from noctui.stores.warehouse.outbox_events import FailoversOutbox
from noctui.stores.warehouse.outbox_works import WorksOutbox
from noctui.stores.warehouse.sender import Sender
from noctui.stores.warehouse.statements import merged
from tests.stores.figures_made import ledger
from tests.stores.made import ORG, START, World
from tests.stores.warehouse.hours import Past, login_to, made_tables, sync
from tests.stores.warehouse.snow import Snow, needs_snowflake
from tests.stores.warehouse.test_outboxes import rows_of

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


def announce(past: Past, version: int, start: float, said: str = "BT-1") -> None:
    """A carrier's notice of a window of two hours, as it was read on the second day."""
    at = int(START + DAY) + version
    work = Work(
        maintenance=Maintenance(
            provider="zayo", maintenance_id="CHG 20 881", status=Status.CONFIRMED, summary="it's; \"planned\"",
            windows=(Window(start=int(start), end=int(start) + 7200),), circuits=(Affected(circuit=said),),
        ),
        version=version, announced_at=at - 60, known_at=at, first_known_at=at, notice=f"<mail-{version}>",
    )  # fmt: skip
    with past.writer.transaction() as db:
        insert_work(db, work, at)


def rows(connection: Any, sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()]


@pytest.mark.soak
def test_everything_is_sent_and_then_nothing(past: Past, snow: Snow, database: str, connection: Any) -> None:
    made_tables(connection, TABLES)
    live(past, 2.2)
    announce(past, version=1, start=START + 3 * DAY)
    login = login_to(snow, database)
    first = sync(past.folder, login, tables="")
    assert set(first.sent) >= {"hours", "daily", "region_daily", "outages", "windows", "maintenance", "circuits"}
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


def test_a_work_that_is_put_off_leaves_the_version_before_it(
    past: Past, snow: Snow, database: str, connection: Any
) -> None:
    made_tables(connection, [table for table in TABLES if table.name == "FACT_MAINTENANCE"])
    login = login_to(snow, database)
    announce(past, version=1, start=START + 3 * DAY)
    sync(past.folder, login, tables="maintenance")
    announce(past, version=2, start=START + 4 * DAY)
    assert sync(past.folder, login, tables="maintenance").sent == {"maintenance": 1}
    columns = "VERSION, DAY(BEGIN_WINDOW), VENDOR_CIRCUIT_ID, CIRCUIT_ID, STATUS, SUPERSEDED_AT IS NULL, SUMMARY"
    text = 'it\'s; "planned"'
    assert rows(connection, f"SELECT {columns} FROM FACT_MAINTENANCE ORDER BY VERSION") == [
        (1, 4, "BT-1", "-", "CONFIRMED", False, text),
        (2, 5, "BT-1", "-", "CONFIRMED", True, text),
    ]


def test_a_circuit_that_the_inventory_learns_later_is_matched_there_too(
    past: Past, snow: Snow, database: str, connection: Any
) -> None:
    """What stood for none is taken back. A circuit that leaves the inventory keeps its rows, and nothing goes again
    while nobody's id has changed."""
    made_tables(connection, [table for table in TABLES if table.name == "FACT_MAINTENANCE"])
    login, first = login_to(snow, database), past.inventory
    announce(past, version=1, start=START + 3 * DAY)
    announce(past, version=2, start=START + 4 * DAY)
    sync(past.folder, login, tables="maintenance")
    columns = "VERSION, VENDOR_CIRCUIT_ID, CIRCUIT_ID, SUPERSEDED_AT IS NULL"
    query = f"SELECT {columns} FROM FACT_MAINTENANCE ORDER BY VERSION, CIRCUIT_ID"
    assert rows(connection, query) == [(1, "BT-1", "-", False), (2, "BT-1", "-", True)]

    def learn(rev: int, *circuits: Circuit) -> None:
        at = START + rev * DAY
        past.writer.learn(
            msgspec.structs.replace(first, rev=rev, event_time=at, known_at=at, circuits=circuits, paths=())
        )

    mine = first.circuits[0]
    known = msgspec.structs.replace(mine, carrier="Zayo", carrier_circuit_id="BT-1")
    learn(2, known, *first.circuits[1:])
    assert sync(past.folder, login, tables="maintenance").sent == {"maintenance": 4}
    matched = [(1, "BT-1", mine.circuit_id, False), (2, "BT-1", mine.circuit_id, True)]
    assert rows(connection, query) == matched
    learn(3, msgspec.structs.replace(known, description="other"), *first.circuits[1:])
    learn(4, *first.circuits[1:])
    learn(5, known, *first.circuits[1:])
    for _ in range(2):
        sync(past.folder, login, tables="maintenance")
        assert rows(connection, query) == matched
    snow.well()
    assert sync(past.folder, login, tables="maintenance").connected is False


def test_a_work_that_was_sent_before_circuits_were_matched_later_is_mended(past: Past) -> None:
    """A mark of before knew of no inventory."""
    announce(past, version=1, start=START + 3 * DAY)
    known = msgspec.structs.replace(past.inventory.circuits[0], carrier="Zayo", carrier_circuit_id="BT-1")
    past.writer.learn(msgspec.structs.replace(past.inventory, rev=2, circuits=(known,), paths=(), known_at=START + 9))
    reader = HistoryReader(past.folder / "history.db", ORG)
    box = WorksOutbox(reader)
    batch = box.next((1.0,))
    assert batch is not None
    assert sorted((r["CIRCUIT_ID"], r["GONE"]) for r in rows_of(batch)) == [("-", "1"), (known.circuit_id, "0")]
    assert box.waiting((1.0,)).rows == 2
    assert box.next(batch.mark) is None
    reader.close()


def test_promises_are_scored_once_a_day(past: Past, snow: Snow, database: str, connection: Any) -> None:
    made_tables(connection, [table for table in TABLES if table.name == "FACT_SLA_MEASUREMENT"])
    live(past, 0.2)
    gold = Promise(name="gold", uptime="99.9")
    applies = (Applies("gold", role="primary"), Applies("gold", role="secondary"))
    reader = HistoryReader(past.folder / "history.db", ORG)
    box = SlaOutbox(reader, PromiseSettings({"gold": gold}, applies))
    batch = box.next(())
    assert batch is not None
    assert batch.rows == 5
    assert box.next(batch.mark) is None
    Sender(connection, ORG, "here", lambda: START).send(batch)
    columns = "PROMISE, PERIOD_KEY, PROMISED_UPTIME_PCT, BUDGET_SECONDS, OUTCOME"
    found = set(rows(connection, f"SELECT {columns} FROM FACT_SLA_MEASUREMENT"))
    assert {row[:4] for row in found} == {("gold", "2025-12", 99.9, 2678.4)}
    reader.close()


def test_a_failover_and_its_end_are_two_events(past: Past) -> None:
    site = past.inventory.sites[0].site_id
    primary, second = (c.circuit_id for c in past.inventory.circuits[:2])
    world = live(past, 0.1)
    told = [
        Failover(site_id=site, event_time=world.at, known_at=world.at, began=True, circuit_id=second),
        Failover(site_id=site, event_time=world.at + 1800, known_at=world.at + 1800, began=False, circuit_id=primary),
    ]
    for one in told:
        past.writer.write(world.poll(failovers=(one,)))
    reader = HistoryReader(past.folder / "history.db", ORG)
    box = FailoversOutbox(reader)
    batch = box.next(())
    assert batch is not None
    found = sorted((r for r in rows_of(batch) if r["GONE"] == "0"), key=lambda r: r["EVENT_TIMESTAMP"])
    assert [(r["EVENT_TYPE"], r["SECONDARY_CIRCUIT_ID"], r["FAILOVER_DURATION_SECONDS"]) for r in found] == [
        ("failover", second, "1800.0"), ("recovery", second, "1800.0"),
    ]  # fmt: skip
    assert box.next(batch.mark) is None
    reader.close()


def test_a_failover_that_began_earlier_than_was_told_is_one_row(
    past: Past, snow: Snow, database: str, connection: Any
) -> None:
    made_tables(connection, [table for table in TABLES if table.name == "FACT_FAILOVER_EVENT"])
    site, second = past.inventory.sites[0].site_id, past.inventory.circuits[1].circuit_id
    world = live(past, 0.1)
    late, early = world.at, world.at - 600
    login = login_to(snow, database)
    columns = "EVENT_TYPE, EXTRACT(EPOCH_SECOND FROM EVENT_TIMESTAMP)"
    for began in (late, early):
        known = Failover(site_id=site, event_time=began, known_at=world.at, began=True, circuit_id=second)
        past.writer.write(world.poll(failovers=(known,)))
        sync(past.folder, login, tables="failovers")
        found = rows(connection, f"SELECT {columns} FROM FACT_FAILOVER_EVENT")
        assert [(kind, float(at)) for kind, at in found] == [("failover", float(int(began)))]


def test_every_column_of_every_table_is_staged_or_made() -> None:
    """A MERGE names no column that its file does not have: words of its SELECT are staged, given or SQL's own."""
    for feed in FEEDS:
        staged = {column.name for column in feed.stage}
        for table in feed.tables:
            for column in table.columns:
                if not column.of and column.name not in ("ORG_ID", "SOURCE_ID"):
                    assert column.name in staged, f"{table.name}.{column.name}"
            assert set(table.key) <= set(table.names)
            assert "%(org)s" in merged(feed, table, "S")
