"""Leaders that are killed, stopped and cut off: another takes over, and never are two accepted."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_errors import FencedError
from noctui.stores.bus.redis_leading import Leading, Part
from noctui.stores.bus.redis_lease import SERVER, Lease
from noctui.stores.bus.redis_server import Server
from tests.redis_server import address, server
from tests.stores.bus.contender import Contenders, log_key
from tests.stores.bus.relay import Relay

SECONDS = 0.3
"""Of a lease."""


@dataclass
class Writes:
    """All accepted writes in the order in which the server took them."""

    client: Any
    org: str
    all: list[tuple[int, int, int]] = field(default_factory=list)  # ms of the server's clock, epoch, process
    _after: bytes = b"0-0"

    async def read(self, seconds: float = 5.0) -> None:
        """Those that came since; waits for one."""
        answer = await self.client.xread({log_key(self.org): self._after}, block=round(seconds * 1000))
        for _, entries in answer or ():
            for name, words in entries:
                self.all.append((int(name.split(b"-")[0]), int(words[b"e"]), int(words[b"p"])))
                self._after = name

    async def leader(self, after: int) -> tuple[int, int]:
        """Wait for a write with an epoch above `after`: that epoch and its process."""
        for _ in range(200):
            await self.read()
            if self.all and self.all[-1][1] > after:
                return self.all[-1][1:]
        raise AssertionError("nobody takes over")

    def check(self) -> None:
        """Epochs only rise, and each is one process's."""
        epochs = [epoch for _, epoch, _ in self.all]
        assert epochs == sorted(epochs)
        assert len({(epoch, pid) for _, epoch, pid in self.all}) == len(set(epochs))

    def longest_gap(self) -> float:
        """Seconds without any accepted write, by the server's clock."""
        return max(b[0] - a[0] for a, b in zip(self.all, self.all[1:], strict=False)) / 1000


@asynccontextmanager
async def writes(bus: Server, org: str) -> AsyncIterator[Writes]:
    client = address(bus).client(answer_seconds=10)
    yield Writes(client, org)
    await client.aclose()


async def test_ten_leaders_are_killed_or_stopped(bus: Server, org: str) -> None:
    """Those that were stopped go on believing that they lead: what they write then is refused."""
    async with writes(bus, org) as log:
        with Contenders(org, SECONDS) as those:
            for _ in range(3):
                those.start(bus.url)
            epoch = 0
            stopped: list[int] = []
            for turn in range(10):
                epoch, pid = await log.leader(epoch)
                if turn % 3 == 1:
                    those.stop(pid)
                    stopped.append(pid)
                else:
                    those.kill(pid)
                    those.start(bus.url)
                    while stopped:
                        those.go_on(stopped.pop())
            await log.leader(epoch)
        log.check()
        assert len({epoch for _, epoch, _ in log.all}) >= 11


async def test_a_collector_on_a_server_takes_over_from_a_screen(client: Client, org: str) -> None:
    """Without anybody dying: one write is the screen's, the next the collector's."""
    screen, collector = Lease(client, org, "the bus"), Lease(client, org, "the bus", rank=SERVER)
    parts: list[Part] = []
    leading, other = Leading(screen, parts.append), Leading(collector, lambda _: None)
    for one in (leading, other, leading, other, leading):
        await one.step()
    assert [(part.leads, part.leader and part.leader.epoch) for part in parts] == [(True, None), (False, 1), (False, 2)]
    assert parts[-1].leader is not None
    assert parts[-1].leader.holder == collector.holder
    assert other.part == Part(True, 2)


async def test_a_leader_that_has_lost_the_bus_says_so_and_goes_on_alone(org: str) -> None:
    """Until it comes back: then it leads on, since nobody else did."""
    with server() as one:
        client = address(one).client(answer_seconds=0.05, tries=0)
        leading = Leading(Lease(client, org, "the bus", seconds=0.1), lambda _: None)
        await leading.step()
        one.hang()
        while not leading.part.alone:
            await leading.step()
        assert leading.part.leads
        assert "does not answer" in leading.part.fault
        one.go_on()
        while leading.part.fault:
            await leading.step()
        assert leading.part == Part(True, 1)
        await client.aclose()


