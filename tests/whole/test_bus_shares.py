"""Collectors as whole processes that share the sweeps of one org, each with its own token: killed, and made up for."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from noctui.sim.mist.server import MistServer
from noctui.stores.bus.redis_server import Server
from tests.faults.cloud import small_cloud
from tests.redis_server import needs_server, server
from tests.whole.headless import Host, stop, until
from tests.whole.test_bus_headless import heard, host

OTHER = "second-token-0123456789abcdef-09be"
pytestmark = needs_server


@pytest.fixture
def cloud() -> Iterator[MistServer]:
    with small_cloud(sites=40) as one:
        one.tokens.known.add(OTHER)
        yield one


@pytest.fixture
def bus() -> Iterator[Server]:
    with server() as one:
        yield one


def shares(process: subprocess.Popen[str]) -> None:
    """Until it has handed a share in."""
    assert "fetches a share of its sweeps" in str(heard(process, "share.is")["text"])


def statuses(of: Host) -> list[str]:
    """How each of its polls went."""
    lines = [json.loads(line) for line in of.log().splitlines()]
    return [line["status"] for line in lines if line["event"] == "poll.run"]


def test_of_two_that_share_either_may_be_killed(tmp_path: Path, cloud: MistServer, bus: Server) -> None:
    one, other = host(tmp_path / "a", cloud, bus), host(tmp_path / "b", cloud, bus)
    other.env["MIST_API_TOKEN"] = OTHER
    first = one.start("collect", "--watch", "--share")
    heard(first, "poll.run")
    second = other.start("collect", "--watch", "--share", "--no-keep")
    shares(second)
    asked = cloud.tokens.used(OTHER)
    until(lambda: cloud.tokens.used(OTHER) > asked)
    second.kill()  # in the midst of whatever it was fetching
    second.communicate()
    polls = len(statuses(one))
    until(lambda: len(statuses(one)) >= polls + 2)
    second = other.start("collect", "--watch", "--share", "--no-keep")
    shares(second)
    first.kill()
    first.communicate()
    heard(second, "lead.begin")
    third = one.start("collect", "--watch", "--share", "--no-keep")
    shares(third)
    polls = len(statuses(other))
    until(lambda: len(statuses(other)) >= polls + 2)
    assert set(statuses(one)) == set(statuses(other)) == {"whole"}
    assert stop(third).code == 0
    assert stop(second).code == 0
