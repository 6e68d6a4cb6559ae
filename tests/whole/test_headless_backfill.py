"""`noctui collect --start --end` as whole processes (S0-CLI-02): plan, outcome, codes, going on after a kill.

What is filled in, and what it is worth, is held to the world's truth in tests/walk/test_backfill.py.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noctui.sim.mist.faults import Faults
from noctui.sim.mist.server import MistServer
from tests.faults.cloud import small_cloud
from tests.walk.walk import TOKEN
from tests.whole.headless import Host, stop, until


@pytest.fixture(scope="module")
def cloud() -> Iterator[MistServer]:
    with small_cloud() as server:
        yield server


@pytest.fixture
def host(tmp_path: Path, cloud: MistServer) -> Iterator[Host]:
    found = Host(tmp_path, cloud)
    assert found.run("collect").code == 0
    yield found
    cloud.faults = Faults()


def ago(hours: float) -> str:
    return f"{datetime.fromtimestamp(time.time() - 3600 * hours, UTC):%Y-%m-%dT%H:%M:%SZ}"


def test_a_time_without_polls_is_filled_once(host: Host, cloud: MistServer) -> None:
    start, end = ago(5), ago(1)
    asked, before = cloud.calls, host.written()
    planned = host.run("collect", "--start", start, "--end", end, "--dry-run")
    assert (planned.code, cloud.calls, host.written()) == (0, asked, before), "a plan costs nothing"
    plan = planned.last("backfill.plan")
    assert plan["dry_run"]
    assert plan["calls"] == sum(plan["calls_by_kind"].values()) > 0
    filled = host.run("collect", "--start", start, "--end", end)
    assert (filled.code, filled.errors) == (0, "")
    result = filled.last("backfill.run")
    assert (result["status"], result["failed"]) == ("whole", 0)
    assert len(host.polls()) == 1 + result["polls"]
    again = host.run("--collect", "--start", start, "--end", end)
    assert again.code == 0
    assert again.last("backfill.plan")["nothing"]
    assert len(host.polls()) == 1 + result["polls"]


def test_killed_in_the_middle_a_rerun_asks_only_for_the_rest(host: Host, cloud: MistServer) -> None:
    words = ("collect", "--start", ago(5), "--end", ago(1))
    calls = host.run(*words, "--dry-run").last("backfill.plan")["calls"]
    cloud.faults = Faults(delay=0.2)
    before = cloud.calls
    process = host.start(*words)
    until(lambda: cloud.calls >= before + calls // 2)
    process.kill()
    process.communicate()
    cloud.faults = Faults()
    left = host.run(*words, "--dry-run").last("backfill.plan")["calls"]
    assert 0 < left < calls
    found = host.run(*words)
    assert (found.code, found.last("backfill.run")["calls"]) == (0, left)


def test_beside_a_leader_it_is_taken_in_by_the_leader(host: Host) -> None:
    leader = host.start("collect", "--watch")
    until(lambda: len(host.polls()) >= 3)
    found = host.run("collect", "--start", ago(5), "--end", ago(1))
    assert (found.code, found.errors) == (0, "")
    first = min(at for _, at in host.polls())
    assert first < time.time() - 3600
    assert stop(leader).code == 0


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [("2020-01-01", "2020-01-02", "cannot be filled"), ("2020-01-01T00:00", "2020-01-01T00:00", "is not before")],
)
def test_a_range_that_can_never_be_had_is_one_clear_line(host: Host, start: str, end: str, says: str) -> None:
    found = host.run("collect", "--start", start, "--end", end)
    assert (found.code, found.errors.count("\n")) == (2, 1)
    assert says in found.errors


def test_a_refused_token_and_no_answer_have_their_codes(host: Host, cloud: MistServer) -> None:
    words = ("collect", "--start", ago(5), "--end", ago(1))
    assert host.run(*words, env={"MIST_HOST": "http://127.0.0.1:9"}).code == 11
    cloud.faults = Faults(revoked=[TOKEN])
    assert host.run(*words).code == 10
