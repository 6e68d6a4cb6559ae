"""Screens on several hosts, each with a folder of its own, over one bus: one of them collects, all show the same."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from noctui.clock import ShiftedClock
from noctui.model.alarms import Act
from noctui.model.scene import Range, Reader
from noctui.model.words import State
from noctui.runtime.bus_address import BusPlace
from noctui.runtime.collecting import Publish
from noctui.runtime.mist import mist_source
from noctui.runtime.people import Person
from noctui.runtime.remote import Remote
from noctui.runtime.remote_desk import RemoteDesk
from noctui.runtime.scenes import LeaderReader
from noctui.runtime.source import Org, Source
from noctui.runtime.term import Term
from noctui.settings import Settings, Thresholds
from noctui.sim.incidents import Incident, cut
from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.server import MistServer, serve
from noctui.sim.world import World
from noctui.stores.bus.redis_server import Server
from noctui.stores.history import HistoryReader, open_reader
from tests.redis_server import address, needs_server, server
from tests.runtime.remote.stage import Watching
from tests.stores.bus.typed import bits
from tests.stores.made import difference
from tests.walk.walk import TOKEN

LEASE, POLL = 1.0, 0.25
KIM = Person("kim", "operator", "noc-b pts/3")
pytestmark = needs_server


class Here:
    """`Collecting` on the desk's own loop: a term without its process."""

    def __init__(self, term: Term) -> None:
        self._term = term

    def prepare(self) -> None:
        return

    async def org(self) -> Org:
        return await self._term.org()

    async def lead(self, folder: Path, org_id: str, publish: Publish) -> bool:
        return await self._term.lead(folder, org_id, publish)

    def reader(self, history: Reader, at: float) -> Reader:
        return LeaderReader(history, lambda hours: self._term.above(hours, at), self._term.detail)

    async def lost(self) -> str:
        await self._term.over()
        return ""

    def reload(self, settings: Settings) -> None:
        self._term.reload(settings)

    async def rest(self) -> None:
        await self._term.rest(patient=False)

    async def stop(self) -> None:
        await self._term.stop(patient=False)


@dataclass
class Hosts:
    cloud: MistServer
    bus: Server
    data: Path
    open: list[Watching] = field(default_factory=list)
    number: int = 0

    async def screen(
        self, *, token: bool = True, org_id: str = "", keep: bool = False, host: int = 0, person: Person = KIM
    ) -> Watching:
        """noctui on one more host, or again on one."""
        self.number += 1
        data = self.data / f"host-{host or self.number}"
        settings = Settings(
            tokens=(TOKEN,) if token else (), host=self.cloud.url, insecure_host=True, enrich=False,
            bus=self.bus.url, org_id=org_id, data=data, poll_seconds=POLL,
        )  # fmt: skip
        clock = ShiftedClock()

        def new_source() -> Source:
            return mist_source(settings, clock)

        term = Term(new_source, POLL, clock, Thresholds(), (40.0, 7.0), bus=BusPlace(address(self.bus), LEASE))
        desk = RemoteDesk(
            data=data,
            org_id=org_id,
            poll_seconds=POLL,
            clock=clock,
            new_source=None,
            collecting=Here(term) if token else None,
            thresholds=Thresholds(),
            person=person,
            remote=Remote(settings),
            shift=clock.shift,
            keep=keep,
        )
        made = Watching(desk, clock)
        self.open.append(made)
        await desk.start()
        return made

    async def close(self, one: Watching) -> None:
        self.open.remove(one)
        await one.desk.stop()


@asynccontextmanager
async def hosts(data: Path, *incidents: Incident) -> AsyncIterator[Hosts]:
    now = time.time()
    world = World(seed=7, sites=4, anchor=now, incidents=incidents)
    cloud = await serve(world, tokens=(TOKEN,), clock=SimClock(1.0, now), report_seconds=POLL, limit=10**7)
    with server() as bus:
        made = Hosts(cloud, bus, data)
        try:
            yield made
        finally:
            for one in list(made.open):
                await made.close(one)
            await cloud.close()


async def test_one_collects_and_the_others_show_what_it_shows(tmp_path: Path) -> None:
    """One with a token that waits, one without; no call is made for them, and nothing kept."""
    async with hosts(tmp_path) as all_:
        leader = await all_.screen()
        await leader.until(lambda: leader.status.mode == "leader" and leader.desk.live() and not leader.status.fault)
        waits, pure = await all_.screen(), await all_.screen(token=False)
        for one in (waits, pure):
            await one.until(lambda one=one: one.desk.live() is not None)  # type: ignore[misc]
        calls, begun = all_.cloud.calls, leader.view.seq
        for seq in range(begun + 1, begun + 4):
            for one in (leader, waits, pure):
                await one.until(lambda one=one, seq=seq: one.view.seq >= seq)  # type: ignore[misc]
            views = [one.view for one in (leader, waits, pure)]
            if len({view.seq for view in views}) == 1:
                assert difference(views[1], views[0]) == difference(views[2], views[0]) == ""
        made = all_.cloud.calls - calls
        sweeps = leader.view.seq - begun + 1  # one may be under way
        assert made <= sweeps * leader.status.sweep_calls
        for one in (waits, pure):
            assert (one.status.mode, one.status.bus) == ("follower", "ok")
            assert one.status.leader
            assert one.failed == []
        assert not any((all_.data / "host-3").glob("*/history.db"))
        scene = pure.desk.live()
        own = leader.desk.live()
        assert scene is not None
        assert own is not None
        day = Range(scene.at - 86_400, scene.at)
        past, there = await pure.desk.past(scene.at), await leader.desk.past(scene.at)
        assert past is not None
        assert there is not None
        assert difference(past.view, there.view) == ""
        for ask in ("edges", "notes", "figures", "network"):
            assert bits(await getattr(past.read, ask)(day)) == bits(await getattr(there.read, ask)(day)), ask


