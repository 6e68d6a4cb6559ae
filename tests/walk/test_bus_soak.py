"""Whole collectors over one bus, ended, cut off, and without it, at random: what a follower sees only rises."""

from __future__ import annotations

import asyncio
import contextlib
import random
from pathlib import Path

import pytest

from noctui.stores.bus.redis_errors import BusError
from tests.redis_server import needs_server
from tests.stores.bus.relay import Relay
from tests.walk.bus_pair import LEASE, Host, pair, shown

ROUNDS = 60
pytestmark = [needs_server, pytest.mark.soak]


async def test_leaders_come_and_go_and_the_picture_only_rises(tmp_path: Path) -> None:
    """Each behind a network of its own. The seed and what was done are printed."""
    seed = random.SystemRandom().randrange(1_000_000)
    pick = random.Random(seed)
    async with pair(tmp_path) as all_:
        relays = [Relay(tmp_path / f"r{n}", all_.bus.socket) for n in range(3)]
        for relay in relays:
            await relay.start()
        hosts = [all_.host(url=relay.url) for relay in relays]
        seen: list[tuple[int, int]] = []
        follower = all_.follower()

        async def follow() -> None:
            while True:
                try:
                    heard = await follower.hear(0.2)
                    seen.extend((one.epoch, one.view.seq) for one in heard if one.view is not None)
                except BusError:
                    await asyncio.sleep(0.05)

        following = asyncio.create_task(follow())
        done = {"end": 0, "cut": 0, "bus": 0}
        try:
            for _ in range(ROUNDS):
                await asyncio.sleep(pick.uniform(0, 2) * LEASE)
                deed, place = pick.choice(list(done)), pick.randrange(3)
                done[deed] += 1
                if deed == "end":
                    await hosts[place].end()
                    await asyncio.sleep(pick.uniform(0, LEASE))
                    hosts[place] = _again(all_.host(url=relays[place].url), hosts[place])
                elif deed == "cut":
                    relays[place].cut()
                    await asyncio.sleep(pick.uniform(0, 2) * LEASE)
                    relays[place].mend()
                else:
                    all_.bus.kill()
                    await asyncio.sleep(pick.uniform(0, 2) * LEASE)
                    await asyncio.to_thread(all_.bus.start)
            await asyncio.wait_for(shown(all_.follower()), 20)
            async with asyncio.timeout(20):
                while [host.status.mode for host in hosts].count("leader") != 1 or len(_leaders(hosts)) != 1:
                    await asyncio.sleep(0.1)
        finally:
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await following
            for host in hosts:
                await host.end()
            for relay in relays:
                await relay.close()
        print(f"\nseed {seed}: {done}, {len({e for e, _ in seen})} leaderships, {len(seen)} polls seen")
        assert seen == sorted(seen)  # one poll may come again, with other alarms
        assert len({epoch for epoch, _ in seen}) > 3


def _again(new: Host, old: Host) -> Host:
    """With the folder that it had before."""
    new.folder = old.folder
    return new


def _leaders(hosts: list[Host]) -> set[str]:
    return {host.status.leader for host in hosts}
