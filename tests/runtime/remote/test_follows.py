"""A desk without a token, on another host: it shows what the leader published, and asks the leader for the rest."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from noctui.model.alarms import Act
from noctui.model.scene import Range
from noctui.model.status import Status
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_presence import present
from noctui.stores.bus.redis_server import Server
from tests.night_reader import FakeReader
from tests.runtime.remote.stage import KIM, ORG, Leading, Waiting, following, view
from tests.stores.bus.made import with_alarms
from tests.stores.bus.typed import bits
from tests.stores.made import difference


async def test_the_snapshot_comes_first_and_then_each_poll(leader: Leading, bus: Server, tmp_path: Path) -> None:
    """Bit for bit, with the leader's word of how it collects; and nothing is written here."""
    first, second = with_alarms(view(0), 1), with_alarms(view(1), 1, 2)
    await leader.poll(first, Status(api_used=38, api_limit=100))
    async with following(bus.url, tmp_path / "data") as watching:
        await watching.shows(first)
        assert difference(watching.view, first) == ""
        status = watching.status
        assert (status.mode, status.leader, status.bus) == ("follower", "noc-a:41", "ok")
        assert (status.api_used, status.fault, status.warm, status.notes) == (38, "", False, ())
        await leader.poll(second, Status(api_used=39))
        await watching.shows(second)
        assert difference(watching.view, second) == ""
        assert watching.status.api_used == 39
        assert not (tmp_path / "data").exists()


async def test_panes_ask_the_leader(leader: Leading, bus: Server, tmp_path: Path) -> None:
    """With the Scene's own instant; also what only the cloud knows, since the leader may call."""
    shown = view(0)
    await leader.poll(shown)
    async with following(bus.url, tmp_path) as watching:
        await watching.shows(shown)
        scene = watching.desk.live()
        assert scene is not None
        assert scene.can.call
        day = Range(shown.at - 86_400, shown.at)
        assert bits(await scene.read.notes(day)) == bits(await FakeReader(shown.at).notes(day))
        assert leader.shelf.calls == [f"{shown.at} False True"]


async def test_the_past_is_the_leaders(leader: Leading, bus: Server, tmp_path: Path) -> None:
    shown, past = view(3), with_alarms(view(1, ago=120), 7)
    leader.shelf.past = past
    await leader.poll(shown)
    async with following(bus.url, tmp_path) as watching:
        await watching.shows(shown)
        scene = await watching.desk.past(past.at)
        assert scene is not None
        assert difference(scene.view, past) == ""
        assert (scene.live, scene.can.act, scene.can.call, scene.status.mode) == (False, False, False, "past")
        await scene.read.sle()
        assert leader.shelf.calls[-1] == f"{past.at} False False"
        assert await watching.desk.step(past.at, -1) == past.at - 60.0


async def test_an_act_reaches_the_leader_and_what_came_of_it_the_screen(
    leader: Leading, bus: Server, tmp_path: Path
) -> None:
    """Who did it is said by this machine, whatever the act says."""
    shown = with_alarms(view(0), 1)
    await leader.poll(shown)
    async with following(bus.url, tmp_path) as watching:
        await watching.shows(shown)
        scene = watching.desk.live()
        assert scene is not None
        assert scene.can.act
        act = Act(act_id="a-1", kind="ack", alarm_ids=("x",), who="somebody", at=1.0, why="seen")
        assert await watching.desk.act(act) == ""
        (posted,) = await leader.inbox.read(1.0)
        assert posted.act is not None
        assert (posted.act.who, posted.act.role, posted.act.origin) == (KIM.who, KIM.role, KIM.origin)
        await leader.publisher.say(Status(), with_alarms(shown, 2).alarms)
        await watching.until(lambda: [a.key for a in watching.view.alarms.alarms] == ["engine/down/2"])
        assert watching.view.seq == shown.seq


async def test_a_viewer_may_do_nothing(leader: Leading, bus: Server, tmp_path: Path) -> None:
    await leader.poll(view(0))
    async with following(bus.url, tmp_path, person=replace(KIM, role="viewer")) as watching:
        await watching.shows(view(0))
        act = Act(act_id="a-1", kind="ack", alarm_ids=("x",), who="kim", at=1.0, why="seen")
        assert "viewer" in await watching.desk.act(act)
        assert await leader.client.xlen(Keys(ORG).inbox) == 0


