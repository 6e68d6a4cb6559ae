"""A sync that is told to end, in whatever it is at: it ends within seconds, and the next one sends each row once.

A process of its own, and a server that does not answer for far longer than anybody waits here.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from noctui.stores.warehouse import state
from tests.stores.made import ORG
from tests.stores.warehouse.hours import Past, login_to, made_tables, same, sync
from tests.stores.warehouse.snow import Snow, needs_snowflake
from tests.whole.terminal import ROOT

pytestmark = needs_snowflake

SILENT = 60.0
"""Seconds that the server takes; who waits for it is not told to end by us but by the test's patience."""
PATIENCE = 40.0


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    folder = tmp_path / "data" / ORG
    folder.mkdir(parents=True)
    past = Past(folder)
    past.fill(0, 2)
    yield past
    past.close()


def begun(past: Past, snow: Snow, database: str, *words: str) -> subprocess.Popen[str]:
    home = past.folder.parents[1]
    env = {k: v for k, v in os.environ.items() if not k.startswith(("NOCTUI_", "MIST_", "XDG_", "SNOWFLAKE_"))}
    env |= {"HOME": str(home), "PYTHONPATH": str(ROOT), "NOCTUI_DATA": str(past.folder.parent)}
    given = {
        "ACCOUNT": "fakesnow", "USER": "noctui", "PASSWORD": "any", "AUTHENTICATOR": "snowflake", "HOST": "127.0.0.1",
        "PORT": str(snow.port), "PROTOCOL": "http", "DATABASE": database,
    }  # fmt: skip
    env |= {f"SNOWFLAKE_{name}": value for name, value in given.items()}
    return subprocess.Popen(
        [sys.executable, "-m", "noctui", "sync", "--tables", "hours", "--json", *words], env=env, cwd=home, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def ended(process: subprocess.Popen[str], number: int) -> tuple[int, str, str]:
    process.send_signal(number)
    out, errors = process.communicate(timeout=PATIENCE)
    return process.returncode, out, errors


def until(condition: Any) -> None:
    patience = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < patience
        time.sleep(0.02)


def told_in(
    past: Past, snow: Snow, database: str, connection: Any, phase: str, number: int, *words: str
) -> tuple[int, str, str]:
    """Told to end while the server is silent in this phase; what a second run then makes of it."""
    made_tables(connection)
    snow.well()
    snow.spoil(phase, slow=SILENT)
    process = begun(past, snow, database, *words)
    try:
        until(lambda: any(phase in said for said in snow.said()))
        found = ended(process, number)
    finally:
        process.kill()
        process.wait()
    assert not state.is_syncing(past.folder)
    snow.well()
    assert sync(past.folder, login_to(snow, database)).status == "whole"
    same(connection, past.newest)
    assert sync(past.folder, login_to(snow, database)).rows == 0
    return found


def test_a_daemon_whose_warehouse_is_silent_ends_all_the_same(
    past: Past, snow: Snow, database: str, connection: Any
) -> None:
    """Nothing was being sent yet: there is nothing to wait for."""
    code, out, errors = told_in(past, snow, database, connection, "LOGIN", signal.SIGTERM, "--watch")
    assert (code, errors) == (0, "")
    assert '"shutdown"' in out


@pytest.mark.soak
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    "phase",
    ["LOGIN", "SCHEMA_VERSION", "CREATE TEMPORARY TABLE", "PUT ", "COPY INTO", "MERGE INTO FACT_CIRCUIT_STATUS"],
)
def test_a_daemon_ends_in_every_phase(
    past: Past, snow: Snow, database: str, connection: Any, phase: str, number: int
) -> None:
    code, out, errors = told_in(past, snow, database, connection, phase, number, "--watch")
    assert (code, errors) == (0, "")
    assert '"shutdown"' in out


@pytest.mark.soak
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_single_run_says_that_it_was_not_done(
    past: Past, snow: Snow, database: str, connection: Any, number: int
) -> None:
    code, _, errors = told_in(past, snow, database, connection, "COPY INTO", number)
    assert code == 128 + number
    assert errors == "noctui: ended before it was done; run it again to go on\n"


def test_a_daemon_that_waits_for_its_next_hour_ends_at_once_with_all_sent(
    past: Past, snow: Snow, database: str, connection: Any
) -> None:
    made_tables(connection)
    process = begun(past, snow, database, "--watch")

    def whole() -> bool:
        found = state.load(past.folder)
        return found is not None and found.last is not None and found.last.status == "whole"

    try:
        until(whole)
        code, _, errors = ended(process, signal.SIGINT)
    finally:
        process.kill()
        process.wait()
    assert (code, errors) == (0, "")
    same(connection, past.newest)