async def test_an_emptied_server_is_left_to_the_one_who_leads(client: Client, org: str) -> None:
    """Its next write, or renewal, takes the lease again under the same epoch; who waited holds back, though nothing
    failed."""
    first, second = Lease(client, org, "the bus", seconds=60), Lease(client, org, "the bus", seconds=60)
    leading, waiting = Leading(first, lambda _: None), Leading(second, lambda _: None)
    for one in (leading, waiting):
        await one.step()
    keys = first.keys
    for order in ("write first", "step first"):
        await client.delete(keys.lease, keys.epoch)
        if order == "step first":
            await waiting.step()
            await leading.step()
        await first.fenced([("SET", keys.snapshot, order)])
        await waiting.step()
        assert not waiting.part.leads
        assert waiting.part.leader is not None
        assert (waiting.part.leader.holder, waiting.part.leader.epoch) == (first.holder, 1)


async def test_an_emptied_server_is_taken_over_when_nobody_comes_back(client: Client, org: str) -> None:
    """With a higher epoch than any before."""
    first, second = Lease(client, org, "the bus", seconds=60), Lease(client, org, "the bus", seconds=0.2)
    assert await first.acquire()
    waiting = Leading(second, lambda _: None)
    await waiting.step()
    await client.delete(first.keys.lease, first.keys.epoch)
    await waiting.step()
    assert waiting.part == Part()
    while waiting.part.epoch == 0:
        await asyncio.sleep(waiting.wait())
        await waiting.step()
    assert waiting.part.epoch == 2
    with pytest.raises(FencedError, match="taken over"):
        await first.fenced([("SET", first.keys.snapshot, "late")])


async def test_a_leader_that_ends_in_order_leaves_at_once(client: Client, org: str) -> None:
    first = asyncio.create_task(Leading(Lease(client, org, "the bus", seconds=60), lambda _: None).run())
    second = Lease(client, org, "the bus", seconds=60)
    while (standing := await second.look()) is None:
        await asyncio.sleep(0)
    assert standing.epoch == 1
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert await second.acquire()


@pytest.mark.soak
async def test_two_hundred_kills_stops_and_partitions(bus: Server, org: str, tmp_path: Path) -> None:
    """Three contenders, each behind a network of its own. Whoever leads, or another, is killed, stopped for up to two
    leases, or cut off for as long, with what it had sent arriving late. Seed and longest time without a leader are
    printed."""
    seed = random.SystemRandom().randrange(1_000_000)
    pick = random.Random(seed)
    relays = [Relay(tmp_path / f"r{i}", bus.socket) for i in range(3)]
    for relay in relays:
        await relay.start()
    done = {"kill": 0, "stop": 0, "cut": 0}
    try:
        async with writes(bus, org) as log:
            with Contenders(org, SECONDS) as those:
                places = [those.start(relay.url) for relay in relays]
                for _ in range(200):
                    await log.read()
                    leader = log.all[-1][2] if log.all else places[0]
                    place = places.index(leader) if leader in places and pick.random() < 0.7 else pick.randrange(3)
                    deed = pick.choice(list(done))
                    done[deed] += 1
                    away = pick.uniform(0.05, 2) * SECONDS
                    if deed == "kill":
                        those.kill(places[place])
                        await asyncio.sleep(away / 2)
                        places[place] = those.start(relays[place].url)
                    elif deed == "stop":
                        those.stop(places[place])
                        await asyncio.sleep(away)
                        those.go_on(places[place])
                    else:
                        relays[place].cut()
                        await asyncio.sleep(away)
                        relays[place].mend()
                    await asyncio.sleep(pick.uniform(0, SECONDS))
                    await log.read()
            log.check()
            leaders = len({epoch for _, epoch, _ in log.all})
            print(
                f"\nseed {seed}: {done}, {leaders} leaderships, {len(log.all):,} accepted writes,"
                f" longest without one {log.longest_gap():.2f} s with a lease of {SECONDS} s"
            )
            assert leaders > 20
    finally:
        for relay in relays:
            await relay.close()