async def test_polls_that_were_missed_are_made_good_by_the_snapshot(
    leader: Leading, bus: Server, tmp_path: Path
) -> None:
    """The Stream was trimmed under it: the newest is shown, and that others were missed is known."""
    await leader.poll(view(0))
    async with following(bus.url, tmp_path) as watching:
        await watching.shows(view(0))
        leader.publisher._before = (1, view(1).seq)  # a poll that never came
        await leader.poll(view(2))
        await watching.shows(view(2))
        there = watching.desk._remote.following
        assert there is not None
        assert there.gaps == 1


async def test_the_one_org_on_the_bus_is_found(leader: Leading, bus: Server, tmp_path: Path) -> None:
    await leader.poll(view(0))
    async with following(bus.url, tmp_path, org_id="") as watching:
        await watching.shows(view(0))


async def test_several_orgs_are_listed_and_one_must_be_named(leader: Leading, bus: Server, tmp_path: Path) -> None:
    await leader.poll(view(0))
    await leader.client.set(Keys("another").snapshot, b"x")
    async with following(bus.url, tmp_path, org_id="") as watching:
        await watching.until(lambda: watching.failed)
        assert watching.failed == [
            f"several orgs are on the bus: say which with --org-id: {', '.join(sorted(['another', ORG]))}"
        ]


async def test_an_empty_bus_is_said_and_waited_for(leader: Leading, bus: Server, tmp_path: Path) -> None:
    async with following(bus.url, tmp_path) as watching:
        await leader.lease.release()
        await watching.until(lambda: watching.status.fault_text.startswith("Nobody has published"))
        assert watching.desk.live() is None
        assert await leader.lease.acquire()
        leader.publisher = type(leader.publisher)(leader.lease)
        await leader.poll(view(0))
        await watching.shows(view(0))
        await watching.until(lambda: watching.status.fault_text == "")


async def test_the_leader_knows_who_follows(leader: Leading, bus: Server, tmp_path: Path) -> None:
    await leader.poll(view(0))
    async with following(bus.url, tmp_path) as watching:
        await watching.shows(view(0))
        async with asyncio.timeout(5):
            while len(await present(leader.client, ORG, "the bus")) != 1:
                await asyncio.sleep(0.01)
    assert await present(leader.client, ORG, "the bus") == {}


async def test_whoever_waits_to_lead_follows_meanwhile(leader: Leading, bus: Server, tmp_path: Path) -> None:
    """What its collector says of the lease does not stand in the way of what the leader says of the network."""
    await leader.poll(view(0), Status(api_used=38))
    waits = Waiting()
    async with following(bus.url, tmp_path, collecting=waits) as watching:
        await watching.shows(view(0))
        async with asyncio.timeout(5):
            while not waits.asked:
                await asyncio.sleep(0.01)
        await leader.poll(view(1), Status(api_used=39))
        await watching.shows(view(1))
        assert (watching.status.mode, watching.status.api_used, watching.status.fault) == ("follower", 39, "")


async def test_whoever_could_not_lead_with_its_folder_says_so(leader: Leading, bus: Server, tmp_path: Path) -> None:
    """Not only until the next poll."""
    await leader.poll(view(0))
    cannot = "the data folder cannot be written: Permission denied"
    async with following(bus.url, tmp_path, collecting=Waiting(cannot)) as watching:
        await watching.until(lambda: watching.status.history_text == cannot)
        await leader.poll(view(1))
        await watching.shows(view(1))
        assert watching.status.history_text == cannot


async def test_the_one_org_on_the_bus_is_shown_while_the_token_is_asked_for_its_own(
    leader: Leading, bus: Server, tmp_path: Path
) -> None:
    """And given up for it, if it is another."""
    await leader.poll(view(0))
    token = Waiting(org_id="another")
    async with following(bus.url, tmp_path, org_id="", collecting=token) as watching:
        await watching.shows(view(0))
        token.answered.set()
        await watching.until(lambda: watching.status.fault_text.startswith("Nobody has published"))
        assert watching.desk.live() is None
