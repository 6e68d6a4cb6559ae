"""The lease: one holder, rising epochs, fenced writes; ranks; servers that forget, and keys that are not ours."""

from __future__ import annotations

import asyncio

import pytest

from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_errors import BusLostError, BusRefusedError, FencedError, ForeignKeyError
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_lease import SCREEN, SERVER, Lease
from noctui.stores.bus.redis_script import BLOB
from noctui.stores.bus.redis_server import Server, binaries
from tests.redis_server import address, server


def lease(client: Client, org: str, rank: int = SCREEN, seconds: float = 30.0, seen: int = 0) -> Lease:
    return Lease(client, org, "the bus", rank=rank, seconds=seconds, seen=seen)


async def gone(client: Client, org: str) -> None:
    """The holder's time is over."""
    await client.delete(Keys(org).lease)


@pytest.mark.parametrize("program", binaries(), ids=lambda path: path.name)
async def test_one_leads_and_its_name_is_known_on_any_server(program: object, org: str) -> None:
    with server(program=program) as one:  # type: ignore[arg-type]
        client = address(one).client()
        first, second = lease(client, org), lease(client, org)
        assert await first.acquire()
        assert first.held
        assert first.epoch == 1
        assert not await second.acquire()
        assert not second.held
        assert second.other is not None
        assert (second.other.holder, second.other.epoch) == (first.holder, 1)
        assert second.other.name == first.holder.split("/")[0]
        assert 29 < second.other.seconds <= 30
        assert await first.renew()
        assert await first.acquire(), "an answer that was lost is asked for again"
        assert first.epoch == 1
        await client.aclose()


async def test_each_leadership_has_a_higher_epoch(client: Client, org: str) -> None:
    epochs = []
    for _ in range(4):
        one = lease(client, org)
        assert await one.acquire()
        epochs.append(one.epoch)
        await one.release()
    assert epochs == [1, 2, 3, 4]


async def test_a_lease_that_was_taken_unheard_is_given_back(client: Client, org: str) -> None:
    """Ended after it had asked for it and before the answer came."""
    one, other = lease(client, org), lease(client, org)
    await one.acquire()
    one.epoch = 0
    await one.release()
    assert await other.acquire()


async def test_what_a_former_leader_writes_is_refused(client: Client, org: str) -> None:
    """It hung, its lease ran out, another leads: the write changes nothing, and says who leads."""
    old, new = lease(client, org), lease(client, org)
    await old.acquire()
    await old.fenced([("SET", f"{{noctui:{org}}}:x", "old")])
    await gone(client, org)
    await new.acquire()
    with pytest.raises(FencedError, match=f"leadership 1 was taken over by {new.holder.split('/')[0]}"):
        await old.fenced([("SET", f"{{noctui:{org}}}:x", "older")])
    assert not old.held
    assert not await old.renew()
    assert await client.get(f"{{noctui:{org}}}:x") == b"old"
    assert await new.fenced([("SET", f"{{noctui:{org}}}:x", "new"), ("GET", f"{{noctui:{org}}}:x")]) == [b"OK", b"new"]


async def test_a_lease_that_ran_out_and_that_nobody_took_is_renewed_with_its_epoch(client: Client, org: str) -> None:
    one = lease(client, org)
    await one.acquire()
    await gone(client, org)
    with pytest.raises(FencedError, match="ran out"):
        await one.fenced([("SET", f"{{noctui:{org}}}:x", "1")])
    assert await one.renew()
    assert one.epoch == 1
    await one.fenced([("SET", f"{{noctui:{org}}}:x", "1")])


async def test_it_is_not_renewed_once_somebody_led_in_between(client: Client, org: str) -> None:
    one, other = lease(client, org), lease(client, org)
    await one.acquire()
    await gone(client, org)
    await other.acquire()
    await other.release()
    assert not await one.renew()


async def test_the_server_ends_a_lease_by_its_own_clock(client: Client, org: str) -> None:
    one, other = lease(client, org, seconds=0.05), lease(client, org)
    await one.acquire()
    while not await other.acquire():
        await asyncio.sleep(0.005)
    assert not one.held, "its own clock, counted from before it asked, was no later"
    assert other.epoch == 2


async def test_a_blob_travels_once_and_is_written_wherever_it_is_named(client: Client, org: str) -> None:
    one = lease(client, org)
    await one.acquire()
    blob = bytes(range(256)) * 100
    key, stream = f"{{noctui:{org}}}:a", f"{{noctui:{org}}}:b"
    await one.fenced([("SET", key, BLOB), ("XADD", stream, "MAXLEN", "~", 10, "*", "b", BLOB)], blob)
    assert await client.get(key) == blob
    entries = await client.xrange(stream)
    assert entries is not None
    assert entries[0][1] == {b"b": blob}


async def test_a_server_outranks_a_screen(client: Client, org: str) -> None:
    """The screen gives way when it renews next, and takes part again behind it; other screens do not slip in."""
    screen, other, collector = lease(client, org), lease(client, org), lease(client, org, SERVER)
    await screen.acquire()
    assert not await collector.acquire()
    await screen.fenced([("SET", f"{{noctui:{org}}}:x", "still the leader")])
    assert not await screen.renew()
    assert screen.other is not None
    assert screen.other.holder == collector.holder
    assert not await screen.acquire()
    assert not await other.acquire()
    assert await collector.acquire()
    assert not await screen.acquire()
    assert await collector.renew()


async def test_equals_do_not_push_each_other_out(client: Client, org: str) -> None:
    one, other = lease(client, org, SERVER), lease(client, org, SERVER)
    await one.acquire()
    assert not await other.acquire()
    assert await one.renew()


