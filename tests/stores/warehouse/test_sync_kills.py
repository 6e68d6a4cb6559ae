"""kill -9 between any two steps of a sync, two at once, a server that fails: counts, sums and keys are those of the
history after one more run.

A run that is to be killed is a child of this process, forked, so that nothing has to be imported again.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from noctui.stores.warehouse import state
from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.login import Login
from tests.stores.warehouse.hours import Past, login_to, made_tables, same, sync
from tests.stores.warehouse.snow import Snow, needs_snowflake
from tests.stores.warehouse.victim import killing, told

pytestmark = needs_snowflake
STEPS = (
    "stage", "put", "copy", "merge FACT_CIRCUIT_UTILIZATION", "merge FACT_CIRCUIT_STATUS",
    "merge FACT_CIRCUIT_QUALITY", "mark", "marked",
)  # fmt: skip
BATCH = 6
FORKS = needs_snowflake.args[0] is False and version("snowflake-connector-python").startswith("4.")


def in_child(work: Callable[[], Any]) -> int:
    """Its exit status: 0, or minus the signal that ended it."""
    import snowflake.connector  # noqa: F401 - before the fork, once for all

    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed(folder: Path, login: Login, step: str, times: int) -> int:
    """A run that kills itself after the step was done so many times. The 5.x line has threads of its own, which no fork
    takes along: there it is a new process."""
    if FORKS:
        return in_child(lambda: killing(folder, login, step, times, BATCH))
    given = json.dumps(told(folder, login, step, times, BATCH))
    return subprocess.run(
        [sys.executable, "-m", "tests.stores.warehouse.victim", given], timeout=60, check=False
    ).returncode


def run_through(past: Past, login: Login, connection: Any, steps: tuple[str, ...]) -> None:
    for number, step in enumerate(steps):
        past.fill(4 * number, 4)
        past.put(4 * number - 1)  # and an old one corrected
        assert killed(past.folder, login, step, 1 + number % 2) == -signal.SIGKILL
        assert not state.is_syncing(past.folder)
    assert sync(past.folder, login, most=BATCH).status == "whole"
    same(connection, past.newest)
    assert sync(past.folder, login).rows == 0


def test_killed_after_a_merge_and_before_the_mark(tmp_path: Path, snow: Snow, database: str, connection: Any) -> None:
    made_tables(connection)
    past = Past(tmp_path)
    run_through(past, login_to(snow, database), connection, ("merge FACT_CIRCUIT_STATUS", "mark"))
    past.close()


@pytest.mark.soak
def test_killed_after_every_step(tmp_path: Path, snow: Snow, database: str, connection: Any) -> None:
    made_tables(connection)
    past = Past(tmp_path)
    run_through(past, login_to(snow, database), connection, STEPS)
    past.close()


@pytest.mark.soak
def test_a_hundred_kills_at_random(tmp_path: Path, snow: Snow, database: str, connection: Any) -> None:
    made_tables(connection)
    past, login, rng = Past(tmp_path, circuits=2), login_to(snow, database), np.random.default_rng(1)
    kills = 0
    for turn in range(100):
        past.fill(2 * turn, 2)
        past.put(int(rng.integers(0, 2 * turn + 1)))
        step, times = STEPS[int(rng.integers(0, len(STEPS)))], int(rng.integers(1, 3))
        kills += killed(past.folder, login, step, times) == -signal.SIGKILL
        if turn % 20 == 19:
            sync(past.folder, login)
            same(connection, past.newest)
    past.close()
    print(f"{kills} of 100 runs were killed")
    assert kills > 50


@pytest.mark.soak
def test_two_syncs_at_once_send_each_row_once(tmp_path: Path, snow: Snow, database: str, connection: Any) -> None:
    """One of them is refused, and what it would have sent the other one has."""
    made_tables(connection)
    past, login = Past(tmp_path), login_to(snow, database)
    past.fill(0, 6)
    refused: list[WarehouseFault] = []

    def meanwhile(step: str) -> None:
        if step == "copy":
            with pytest.raises(WarehouseFault) as fault:
                sync(past.folder, login)
            refused.append(fault.value)

    assert sync(past.folder, login, meanwhile).status == "whole"
    assert [fault.kind for fault in refused] == ["busy"]
    same(connection, past.newest)
    past.close()


def test_a_server_that_fails_once_in_the_middle_is_asked_again(
    tmp_path: Path, snow: Snow, database: str, connection: Any
) -> None:
    """An HTTP 500 whose statement was done all the same: the batch goes again as a whole, and changes nothing twice."""
    made_tables(connection)
    past, login = Past(tmp_path), login_to(snow, database)
    past.fill(0, 2)
    snow.spoil("MERGE INTO FACT_CIRCUIT_STATUS", status=500, after=True, times=1)
    assert sync(past.folder, login).status == "whole"
    same(connection, past.newest)
    past.close()


@pytest.mark.soak
def test_a_server_that_is_too_slow_is_asked_once_more(
    tmp_path: Path, snow: Snow, database: str, connection: Any
) -> None:
    """It goes on with what nobody waits for any more; under the names of the second try that changes nothing."""
    made_tables(connection)
    past, login = Past(tmp_path), replace(login_to(snow, database), timeout=8.0)
    past.fill(0, 2)
    snow.spoil("COPY INTO", slow=12.0, times=1)
    assert sync(past.folder, login).status == "whole"
    same(connection, past.newest)
    past.close()


@pytest.mark.soak
def test_a_server_that_begins_again_in_the_middle(tmp_path: Path) -> None:
    import snowflake.connector

    past = Past(tmp_path / "data")
    snow = Snow(tmp_path)
    snow.start()
    try:
        with snowflake.connector.connect(**snow.keywords()) as made, made.cursor() as cursor:
            cursor.execute("CREATE DATABASE WAN")
            cursor.execute("CREATE SCHEMA WAN.RETAIL_WAN")
        with snowflake.connector.connect(**snow.keywords("WAN")) as made:
            made_tables(made)
        past.fill(0, 6)
        done: list[str] = []

        def restart(step: str) -> None:
            done.append(step)
            if done.count("copy") == 2 and step == "copy":
                snow.stop(kill=True)
                snow.start()

        assert sync(past.folder, login_to(snow, "WAN"), restart, most=BATCH).status == "whole"
        with snowflake.connector.connect(**snow.keywords("WAN")) as made:
            same(made, past.newest)
    finally:
        snow.stop(kill=True)
        past.close()


def test_a_file_that_did_not_arrive_whole_is_not_merged(
    tmp_path: Path, snow: Snow, database: str, connection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from noctui.stores.warehouse import rows_hours

    made_tables(connection)
    past, login = Past(tmp_path), login_to(snow, database)
    past.fill(0, 1)
    whole = rows_hours.text
    monkeypatch.setattr(rows_hours, "text", lambda *of: whole(*of).partition(b"\n")[0] + b"\n")
    with pytest.raises(WarehouseFault, match=r"the warehouse took 1 of 3 rows of hours; nothing was merged") as fault:
        sync(past.folder, login)
    assert fault.value.kind == "data"
    monkeypatch.undo()
    assert sync(past.folder, login).sent == {"hours": 3}
    same(connection, past.newest)
    past.close()


@pytest.mark.skipif(not FORKS, reason="the connector's threads are not forked")
def test_a_full_disk_moves_no_mark(tmp_path: Path, snow: Snow, database: str, connection: Any) -> None:
    import resource

    made_tables(connection)
    past, login = Past(tmp_path), login_to(snow, database)
    past.fill(0, 2)

    def full(step: str) -> None:
        if step == "mark":
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def work() -> None:
        with pytest.raises(WarehouseFault, match=r"sync.json cannot be written: File too large"):
            sync(past.folder, login, full)

    assert in_child(work) == 0
    had = state.load(past.folder)
    assert had is not None
    assert had.marks == {}
    assert sync(past.folder, login).status == "whole"
    same(connection, past.newest)
    past.close()
