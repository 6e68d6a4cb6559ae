"""A host's link is pulled for five seconds: no connection is refused, nothing is told, packets are just gone."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.bus_hosts import Hosts
from tests.faults.test_bus_kills import LEASE, PATIENCE, POLL, Accepted, cloud_and_bus
from tests.redis_server import address, needs_server

DOWN_SECONDS = 5.0
HERE, THERE = "10.231.77.1", "10.231.77.2"
pytestmark = [needs_server, pytest.mark.soak]


class Link:
    """A network of its own, `name`, and a cable to it. Raises CalledProcessError where that is not allowed."""

    def __init__(self, name: str) -> None:
        self.name, self._cable = name, f"{name}-c"
        _ip(f"netns add {name}")
        try:
            _ip(f"link add {self._cable} type veth peer name eth0 netns {name}")
            _ip(f"addr add {HERE}/30 dev {self._cable}")
            _ip(f"-n {name} addr add {THERE}/30 dev eth0")
            _ip(f"-n {name} link set eth0 up")
            self.mend()
        except BaseException:
            self.close()
            raise

    def cut(self) -> None:
        _ip(f"-n {self.name} link set eth0 down")

    def mend(self) -> None:
        _ip(f"-n {self.name} link set eth0 up")
        _ip(f"link set {self._cable} up")

    def close(self) -> None:
        _ip(f"netns del {self.name}")


def _ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True, capture_output=True)


@pytest.fixture
def link() -> Iterator[Link]:
    if shutil.which("ip") is None:
        pytest.skip("no ip command here")
    try:
        made = Link(f"noctui{os.getpid() % 10_000}")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network of its own is allowed here: {error.stderr.decode().strip()}")
    yield made
    made.close()


async def test_a_leader_whose_link_is_pulled_is_replaced_and_takes_part_again(link: Link, tmp_path: Path) -> None:
    """Both are cut off from each other, and the one from the bus and from Mist. It comes back by itself: when the other
    is killed it leads."""
    async with cloud_and_bus(HERE) as (cloud, bus):
        org, url = cloud.world.network.org_id, f"redis://{HERE}:{bus.port}/0"
        client = address(bus).client(answer_seconds=10)
        accepted = Accepted(client, org)
        with (
            Hosts(cloud.url, org, LEASE, POLL, within=("ip", "netns", "exec", link.name)) as far,
            Hosts(cloud.url, org, LEASE, POLL) as near,
        ):
            first = far.start(url, tmp_path / "a" / org)
            assert await accepted.leader() == first
            second = near.start(url, tmp_path / "b" / org)
            await asyncio.sleep(5 * LEASE)
            await accepted.read()
            while await accepted.leader() != first:  # on a busy machine it may have lost the lease
                near.stop(second)
                await asyncio.sleep(2 * LEASE)
                near.go_on(second)
            began = time.monotonic()
            await asyncio.to_thread(link.cut)
            async with asyncio.timeout(PATIENCE):
                while await accepted.leader() != second:
                    pass
            took = time.monotonic() - began
            await asyncio.sleep(max(0.0, DOWN_SECONDS - took))
            await asyncio.to_thread(link.mend)
            mended = time.monotonic()
            near.kill(second)
            async with asyncio.timeout(PATIENCE):
                while await accepted.leader() != first:
                    pass
            back = time.monotonic() - mended
        await client.aclose()
        accepted.check()
        print(f"\nreplaced after {took:.1f} s, back {back:.1f} s after the link, with a lease of {LEASE} s")
