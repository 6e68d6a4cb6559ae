"""`noctui warehouse verify` of more rows than a float can count: a day's sums go beyond 53 bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from noctui.clock import FixedClock
from noctui.runtime.verifying import Verifying
from noctui.stores.history import History
from tests.stores.made import ORG, START
from tests.stores.warehouse.hours import NOW, Past, login_to, made_tables, sync
from tests.stores.warehouse.snow import Snow, needs_snowflake

pytestmark = needs_snowflake


def test_sums_of_many_circuits_are_exact(tmp_path: Path, snow: Snow, database: str, connection: Any) -> None:
    made_tables(connection)
    past = Past(tmp_path / ORG, circuits=60)
    past.fill(0, 6)
    login = login_to(snow, database)
    sync(past.folder, login)
    reader = History.create_or_open(past.folder, ORG).reader()
    verifying = Verifying(past.folder, reader, login, FixedClock(NOW), lambda _: None)
    month = START, START + 31 * 86_400.0
    found = verifying.compare(*month, "hours")
    assert found.rows == 360
    assert found.differing == ()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE FACT_CIRCUIT_STATUS SET FLAP_COUNT = FLAP_COUNT + 1 WHERE HOUR_KEY = '2025120103'")
    assert {one.table for one in verifying.compare(START, START + 31 * 86_400.0, "hours").differing} == {
        "FACT_CIRCUIT_STATUS"
    }
    reader.close()
    past.close()
