"""Two collectors with a data folder each, as on two hosts, over one bus: one of them polls, whatever happens."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from noctui.clock import SystemClock
from noctui.model.alarms import Act, Alarm, AuditEntry
from noctui.model.scene import Range, Status
from noctui.model.view import View
from noctui.runtime.bus_address import SCREEN, SERVER, BusPlace
from noctui.runtime.headless import Stopped
from noctui.runtime.headless_collect import collect
from noctui.runtime.mist import mist_source
from noctui.runtime.published import Published
from noctui.runtime.source import Source
from noctui.runtime.term import Term
from noctui.settings import Settings, Thresholds
from noctui.sim.incidents import Incident, cut
from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.server import MistServer, serve
from noctui.sim.world import World
from noctui.stores.bus.redis_address import Client, parse_url
from noctui.stores.bus.redis_follow import Follower, Heard
from noctui.stores.bus.redis_inbox import post
from noctui.stores.bus.redis_requests import Asker, bound
from noctui.stores.bus.redis_server import Server
from noctui.stores.history import open_reader
from tests.redis_server import address, needs_server, server
from tests.stores.bus.relay import Relay
from tests.stores.made import difference
from tests.walk.walk import TOKEN

LEASE = 1.0
POLL = 0.25
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
    clients: list[Client] = field(default_factory=list)

    @property
    def org_id(self) -> str:
        return self.cloud.world.network.org_id

    def host(self, rank: int = SCREEN, *, alone: bool = False, url: str = "") -> Host:
        settings = Settings(tokens=(TOKEN,), host=self.cloud.url, insecure_host=True, enrich=False)
        clock = SystemClock()

        def new_source() -> Source:
            return mist_source(settings, clock)

        place = BusPlace(parse_url(url) if url else address(self.bus), LEASE, 600.0, rank, alone)
        folder = self.data / str(len(self.hosts)) / self.org_id
        made = Host(Term(new_source, POLL, clock, Thresholds(), (40.0, 7.0), bus=place), folder, self.org_id)
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
async def pair(data: Path, *incidents: Incident) -> AsyncIterator[Pair]:
    """A small network where nothing else happens, and an org of its own."""
    world = World(seed=100 + next(_numbers), sites=4, anchor=time.time(), incidents=incidents)
    clock = SimClock(1.0, time.time())
    cloud = await serve(world, tokens=(TOKEN,), clock=clock, report_seconds=POLL, limit=10**7)
    with server() as bus:
        made = Pair(cloud, bus, data)
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
        await one.until(lambda: len(one.views) >= 2)
        assert other.views == []
        follower = two.follower()
        heard = await shown(follower)
        assert heard.status is not None
        assert heard.status.leader == one.status.leader
        calls, seq = two.cloud.calls, one.views[-1].seq
        await one.until(lambda: one.views[-1].seq >= seq + 1)
        alone = one.status.sweep_calls * (one.views[-1].seq - seq)
        assert two.cloud.calls - calls <= alone + one.status.sweep_calls  # a sweep may have begun since
        while follower.seen[1] < one.views[-1].seq:
            await follower.hear(5.0)
        before = follower.seen
        await one.end()
        await other.until(other.polls)
        while follower.seen[0] == before[0]:
            await follower.hear(5.0)
        assert follower.seen[0] > before[0]
        assert follower.gaps == 0


async def test_a_collector_on_a_server_takes_over_from_a_screen_which_follows_it(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        screen = two.host(SCREEN)
        await screen.until(screen.polls)
        watching = two.host(SERVER)
        await watching.until(watching.polls)
        await screen.until(lambda: screen.status.mode == "follower" and screen.status.leader != "")
        assert screen.status.leader == watching.status.leader
        shown = len(screen.views)
        await watching.until(lambda: len(watching.views) >= 2)
        assert len(screen.views) == shown
        assert (screen.terms, watching.terms) == (1, 1)


async def test_a_leader_goes_on_alone_while_the_bus_is_lost_and_nobody_else_begins(tmp_path: Path) -> None:
    """What was on the bus is gone with the server: a snapshot of the newest poll is there at once."""
    async with pair(tmp_path) as two:
        one = two.host()
        await one.until(one.polls)
        other = two.host()
        await other.until(lambda: other.status.leader != "")
        two.bus.kill()
        await one.until(lambda: one.status.bus == "lost")
        assert "cannot be reached" in one.status.bus_text
        assert one.status.bus_since > 0
        await other.until(lambda: other.status.bus == "lost")
        seq = one.views[-1].seq
        await one.until(lambda: one.views[-1].seq >= seq + 1)
        assert one.status.mode == "leader"
        assert other.views == []
        two.bus.start()
        await one.until(lambda: one.status.bus == "ok")
        heard = await shown(two.follower())
        assert heard.view is not None
        assert heard.view.seq >= seq + 1
        await other.until(lambda: other.status.leader != "")
        assert (one.terms, other.terms) == (1, 0)


async def test_nobody_begins_to_poll_without_the_bus_unless_told_to(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        two.bus.kill()
        waits = two.host()
        await waits.until(lambda: waits.status.bus == "lost")
        assert waits.status.mode == "follower"
        forced = two.host(alone=True)
        await forced.until(forced.polls)
        assert (forced.status.mode, forced.status.bus) == ("leader", "lost")
        assert waits.views == []
        two.bus.start()
        follower = two.follower()
        # whoever is first leads: were it the one that waited, the other would stop
        for host in (waits, forced):
            await host.until(lambda host=host: host.status.bus == "ok" and host.status.leader != "")  # type: ignore[misc]
        heard = await shown(follower)
        assert heard.status is not None
        assert heard.status.leader == waits.status.leader == forced.status.leader


async def test_one_poll_is_not_made_without_the_bus_unless_told_to(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        two.bus.kill()
        settings = two.settings(tmp_path / "one")
        clock = SystemClock()
        with pytest.raises(
            Stopped, match=r"cannot be reached.*nobody collects without it \(--lead-alone does\)"
        ) as told:
            await collect(settings, lambda: mist_source(settings, clock), clock, lambda _: None)
        assert told.value.kind == "unreachable"
        assert not (tmp_path / "one").exists()
        alone = replace(settings, lead_alone=True)
        landed = await collect(alone, lambda: mist_source(alone, clock), clock, lambda _: None)
        assert (landed.led_by, landed.missing) == ("", "")


async def test_one_that_is_cut_off_is_replaced_and_follows_when_it_is_back(tmp_path: Path) -> None:
    """It polls on while it is cut off: that the bus is there for others it cannot know."""
    async with pair(tmp_path) as two:
        relay = Relay(tmp_path / "relay", two.bus.socket)
        await relay.start()
        try:
            one = two.host(url=relay.url)
            await one.until(one.polls)
            other = two.host()
            await other.until(lambda: other.status.leader != "")
            relay.cut()
            await other.until(other.polls)
            assert one.status.bus == "lost"
            relay.mend()
            await one.until(lambda: one.status.mode == "follower" and one.status.leader != "")
            assert one.status.leader == other.status.leader
            assert (one.terms, other.terms) == (1, 1)
        finally:
            for host in two.hosts:
                await host.end()
            await relay.close()


async def test_one_poll_asked_for_beside_a_leader_elsewhere_is_that_leaders_next(tmp_path: Path) -> None:
    """`noctui collect` on another host: no call of its own but which org it is."""
    async with pair(tmp_path) as two:
        one = two.host()
        await one.until(one.polls)
        settings = two.settings(tmp_path / "other")
        clock = SystemClock()
        landed = await collect(settings, lambda: mist_source(settings, clock), clock, lambda _: None)
        assert landed.led_by == one.status.leader
        assert landed.seq in [view.seq for view in one.views]
        assert landed.missing == ""
        assert not landed.folder.exists()


async def test_an_act_over_the_bus_is_done_once_and_its_doer_is_marked_as_unproven(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        one = two.host()
        await one.until(one.polls)
        act = Act(act_id="act-1", kind="ack", alarm_ids=("nobody knows it",), who="jmo", at=time.time(), why="seen",
                  until=time.time() + 60, saw=(0.0,), origin="noc-b pts/3")  # fmt: skip
        client, began = two.client(), time.monotonic()
        for _ in range(2):  # the answer was lost, and it is sent again
            await post(client, two.org_id, "the bus", act)
        history = open_reader(one.folder)
        try:
            lines: tuple[AuditEntry, ...] = ()
            async with asyncio.timeout(PATIENCE):
                while not lines or await client.xlen(f"{{noctui:{two.org_id}}}:inbox"):
                    lines = await history.reader(time.time(), live=True).audit(Range(began - 60, time.time() + 60))
            assert time.monotonic() - began < 2.0
            assert [(line.act_id, line.who, line.origin) for line in lines] == [
                ("act-1", "jmo", "by the bus, unproven: jmo at noc-b pts/3")
            ]
        finally:
            history.close()


async def test_who_takes_over_goes_on_with_the_alarms_and_who_took_them(tmp_path: Path) -> None:
    """Its own history knows nothing of them."""
    now = time.time()
    async with pair(tmp_path, cut(now - 3600, now + 3600, 0)) as two:
        one = two.host()
        await one.until(lambda: bool(one.views and one.views[-1].alarms.alarms))
        before = one.views[-1].alarms.alarms[0]
        act = Act(act_id="act-1", kind="ack", alarm_ids=(before.alarm_id,), who="jmo", at=now, why="Lumen called",
                  until=now + 3600, saw=(before.known_at,))  # fmt: skip
        await post(two.client(), two.org_id, "the bus", act)
        await one.until(lambda: any(a.ack is not None for a in one.views[-1].alarms.alarms))
        follower = two.follower()
        while True:
            heard = await shown(follower)
            assert heard.view is not None
            if any(a.ack is not None for a in heard.view.alarms.alarms):
                break
        await one.end()
        other = two.host()
        await other.until(other.polls)
        after = other.views[-1].alarms.by_id[before.alarm_id]
        assert after.ack is not None
        assert (after.ack.who, after.ack.why) == ("jmo", "Lumen called")
        assert after.opened == before.opened
        history = open_reader(other.folder)
        try:
            versions: tuple[Alarm, ...] = ()
            async with asyncio.timeout(PATIENCE):
                while not versions:
                    versions = await history.reader(time.time(), live=True).alarm_versions(before.alarm_id)
            assert versions[-1].ack is not None
        finally:
            await asyncio.to_thread(history.close)


async def test_a_follower_asks_the_leaders_history(tmp_path: Path) -> None:
    """As its own screen does; of the engine's own windows, too."""
    async with pair(tmp_path) as two:
        one = two.host()
        await one.until(one.polls)
        heard = await shown(two.follower())
        assert heard.view is not None
        asker = Asker(two.client(), two.org_id, "the bus")
        scene = bound(heard.view, corrected=False, live=True)
        circuit_id = heard.view.inventory.circuits[0].circuit_id
        range_ = Range(heard.view.at - 600, heard.view.at)
        told = await asker.ask("series", scene, circuit_id, ("rx_bps",), range_)
        history = open_reader(one.folder)
        try:
            own = await history.reader(heard.view.at, live=True).series(circuit_id, ("rx_bps",), range_)
        finally:
            await asyncio.to_thread(history.close)
        assert difference(told, own) == ""
        above = await asker.ask("above", scene, 3)
        assert above.total.shape[0] == len(heard.view.circuits)
        past = await asker.view(heard.view.at, False, heard.view.inventory)
        assert past is not None
        assert past.seq == heard.view.seq
        await one.until(lambda: one.status.health is not None and one.status.health.bus is not None)
