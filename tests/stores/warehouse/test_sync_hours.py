"""Hours reach the warehouse once each, late and corrected ones too; what is there already is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from noctui.stores.history.merging import drop_rolled, roll_day, roll_month
from noctui.stores.warehouse import state
from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.login import Login
from tests.stores.made import ORG, network
from tests.stores.warehouse.hours import Past, hour, in_warehouse, key_of, login_to, made_tables, same, statements, sync
from tests.stores.warehouse.snow import Snow, needs_snowflake

pytestmark = needs_snowflake


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    past = Past(tmp_path)
    yield past
    past.close()


@pytest.fixture
def tables(connection: Any) -> Any:
    made_tables(connection)
    return connection


def test_late_and_corrected_hours_go_again_and_nothing_else_does(
    past: Past, snow: Snow, database: str, tables: Any
) -> None:
    login = login_to(snow, database)
    past.fill(0, 4)
    first = sync(past.folder, login, most=6)
    assert first.sent == {"hours": 12}
    same(tables, past.newest)
    past.put(1)  # corrected
    past.put(-3)  # late
    assert sync(past.folder, login).sent == {"hours": 6}
    same(tables, past.newest)
    snow.well()
    again = sync(past.folder, login)
    assert (again.sent, again.connected, snow.said()) == ({}, False, [])


@pytest.mark.soak
def test_hours_that_were_put_together_are_not_sent_again(past: Past, snow: Snow, database: str, tables: Any) -> None:
    login = login_to(snow, database)
    past.fill(0, 24)
    sync(past.folder, login)
    later = past.inventory.event_time + 40 * 86_400.0
    while roll_day(past.writer, later):
        pass
    while drop_rolled(past.writer, later):
        pass
    assert sync(past.folder, login).rows == 0
    past.put(7)
    # An hour of its own decides: the other 23 of its day are not sent.
    assert sync(past.folder, login).sent == {"hours": 3}
    same(tables, past.newest)
    while roll_day(past.writer, later):
        pass
    assert sync(past.folder, login).rows == 0


@pytest.mark.soak
def test_a_whole_month_that_was_never_sent_comes_out_of_its_tiles(
    past: Past, snow: Snow, database: str, tables: Any
) -> None:
    past.fill(0, 50)
    later = past.inventory.event_time + 40 * 86_400.0
    for unit in (roll_day, roll_month, drop_rolled):
        while unit(past.writer, later):
            pass
    past.put(49)
    assert past.writer.db.execute("SELECT DISTINCT kind FROM rollups ORDER BY 1").fetchall() == [(1,), (3,)]
    found = sync(past.folder, login_to(snow, database))
    assert found.sent == {"hours": 150}
    same(tables, past.newest)


def test_of_two_histories_rows_the_one_with_more_covered_seconds_wins(
    past: Past, snow: Snow, database: str, tables: Any, tmp_path: Path
) -> None:
    """DESIGN 8. The other one comes later and knows more of the first circuit, less of the second."""
    login = login_to(snow, database)
    mine, theirs = hour(past.rng, 3), hour(past.rng, 3)
    for figures, up in ((mine, (100, 900, 500)), (theirs, (2000, 200, 500))):
        for name in ("down_seconds", "disabled_seconds"):
            figures[name][:] = 0
        figures["up_seconds"][:] = up
    past.put(0, mine)
    sync(past.folder, login)
    other = Past(tmp_path / "other")
    other.put(0, theirs)
    sync(other.folder, login)
    other.close()
    rows = in_warehouse(tables, "FACT_CIRCUIT_STATUS", ("UP_SECONDS",))
    key = key_of(past.inventory.event_time)
    ids = [c.circuit_id for c in past.inventory.circuits]
    assert [rows[circuit_id, key][0] for circuit_id in ids] == [2000, 900, 500]
    past.put(0, mine)  # a newer version of the loser does not take the row back
    sync(past.folder, login)
    assert in_warehouse(tables, "FACT_CIRCUIT_STATUS", ("UP_SECONDS",)) == rows


@pytest.mark.soak
def test_since_sends_once_more_whatever_was_sent(past: Past, snow: Snow, database: str, tables: Any) -> None:
    login = login_to(snow, database)
    past.fill(0, 3)
    sync(past.folder, login)
    with tables.cursor() as cursor:
        cursor.execute("DELETE FROM FACT_CIRCUIT_STATUS WHERE HOUR_KEY > '2025120100'")
        cursor.execute("UPDATE FACT_CIRCUIT_QUALITY SET LOSS_P95 = 77 WHERE HOUR_KEY = '2025120102'")
    found = sync(past.folder, login, since=past.inventory.event_time + 3600.0)
    assert found.sent == {"hours": 6}
    same(tables, past.newest)


def test_names_are_data(tmp_path: Path, snow: Snow, database: str, connection: Any) -> None:
    made_tables(connection)
    names = ['s0:"; DROP TABLE x', "s0:line\nbreak, and 'quote' \\ back", "s1:%s %(org)s é\N{ZERO WIDTH SPACE}"]
    made = network(3)
    circuits = tuple(msgspec.structs.replace(c, circuit_id=name) for c, name in zip(made.circuits, names, strict=True))
    past = Past(tmp_path, inventory=msgspec.structs.replace(made, circuits=circuits, paths=()))
    past.fill(0, 2)
    sync(past.folder, login_to(snow, database))
    same(connection, past.newest)
    past.close()


@pytest.mark.soak
def test_a_history_that_knows_nothing_of_an_hour_says_null(past: Past, snow: Snow, database: str, tables: Any) -> None:
    nothing = {name: np.full(3, np.nan, np.float32) for name in hour(past.rng, 3)}
    for name in ("up_seconds", "down_seconds", "disabled_seconds", "sampled_seconds", "flaps"):
        nothing[name][:] = 0
    nothing["unknown_seconds"][:] = 3600
    past.put(0, nothing)
    sync(past.folder, login_to(snow, database))
    status = in_warehouse(tables, "FACT_CIRCUIT_STATUS", ("STATUS_CODE", "STATUS_HOURLY", "UNKNOWN_MINUTES"))
    assert set(status.values()) == {(None, None, 60.0)}
    util = in_warehouse(tables, "FACT_CIRCUIT_UTILIZATION", ("UTILIZATION_PCT", "RX_BYTES", "UTILIZATION_P95"))
    assert set(util.values()) == {(None, None, None)}


def test_a_mark_of_another_history_is_refused(past: Past) -> None:
    """Nobody is asked before that. A folder set up anew, then one put back from a copy older than what was sent."""
    past.fill(0, 2)
    (history,) = past.writer.db.execute("SELECT value FROM meta WHERE name = 'history_id'").fetchone()
    login = Login(account="a-b", database="WAN", schema="S")
    state.save(past.folder, state.State(history="another"))
    with pytest.raises(WarehouseFault, match=r"another history.*--anew") as refused:
        sync(past.folder, login)
    assert refused.value.kind == "state"
    state.save(past.folder, state.State(history=history, marks={"a-b WAN.S": {"hours": (999.0, 1e18)}}))
    with pytest.raises(WarehouseFault, match=r"put back from a copy"):
        sync(past.folder, login)


@pytest.mark.soak
def test_anew_sends_all_of_it_and_changes_nothing(past: Past, snow: Snow, database: str, tables: Any) -> None:
    login = login_to(snow, database)
    past.fill(0, 2)
    sync(past.folder, login)
    found = sync(past.folder, login, anew=True)
    assert found.sent == {"hours": 6}
    assert set(found.changed.values()) == {0}


def test_one_sync_of_a_history_at_a_time(past: Past) -> None:
    lock = state.SyncLock(past.folder)
    lock.acquire()
    assert state.is_syncing(past.folder)
    with pytest.raises(WarehouseFault, match=r"another sync of this history runs \(process \d+\)") as refused:
        sync(past.folder, Login(account="a-b"))
    assert refused.value.kind == "busy"
    lock.release()
    assert not state.is_syncing(past.folder)


def test_a_damaged_block_is_named_and_the_others_are_sent(past: Past, snow: Snow, database: str, tables: Any) -> None:
    past.fill(0, 3)
    with past.writer.transaction() as db:
        db.execute("UPDATE rollups SET data = zeroblob(length(data)) WHERE start = ?", (past.inventory.event_time,))
    found = sync(past.folder, login_to(snow, database))
    assert (found.sent, found.status, len(found.damaged)) == ({"hours": 6}, "partial", 1)
    assert f"hourly figures {past.inventory.event_time:.0f}" in found.damaged[0]


@pytest.mark.soak
def test_a_merge_is_one_statement_of_its_own_and_looks_at_the_hours_it_is_of(
    past: Past, snow: Snow, database: str, tables: Any
) -> None:
    past.fill(0, 2)
    snow.well()
    sync(past.folder, login_to(snow, database))
    assert not [text for text in snow.said() if text.upper().startswith(("BEGIN", "START TRANSACTION"))]
    merges = list(statements(snow, "MERGE"))
    assert len(merges) == 3
    assert all("t.HOUR_KEY BETWEEN '2025120100' AND '2025120101'" in text for text in merges)
    assert all(ORG in text for text in merges)
