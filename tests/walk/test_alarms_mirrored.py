"""Acknowledgements that are made in Mist, too, over the whole walk: those that were done, and only those."""

from __future__ import annotations

import asyncio
from pathlib import Path

from noctui.alarm_settings import AlarmSettings, Roles
from noctui.model.alarms import Act, Alarm, AuditEntry
from noctui.model.scene import Range
from noctui.runtime.people import here
from noctui.sim import incidents as do
from noctui.sim.mist.server import serve
from noctui.sim.mist.tokens import Access
from tests.walk.clock import GUARD, WalkClock
from tests.walk.walk import MINUTE, T0, TOKEN, Walk, Watch
from tests.walk.worlds import lines_of, with_only

ME = here(Roles())


def act(act_id: str, alarm: Alarm, at: float, saw: float) -> Act:
    return Act(
        act_id=act_id, kind="ack", alarm_ids=(alarm.alarm_id,), who="", at=at, saw=(saw,), why="fibre cut",
        until=at + 3600.0,
    )  # fmt: skip


async def audited(watch: Watch, many: int) -> list[AuditEntry]:
    """The audit, oldest first, once it has so many lines."""
    scene = watch.desk.live()
    assert scene is not None
    async with asyncio.timeout(GUARD):
        while True:
            entries = await scene.read.audit(Range(T0, T0 + 86_400.0))
            if len(entries) >= many:
                return [*entries[::-1]]
            await asyncio.sleep(0.05)


async def test_what_was_taken_here_is_taken_in_mist_and_what_was_refused_is_not(tmp_path: Path) -> None:
    clock, world = WalkClock(T0), with_only(do.cut(T0 + MINUTE, T0 + 60 * MINUTE, *lines_of(0), *lines_of(1)))
    server = await serve(world, tokens=(TOKEN,), clock=clock, access={TOKEN: Access(role="write")})
    walk = Walk(server, clock, tmp_path)
    try:
        watch = await walk.watch(person=ME, alarms=AlarmSettings(ack_to_mist=True))
        await clock.run_to(T0 + 8 * MINUTE)
        mine = [a for a in watch.view.alarms.alarms if a.mist_id][:2]
        assert len(mine) == 2
        now = clock.now()
        assert await watch.desk.act(act("done", mine[0], now, mine[0].known_at)) == ""
        assert await watch.desk.act(act("refused", mine[1], now, mine[1].opened - 3600.0)) == ""
        entries = await audited(watch, 3)
        await asyncio.sleep(0)
        assert [(e.act_id, e.action, e.outcome) for e in entries if e.act_id == "done"] == [
            ("done", "ack", "done"), ("done", "ack in Mist", "done"),
        ]  # fmt: skip
        (refused,) = [e for e in entries if e.act_id == "refused"]
        assert (refused.action, refused.outcome != "done") == ("ack", True)
        await clock.run_to(T0 + 12 * MINUTE)
        told = {a.alarm_id: a for sweep in watch.sweeps for a in sweep.told.alarms}
        assert told[mine[0].mist_id].acked
        assert told[mine[0].mist_id].note == f"{ME.who}: fibre cut"
        assert not told[mine[1].mist_id].acked
    finally:
        await walk.close_all()
        await server.close()
