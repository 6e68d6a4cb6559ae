"""What lies on the bus is taken away, replaced, cut short, or by another version: whoever comes then sees the right
picture or none, is told why, and the next poll mends what can be mended."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from noctui.clock import ShiftedClock
from noctui.runtime import remote_following
from noctui.stores.bus.redis_errors import BusError
from noctui.stores.bus.redis_follow import Follower
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_server import Server
from tests.redis_server import needs_server
from tests.runtime.remote.conftest import bus, client, leader  # noqa: F401 - fixtures
from tests.runtime.remote.stage import ORG, Leading, following, view
from tests.stores.bus.made import with_alarms
from tests.stores.made import difference

KEYS = Keys(ORG)
BLOBS = (KEYS.snapshot, KEYS.alarms, KEYS.version)
pytestmark = needs_server

Damage = Callable[[Any, str], Awaitable[object]]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_following, "AGAIN_SECONDS", (0.02, 0.05))
    monkeypatch.setattr(remote_following, "BLOCK_SECONDS", 0.05)


async def remove(redis: Any, key: str) -> object:
    return await redis.delete(key)


async def cut_short(redis: Any, key: str) -> object:
    return await redis.set(key, (await redis.get(key))[:-9])


async def scribble(redis: Any, key: str) -> object:
    return await redis.set(key, b"somebody else's")


async def other_version(redis: Any, key: str) -> object:
    blob = await redis.get(key)
    return await redis.set(key, blob[:4] + b"\x09\x00" + blob[6:])


async def other_kind(redis: Any, key: str) -> object:
    await redis.delete(key)
    return await redis.lpush(key, "x")


DAMAGES = (remove, cut_short, scribble, other_version, other_kind)


async def heard_by(client: Any) -> list[tuple[int, str]]:  # noqa: F811
    """What somebody who comes now sees: the poll's number and the alarms' keys of each View."""
    try:
        heard = await Follower(client, ORG, "the bus").hear(0.02)
    except BusError:
        return []
    views = [one.view for one in heard if one.view is not None]
    return [(view.seq, " ".join(alarm.key for alarm in view.alarms.alarms)) for view in views]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.__name__)
@pytest.mark.parametrize("key", BLOBS, ids=lambda one: one.rpartition(":")[2])
async def test_who_comes_sees_the_right_picture_or_none_and_is_mended_by_the_next_poll(
    leader: Leading,  # noqa: F811
    key: str,
    damage: Damage,
) -> None:
    """What is damaged has to be removed first, as docs/bus.md says; its alarms are the same ones."""
    first = with_alarms(view(0), 1)
    await leader.poll(first)
    await damage(leader.client, key)
    assert await heard_by(leader.client) in ([], [(first.seq, "engine/down/1")])
    if damage is not remove:
        await leader.client.delete(key)
    second = replace(view(1), alarms=first.alarms)
    await leader.poll(second)
    assert await heard_by(leader.client) == [(second.seq, "engine/down/1")]


async def test_one_who_watches_keeps_the_right_picture_through_all_of_it(
    leader: Leading,  # noqa: F811
    bus: Server,  # noqa: F811
    tmp_path: Path,
) -> None:
    """It shows each next poll, whatever became of the keys before."""
    polls = [with_alarms(view(number, ago=60 - number), number) for number in range(6)]
    await leader.poll(polls[0])
    shown: list[object] = []
    async with following(bus.url, tmp_path) as watching:

        def look() -> None:
            scene = watching.desk.live()
            if scene is not None and (not shown or shown[-1] is not scene.view):
                shown.append(scene.view)

        watching.desk.subscribe(look)
        await watching.shows(polls[0])
        for poll, damage in zip(polls[1:], DAMAGES, strict=True):
            for key in BLOBS:
                await damage(leader.client, key)
            if damage is not remove:
                await leader.client.delete(*BLOBS)
            await leader.poll(poll)
            await watching.shows(poll)
            assert difference(watching.view, poll) == ""
        await watching.until(lambda: watching.status.bus == "ok")
    assert [one.seq for one in shown] == [poll.seq for poll in polls]  # type: ignore[attr-defined]


async def test_older_alarms_than_the_polls_are_not_shown_with_it(leader: Leading) -> None:  # noqa: F811
    """Somebody put an old copy of one key back."""
    await leader.poll(with_alarms(view(0), 1))
    old = await leader.client.get(KEYS.alarms)
    await leader.poll(with_alarms(view(1), 2))
    await leader.client.set(KEYS.alarms, old or b"")
    assert await heard_by(leader.client) == []


async def test_a_clock_that_is_an_hour_ahead_is_said_and_ages_are_right(
    leader: Leading,  # noqa: F811
    bus: Server,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = time.time
    await leader.poll(view(0, ago=10))
    monkeypatch.setattr("noctui.stores.bus.redis_follow.time.time", lambda: now() + 3600)
    clock = Early(now)
    async with following(bus.url, tmp_path, clock=clock) as watching:
        await watching.until(lambda: watching.desk.live() and watching.status.notes)
        assert clock.now() - watching.view.at == pytest.approx(10, abs=5)
        assert "This machine's clock is 1h 0m ahead of the leader's" in watching.status.notes[0]


class Early(ShiftedClock):
    """An hour early, before it is shifted."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self._true = now

    def now(self) -> float:
        return self._true() + 3600 + self.ahead
