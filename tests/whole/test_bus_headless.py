"""Collectors on two hosts, as whole processes, over one bus and one simulated cloud: docs/bus.md."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from noctui.sim.mist.server import MistServer
from noctui.stores.bus.redis_server import Server
from tests.faults.cloud import small_cloud
from tests.redis_server import needs_server, server
from tests.whole.headless import Host, stop, until

LEASE = 1.0
pytestmark = needs_server


@pytest.fixture(scope="module")
def cloud() -> Iterator[MistServer]:
    with small_cloud() as one:
        yield one


@pytest.fixture
def bus() -> Iterator[Server]:
    with server() as one:
        yield one


def host(home: Path, cloud: MistServer, bus: Server) -> Host:
    home.mkdir()
    made = Host(home, cloud)
    made.env |= {"REDIS_URL": bus.url, "NOCTUI_LEASE_SECONDS": f"{LEASE:g}"}
    return made


def heard(process: subprocess.Popen[str], event: str) -> dict[str, object]:
    """Read what it says until it says this."""
    assert process.stdout is not None
    for line in iter(process.stdout.readline, ""):
        found: dict[str, object] = json.loads(line)
        if found["event"] == event:
            return found
    raise AssertionError(f"it ended without {event}")


def test_killed_or_stopped_a_leader_is_replaced_and_finds_its_place_taken(
    tmp_path: Path, cloud: MistServer, bus: Server
) -> None:
    """With a lease of a second, within six of them: the processes' own pace is in it."""
    one, other = host(tmp_path / "a", cloud, bus), host(tmp_path / "b", cloud, bus)
    first = one.start("collect", "--watch")
    heard(first, "poll.run")
    second = other.start("collect", "--watch")
    assert str(heard(second, "bus.follows")["led_by"]).endswith(f":{first.pid}")

    began = time.monotonic()
    os.kill(first.pid, signal.SIGSTOP)
    heard(second, "lead.begin")
    assert time.monotonic() - began < 6 * LEASE
    heard(second, "poll.run")
    os.kill(first.pid, signal.SIGCONT)
    assert str(heard(first, "lead.over")["led_by"]).endswith(f":{second.pid}")
    polls = len(one.polls())

    began = time.monotonic()
    second.kill()
    second.communicate()
    heard(first, "lead.begin")
    assert time.monotonic() - began < 6 * LEASE
    until(lambda: len(one.polls()) > polls)
    assert stop(first).code == 0


def test_a_collector_that_waits_keeps_what_the_other_one_polls_unless_told_not_to(
    tmp_path: Path, cloud: MistServer, bus: Server
) -> None:
    """Those before it came among them; the leader is killed, and there is no gap."""
    one, other = host(tmp_path / "a", cloud, bus), host(tmp_path / "b", cloud, bus)
    bare = host(tmp_path / "c", cloud, bus)
    first = one.start("collect", "--watch")
    until(lambda: len(one.polls()) >= 2)
    early = [at for _, at in one.polls()]
    second = other.start("collect", "--watch")
    third = bare.start("collect", "--watch", "--no-keep")
    heard(third, "bus.follows")
    until(lambda: {at for _, at in one.polls()[:3]} <= {at for _, at in other.polls()})
    assert bare.polls() == []
    landed = other.run("collect").last("collect.run")
    assert str(landed["led_by"]).endswith(f":{first.pid}"), "who keeps does not lead"
    assert stop(third).code == 0
    first.kill()
    first.communicate()
    theirs = [at for _, at in one.polls()]
    until(lambda: max(at for _, at in other.polls()) > theirs[-1])
    kept = [at for _, at in other.polls()]
    assert early[0] in kept
    assert [at for at in theirs[:-1] if at not in kept] == [], "but for the poll in flight nothing is missing"
    assert stop(second).code == 0
