"""Acts from followers: each is taken once, in order, by whoever leads."""

from __future__ import annotations

import asyncio

import pytest

from noctui.model.alarms import Act
from noctui.stores.bus import redis_inbox
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_errors import BusRefusedError, FencedError
from noctui.stores.bus.redis_inbox import Inbox, post
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_lease import Lease

NOW = 0.001


def act(number: int) -> Act:
    return Act(act_id=f"a-{number}", kind="note", alarm_ids=("x@1",), who="kim", at=1.0, why=f"note {number}")


async def leader(client: Client, org: str) -> tuple[Lease, Inbox]:
    lease = Lease(client, org, "the bus", seconds=60)
    assert await lease.acquire()
    return lease, Inbox(client, lease)


async def test_acts_come_in_order_and_once(client: Client, org: str) -> None:
    _, inbox = await leader(client, org)
    for number in range(3):
        await post(client, org, "the bus", act(number))
    posted = await inbox.read(NOW)
    assert [one.act for one in posted] == [act(0), act(1), act(2)]
    await inbox.done(posted)
    assert await inbox.read(NOW) == []
    assert await client.xlen(Keys(org).inbox) == 0


async def test_one_that_was_sent_twice_is_done_once(client: Client, org: str) -> None:
    """No answer came, so it was posted again: within one read, and after it was done."""
    _, inbox = await leader(client, org)
    await post(client, org, "the bus", act(1))
    await post(client, org, "the bus", act(1))
    posted = await inbox.read(NOW)
    assert [one.again for one in posted] == [False, True]
    await inbox.done(posted)
    await post(client, org, "the bus", act(1))
    assert [one.again for one in await inbox.read(NOW)] == [True]


async def test_the_leader_is_woken(client: Client, org: str) -> None:
    _, inbox = await leader(client, org)
    waiting = asyncio.create_task(inbox.read(30))
    await asyncio.sleep(0)
    await post(client, org, "the bus", act(1))
    assert [one.act for one in await asyncio.wait_for(waiting, 10)] == [act(1)]


async def test_what_a_dead_leader_had_read_comes_to_the_next(client: Client, org: str) -> None:
    """And the old one, come back, cannot take anything off."""
    old, inbox = await leader(client, org)
    await post(client, org, "the bus", act(1))
    posted = await inbox.read(NOW)
    await client.delete(Keys(org).lease)
    _, second = await leader(client, org)
    with pytest.raises(FencedError):
        await inbox.done(posted)
    assert not old.held
    assert [one.act for one in await second.read(NOW)] == [act(1)]


async def test_rubbish_is_named_and_taken_off(client: Client, org: str) -> None:
    _, inbox = await leader(client, org)
    key = Keys(org).inbox
    for payload in (b"", b"hello", b"NCTa2whatever", b"NCTa1\xc1"):
        await client.xadd(key, {"id": "x", "a": payload})
    await client.xadd(key, {"other": "field"})
    await post(client, org, "the bus", act(1))
    posted = await inbox.read(NOW)
    words = ("none of noctui's", "none of noctui's", "another version", "damaged", "none of noctui's", "")
    assert all(word in one.fault for word, one in zip(words, posted, strict=True))
    assert posted[-1].act == act(1)
    await inbox.done(posted)
    assert await client.xlen(key) == 0


async def test_it_is_not_filled_without_end(client: Client, org: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_inbox, "MOST", 2)
    await post(client, org, "the bus", act(1))
    await post(client, org, "the bus", act(2))
    with pytest.raises(BusRefusedError, match="nobody leads"):
        await post(client, org, "the bus", act(3))
