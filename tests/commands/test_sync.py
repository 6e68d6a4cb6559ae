"""`noctui sync` as who runs it sees it: what it says, what it leaves behind, and how it ends."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from noctui.clock import FixedClock
from noctui.commands import codes, headless
from noctui.commands.sync import main
from noctui.stores.warehouse import state
from noctui.stores.warehouse.ddl import TABLES
from noctui.stores.warehouse.tables_hours import HOURS
from tests.stores.made import ORG, START, World
from tests.stores.warehouse.conftest import connection, database, running_snow, snow  # noqa: F401 - fixtures
from tests.stores.warehouse.hours import Past, made_tables
from tests.stores.warehouse.snow import Snow, needs_snowflake

pytestmark = needs_snowflake
Run = Callable[..., tuple[int, list[dict[str, Any]], str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`noctui sync` on a data folder of the test's own, with no settings of this machine."""
    monkeypatch.setenv("HOME", str(tmp_path))

    def run(*words: str) -> tuple[int, list[dict[str, Any]], str]:
        code = main(["--data", str(tmp_path / "data"), "--tables", "hours", *words])
        said = capsys.readouterr()
        return code, [json.loads(line) for line in said.out.splitlines()], said.err

    return run


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    folder = tmp_path / "data" / ORG
    folder.mkdir(parents=True)
    past = Past(folder)
    past.fill(0, 2)
    yield past
    past.close()


