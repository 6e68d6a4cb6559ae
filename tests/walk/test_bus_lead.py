"""Two collectors with a data folder each, as on two hosts, over one bus: one of them polls, and hands over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from noctui.clock import SystemClock
from noctui.model.alarms import Act, Alarm, AuditEntry
from noctui.model.scene import Range, Status
from noctui.runtime.bus_address import SCREEN, SERVER
from noctui.runtime.child_keeper import InChild
from noctui.runtime.headless_collect import collect
from noctui.runtime.headless_plan import plan
from noctui.runtime.mist import mist_source
from noctui.runtime.published import Published
from noctui.sim.incidents import cut
from noctui.stores.bus.redis_inbox import post
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_requests import Asker, bound
from noctui.stores.history import open_reader
from tests.redis_server import needs_server
from tests.stores.made import difference
from tests.walk.bus_pair import PATIENCE, pair, shown

pytestmark = needs_server


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
        planned = await plan(replace(settings, org_id=two.org_id))
        assert planned.led_by == one.status.leader


async def test_one_poll_that_nobody_else_makes_is_on_the_bus_when_it_is_done(tmp_path: Path) -> None:
    """`noctui collect` by a timer: followers see it, and the lease is free again."""
    async with pair(tmp_path) as two:
        settings = two.settings(tmp_path / "one")
        clock = SystemClock()
        landed = await collect(settings, lambda: mist_source(settings, clock), clock, lambda _: None)
        assert landed.led_by == ""
        heard = await shown(two.follower())
        assert heard.view is not None
        assert (heard.view.seq, heard.view.at) == (landed.seq, landed.at)
        planned = await plan(replace(settings, org_id=two.org_id))
        assert planned.led_by == ""


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


async def test_a_screens_collector_gives_way_waits_and_is_told_who_leads(tmp_path: Path) -> None:
    """A process of its own, asked over its socket: it stays the same one."""
    async with pair(tmp_path) as two:
        settings = replace(two.settings(tmp_path), org_id=two.org_id)
        child = InChild(lambda: settings)
        said: list[Status] = []
        news = asyncio.Event()

        def heard(published: Published) -> None:
            said.append(published.status)
            news.set()

        async def until(holds: Callable[[], bool]) -> None:
            async with asyncio.timeout(PATIENCE):
                while not holds():
                    news.clear()
                    await news.wait()

        try:
            assert await child.lead(tmp_path / two.org_id, two.org_id, heard)
            await until(lambda: said[-1].fault == "" and said[-1].bus == "ok")
            pid = child.pid
            watching = two.host(SERVER)
            assert await asyncio.wait_for(child.lost(), PATIENCE) == ""
            await watching.until(watching.polls)
            again = asyncio.create_task(child.lead(tmp_path / two.org_id, two.org_id, heard))
            await until(lambda: said[-1].leader == watching.status.leader)
            assert said[-1].mode == "follower"
            assert not again.done()
            again.cancel()  # as a desk does that ends
            await asyncio.wait({again})
            await watching.end()
            assert child.pid == pid
        finally:
            await child.stop()


async def test_what_was_told_is_left_again_when_its_key_was_removed(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        one = two.host()
        await one.until(one.polls)
        client, key = two.client(), Keys(two.org_id).messages
        async with asyncio.timeout(PATIENCE):
            while not await client.exists(key):
                await asyncio.sleep(0.05)
            await client.delete(key)
            while not await client.exists(key):
                await asyncio.sleep(0.05)
