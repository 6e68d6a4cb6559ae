"""Whole collectors as processes over one bus, killed, stopped and cut off: never are two accepted, and what a screen
shows only rises."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.server import MistServer, serve
from noctui.sim.world import World
from noctui.stores.bus.redis_blobs import unseal
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_server import Server
from noctui.stores.bus.redis_words import PollIs
from tests.faults.bus_hosts import Hosts
from tests.redis_server import address, needs_server, server
from tests.runtime.remote.stage import Watching, following
from tests.stores.bus.relay import Relay
from tests.walk.walk import TOKEN

LEASE, POLL = 0.6, 0.2
PATIENCE = 30.0
DEEDS = 200
pytestmark = needs_server


@dataclass
class Accepted:
    """Every poll that the bus took, in the order in which it did."""

    client: Any
    org: str
    all: list[tuple[int, int, str, float]] = field(default_factory=list)  # epoch, number, who, when (monotonic)
    _after: bytes = b"0-0"

    async def read(self, seconds: float = 0.001) -> None:
        """Those that came since; waits up to so long for one."""
        answer = await self.client.xread({Keys(self.org).polls: self._after}, block=max(1, round(seconds * 1000)))
        for _, entries in answer or ():
            for name, words in entries:
                _, poll = unseal(words[b"b"], self.org, PollIs)
                epoch, _, number = name.partition(b"-")
                self.all.append((int(epoch), int(number), poll.status.leader, time.monotonic()))
                self._after = name

    async def leader(self) -> int:
        """Wait for a poll: the id of the process that made it."""
        had = len(self.all)
        async with asyncio.timeout(PATIENCE):
            while len(self.all) == had:
                await self.read(1.0)
        return int(self.all[-1][2].rpartition(":")[2])

    def check(self) -> None:
        """Epochs and numbers only rise, and each epoch is one process's."""
        numbers = [(epoch, number) for epoch, number, _, _ in self.all]
        assert numbers == sorted(set(numbers))
        assert len({(epoch, who) for epoch, _, who, _ in self.all}) == len({epoch for epoch, _, _, _ in self.all})

    @property
    def leaderships(self) -> int:
        return len({epoch for epoch, _, _, _ in self.all})

    def longest_gap(self) -> float:
        """Seconds without any accepted poll."""
        return max(b[3] - a[3] for a, b in zip(self.all, self.all[1:], strict=False))


@dataclass
class Shown:
    """Each View that a screen without a token showed: epoch, number, time."""

    watching: Watching
    all: list[tuple[int, int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watching.desk.subscribe(self.look)

    def look(self) -> None:
        scene, there = self.watching.desk.live(), self.watching.desk._remote.following
        if scene is not None and there is not None:
            now = (there._epoch, scene.view.seq, scene.view.at)
            if not self.all or self.all[-1] != now:
                self.all.append(now)

    def check(self) -> None:
        assert [one[:2] for one in self.all] == sorted(one[:2] for one in self.all), "no View goes back"
        assert [one[2] for one in self.all] == sorted(one[2] for one in self.all), "nor its time"


@asynccontextmanager
async def cloud_and_bus(host: str = "") -> AsyncIterator[tuple[MistServer, Server]]:
    """`host`: an address of this machine, for those who are on another network."""
    now = time.time()
    world = World(seed=11, sites=4, anchor=now, incidents=())
    cloud = await serve(
        world, host or "127.0.0.1", tokens=(TOKEN,), clock=SimClock(1.0, now), report_seconds=POLL, limit=10**7
    )
    there = server(tcp=True, bind=host, protected_mode="no") if host else server()
    with there as bus:
        try:
            yield cloud, bus
        finally:
            await cloud.close()


async def _run(tmp_path: Path, deeds: int, pick: random.Random) -> str:
    done = {"kill": 0, "stop": 0, "cut": 0}
    async with cloud_and_bus() as (cloud, bus):
        org = cloud.world.network.org_id
        relays = [Relay(tmp_path / f"r{n}", bus.socket) for n in range(4)]
        for relay in relays:
            await relay.start()
        client = address(bus).client(answer_seconds=10)
        accepted = Accepted(client, org)
        try:
            with Hosts(cloud.url, org, LEASE, POLL) as those:
                folders = [tmp_path / f"host-{n}" / org for n in range(3)]
                places = [those.start(relays[n].url, folders[n]) for n in range(3)]
                async with following(relays[3].url, tmp_path / "screen", org_id=org) as watching:
                    shown = Shown(watching)
                    for _ in range(deeds):
                        leader = await accepted.leader()
                        place = places.index(leader) if leader in places and pick.random() < 0.7 else pick.randrange(3)
                        deed = pick.choice(list(done))
                        done[deed] += 1
                        away = pick.uniform(0.1, 3) * LEASE
                        if deed == "kill":
                            those.kill(places[place])
                            await asyncio.sleep(away / 2)
                            places[place] = those.start(relays[place].url, folders[place])
                        elif deed == "stop":
                            those.stop(places[place])
                            await asyncio.sleep(away)
                            those.go_on(places[place])
                        else:
                            relay = pick.choice((relays[place], relays[place], relays[3]))
                            relay.cut()
                            await asyncio.sleep(away)
                            relay.mend()
                        await asyncio.sleep(pick.uniform(0, 2) * LEASE)
                    await accepted.leader()
                    newest = accepted.all[-1][0]
                    await watching.until(lambda: shown.all and shown.all[-1][0] >= newest)
                    await watching.until(lambda: watching.status.bus == "ok" and not watching.status.fault)
        finally:
            await client.aclose()
            for relay in relays:
                await relay.close()
        accepted.check()
        shown.check()
        assert watching.failed == []
        return (
            f"{done}, {accepted.leaderships} leaderships, {len(accepted.all):,} accepted polls, longest without one"
            f" {accepted.longest_gap():.2f} s with a lease of {LEASE} s and a poll every {POLL} s,"
            f" {len(shown.all):,} shown"
        )


@pytest.mark.soak
async def test_two_hundred_kills_stops_and_partitions(tmp_path: Path) -> None:
    """Three collectors, each behind a network of its own, and a screen behind a fourth. The seed is printed."""
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"\nseed {seed}: {await _run(tmp_path, DEEDS, random.Random(seed))}")
