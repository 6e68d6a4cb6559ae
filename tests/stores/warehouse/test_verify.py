"""`noctui warehouse verify`: what lies there is what history here says, day by day, or it is sent once more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from noctui.cli import main
from noctui.clock import FixedClock
from noctui.model.sla import Promise
from noctui.promise_settings import Applies, PromiseSettings
from noctui.runtime.verifying import Found, Verifying
from noctui.stores.history import History
from noctui.stores.warehouse.checks import checked
from noctui.stores.warehouse.ddl import FEEDS
from noctui.stores.warehouse.login import Login
from noctui.stores.warehouse.tables_hours import HOURS, QUALITIES, STATUS, UTILISATION
from noctui.stores.warehouse.tables_works import SLA
from tests.stores.figures_made import ledger
from tests.stores.made import ORG, START, World
from tests.stores.warehouse.hours import NOW, Past, login_to, made_tables, sync
from tests.stores.warehouse.snow import Snow, needs_snowflake
from tests.stores.warehouse.test_sync_all import announce, live

pytestmark = needs_snowflake

DAY = 86_400.0
MONTH = START, START + 31 * DAY


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    """Two days of three circuits, a few hours of each."""
    past = Past(tmp_path / ORG)
    past.fill(0, 3)
    past.fill(24, 3)
    yield past
    past.close()


@pytest.fixture
def sent(past: Past, snow: Snow, database: str, connection: Any) -> Login:
    made_tables(connection)
    login = login_to(snow, database)
    sync(past.folder, login)
    return login


def verifying(past: Past, login: Login) -> Verifying:
    reader = History.create_or_open(past.folder, ORG).reader()
    return Verifying(past.folder, reader, login, FixedClock(NOW), lambda _: None)


def compared(past: Past, login: Login) -> Found:
    return verifying(past, login).compare(*MONTH, HOURS.name)


def repaired(past: Past, login: Login) -> Found:
    found = verifying(past, login)
    found.repair(compared(past, login).differing, *MONTH)
    return compared(past, login)


def test_nearly_every_column_is_checked() -> None:
    """Those that are not are made from those that are."""
    left = {t.name: set(t.names) - set(checked(HOURS, t)) - set(t.key) for t in (UTILISATION, STATUS, QUALITIES)}
    told = {"SITE_ID", "SOURCE_ID", "REV", "COLLECTED_AT"}
    assert left[UTILISATION.name] == told | {"UTILIZATION_PCT"}
    assert left[STATUS.name] == told | {"STATUS_CODE", "STATUS_HOURLY", "COVERED_SECONDS"}
    assert left[QUALITIES.name] == told


def test_what_is_missing_altered_or_double_is_named_and_sent_once_more(
    past: Past, sent: Login, connection: Any
) -> None:
    """Sending again mends what is missing or altered; rows that are there twice are left to a person."""
    found = compared(past, sent)
    assert (found.days, found.rows, found.differing, found.not_ours) == (2, 18, (), 0)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {STATUS.name} WHERE HOUR_KEY = '2025120101'")
        cursor.execute(f"UPDATE {QUALITIES.name} SET LOSS_MAX = 99 WHERE HOUR_KEY = '2025120200'")
        cursor.execute(f"INSERT INTO {UTILISATION.name} SELECT * FROM {UTILISATION.name} WHERE HOUR_KEY = '2025120100'")
    assert {(one.day, one.table, one.text) for one in compared(past, sent).differing} == {
        ("20251201", STATUS.name, "9 rows here, 6 there"),
        ("20251202", QUALITIES.name, "LOSS_MAX adds up to other figures"),
        ("20251201", UTILISATION.name, "3 rows twice there"),
    }
    (left,) = repaired(past, sent).differing
    assert (left.table, left.text) == (UTILISATION.name, "3 rows twice there")


def test_rows_that_changed_places_are_found_and_those_of_another_history_are_none_of_ours(
    past: Past, sent: Login, connection: Any
) -> None:
    """Two hours of one circuit exchanged: all sums stay. Another history knew more of three hours."""
    with connection.cursor() as cursor:
        for before, after in (("2025120100", "X"), ("2025120101", "2025120100"), ("X", "2025120101")):
            cursor.execute(
                f"UPDATE {QUALITIES.name} SET HOUR_KEY = '{after}' WHERE HOUR_KEY = '{before}'"
                " AND CIRCUIT_ID = 's0:ge-0/0/0'"
            )
        cursor.execute(f"UPDATE {STATUS.name} SET SOURCE_ID = 'another', UP_MINUTES = 60 WHERE HOUR_KEY = '2025120100'")
    found = compared(past, sent)
    assert [(one.table, one.text) for one in found.differing] == [(QUALITIES.name, "rows have changed places")]
    assert found.not_ours == 3


def test_what_was_never_sent_and_what_was_corrected_since_is_sent(past: Past, sent: Login) -> None:
    past.put(30)
    past.put(1)
    said = {(one.day, one.text) for one in compared(past, sent).differing}
    assert ("20251202", "12 rows here, 9 there") in said
    assert "20251201" in {day for day, _ in said}
    assert repaired(past, sent).differing == ()


def test_the_command(
    past: Past, sent: Login, connection: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    env = {
        "HOME": str(past.folder.parent), "SNOWFLAKE_ACCOUNT": sent.account, "SNOWFLAKE_USER": sent.user,
        "SNOWFLAKE_PASSWORD": sent.password, "SNOWFLAKE_DATABASE": sent.database, "SNOWFLAKE_HOST": sent.host,
        "SNOWFLAKE_PORT": str(sent.port), "SNOWFLAKE_PROTOCOL": "http", "NOCTUI_DATA": str(past.folder.parent),
    }  # fmt: skip
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    words = ["warehouse", "verify", "--month", "2025-12", "--tables", "hours"]
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {STATUS.name} WHERE HOUR_KEY = '2025120101'")
    assert main([*words, "--dry-run"]) == 3
    assert f"2025-12-01  {STATUS.name}: 9 rows here, 6 there" in capsys.readouterr().out
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "Sent 9 rows once more." in said
    assert "2025-12: the same here and in" in said
    assert main(["warehouse", "verify", "--month", "2025-11", "--tables", "hours"]) == 0
    assert "holds nothing of it" in capsys.readouterr().out
    assert main(["warehouse", "verify", "--month", "December"]) == 2
    monkeypatch.setenv("SNOWFLAKE_DATABASE", "NOWHERE")
    assert main(words) == 15
    assert "has no database NOWHERE" in capsys.readouterr().err
    assert replace(sent, database="NOWHERE").tables == "NOWHERE.RETAIL_WAN"


def test_days_outages_and_works_are_compared_too(tmp_path: Path, snow: Snow, database: str, connection: Any) -> None:
    """A day altered, one of a region gone, an outage that nobody knows here, one moved, a work of other words: all are
    named; sending again mends what history here knows."""
    names = "daily,region_daily,outages,maintenance"
    own = Past(tmp_path / ORG, circuits=5)
    made_tables(connection, [table for feed in FEEDS if feed.name in names.split(",") for table in feed.tables])
    login = login_to(snow, database)
    live(own, 2.2)
    announce(own, version=1, start=START + 3 * DAY)
    sync(own.folder, login, tables=names)
    verify = verifying(own, login)
    found = verify.compare(*MONTH, names)
    assert found.differing == ()
    assert found.others >= 5 + 2 + 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT MIN(BEGIN_OUTAGE)::VARCHAR FROM FACT_CIRCUIT_OUTAGE WHERE BEGIN_OUTAGE > '2025-12-01 06:00:00'"
        )
        (began,) = cursor.fetchone()
        for statement in (
            "UPDATE AGG_CIRCUIT_DAILY SET TOTAL_FLAPS = 99 WHERE PERIOD_KEY = '20251201'",
            "DELETE FROM AGG_REGION_DAILY WHERE REGION = 'East'",
            "UPDATE FACT_MAINTENANCE SET STATUS = 'CANCELLED'",
            f"UPDATE FACT_CIRCUIT_OUTAGE SET DURATION_SECONDS = 1 WHERE BEGIN_OUTAGE = '{began}'",
            "INSERT INTO FACT_CIRCUIT_OUTAGE (ORG_ID, CIRCUIT_ID, BEGIN_OUTAGE, SOURCE_ID, REV)"
            " SELECT ORG_ID, CIRCUIT_ID, '2025-12-02 03:00:00.123', SOURCE_ID, REV FROM FACT_CIRCUIT_OUTAGE LIMIT 1",
        ):
            cursor.execute(statement)
    altered = verify.compare(*MONTH, names).differing
    said = {(one.day, one.table): one.text for one in altered}
    assert said["20251201", "AGG_CIRCUIT_DAILY"] == "TOTAL_FLAPS adds up to other figures"
    assert said["20251201", "AGG_REGION_DAILY"] == "2 rows here, 1 there"
    assert said["20251204", "FACT_MAINTENANCE"] == "1 say something else"
    assert said["20251201", "FACT_CIRCUIT_OUTAGE"].endswith("say something else")
    assert "1 more there" in said["20251202", "FACT_CIRCUIT_OUTAGE"]
    assert verify.repair(altered, *MONTH) > 0
    (left,) = verify.compare(*MONTH, names).differing
    assert (left.day, left.table, left.text) == ("20251202", "FACT_CIRCUIT_OUTAGE", "1 more there")
    own.close()


def test_promises_of_a_month_that_is_closed_are_compared(
    tmp_path: Path, snow: Snow, database: str, connection: Any
) -> None:
    made_tables(connection, SLA.tables)
    own, login = Past(tmp_path / ORG, circuits=3), login_to(snow, database)
    live(own, 0.2)
    world = World(own.inventory, start=START + 41 * DAY)
    own.writer.write(world.poll())
    gold = PromiseSettings({"gold": Promise(name="gold", uptime="99.9")}, (Applies("gold", role="primary"),))
    reader = History.create_or_open(own.folder, ORG).reader()
    verify = Verifying(own.folder, reader, login, FixedClock(NOW), lambda _: None, gold)
    found = verify.compare(*MONTH, "sla")
    assert [(one.day, one.text) for one in found.differing] == [("20251201", "2 missing there")]
    assert verify.repair(found.differing, *MONTH) == 2
    assert verify.compare(*MONTH, "sla").differing == ()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE FACT_SLA_MEASUREMENT SET OUTCOME = 'met', COUNTED_SECONDS = 1")
    assert [one.text for one in verify.compare(*MONTH, "sla").differing] == ["2 say something else"]
    assert verify.compare(START + 31 * DAY, START + 62 * DAY, "sla").others == 0  # it runs
    reader.close()
    own.close()


def test_weeks_and_months_have_keys_of_their_own() -> None:
    from noctui.runtime.verifying import _keys

    december = START, START + 31 * DAY
    assert _keys("hours", *december) == ("2025120100", "2025123123")
    assert _keys("daily", *december) == ("20251201", "20251231")
    assert _keys("region_weekly", *december) == ("202549", "202601")
    assert _keys("monthly", *december) == ("202512", "202512")


@pytest.mark.soak
def test_what_was_sent_bit_by_bit_is_all_the_same(tmp_path: Path, snow: Snow, database: str, connection: Any) -> None:
    """Sync after sync while evidence comes late; then every table that is compared says what is here."""
    made_tables(connection, [table for feed in FEEDS for table in feed.tables if not table.only])
    own, login = Past(tmp_path / ORG, circuits=5), login_to(snow, database)
    world = World(own.inventory, interval=1800.0)
    for number in range(5):
        for _ in range(26):
            own.writer.write(world.poll(edges=ledger(own.rng, world)))
            while own.writer.close_due(world.at):
                pass
        announce(own, version=number + 1, start=START + number * DAY)
        sync(own.folder, login, tables="")
    found = verifying(own, login).compare(*MONTH)
    assert found.differing == ()
    assert found.days >= 2
    assert found.others > 20
    own.close()
