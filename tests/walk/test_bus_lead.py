"""Two collectors with a data folder each, as on two hosts, over one bus: one of them polls, whatever happens."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from noctui.clock import SystemClock
from noctui.model.alarms import Act
from noctui.model.scene import Status
from noctui.model.view import View
from noctui.runtime.bus_address import SCREEN, SERVER, BusPlace
from noctui.runtime.mist import mist_source
from noctui.runtime.published import Published
from noctui.runtime.source import Source
from noctui.runtime.term import Term
from noctui.settings import Settings, Thresholds
from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.server import MistServer, serve
from noctui.sim.world import World
from noctui.stores.bus.redis_follow import Follower
from noctui.stores.bus.redis_inbox import post
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_server import Server
from noctui.stores.history import open_reader
from tests.redis_server import address, needs_server, server
from tests.walk.walk import TOKEN

LEASE = 0.3
PATIENCE = 20.0
_numbers = itertools.count()

pytestmark = needs_server


@dataclass
class Host:
    """A collector's process without the process: its term, its folder, what it said."""

    term: Term
    folder: Path
    org_id: str
    said: list[Published] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None
    terms: int = 0

    def start(self) -> None:
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        """As a desk does: lead; and contend again when another has taken over."""
        while True:
            if await self.term.lead(self.folder, self.org_id, self._heard):
                self.terms += 1
                await self.term.over()

    def _heard(self, published: Published) -> None:
        self.said.append(published)
        self.news.set()

    @property
    def status(self) -> Status:
        return self.said[-1].status if self.said else Status(mode="")

    @property
    def views(self) -> list[View]:
        return [one.view for one in self.said if one.view is not None]

    def polls(self) -> bool:
        """It leads, and a poll of this term has landed."""
        return self.status.mode == "leader" and bool(self.views) and self.said[-1].status.fault == ""

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                self.news.clear()
                await self.news.wait()

    async def end(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait({self.task})
        await self.term.stop(patient=False)


@dataclass
class Pair:
    cloud: MistServer
    bus: Server
    data: Path
    hosts: list[Host] = field(default_factory=list)

    @property
    def org_id(self) -> str:
        return self.cloud.world.network.org_id

    def host(self, rank: int = SCREEN, *, alone: bool = False, url: str = "") -> Host:
        settings = Settings(tokens=(TOKEN,), host=self.cloud.url, insecure_host=True, enrich=False)
        clock = SystemClock()

        def new_source() -> Source:
            return mist_source(settings, clock)

        place = BusPlace(address(self.bus), LEASE, 600.0, rank, alone)
        folder = self.data / str(len(self.hosts)) / self.org_id
        made = Host(Term(new_source, 1.0, clock, Thresholds(), (40.0, 7.0), bus=place), folder, self.org_id)
        self.hosts.append(made)
        made.start()
        return made

    def follower(self) -> Follower:
        return Follower(address(self.bus).client(answer_seconds=5.0), self.org_id, "the bus")


@asynccontextmanager
async def pair(data: Path) -> AsyncIterator[Pair]:
    """A small calm network, polled every second; an org of its own."""
    world = World(seed=100 + next(_numbers), sites=4, anchor=time.time(), incidents=())
    clock = SimClock(1.0, time.time())
    cloud = await serve(world, tokens=(TOKEN,), clock=clock, report_seconds=1.0, limit=10**7)
    with server() as bus:
        made = Pair(cloud, bus, data)
        try:
            yield made
        finally:
            for host in made.hosts:
                await host.end()
            await cloud.close()


async def test_one_of_two_polls_and_the_other_when_it_ends(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        one = two.host()
        await one.until(one.polls)
        assert (one.status.bus, one.status.mode) == ("ok", "leader")
        other = two.host()
        await other.until(lambda: other.status.leader != "")
        assert other.status.mode == "follower"
        assert other.status.leader == one.status.leader
        assert not other.folder.exists()  # nothing is written where nobody leads
        await one.until(lambda: len(one.views) >= 3)
        assert other.views == []
        follower = two.follower()
        (heard, *_) = await follower.hear(5.0)
        assert heard.view is not None
        assert heard.status is not None
        assert heard.status.leader == one.status.leader
        before = follower.seen
        await one.end()
        await other.until(other.polls)
        while follower.seen[0] == before[0]:
            await follower.hear(5.0)
        assert follower.seen[0] > before[0]
        assert follower.gaps == 0
