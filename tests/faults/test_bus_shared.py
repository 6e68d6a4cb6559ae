"""Who shares what over a bus: one user in two panes, two users of one folder, two hosts."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from noctui.model.alarms import Act
from noctui.model.scene import Range
from noctui.runtime.people import Person
from noctui.sim.incidents import cut
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.history import open_reader
from tests.redis_server import address, needs_server
from tests.runtime.remote.stage import Watching
from tests.walk.test_bus_screens import Hosts, hosts, polls_of

LEE = Person("lee", "operator", "noc-a pts/9")
pytestmark = needs_server


async def leader_of(all_: Hosts, host: int) -> Watching:
    made = await all_.screen(host=host)
    await made.until(lambda: made.status.mode == "leader" and made.desk.live() and not made.status.fault)
    return made


async def test_two_panes_of_one_host_share_picture_and_history_and_the_second_goes_on_with_it(tmp_path: Path) -> None:
    """What the second asks it reads from the folder itself; nobody is asked over the bus."""
    async with hosts(tmp_path) as all_:
        first = await leader_of(all_, 1)
        second = await all_.screen(host=1)
        await second.until(lambda: second.desk.live() and second.desk._asked_there is None)
        seen = second.view.at
        await second.until(lambda: second.view.at > seen)  # what was shown before may still ask the leader
        scene = second.desk.live()
        assert scene is not None
        assert second.status.mode == "follower"
        await scene.read.edges(Range(scene.at - 3600, scene.at))
        assert await second.desk.past(scene.at) is not None
        client = address(all_.bus).client()
        org = second.view.inventory.org_id
        assert await client.xlen(Keys(org).asked) == 0
        await client.aclose()
        last = second.view.at
        await all_.close(first)
        await second.until(lambda: second.status.mode == "leader" and second.view.at > last)
        assert sorted(path.name for path in tmp_path.glob("host-*")) == ["host-1"]
        history = open_reader(tmp_path / "host-1" / org)
        kept = await polls_of(history, time.time() + 60)
        await asyncio.to_thread(history.close)
        assert last in kept, "the first one's polls"
        assert kept[-1] > last


async def test_two_users_of_a_folder_and_one_on_another_host_see_who_took_an_alarm(tmp_path: Path) -> None:
    """Whoever did it from wherever: all see it, each under the own name; the audit is the leader's."""
    now = time.time()
    async with hosts(tmp_path, cut(now - 3600, now + 3600, 0)) as all_:
        first = await leader_of(all_, 1)
        second = await all_.screen(host=1, person=LEE)
        third = await all_.screen(token=False)
        everyone = (first, second, third)
        for one in everyone:
            await one.until(lambda one=one: one.desk.live() and one.view.alarms.alarms)  # type: ignore[misc]
        alarm = second.view.alarms.alarms[0]
        for who, one in (("lee", second), ("kim", third)):
            act = Act(act_id=f"act-{who}", kind="ack", alarm_ids=(alarm.alarm_id,), who="", at=now, why=f"{who} calls",
                      until=now + 3600, saw=(one.view.alarms.by_id[alarm.alarm_id].known_at,))  # fmt: skip
            assert await one.desk.act(act) == ""
            for each in everyone:
                await each.until(lambda each=each, who=who: _taken_by(each, alarm.alarm_id) == who)  # type: ignore[misc]
        scene = second.desk.live()
        assert scene is not None
        lines = await scene.read.audit(Range(now - 60, now + 60))
        assert {(line.who, line.origin.split(":")[0]) for line in lines} == {
            ("lee", "by the bus, unproven"), ("kim", "by the bus, unproven"),
        }  # fmt: skip


def _taken_by(one: Watching, alarm_id: str) -> str:
    found = one.view.alarms.by_id.get(alarm_id)
    return found.ack.who if found is not None and found.ack is not None else ""
