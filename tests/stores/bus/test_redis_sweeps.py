"""Shared sweeps on a real server: what is announced is heard once, shares are taken whole or not at all."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_blobs import Head, seal
from noctui.stores.bus.redis_errors import BusError, FencedError
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_members import FORGOTTEN, Offer, offer, offers, server_time, withdraw
from noctui.stores.bus.redis_server import Server
from noctui.stores.bus.redis_sweeps import Announcer, Collecting, Hearer, PartIs, hand_in
from tests.redis_server import needs_server

pytestmark = needs_server
ME, OTHER = "noc-a:1/x", "noc-b:2/y"
MACS = {ME: ["020001c04668", "020001c04669"], OTHER: ["020001c0466a"]}


async def led(client: Client, org: str, holder: str = "noc-l:9/z") -> Lease:
    lease = Lease(client, org, "the bus", seconds=60.0, holder=holder)
    assert await lease.acquire()
    return lease


async def test_a_member_hears_of_a_sweep_once_with_its_own_gateways(bus: Server, client: Client, org: str) -> None:
    announcer = Announcer(await led(client, org))
    await announcer.announce(MACS, 30.0)  # before it was there: not for it
    hearer = Hearer(client, org, "the bus", ME)
    assert await hearer.hear(0.01) is None
    sweep = await announcer.announce(MACS, 30.0)
    begun = await hearer.hear(5.0)
    assert begun is not None
    assert (begun.sweep, list(begun.macs)) == (sweep, MACS[ME])
    assert 0 < begun.left <= 30.0
    assert await hearer.hear(0.01) is None
    await announcer.announce({OTHER: MACS[OTHER]}, 30.0)
    left_out = await hearer.hear(5.0)
    assert left_out is not None
    assert list(left_out.macs) == []


async def test_of_several_sweeps_the_newest_is_heard_and_one_that_is_over_is_not(client: Client, org: str) -> None:
    announcer = Announcer(await led(client, org))
    hearer = Hearer(client, org, "the bus", ME)
    assert await hearer.hear(0.01) is None
    await announcer.announce(MACS, 30.0)
    last = await announcer.announce(MACS, 30.0)
    begun = await hearer.hear(5.0)
    assert begun is not None
    assert begun.sweep == last
    await announcer.announce(MACS, -1.0)
    assert await hearer.hear(0.01) is None


async def test_shares_travel_when_they_change_and_again_when_the_server_lost_them(client: Client, org: str) -> None:
    redis: Any = client
    keys, announcer = Keys(org), Announcer(await led(client, org))
    await announcer.announce(MACS, 30.0)
    first = await redis.get(keys.shares)
    await announcer.announce({name: list(macs) for name, macs in MACS.items()}, 30.0)
    assert await redis.get(keys.shares) == first
    hearer = Hearer(client, org, "the bus", OTHER)
    assert await hearer.hear(0.01) is None
    await redis.delete(keys.shares, keys.sweeps)
    await announcer.announce(MACS, 30.0)
    begun = await hearer.hear(5.0)
    assert begun is not None
    assert list(begun.macs) == MACS[OTHER]


async def test_a_deposed_leader_announces_nothing(client: Client, org: str) -> None:
    redis: Any = client
    old = await led(client, org)
    announcer = Announcer(old)
    await announcer.announce(MACS, 30.0)
    before = await redis.xlen(Keys(org).sweeps)
    await redis.delete(Keys(org).lease)
    new = await led(client, org, "noc-n:7/n")
    with pytest.raises(FencedError):
        await announcer.announce({ME: []}, 30.0)
    assert await redis.xlen(Keys(org).sweeps) == before
    hearer = Hearer(client, org, "the bus", ME)
    assert await hearer.hear(0.01) is None
    assert await Announcer(new).announce(MACS, 30.0) == (new.epoch, 1)
    begun = await hearer.hear(5.0)
    assert begun is not None
    assert begun.sweep == (new.epoch, 1)


async def test_a_share_is_taken_as_it_was_handed_in_and_runs_out(client: Client, org: str) -> None:
    redis: Any = client
    sweep, part = (3, 5), PartIs(ME, 7, b"rows" * 1000)
    collecting = Collecting(client, org, "the bus", sweep)
    waiting = asyncio.create_task(collecting.more(5.0))
    assert await hand_in(client, org, "the bus", sweep, part, 10.0) > 0
    ((name, blob),) = await waiting
    assert collecting.opened(name, blob) == part
    assert await collecting.more(0.01) == []
    assert 10_000 < await redis.pttl(Keys(org).parts(*sweep)) <= 40_000
    await collecting.done()
    assert not await redis.exists(Keys(org).parts(*sweep))


async def test_what_is_damaged_or_somebody_elses_is_named_and_not_taken(client: Client, org: str) -> None:
    sweep = (3, 5)
    collecting = Collecting(client, org, "the bus", sweep)
    head, part = Head(org=org, epoch=3, number=5), PartIs(ME, 7, b"rows")
    good = seal(head, part)
    assert collecting.opened(ME, good) == part
    wrong = {
        "cut short": good[:-3],
        "checksum is wrong": good[:-3] + bytes([good[-3] ^ 1]) + good[-2:],
        "none of noctui's": b"hello, this is something else",
        "of org another": seal(Head(org="another", epoch=3, number=5), part),
        "of another sweep": seal(Head(org=org, epoch=3, number=4), part),
        "of another member": seal(head, PartIs(OTHER, 7, b"rows")),
    }
    for said, blob in wrong.items():
        with pytest.raises(BusError, match=said):
            collecting.opened(ME, blob)


async def test_what_lies_there_and_is_no_sweep_is_named(client: Client, org: str) -> None:
    redis: Any = client
    hearer = Hearer(client, org, "the bus", ME)
    assert await hearer.hear(0.01) is None
    for fields in ({"b": b"hello"}, {"x": b"y"}):
        await redis.xadd(Keys(org).sweeps, fields)
        with pytest.raises(BusError, match="none of noctui's"):
            await hearer.hear(1.0)
    await redis.set(Keys(org).shares, b"hello, this is something else")
    await redis.xtrim(Keys(org).sweeps, maxlen=0)  # unlike a removed one, an empty stream knows its newest id
    announcer = Announcer(await led(client, org))
    await announcer.announce(MACS, 30.0)
    begun = await hearer.hear(5.0)
    assert begun is not None
    assert list(begun.macs) == MACS[ME]


async def test_an_offer_holds_for_the_time_of_a_lease_by_the_servers_clock(client: Client, org: str) -> None:
    redis: Any = client
    now = await server_time(client, "the bus")
    made = Offer(now, 7, (("print", 5000),), 12, 5000)
    await offer(client, org, "the bus", ME, made)
    await offer(client, org, "the bus", OTHER, Offer(now - 7.0, 7))
    await offer(client, org, "the bus", "noc-g:3/g", Offer(now - FORGOTTEN - 60, 7))
    await redis.hset(Keys(org).members, "noc-w:4/w", b"hello")
    found = await offers(client, org, "the bus", 6.0)
    assert found.by == {ME: made}
    assert found.unread == ("noc-w:4/w",)
    assert await redis.hkeys(Keys(org).members) == [ME.encode(), OTHER.encode(), b"noc-w:4/w"]
    await withdraw(client, org, "the bus", ME)
    assert (await offers(client, org, "the bus", 6.0)).by == {}