async def test_one_that_followed_leads_when_the_leader_ends_and_follows_when_it_is_back(tmp_path: Path) -> None:
    async with hosts(tmp_path) as all_:
        first = await all_.screen()
        await first.until(lambda: first.status.mode == "leader" and first.desk.live() and not first.status.fault)
        second, pure = await all_.screen(), await all_.screen(token=False)
        await second.until(lambda: second.desk.live() is not None)
        await pure.until(lambda: pure.desk.live() is not None)
        last = second.view.at
        await all_.close(first)
        await second.until(lambda: second.status.mode == "leader" and second.view.at > last)
        await pure.until(lambda: pure.view.at > last)
        assert second.desk.live() is not None
        back = await all_.screen()
        await back.until(lambda: back.desk.live() is not None)
        assert (back.status.mode, back.status.leader) == ("follower", pure.status.leader)


async def test_what_a_follower_does_is_seen_by_all_within_a_second(tmp_path: Path) -> None:
    now = time.time()
    async with hosts(tmp_path, cut(now - 3600, now + 3600, 0)) as all_:
        leader = await all_.screen()
        await leader.until(lambda: leader.desk.live() and leader.view.alarms.alarms)
        follower = await all_.screen(token=False)
        await follower.until(lambda: follower.desk.live() and follower.view.alarms.alarms)
        alarm = follower.view.alarms.alarms[0]
        act = Act(act_id="act-1", kind="ack", alarm_ids=(alarm.alarm_id,), who="", at=now, why="Lumen called",
                  until=now + 3600, saw=(alarm.known_at,))  # fmt: skip
        began = time.monotonic()
        assert await follower.desk.act(act) == ""
        for one in (leader, follower):
            await one.until(
                lambda one=one: (found := one.view.alarms.by_id.get(alarm.alarm_id)) and found.ack is not None  # type: ignore[misc]
            )
        assert time.monotonic() - began < 2.0
        taken = follower.view.alarms.by_id[alarm.alarm_id].ack
        assert taken is not None
        assert (taken.who, taken.why) == ("kim", "Lumen called")
        scene = follower.desk.live()
        assert scene is not None
        async with asyncio.timeout(5):
            while not await scene.read.audit(Range(now - 60, now + 60)):
                await asyncio.sleep(0.1)


async def polls_of(history: HistoryReader, newest: float) -> list[float]:
    """Oldest first."""
    found: list[float] = []
    at = history.step(newest + 1, -1)
    while at is not None:
        found.insert(0, at)
        at = history.step(at, -1)
    return found


async def test_what_is_kept_is_what_the_leader_kept(tmp_path: Path) -> None:
    """Poll by poll the same tables, the same edges, the same windows, under numbers of its own; it is asked when the
    leader does not answer; and whoever kept it leads on with it."""
    now = time.time()
    async with hosts(tmp_path, cut(now + 4, now + 3600, 0)) as all_:
        leader = await all_.screen()
        await leader.until(lambda: leader.status.mode == "leader" and leader.desk.live() and not leader.status.fault)
        keeper = await all_.screen(keep=True)

        def kept_at() -> float:
            keeping = keeper.desk._keeping
            assert keeping is None or not keeping.fault
            return keeping.newest if keeping is not None else -1.0

        await keeper.until(lambda: keeper.desk.live() and kept_at() > keeper.view.at - 60)
        await keeper.until(lambda: State.DOWN in keeper.view.circuits.state)
        changed = keeper.view.at
        await keeper.until(lambda: kept_at() > changed)
        org_id = keeper.view.inventory.org_id
        theirs = open_reader(tmp_path / "host-1" / org_id)
        ours = open_reader(tmp_path / "host-2" / org_id)
        try:
            kept = await polls_of(ours, time.time())
            assert len(kept) >= 3
            for at in kept:
                one, other = ours.view(at), theirs.view(at)
                assert one is not None
                assert other is not None
                for table in ("circuits", "gateways", "paths", "sites", "regions"):
                    assert difference(getattr(one, table), getattr(other, table)) == "", (table, kept.index(at))
            last = kept[-1]
            since = Range(kept[0] + 0.001, last)
            mine, his = ours.reader(last), theirs.reader(last)
            assert await mine.edges(since) == await his.edges(since)
            assert await mine.failovers(since) == await his.failovers(since)
            newer = [[a for a in await read.alarms(since) if a.known_at > kept[0]] for read in (mine, his)]
            assert newer[0] == newer[1] != []
        finally:
            ours.close()
            theirs.close()
        await all_.close(leader)
        await keeper.until(lambda: keeper.status.mode == "leader" and keeper.view.at > last)
        assert keeper.failed == []
        own = keeper.desk.live()
        assert own is not None
        assert len(await own.read.edges(since)) >= 1, "its own history goes on"
