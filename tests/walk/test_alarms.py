"""Alarms over the whole walk: a real cloud on a socket, a real history, several screens, a real webhook."""

from __future__ import annotations

import asyncio
from pathlib import Path

from noctui.alarm_settings import AlarmSettings, Notify, Roles
from noctui.model.alarms import Act, Alarm, Alarms
from noctui.model.scene import Range
from noctui.runtime.people import Person, here
from noctui.sim import incidents as do
from tests.runtime.test_notifying import target
from tests.walk.walk import MINUTE, POLL, T0, Watch, walking
from tests.walk.worlds import ids_of, lines_of, site_with, with_only

TWIN = site_with(2)
FIRST = ids_of(TWIN)[0]
CUT = do.cut(T0 + 3 * MINUTE, T0 + 40 * MINUTE, lines_of(TWIN)[0])
ME = here(Roles())


def alarms_of(watch: Watch) -> Alarms:
    return watch.view.alarms


def down(watch: Watch) -> Alarm | None:
    """The alarm of the circuit that is cut."""
    return next((a for a in alarms_of(watch).by_circuit.get(FIRST, ()) if a.type == "down"), None)


def act(alarm: Alarm, at: float, kind: str = "ack", **more: object) -> Act:
    fields = {"why": "fibre cut", "until": at + 4 * 3600, "saw": (alarm.known_at,), **more}
    return Act(act_id=f"{kind}-{at}", kind=kind, alarm_ids=(alarm.alarm_id,), who="", at=at, **fields)  # type: ignore[arg-type]


async def test_an_act_on_a_screen_that_follows_shows_on_all_and_in_the_past_not_before_it_was(tmp_path: Path) -> None:
    async with walking(tmp_path, with_only(CUT)) as walk:
        leader = await walk.watch(person=ME)
        await walk.clock.run_to(T0 + 6 * MINUTE)
        follower = await walk.watch(tokens=(), person=ME)
        await walk.clock.run_to(T0 + 7 * MINUTE)
        await follower.until(lambda: down(follower) is not None)
        alarm = down(follower)
        assert alarm is not None
        assert alarm.waits
        assert await follower.desk.act(act(alarm, walk.clock.now())) == ""
        before = walk.clock.now()
        await leader.until(lambda: (a := down(leader)) is not None and a.ack is not None)
        await walk.clock.run_to(before + 1.0)  # a follower looks four times a second
        await follower.until(lambda: (a := down(follower)) is not None and a.ack is not None)
        shown = down(leader)
        assert shown is not None
        assert shown.ack is not None
        assert (shown.ack.who, shown.owner) == (ME.who, ME.who)
        scene = leader.desk.live()
        assert scene is not None
        (entry,) = await scene.read.audit(Range(T0, before + 10))
        assert (entry.who, entry.action, entry.subject, entry.outcome) == (ME.who, "ack", alarm.alarm_id, "done")

        await walk.clock.run_to(T0 + 10 * MINUTE)
        then = await leader.desk.past(T0 + 6 * MINUTE)
        now = await leader.desk.past(T0 + 9 * MINUTE)
        assert then is not None
        assert now is not None
        old, new = then.view.alarms.by_id[alarm.alarm_id], now.view.alarms.by_id[alarm.alarm_id]
        assert (old.ack, new.ack is not None) == (None, True)
        assert await then.read.audit(Range(T0, T0 + 600)) == ()


async def test_an_alarm_and_its_ack_outlive_a_restart(tmp_path: Path) -> None:
    async with walking(tmp_path, with_only(CUT)) as walk:
        first = await walk.watch(person=ME)
        await walk.clock.run_to(T0 + 6 * MINUTE)
        alarm = down(first)
        assert alarm is not None
        await first.desk.act(act(alarm, walk.clock.now()))
        await first.until(lambda: (a := down(first)) is not None and a.ack is not None)
        await walk.close(first)
        second = await walk.watch(person=ME)
        await walk.clock.run_to(T0 + 9 * MINUTE)
        again = down(second)
        assert again is not None
        assert (again.alarm_id, again.opened) == (alarm.alarm_id, alarm.opened)
        assert again.ack is not None
        await walk.clock.run_to(T0 + 45 * MINUTE)
        assert down(second) is None
        scene = second.desk.live()
        assert scene is not None
        (life,) = {a.alarm_id for a in await scene.read.alarms(Range(T0, walk.clock.now())) if FIRST in a.circuit_ids
                   and a.type == "down"}  # fmt: skip
        assert life == alarm.alarm_id


async def test_a_viewer_is_told_why_not_and_a_forged_name_is_corrected(tmp_path: Path) -> None:
    """Who may not act is refused by the screen; who goes around the screen, by the leader, with a line in the audit."""
    async with walking(tmp_path, with_only(CUT)) as walk:
        leader = await walk.watch(person=Person(ME.who, "viewer", ""), roles=Roles(operator=()))
        await walk.clock.run_to(T0 + 6 * MINUTE)
        alarm = down(leader)
        assert alarm is not None
        scene = leader.desk.live()
        assert scene is not None
        assert not scene.can.act
        said = await leader.desk.act(act(alarm, walk.clock.now()))
        assert said == f"{ME.who} is viewer here: operator may do that ([roles] in noctui.toml)."

        other = await walk.watch(tokens=(), person=Person("root-of-all", "admin", "forged"))
        await other.until(lambda: other.desk.live() is not None)
        assert await other.desk.act(act(alarm, walk.clock.now())) == ""

        async def refused() -> str:
            live = leader.desk.live()
            assert live is not None
            entries = await live.read.audit(Range(T0, walk.clock.now() + 10))
            return entries[0].outcome if entries else ""

        while not await refused():
            await asyncio.sleep(0.05)
        assert "is viewer here" in await refused()
        now = down(leader)
        assert now is not None
        assert now.ack is None


async def test_a_webhook_is_told_once_of_a_cut_and_once_of_its_end(tmp_path: Path) -> None:
    with target(200) as server:
        rule = Notify(name="noc", url=server.url, severity="down", types=("down", "incident"))
        async with walking(tmp_path, with_only(CUT)) as walk:
            watch = await walk.watch(alarms=AlarmSettings(notify=(rule,)))
            for minute in range(1, 50):
                await walk.clock.run_to(T0 + minute * POLL)
                if minute in (6, 46):  # time for the sender, which lives in the machine's own time
                    many = 1 if minute == 6 else 2
                    async with asyncio.timeout(20):
                        while len(server.told) < many:
                            await asyncio.sleep(0.05)
            assert watch.view.alarms.by_circuit.get(FIRST, ()) == ()
        titles = [told["title"] for told in server.told]
    assert len(titles) == 2
    assert titles[0].startswith("noctui: DOWN ")
    assert titles[1].startswith("noctui: over after 37m: ")
