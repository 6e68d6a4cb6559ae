"""Polls that lie on the bus, read once more: as they were published, oldest first, and only what fits."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from noctui.model.status import Status
from noctui.model.view import View
from noctui.stores.bus import redis_replay
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_publish import Publisher
from noctui.stores.bus.redis_replay import Replay
from noctui.stores.bus.redis_rows import shape_of
from tests.stores.bus.made import inventory, views
from tests.stores.made import difference

ORG = inventory().org_id


async def published(client: Client, *those: View, holder: str = "a:1/x") -> None:
    """By a leader of its own, which then ends."""
    lease = Lease(client, ORG, "the bus", seconds=60, holder=holder)
    assert await lease.acquire()
    publisher = Publisher(lease)
    for view in those:
        await publisher.poll(view, Status())
    await lease.release()


async def heard(replay: Replay, after: float = -math.inf, most: float = math.inf) -> list[View]:
    return [view async for view in replay.views(after, most)]


async def test_polls_are_read_as_they_were_published(client: Client) -> None:
    await client.flushall()
    replay = Replay(client, ORG, "the bus")
    assert await heard(replay) == []
    await published(client, *views())
    for most in (math.inf, 10**9):
        found = await heard(replay, most=most)
        assert [view.at for view in found] == [view.at for view in views()]
        for one, other in zip(found, views(), strict=True):
            assert difference(one.circuits, other.circuits) == ""
            assert difference(one.paths, other.paths) == ""
            assert one.inventory.circuits == other.inventory.circuits
    assert [v.at for v in await heard(replay, views()[3].at)] == [v.at for v in views()[4:]]
    assert [v.at for v in await heard(replay, views()[3].at, 10**9)] == [v.at for v in views()[4:]]
    assert (replay.damaged, replay.others) == (0, 0)


async def test_more_than_is_held_is_fetched_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    await client.flushall()
    await published(client, *views())
    for held in (0, await client.strlen(Keys(ORG).snapshot) * 3):
        monkeypatch.setattr(redis_replay, "HELD_BYTES", held)
        for count in (1, 2, 16):
            monkeypatch.setattr(redis_replay, "MOST_AT_ONCE", count)
            for first in range(len(views()) + 1):
                after = views()[first - 1].at if first else -math.inf
                found = await heard(Replay(client, ORG, "the bus"), after)
                assert [view.at for view in found] == [view.at for view in views()[first:]]


async def test_of_too_many_the_newest_are_read(client: Client) -> None:
    await client.flushall()
    await published(client, *views())
    size = await client.strlen(Keys(ORG).snapshot)
    found = await heard(Replay(client, ORG, "the bus"), most=2.5 * size)
    assert [view.at for view in found] == [view.at for view in views()[-2:]]


async def test_those_of_an_earlier_leader_fit_while_the_network_is_the_same(client: Client) -> None:
    """Its epoch and the number of its inventory were others; a carrier's name may differ, what there is may not."""
    await client.flushall()
    first = structs.replace(inventory(), rev=71)
    fewer = structs.replace(inventory(), circuits=inventory().circuits[:-1], rev=72)
    assert shape_of(first) == shape_of(inventory()) != shape_of(fewer)
    circuits = views()[1].circuits
    cut = {name: getattr(circuits, name)[:-1] for name in type(circuits).__dataclass_fields__}
    less = replace(views()[1], inventory=fewer, circuits=replace(circuits, **cut))
    await published(client, replace(views()[0], inventory=first), less)
    await published(client, *views()[2:], holder="b:2/x")
    replay = Replay(client, ORG, "the bus")
    assert [view.at for view in await heard(replay)] == [views()[n].at for n in (0, 2, 3, 4, 5)]
    assert replay.others == 1


async def test_what_is_damaged_or_foreign_is_left_out_and_counted(client: Client) -> None:
    await client.flushall()
    await published(client, *views()[:3])
    keys = Keys(ORG)
    redis: Any = client
    ((_, fields),) = await redis.xrevrange(keys.polls, count=1)
    blob = bytearray(fields[b"b"])
    blob[-2] ^= 1
    await client.xadd(keys.polls, {"b": bytes(blob)})
    await client.xadd(keys.polls, {"other": b"thing"})
    for most in (math.inf, 10**9):
        replay = Replay(client, ORG, "the bus")
        assert [view.at for view in await heard(replay, most=most)] == [view.at for view in views()[:3]]
        assert replay.damaged == 2
    await client.delete(keys.version)
    assert await heard(Replay(client, ORG, "the bus")) == []
    await client.delete(keys.polls)
    await client.set(keys.polls, b"no Stream")
    assert await heard(Replay(client, ORG, "the bus")) == []
