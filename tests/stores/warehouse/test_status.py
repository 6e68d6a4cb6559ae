"""How far a history is sent: on the collector's screen, and in `noctui doctor`."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from noctui.doctor.verdict import FAIL, NOTE, OK, WARN, Check
from noctui.doctor.warehouse import warehouse
from noctui.model.health import SyncHealth
from noctui.runtime.sync_health import measure
from noctui.settings import Settings
from noctui.stores.warehouse import state
from noctui.stores.warehouse.connect import connected
from noctui.stores.warehouse.login import Login
from noctui.stores.warehouse.state import State, Told
from noctui.tui.panes.collector_lines import sync_line
from noctui.tui.runs import text_of
from tests.stores.warehouse.filling import made
from tests.stores.warehouse.snow import Snow, needs_snowflake

NOW = 1_800_000_000.0
HOUR = 3600.0
WHOLE = SyncHealth(status="whole", ran_at=NOW - 600, whole_at=NOW - 600, credits_a_day=0.43, every=HOUR)


def said(sync: SyncHealth) -> tuple[str, bool]:
    """In words, and whether they are a warning."""
    line = sync_line(sync, NOW)
    return text_of([line]).strip(), line[0][1] == "warn"


def test_a_sync_that_went_well_says_when_and_what_it_costs() -> None:
    assert said(WHOLE) == ("whole 07:50:00, nothing waits  0.4 credits a day", False)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": "failed", "text": "Snowflake at a-b does not answer", "waiting": 1200, "oldest": NOW - 9 * HOUR},
         ["failed 07:50:00: Snowflake at a-b does not answer; 1,200 rows of", "wait; whole 07:50:00"]),
        ({"status": "ended", "whole_at": 0.0}, ["it was ended in the middle; never whole yet"]),
        ({"ran_at": NOW - 5 * HOUR}, ["none since 03:00:00, though every 1h00m was asked for"]),
    ],
)  # fmt: skip
def test_what_went_wrong_comes_first(change: dict[str, object], words: list[str]) -> None:
    text, warns = said(msgspec.structs.replace(WHOLE, **change))
    assert warns
    assert [word for word in words if word not in text] == []


def test_the_syncs_own_file_is_what_is_read(tmp_path: Path) -> None:
    assert measure(tmp_path) is None
    state.save(tmp_path, State(history="h", last=Told(began=NOW, status="running"), whole_at=NOW - 9))
    found = measure(tmp_path)
    assert found is not None
    assert (found.status, found.whole_at) == ("ended", NOW - 9)  # nobody holds its lock: it was killed
    lock = state.SyncLock(tmp_path)
    lock.acquire()
    found = measure(tmp_path)
    lock.release()
    assert found is not None
    assert found.status == "running"
    (tmp_path / state.FILE).write_text("{")
    found = measure(tmp_path)
    assert found is not None
    assert "is damaged" in found.text


def checks(settings: Settings, offline: bool = False) -> list[Check]:
    return list(warehouse(settings, offline, NOW))


def test_doctor_says_nothing_where_there_is_none(tmp_path: Path) -> None:
    assert checks(Settings(data=tmp_path)) == []


def test_doctor_sees_what_can_never_work_without_asking(tmp_path: Path) -> None:
    (one,) = checks(Settings(data=tmp_path, warehouse_account="a-b", warehouse_user="u", warehouse_password="x"))
    assert one.verdict == FAIL
    assert "takes no password" in one.text


@needs_snowflake
def test_doctor_logs_in_and_looks_for_the_tables(login: Login, snow: Snow, tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path, warehouse_account=login.account, warehouse_user=login.user, warehouse_password=login.password,
        warehouse_database=login.database, warehouse_host=login.host, warehouse_port=login.port,
        warehouse_protocol="http", warehouse_timeout=10.0, warehouse_role="R", org_id="o",
    )  # fmt: skip
    assert [(c.area, c.verdict) for c in checks(settings, offline=True)] == [("warehouse", NOTE), ("sync", NOTE)]
    assert snow.said() == []
    missing = checks(settings)[0]
    assert (missing.verdict, "run noctui warehouse init" in missing.text) == (FAIL, True)
    with connected(login) as session:
        made(session, ())
    (tmp_path / "o").mkdir()
    last = Told(began=NOW - 60, ended=NOW - 50, status="whole", credits_a_day=0.4)
    state.save(tmp_path / "o", State(history="h", last=last, whole_at=NOW - 50))
    there, sent = checks(settings)
    assert (there.verdict, sent.verdict) == (OK, OK)
    assert "tables are there" in there.text
    assert "about 0.4 credits a day" in sent.text
    state.save(tmp_path / "o", State(history="h", last=last, whole_at=NOW - 3 * 86_400))
    assert checks(settings, offline=True)[-1].verdict == WARN
