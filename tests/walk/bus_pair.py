"""Collectors with a data folder each, as on several hosts, over one bus and one simulated cloud."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from noctui.clock import SystemClock
from noctui.model.scene import Status
from noctui.model.view import View
from noctui.runtime.bus_address import SCREEN, BusPlace
from noctui.runtime.mist import mist_source
from noctui.runtime.published import Published
from noctui.runtime.source import Source
from noctui.runtime.term import Term
from noctui.settings import Settings, Thresholds
from noctui.sim.incidents import Incident
from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.server import MistServer, serve
from noctui.sim.world import World
from noctui.stores.bus.redis_address import Client, parse_url
from noctui.stores.bus.redis_follow import Follower, Heard
from noctui.stores.bus.redis_server import Server
from tests.redis_server import address, server
from tests.walk.walk import TOKEN

LEASE = 1.0
"""Of a bus; they share a loop, which other tests hold up."""
POLL = 0.25
PATIENCE = 20.0
_numbers = itertools.count()


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
    clients: list[Client] = field(default_factory=list)

    @property
    def org_id(self) -> str:
        return self.cloud.world.network.org_id

    def host(
        self, rank: int = SCREEN, *, alone: bool = False, url: str = "", lease: float = LEASE, poll: float = POLL,
        share: bool = False, token: str = TOKEN, page: int = 1000,
    ) -> Host:  # fmt: skip
        settings = Settings(
            tokens=(token,), host=self.cloud.url, insecure_host=True, enrich=False, page_limit=page
        )  # fmt: skip
        clock = SystemClock()

        def new_source() -> Source:
            return mist_source(settings, clock)

        place = BusPlace(parse_url(url) if url else address(self.bus), lease, 600.0, rank, alone, share)
        folder = self.data / str(len(self.hosts)) / self.org_id
        made = Host(Term(new_source, poll, clock, Thresholds(), (40.0, 7.0), bus=place), folder, self.org_id)
        self.hosts.append(made)
        made.start()
        return made

    def settings(self, data: Path) -> Settings:
        return Settings(
            tokens=(TOKEN,), host=self.cloud.url, insecure_host=True, enrich=False, poll_seconds=1.0, data=data,
            bus=self.bus.url, lease_seconds=LEASE,
        )  # fmt: skip

    def client(self) -> Client:
        made = address(self.bus).client(answer_seconds=10.0)
        self.clients.append(made)
        return made

    def follower(self) -> Follower:
        return Follower(self.client(), self.org_id, "the bus")


@asynccontextmanager
async def pair(data: Path, *incidents: Incident, bus: Server | None = None, sites: int = 4) -> AsyncIterator[Pair]:
    """A small network where nothing else happens, and an org of its own; on a server of its own unless one is given."""
    world = World(seed=100 + next(_numbers), sites=sites, anchor=time.time(), incidents=incidents)
    clock = SimClock(1.0, time.time())
    cloud = await serve(world, tokens=(TOKEN,), clock=clock, report_seconds=POLL, limit=10**7)
    with nullcontext(bus) if bus is not None else server() as there:
        made = Pair(cloud, there, data)
        try:
            yield made
        finally:
            for host in made.hosts:
                await host.end()
            for client in made.clients:
                await client.aclose()
            await cloud.close()


async def shown(follower: Follower) -> Heard:
    """The first poll that it hears of."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for heard in await follower.hear(5.0):
                if heard.view is not None:
                    return heard
