"""The bus is gone with twenty screens on it: Mist is called as often as by one, and all go on when it is back."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from noctui.runtime import remote_following
from tests.redis_server import needs_server
from tests.walk.test_bus_screens import hosts

WITH_TOKEN, WITHOUT = 4, 16
pytestmark = needs_server


async def _outage(tmp_path: Path, seconds: float) -> str:
    """The leader's calls are all that are made, and it says that it is alone; the others say since when they hear
    nothing, and keep what they show."""
    async with hosts(tmp_path) as all_:
        leader = await all_.screen()
        await leader.until(lambda: leader.status.mode == "leader" and leader.desk.live() and not leader.status.fault)
        followers = [await all_.screen(token=number < WITH_TOKEN) for number in range(WITH_TOKEN + WITHOUT)]
        for one in followers:
            await one.until(lambda one=one: one.desk.live() and one.status.leader)  # type: ignore[misc]
        all_.bus.kill()
        for one in (leader, *followers):
            await one.until(lambda one=one: one.status.bus == "lost")  # type: ignore[misc]
        calls, begun, shown = all_.cloud.calls, leader.view.seq, [one.view.at for one in followers]
        end = time.monotonic() + seconds
        while time.monotonic() < end or leader.view.seq < begun + 3:
            await asyncio.sleep(0.05)
        made, polls = all_.cloud.calls - calls, leader.view.seq - begun
        # One poll may be under way; and once in a while a leader asks what Mist has counted.
        assert made <= 1.01 * (polls + 1) * leader.status.sweep_calls
        assert (leader.status.mode, leader.status.bus) == ("leader", "lost")
        assert [one.view.at for one in followers] == shown
        assert {(one.status.mode, one.status.bus) for one in followers} == {("follower", "lost")}
        await asyncio.to_thread(all_.bus.start)
        back = time.monotonic()
        newest = max(shown)
        for one in followers:
            await one.until(  # one of them may have won the lease
                lambda one=one: one.status.bus == "ok" and one.view.at > newest  # type: ignore[misc]
            )
        took = time.monotonic() - back
        everyone = [leader, *followers]
        async with asyncio.timeout(20):
            while [one.status.mode for one in everyone].count("leader") != 1:
                await asyncio.sleep(0.05)
        assert not any(one.failed for one in everyone)
        return f"{polls} polls, {made} calls ({leader.status.sweep_calls} a poll), all back {took:.1f} s after it"


async def test_twenty_followers_of_a_lost_bus_cost_what_one_costs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_following, "AGAIN_SECONDS", (0.1, 0.5))
    await _outage(tmp_path, 0.0)


@pytest.mark.soak
async def test_twenty_followers_of_a_bus_that_is_lost_for_ten_minutes(tmp_path: Path) -> None:
    print(f"\nten minutes: {await _outage(tmp_path, 600.0)}")
