"""A second noctui on the same folder shows what the first one sees, calls nobody, and leads when the first is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from noctui.model.scene import Range
from noctui.runtime import status_file
from noctui.sim import incidents as do
from tests.stores.made import difference
from tests.walk.walk import HOUR, MINUTE, POLL, T0, TOKEN, walking
from tests.walk.worlds import lines_of, site_with, with_only

OTHER = "another-token-0123456789"
CUT = do.cut(T0 + 2 * MINUTE + 7, T0 + 30 * MINUTE, *lines_of(site_with(2)))


async def test_a_follower_shows_what_the_leader_shows_without_a_call(tmp_path: Path) -> None:
    """The same View to the last bit, poll by poll, and the same answers: but it is somebody else's noctui that asks."""
    async with walking(tmp_path, with_only(CUT), tokens=(TOKEN, OTHER)) as walk:
        leader = await walk.watch()
        await walk.clock.settle()
        follower = await walk.watch(tokens=(OTHER,))
        await walk.clock.run(0.5)  # it looks four times a second
        for _ in range(10):
            await walk.clock.run(POLL)
            assert difference(follower.view, leader.view) == ""
        assert walk.server.tokens.used(TOKEN) > 40
        assert walk.server.tokens.used(OTHER) == 0
        assert not follower.sweeps
        assert (leader.status.mode, follower.status.mode) == ("leader", "follower")
        assert follower.status.leader
        assert follower.status.fault == ""
        ours, theirs = leader.desk.live(), follower.desk.live()
        assert ours is not None
        assert theirs is not None
        assert theirs.headline() == ours.headline()
        assert (theirs.can.call, ours.can.call) == (False, True)
        ever = Range(T0, T0 + HOUR)
        assert await theirs.read.edges(ever) == await ours.read.edges(ever)
        assert await theirs.read.notes(ever) == await ours.read.notes(ever)
        assert difference(await theirs.read.above(24), await ours.read.above(24)) == ""


async def test_a_follower_that_starts_between_polls_is_live_at_once(tmp_path: Path) -> None:
    """It need not wait for the next poll to know that somebody collects."""
    async with walking(tmp_path, with_only()) as walk:
        leader = await walk.watch()
        await walk.clock.run(20)
        follower = await walk.watch(tokens=())
        await walk.clock.settle()
        assert difference(follower.view, leader.view) == ""
        assert (follower.status.mode, follower.status.fault, follower.status.warm) == ("follower", "", False)


async def test_a_follower_leads_when_the_leader_is_gone(tmp_path: Path) -> None:
    """Within two seconds it has the lock; the next poll is its own, and everything goes on from where it was."""
    async with walking(tmp_path, with_only(CUT)) as walk:
        leader = await walk.watch()
        await walk.clock.run_to(T0 + 5 * MINUTE)
        follower = await walk.watch()
        await walk.clock.run(POLL)
        last = leader.view
        await walk.close(leader)
        await walk.clock.run(2.0)
        await follower.until(lambda: follower.status.mode == "leader")
        await walk.clock.run(POLL)
        assert (follower.view.seq, follower.view.at) == (last.seq + 1, last.at + POLL)
        for name in ("since", "flaps_24h", "severity"):
            assert getattr(follower.view.circuits, name).tolist() == getattr(last.circuits, name).tolist()
        assert len(follower.sweeps) == 1
        scene = follower.desk.live()
        assert scene is not None
        assert scene.can.call


async def test_without_a_token_it_only_ever_follows(tmp_path: Path) -> None:
    async with walking(tmp_path, with_only()) as walk:
        leader = await walk.watch()
        await walk.clock.run(POLL)
        follower = await walk.watch(tokens=())
        await walk.close(leader)
        calls = walk.server.calls
        await walk.clock.run(10 * POLL)
        assert walk.server.calls == calls
        assert follower.status.mode == "follower"
        assert follower.status.fault == "stale"
        assert follower.status.leader == "", "the dead are not named"
        assert "nobody collects" in follower.status.fault_text


async def test_a_follower_hears_from_the_leader_how_collecting_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its budget, its sweep and its faults; what an ended leader left behind is not believed."""
    monkeypatch.setattr(status_file, "SECONDS", 0.0)  # simulated time is quicker than the file's real second
    async with walking(tmp_path, with_only()) as walk:
        leader = await walk.watch()
        await walk.clock.run(2 * POLL)
        follower = await walk.watch(tokens=())
        await walk.clock.run(POLL + 1.0)  # it looks four times a second
        for name in ("api_used", "api_limit", "pages_done", "sweep_calls", "notes", "fault"):
            assert getattr(follower.status, name) == getattr(leader.status, name), name
        assert follower.status.api_used > 0
        await walk.server.close()
        await walk.clock.run(2 * POLL)
        await walk.clock.run(1.0)
        assert leader.status.fault == "lost"
        assert (follower.status.fault, follower.status.fault_text) == ("lost", leader.status.fault_text)
        await walk.close(leader)
        await walk.clock.run(2 * POLL)
        assert follower.status.api_limit == 0
