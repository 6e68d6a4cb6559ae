"""Leaders with histories of their own, followers, and a server, each cut off, stopped or restarted at random: no
follower ever goes back, none shows what nobody published, and in the end all show the same."""

from __future__ import annotations

import asyncio
import contextlib
import random
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import pytest

from noctui.model.status import Status
from noctui.model.view import View
from noctui.stores.bus.redis_address import Client, parse_url
from noctui.stores.bus.redis_errors import BusError
from noctui.stores.bus.redis_follow import Follower
from noctui.stores.bus.redis_leading import Leading
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_publish import Publisher
from noctui.stores.bus.redis_server import Server
from tests.redis_server import server
from tests.stores.bus.made import inventory, views
from tests.stores.bus.relay import Relay
from tests.stores.made import difference

ORG = inventory().org_id
SECONDS = 0.3
V = views()


def client_of(relay: Relay, tries: int = 0) -> Client:
    return parse_url(relay.url).client(answer_seconds=SECONDS / 3, tries=tries)


@dataclass
class Shown:
    """What a follower showed, in order."""

    follower: Follower
    all: list[View] = field(default_factory=list)
    at: list[tuple[int, int]] = field(default_factory=list)

    async def run(self) -> None:
        while True:
            try:
                heard = await self.follower.hear(SECONDS / 6)
            except BusError:
                await asyncio.sleep(0.01)
                continue
            for one in heard:
                if one.view is not None:
                    self.all.append(one.view)
                    self.at.append((one.epoch, one.view.seq))


@dataclass
class Stage:
    published: dict[tuple[int, int], View] = field(default_factory=dict)
    """All that any leader ever handed to the bus, accepted or not."""

    async def lead(self, name: str, relay: Relay, shown: Shown) -> None:
        """A leader with its own inventory; it follows, too, and begins from what it saw."""
        client = client_of(relay)
        lease = Lease(client, ORG, "the bus", seconds=SECONDS)
        leading = asyncio.create_task(Leading(lease, lambda _: None).run())
        own = msgspec.structs.replace(inventory(), org_name=name)
        leader: Publisher | None = None
        epoch, seq = 0, random.randrange(50)
        try:
            while True:
                lease.saw(shown.follower.seen[0])
                if lease.epoch and lease.epoch != epoch:
                    epoch = lease.epoch
                    leader = Publisher(lease, before=shown.follower.seen)
                if lease.epoch and leader is not None:
                    seq += 1
                    view = replace(V[seq % len(V)], seq=seq, inventory=own)
                    self.published[epoch, seq] = view
                    with contextlib.suppress(BusError):
                        await leader.poll(view, Status())
                await asyncio.sleep(0.01)
        finally:
            leading.cancel()
            await asyncio.gather(leading, return_exceptions=True)
            await client.aclose()


async def _run(bus: Server, folder: Path, deeds: int, pick: random.Random) -> str:
    relays = [Relay(folder / f"r{i}", bus.socket) for i in range(5)]
    for relay in relays:
        await relay.start()
    clients = [client_of(relay) for relay in relays]
    stage, shown = Stage(), [Shown(Follower(one, ORG, "the bus")) for one in clients]
    tasks = [asyncio.create_task(one.run()) for one in shown]
    tasks += [asyncio.create_task(stage.lead(f"n{i}", relays[i], shown[i])) for i in range(3)]
    try:
        for _ in range(deeds):
            away = pick.uniform(0.1, 1.5) * SECONDS
            deed = pick.choice(("cut", "cut", "hang", "restart"))
            if deed == "cut":
                relay = pick.choice(relays)
                relay.cut()
                await asyncio.sleep(away)
                relay.mend()
            elif deed == "hang":
                bus.hang()
                await asyncio.sleep(away)
                bus.go_on()
            else:
                bus.kill()
                await asyncio.to_thread(bus.start)
            await asyncio.sleep(pick.uniform(0.2, 1) * SECONDS)
        newest = max(one.follower.seen for one in shown)
        async with asyncio.timeout(20):
            while min(one.follower.seen for one in shown) <= newest:
                await asyncio.sleep(0.01)
        for task in tasks:
            assert not task.done(), task.exception()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for client in clients:
            await client.aclose()
        for relay in relays:
            await relay.close()
    for one in shown:
        assert one.at == sorted(set(one.at)), "no View goes back in time"
        for at, view in zip(one.at, one.all, strict=True):
            assert difference(view, stage.published[at]) == ""
    return f"{len({epoch for one in shown for epoch, _ in one.at})} leaderships, {len(stage.published):,} polls"


async def test_followers_never_go_back_whatever_breaks(tmp_path: Path) -> None:
    with server() as bus:
        await _run(bus, tmp_path, 5, random.Random())


@pytest.mark.soak
async def test_followers_never_go_back_whatever_breaks_for_long(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    with server() as bus:
        print(f"\nseed {seed}: {await _run(bus, tmp_path, 120, random.Random(seed))}")