def reach(monkeypatch: pytest.MonkeyPatch, snow: Snow, database: str = "") -> None:  # noqa: F811
    given = {
        "ACCOUNT": "fakesnow", "USER": "noctui", "PASSWORD": "any", "AUTHENTICATOR": "snowflake", "HOST": "127.0.0.1",
        "PORT": str(snow.port), "PROTOCOL": "http", "DATABASE": database or "NOWHERE",
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(f"SNOWFLAKE_{name}", value)


def test_a_dry_run_asks_nobody_and_writes_nothing(run: Run, past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "nobody-is-there")
    before = sorted(p.name for p in past.folder.iterdir())
    code, events, errors = run("--dry-run")
    assert (code, errors) == (codes.OK, "")
    assert events[0]["event"] == "sync.plan"
    assert events[0]["rows"] == {"hours": 6}
    assert events[0]["oldest"] == "2025-12-01T00:00:00.000Z"
    assert sorted(p.name for p in past.folder.iterdir()) == before


def test_a_dry_run_scores_promises_to_count_what_goes_once_more(
    run: Run, past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "nobody-is-there")
    past.writer.write(World(past.inventory).poll())
    code, events, errors = run("--dry-run", "--since", "2025-12-01", "--tables", "sla,hours")
    assert (code, errors) == (codes.OK, "")
    assert events[0]["rows"]["hours"] == 12  # once since they wait, once more since they are asked for


def test_a_run_says_what_it_sent_and_leaves_its_figures(
    run: Run, past: Past, snow: Snow, database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    import snowflake.connector

    reach(monkeypatch, snow, database)
    with snowflake.connector.connect(**snow.keywords(database)) as made:
        made_tables(made)
    metrics = tmp_path / "noctui_sync.prom"
    code, events, errors = run("--metrics", str(metrics))
    assert (code, errors) == (codes.OK, "")
    event = events[-1]  # on a busy machine it says how far it is, too
    assert (event["event"], event["status"], event["rows"]) == ("sync.run", "whole", {"hours": 6})
    assert event["changed"]["FACT_CIRCUIT_STATUS"] == 6
    assert "any" not in json.dumps(event)
    found = metrics.read_text()
    assert f'noctui_sync_changed_rows{{org_id="{ORG}",table="fact_circuit_status"}} 6\n' in found
    assert f'noctui_sync_exit_code{{org_id="{ORG}"}} 0\n' in found
    assert metrics.stat().st_mode & 0o777 == 0o644
    told = state.load(past.folder)
    assert told is not None
    assert told.last is not None
    assert (told.last.status, told.last.waiting) == ("whole", 0)
    snow.well()
    assert run()[1][-1]["rows"] == {}
    assert snow.said() == []


@pytest.mark.parametrize(
    ("match", "plan", "code", "kind"),
    [
        ("LOGIN", {"code": "390144", "message": "JWT token is invalid."}, 10, "authentication"),
        ("LOGIN", {"status": 503, "times": 99}, 11, "network"),
        ("nothing is spoilt", {}, 15, "missing"),  # the database is not there
    ],
    ids=["authentication", "network", "missing"],
)
def test_what_it_ends_with_says_what_is_wrong(
    run: Run, past: Past, snow: Snow, monkeypatch: pytest.MonkeyPatch, match: str, plan: Any, code: int, kind: str  # noqa: F811
) -> None:  # fmt: skip
    reach(monkeypatch, snow)
    if kind == "network":
        monkeypatch.setenv("NOCTUI_WAREHOUSE_TIMEOUT", "2")
    snow.spoil(match, **plan)
    found, events, errors = run()
    assert (found, events[-1]["kind"], events[-1]["status"]) == (code, kind, "failed")
    assert errors.startswith("noctui: Snowflake")
    assert errors.count("\n") == 1
    told = state.load(past.folder)
    assert told is not None
    assert told.last is not None
    assert (told.last.status, told.last.kind) == ("failed", kind)
    assert (told.last.waiting, told.last.oldest) == (6, START)


def test_it_ends_with_what_is_wrong_here(run: Run, past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run()[0] == codes.USAGE  # no account
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "a-b")
    code, _, errors = run("--tables", "hour")
    assert (code, "no table hour" in errors) == (codes.USAGE, True)
    lock = state.SyncLock(past.folder)
    lock.acquire()
    assert run()[0] == codes.BUSY
    lock.release()
    (past.folder / state.FILE).write_text("{")
    code, _, errors = run()
    assert (code, "sync.json is damaged" in errors) == (codes.HISTORY, True)


def test_a_demo_goes_to_no_account_of_others(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ACCOUNT": "a-b", "USER": "noctui", "TOKEN": "any"}.items():
        monkeypatch.setenv(f"SNOWFLAKE_{name}", value)
    code, _, errors = run("--demo", "--sites", "20", "--days", "0")
    assert (code, "its network is made up" in errors) == (codes.USAGE, True), errors


def test_figures_of_a_run_that_knew_nothing_of_the_last_one_are_those_of_its_end(
    run: Run, past: Past, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The file of before would go on saying that all is well."""
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "a-b")
    (past.folder / state.FILE).write_text("{")
    metrics = tmp_path / "noctui_sync.prom"
    assert run("--metrics", str(metrics))[0] == codes.HISTORY
    assert [line for line in metrics.read_text().splitlines() if not line.startswith("#")] == [
        f'noctui_sync_exit_code{{org_id="{ORG}"}} 13'
    ]


class Counted(FixedClock):
    """Its waits are written down; after so many of them the daemon is told to end."""

    def __init__(self, most: int) -> None:
        super().__init__(START + 90 * 86_400.0)
        self.most, self.waits = most, list[float]()

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        if len(self.waits) == self.most:
            raise asyncio.CancelledError
        await super().sleep(seconds)


def waits_of(run: Run, monkeypatch: pytest.MonkeyPatch, most: int, *words: str) -> list[float]:
    clock = Counted(most)
    monkeypatch.setattr(headless, "SystemClock", lambda: clock)
    with pytest.raises(asyncio.CancelledError):
        run("--watch", "--every", "600", *words)
    return clock.waits


def test_a_daemon_tries_soon_again_and_then_as_usual(run: Run, past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens there: a minute, two, four, eight, then every ten, each a little later by chance."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    for name, value in {"ACCOUNT": "a-b", "USER": "u", "PASSWORD": "p", "AUTHENTICATOR": "snowflake"}.items():
        monkeypatch.setenv(f"SNOWFLAKE_{name}", value)
    monkeypatch.setenv("SNOWFLAKE_HOST", "127.0.0.1")
    monkeypatch.setenv("SNOWFLAKE_PORT", str(port))
    monkeypatch.setenv("SNOWFLAKE_PROTOCOL", "http")
    monkeypatch.setenv("NOCTUI_WAREHOUSE_TIMEOUT", "1")
    waits = waits_of(run, monkeypatch, 3)
    assert [usual <= wait <= 1.1 * usual for usual, wait in zip((60, 120, 240), waits, strict=True)] == [True] * 3


def test_a_daemon_does_not_ask_often_what_a_person_has_to_mend(
    run: Run, past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = waits_of(run, monkeypatch, 3)  # no account is set
    assert all(600 <= wait <= 660 for wait in waits)
    assert len(set(waits)) == 3


def test_a_daemon_forgets_its_marks_once(
    run: Run, past: Past, snow: Snow, database: str, connection: Any, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    """What goes out of order in the middle of sending all goes on where it was."""
    reach(monkeypatch, snow, database)
    made_tables(connection, [table for table in TABLES if table.name == "DIM_SITE" or table in HOURS.tables])
    assert run("--tables", "sites")[0] == codes.OK
    snow.well()
    refusal = {"code": "000606", "state": "57P03", "message": "No active warehouse selected"}
    snow.spoil("MERGE INTO FACT_CIRCUIT_STATUS", **refusal)
    waits = waits_of(run, monkeypatch, 2, "--anew", "--tables", "sites,hours")
    assert waits[0] < 70 < 600 <= waits[1]
    merged = [text.split()[2] for text in snow.said() if text.startswith("MERGE INTO")]
    assert merged.count("DIM_SITE") == 1
    assert merged.count("FACT_CIRCUIT_QUALITY") == 1
