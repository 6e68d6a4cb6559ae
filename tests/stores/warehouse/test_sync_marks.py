"""What a sync remembers between two runs: when tables were made, marks to be forgotten once, what waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from noctui.clock import FixedClock
from noctui.runtime.sync import Plan, Sync
from noctui.stores.history import HistoryReader
from noctui.stores.warehouse import state
from noctui.stores.warehouse.ddl import TABLES
from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.login import Login
from noctui.stores.warehouse.outbox_dims import CircuitsOutbox, SitesOutbox
from noctui.stores.warehouse.outbox_periods import region
from noctui.stores.warehouse.state import State
from noctui.stores.warehouse.tables_hours import HOURS
from tests.stores.made import ORG, START, network
from tests.stores.warehouse.hours import NOW, Past, login_to, made_tables, same, sync
from tests.stores.warehouse.snow import Snow, needs_snowflake

NOBODY = Login(account="a-b", database="WAN", schema="S")
TARGET = "a-b WAN.S"


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    past = Past(tmp_path)
    past.fill(0, 3)
    yield past
    past.close()


def history(past: Past) -> str:
    (name,) = past.writer.db.execute("SELECT value FROM meta WHERE name = 'history_id'").fetchone()
    return str(name)


def plan(past: Past, since: float | None) -> Plan:
    reader = HistoryReader(past.folder / "history.db", ORG)
    try:
        return Sync(past.folder, reader, NOBODY, FixedClock(NOW), lambda step: None).plan("hours", since=since)
    finally:
        reader.close()


def test_a_dry_run_counts_what_would_go_once_more(past: Past) -> None:
    state.save(past.folder, State(history=history(past), marks={TARGET: {"hours": (1e6, 0.0)}}))
    with pytest.raises(WarehouseFault):  # ahead of the history
        plan(past, None)
    state.save(past.folder, State(history=history(past), marks={TARGET: {"hours": (3.0, 1e18)}}))
    assert plan(past, None).rows == {}
    again = plan(past, START + 3600.0)
    assert (again.rows, again.oldest) == ({"hours": 6}, START + 3600.0)


def test_a_mark_of_days_that_is_ahead_is_refused_too(past: Past) -> None:
    state.save(past.folder, State(history=history(past), marks={TARGET: {"daily": (999.0,)}}))
    with pytest.raises(WarehouseFault, match="put back from a copy"):
        sync(past.folder, NOBODY)


def test_a_past_that_was_made_later_is_the_first_version_of_all(tmp_path: Path) -> None:
    """What is the same in it as in the first version that was polled begins in it."""
    first = network(3, rev=0, known_at=START - 86_400.0)
    past = Past(tmp_path, inventory=first)
    past.writer.learn(msgspec.structs.replace(first, rev=1, event_time=START, known_at=START))
    reader = HistoryReader(tmp_path / "history.db", ORG)
    circuits, sites = CircuitsOutbox(reader).next(()), SitesOutbox(reader).next(())
    assert circuits is not None
    assert (circuits.rows, circuits.mark) == (3, (1,))
    assert sites is not None
    assert CircuitsOutbox(reader).next(circuits.mark) is None
    reader.close()
    past.close()


def test_a_region_without_a_name_and_one_that_is_called_as_it_are_two() -> None:
    names = ("", "-", "--", "East", "East-")
    assert [region(name) for name in names] == ["-", "--", "---", "East", "East-"]


@needs_snowflake
def test_tables_that_were_made_anew_are_not_taken_for_those_of_before(
    past: Past, snow: Snow, database: str, connection: Any
) -> None:
    """Else all that was sent into the old ones would be a hole for ever."""
    made_tables(connection)
    login = login_to(snow, database)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE SCHEMA_VERSION SET APPLIED_AT = '2026-11-01 10:00:00'")
        sync(past.folder, login)
        for name in ("FACT_CIRCUIT_UTILIZATION", "FACT_CIRCUIT_STATUS", "FACT_CIRCUIT_QUALITY"):
            cursor.execute(f"DELETE FROM {name}")
        cursor.execute("UPDATE SCHEMA_VERSION SET APPLIED_AT = '2026-11-02 10:00:00'")
    past.put(3)
    for _ in range(2):
        with pytest.raises(WarehouseFault, match=r"made anew since the last sync: noctui sync --anew") as refused:
            sync(past.folder, login)
        assert refused.value.kind == "state"
    assert sync(past.folder, login, anew=True).sent == {"hours": 12}
    same(connection, past.newest)


@needs_snowflake
def test_what_is_learned_while_it_runs_does_not_make_it_late(
    past: Past, snow: Snow, database: str, connection: Any
) -> None:
    """A network in which something happens all the time is sent whole, too."""
    made_tables(connection, [t for t in TABLES if t.name in ("DIM_SITE", "DIM_CIRCUIT") or t in HOURS.tables])
    newer = msgspec.structs.replace(past.inventory, rev=2, event_time=START + 60.0, known_at=START + 60.0, paths=())

    def meanwhile(step: str) -> None:
        if step == "merge FACT_CIRCUIT_QUALITY":
            past.writer.learn(newer)

    outcome = sync(past.folder, login_to(snow, database), meanwhile, tables="")
    assert outcome.status == "whole"
    found = state.load(past.folder)
    assert found is not None
    assert found.last is not None
    assert (found.last.waiting > 0, found.whole_at) == (True, NOW)