async def test_who_waited_and_died_is_not_waited_for(client: Client, org: str) -> None:
    screen, collector = lease(client, org), lease(client, org, SERVER, seconds=0.02)
    await screen.acquire()
    await collector.acquire()
    await screen.renew()
    while not await screen.acquire():
        await asyncio.sleep(0.005)
    assert screen.epoch == 2


async def test_a_server_that_forgot_everything_goes_on_from_the_highest_epoch_seen(org: str) -> None:
    """Restarted without persistence: a stranger that saw nothing takes epoch 1, then somebody who saw 7 comes back."""
    with server() as one:
        client = address(one).client()
        leader = lease(client, org, seen=6)
        await leader.acquire()
        assert leader.epoch == 7
        one.kill()
        one.start()
        assert await leader.renew()
        assert leader.epoch == 7
        one.kill()
        one.start()
        stranger = lease(client, org)
        await stranger.acquire()
        assert stranger.epoch == 1
        await stranger.fenced([("SET", f"{{noctui:{org}}}:x", "1")])
        assert await leader.raise_epoch() == 7
        with pytest.raises(FencedError):
            await stranger.fenced([("SET", f"{{noctui:{org}}}:x", "2")])
        assert await stranger.acquire()
        assert stranger.epoch == 8
        assert not await leader.renew()
        await client.aclose()


async def test_with_persistence_a_lease_outlives_a_restart(org: str) -> None:
    with server(appendonly="yes", appendfsync="always") as one:
        client = address(one).client()
        leader, other = lease(client, org), lease(client, org)
        await leader.acquire()
        one.kill()
        one.start()
        assert not await other.acquire()
        assert await leader.renew()
        await client.aclose()


@pytest.mark.parametrize("value", ["", "x", "1 2", "one 0 me/1", "-1 0 me/1", "1e9 0 me/1", "9" * 16 + " 0 me/1"])
async def test_a_lease_that_is_not_ours_is_named_and_left(client: Client, org: str, value: str) -> None:
    key = Keys(org).lease
    await client.set(key, value, ex=60)
    with pytest.raises(ForeignKeyError, match=r":lease holds something that is not of noctui; remove it with DEL"):
        await lease(client, org).acquire()
    assert await client.get(key) == value.encode()


async def test_keys_of_another_kind_are_named(client: Client, org: str) -> None:
    for key in (Keys(org).lease, Keys(org).epoch, Keys(org).wanted):
        await client.rpush(key, "a list")
        with pytest.raises(ForeignKeyError, match=key.replace("{", r"\{")):
            await lease(client, org).acquire()
        await client.delete(key)
    assert await lease(client, org).acquire()


async def test_a_lease_without_an_end_is_not_ours(client: Client, org: str) -> None:
    """Set by hand, it would hold up everybody for ever."""
    await client.set(Keys(org).lease, "1 0 me/1")
    with pytest.raises(ForeignKeyError, match="no time limit"):
        await lease(client, org).acquire()


async def test_orgs_do_not_touch_each_other(client: Client, org: str) -> None:
    assert await lease(client, org).acquire()
    assert await lease(client, f"{org}x").acquire()


async def test_looking_changes_nothing(client: Client, org: str) -> None:
    one = lease(client, org)
    assert await one.look() is None
    assert not await client.exists(Keys(org).lease, Keys(org).epoch)
    await one.acquire()
    standing = await lease(client, org).look()
    assert standing is not None
    assert standing.holder == one.holder


async def test_a_full_server_lets_its_leader_stay(org: str) -> None:
    """`maxmemory` with `noeviction`: what cannot be published is refused by name, and the lease is renewed all the
    same, so that the leader does not change for nothing."""
    with server(maxmemory="0", maxmemory_policy="noeviction") as one:
        client = address(one).client()
        leader = lease(client, org)
        await leader.acquire()
        await client.config_set("maxmemory", "1kb")
        with pytest.raises(BusRefusedError, match="is full"):
            await leader.fenced([("SET", f"{{noctui:{org}}}:x", BLOB)], b"x" * 1000)
        assert await leader.renew()
        with pytest.raises(BusRefusedError, match="is full"):
            await lease(client, f"{org}x").acquire()
        await client.config_set("maxmemory", "0")
        await leader.fenced([("SET", f"{{noctui:{org}}}:x", BLOB)], b"x" * 1000)
        await client.aclose()


async def test_a_server_that_hangs_is_lost_and_the_lease_is_not_held_beyond_its_time(org: str) -> None:
    with server() as one:
        client = address(one).client(answer_seconds=0.05, tries=0)
        leader = lease(client, org, seconds=0.2)
        await leader.acquire()
        one.hang()
        with pytest.raises(BusLostError, match="does not answer"):
            await leader.renew()
        while leader.held:
            await asyncio.sleep(0.01)
        one.go_on()
        assert await leader.renew()
        await client.aclose()


async def test_a_server_that_is_gone_is_lost(org: str) -> None:
    with server() as one:
        client = address(one).client(tries=0)
        leader = lease(client, org)
        await leader.acquire()
        one.kill()
        with pytest.raises(BusLostError, match="the bus cannot be reached"):
            await leader.renew()
        await client.aclose()


async def test_a_replica_is_refused_by_name(bus: Server, org: str) -> None:
    with server(replicaof="127.0.0.1 1") as one:
        client = address(one).client()
        with pytest.raises((BusRefusedError, BusLostError), match=r"read-only replica|not ready"):
            await lease(client, org).acquire()
        await client.aclose()
