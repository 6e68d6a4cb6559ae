"""Polls over the bus: a follower shows what the leader showed, never anything older, and names what it cannot show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from noctui.model.alarms import Alarms
from noctui.model.status import Status
from noctui.model.view import View
from noctui.model.works import Works
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_blobs import Head, seal
from noctui.stores.bus.redis_errors import NEEDS, BusLostError, BusRefusedError, FencedError, ForeignKeyError
from noctui.stores.bus.redis_follow import Follower, Heard
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_packing import slim
from noctui.stores.bus.redis_publish import Publisher
from noctui.stores.bus.redis_server import Server
from noctui.stores.bus.redis_words import PollIs
from tests.planned.made import work
from tests.redis_server import address, server
from tests.stores.bus.made import alarm, inventory, views, with_alarms
from tests.stores.made import difference

ORG = inventory().org_id
KEYS = Keys(ORG)
V = views()
NOW = 0.001
"""Seconds that a read waits where nothing more is to come."""


@dataclass
class Stage:
    """An empty server, and a leader on it."""

    client: Client
    lease: Lease
    leader: Publisher

    def follower(self, seen: tuple[int, int] = (0, 0)) -> Follower:
        return Follower(self.client, ORG, "the bus", seen=seen)


async def stage_on(client: Client, seen: int = 0) -> Stage:
    lease = Lease(client, ORG, "the bus", seconds=60, seen=seen)
    assert await lease.acquire()
    return Stage(client, lease, Publisher(lease))


@pytest_asyncio.fixture
async def stage(client: Client) -> AsyncIterator[Stage]:
    await client.flushall()
    yield await stage_on(client)


@pytest.fixture
def own_server() -> Iterator[Server]:
    with server() as one:
        yield one


async def views_of(follower: Follower) -> list[View]:
    """All that it has to show by now."""
    found: list[View] = []
    while heard := await follower.hear(NOW):
        found += [one.view for one in heard if one.view is not None]
    return found


async def faults_of(follower: Follower) -> list[str]:
    return [one.fault for one in await follower.hear(NOW) if one.fault]


async def entry(client: Client, view: View, number: int, *, epoch: int = 1, before: tuple[int, int] = (0, 0)) -> None:
    """What somebody else writes, past every fence."""
    head = Head(org=ORG, epoch=epoch, number=number, seq=view.seq, rev=view.inventory.rev, before=before)
    await client.xadd(KEYS.polls, {"b": seal(head, PollIs(slim(view), Status()))}, id=f"{epoch}-{number}")


async def test_a_follower_shows_what_the_leader_showed_bit_for_bit(stage: Stage) -> None:
    """The snapshot first, then each poll; with status and alarms."""
    await stage.leader.poll(with_alarms(V[0], 1, 2), Status(api_used=7))
    follower = stage.follower()
    (first,) = await follower.hear()
    assert first.view is not None
    assert difference(first.view, with_alarms(V[0], 1, 2)) == ""
    assert first.status == Status(api_used=7)
    assert not first.missed
    for view in V[1:]:
        await stage.leader.poll(with_alarms(view, 2, 3), Status())
    got = await views_of(follower)
    assert [difference(a, with_alarms(b, 2, 3)) for a, b in zip(got, V[1:], strict=True)] == [""] * (len(V) - 1)
    assert follower.seen == (1, V[-1].seq)
    assert (follower.gaps, follower.refused) == (0, 0)


async def test_an_empty_bus_is_waited_for(stage: Stage) -> None:
    follower = stage.follower()
    assert await follower.hear(NOW) == []
    await stage.leader.poll(V[0], Status())
    assert len(await views_of(follower)) == 1


async def test_a_blocked_read_wakes_by_itself(stage: Stage) -> None:
    follower = stage.follower()
    await follower.hear(NOW)
    waiting = asyncio.create_task(follower.hear(30))
    await asyncio.sleep(0)
    await stage.leader.poll(V[0], Status())
    (heard,) = await asyncio.wait_for(waiting, 10)
    assert heard.view is not None


async def test_news_between_polls_come_too(stage: Stage) -> None:
    """A status alone leaves the View; alarms that a person acted on, and work that a notice told of, come with the same
    one."""
    await stage.leader.poll(with_alarms(V[0], 1), Status())
    follower = stage.follower()
    await follower.hear()
    await stage.leader.say(Status(fault="resting"))
    (heard,) = await follower.hear()
    assert heard.view is None
    assert heard.status == Status(fault="resting")
    await stage.leader.say(Status(), Alarms((alarm(9),)))
    (heard,) = await follower.hear()
    assert heard.view is not None
    assert [a.key for a in heard.view.alarms.alarms] == ["engine/down/9"]
    assert heard.view.seq == V[0].seq
    told = Works(at=V[0].at, works=(work("CHG-1", [(0, 60)], ["OGYX/1"]),))
    await stage.leader.say(Status(), works=told)
    (heard,) = await follower.hear()
    assert heard.view is not None
    assert heard.view.works == told
    assert [a.key for a in heard.view.alarms.alarms] == ["engine/down/9"]


async def test_a_new_version_of_the_inventory_comes_with_its_poll(stage: Stage) -> None:
    """And what the versions before left is taken away in time."""
    follower, before = stage.follower(), V[0].inventory
    for rev, view in enumerate(V[:4], 2):
        changed = msgspec.structs.replace(before.circuits[0], carrier=f"Carrier {rev}")
        version = msgspec.structs.replace(before, rev=rev, circuits=(changed, *before.circuits[1:]))
        await stage.leader.poll(replace(view, inventory=version), Status())
        got = await views_of(follower)
        assert [v.inventory for v in got] == [version]
    assert follower.gaps == 0
    assert await stage.client.hlen(KEYS.pieces) == 4 + 1, "those of the last two versions"


async def test_a_slow_follower_whose_polls_were_trimmed_gets_the_newest(stage: Stage) -> None:
    await stage.leader.poll(V[0], Status())
    follower = stage.follower()
    await follower.hear()
    for view in V[1:]:
        await stage.leader.poll(view, Status())
    await stage.client.xtrim(KEYS.polls, maxlen=2, approximate=False)
    heard: list[Heard] = await follower.hear()
    assert [one.view.seq for one in heard if one.view] == [V[-1].seq]
    assert heard[0].missed
    assert follower.gaps == 1
    assert await follower.hear(NOW) == []


async def test_a_missing_number_is_a_gap(stage: Stage) -> None:
    """The entry before was deleted; the snapshot is what comes next."""
    await stage.leader.poll(V[0], Status())
    follower = stage.follower()
    await follower.hear()
    await stage.leader.poll(V[1], Status())
    await stage.client.delete(KEYS.polls)
    await stage.leader.poll(V[2], Status())
    (heard,) = await follower.hear()
    assert heard.view is not None
    assert (heard.view.seq, heard.missed, follower.gaps) == (V[2].seq, True, 1)


async def test_nothing_goes_back_in_time(stage: Stage) -> None:
    """A poll with a lower number, the same one again, or of a lower epoch is not shown."""
    await stage.leader.poll(V[2], Status())
    follower = stage.follower()
    await follower.hear()
    await entry(stage.client, V[1], 50, before=(1, V[2].seq))
    await entry(stage.client, V[2], 51, before=(1, V[2].seq))
    assert await views_of(follower) == []
    assert follower.refused == 2
    later = stage.follower(seen=(9, 1))
    assert await views_of(later) == []
    assert int(await stage.client.get(KEYS.epoch) or 0) == 9, "the server is told of the epoch it does not know"


async def test_a_leader_that_was_replaced_cannot_publish(stage: Stage) -> None:
    await stage.leader.poll(V[0], Status())
    follower = stage.follower()
    await follower.hear()
    await stage.client.delete(KEYS.lease)
    new = Lease(stage.client, ORG, "the bus")
    await new.acquire()
    await Publisher(new, before=follower.seen).poll(V[1], Status())
    with pytest.raises(FencedError):
        await stage.leader.poll(V[2], Status())
    assert [v.seq for v in await views_of(follower)] == [V[1].seq]
    assert follower.seen == (2, V[1].seq)
    assert follower.gaps == 0


async def test_another_leaders_numbers_may_begin_anew(stage: Stage) -> None:
    """It has another history: its epoch is higher, whatever its poll's number, and its inventory is its own."""
    await stage.leader.poll(V[5], Status())
    follower = stage.follower()
    await follower.hear()
    await stage.lease.release()
    other = msgspec.structs.replace(V[0].inventory, org_name="by another")
    await (await stage_on(stage.client)).leader.poll(replace(V[0], inventory=other), Status())
    (got,) = await views_of(follower)
    assert (got.seq, got.inventory.org_name) == (V[0].seq, "by another")


async def test_a_server_that_forgot_is_filled_again_and_followers_go_on(own_server: Server) -> None:
    one = address(own_server).client()
    stage = await stage_on(one, seen=4)
    await stage.leader.poll(with_alarms(V[0], 1), Status())
    follower = stage.follower()
    await follower.hear()
    own_server.kill()
    own_server.start()
    assert await stage.lease.renew()
    await stage.leader.poll(with_alarms(V[1], 1), Status())
    assert [difference(v, with_alarms(V[1], 1)) for v in await views_of(follower)] == [""]
    assert [difference(v, with_alarms(V[1], 1)) for v in await views_of(stage.follower())] == [""]
    await one.aclose()


async def test_a_server_that_is_gone_is_said_and_the_follower_goes_on_afterwards(own_server: Server) -> None:
    one = address(own_server).client(tries=0)
    stage = await stage_on(one)
    await stage.leader.poll(V[0], Status())
    follower = stage.follower()
    await follower.hear()
    own_server.kill()
    with pytest.raises(BusLostError, match="the bus cannot be reached"):
        await follower.hear(NOW)
    own_server.start()
    assert await stage.lease.renew()
    await stage.leader.poll(V[1], Status())
    assert [v.seq for v in await views_of(follower)] == [V[1].seq]
    await one.aclose()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda blob: blob[:-20], "cut short"),
        (lambda blob: blob[:-1] + bytes([blob[-1] ^ 1]), "damaged"),
        (lambda blob: b"hello", "none of noctui's"),
        (lambda blob: blob[:4] + b"\x09\x00" + blob[6:], "format 9"),
        (lambda blob: seal(Head(org="another", epoch=1, seq=1), PollIs(slim(V[1]), Status())), "org another"),
    ],
    ids=["cut short", "damaged", "foreign", "another version", "another org"],
)
async def test_a_bad_snapshot_is_named_and_the_next_poll_is_shown(stage: Stage, damage: object, words: str) -> None:
    await stage.leader.poll(V[0], Status())
    good = await stage.client.get(KEYS.snapshot)
    await stage.client.set(KEYS.snapshot, damage(good))  # type: ignore[operator]
    await stage.client.delete(KEYS.polls)
    follower = stage.follower()
    (fault,) = await faults_of(follower)
    assert words in fault
    await stage.leader.poll(V[1], Status())
    assert [v.seq for v in await views_of(follower)] == [V[1].seq]


async def test_bad_entries_are_named_and_the_snapshot_is_shown_instead(stage: Stage) -> None:
    await stage.leader.poll(V[0], Status())
    follower = stage.follower()
    await follower.hear()
    await stage.client.xadd(KEYS.polls, {"b": b"rubbish"}, id="1-5")
    await stage.client.xadd(KEYS.polls, {"x": b"foreign"}, id="1-6")
    assert [words.split(" is ")[1] for words in await faults_of(follower)] == ["none of noctui's"] * 2
    for _ in range(6):
        await stage.leader.say(Status())
    await stage.leader.poll(V[1], Status())
    assert [v.seq for v in await views_of(follower)] == [V[1].seq]


async def test_a_poll_that_does_not_fit_is_not_shown(stage: Stage) -> None:
    await stage.leader.poll(V[0], Status())
    follower = stage.follower()
    await follower.hear()
    wrong = replace(V[1], circuits=replace(V[1].circuits, loss=V[1].circuits.loss[1:]))
    await entry(stage.client, wrong, 7, before=(1, V[0].seq))
    (fault,) = await faults_of(follower)
    assert "circuits.loss" in fault
    assert follower.seen == (1, V[0].seq)


async def test_keys_of_another_kind_are_named(stage: Stage) -> None:
    await stage.client.set(KEYS.polls, "not a stream")
    with pytest.raises(ForeignKeyError, match="another kind"):
        await stage.leader.poll(V[0], Status())
    follower = stage.follower()
    with pytest.raises(ForeignKeyError):
        await asyncio.wait_for(_until_error(follower), 5)
    await stage.client.delete(KEYS.polls)
    await stage.leader.poll(V[1], Status())
    assert V[1].seq in [v.seq for v in await views_of(stage.follower())]


async def _until_error(follower: Follower) -> None:
    while True:
        await follower.hear(NOW)


async def test_a_stream_with_a_higher_epoch_makes_the_leader_begin_above_it(stage: Stage) -> None:
    """The epoch was evicted, the polls were not: it may not lead below what was published."""
    await entry(stage.client, V[0], 1, epoch=12)
    with pytest.raises(FencedError, match="leadership 12 published before this one, 1"):
        await stage.leader.poll(V[1], Status())
    assert await stage.lease.acquire()
    assert stage.lease.epoch == 13
    await Publisher(stage.lease).poll(V[1], Status())


async def test_a_write_that_the_client_sends_twice_counts_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answer was lost: the Stream has it already."""
    once = stage.client.evalsha

    async def twice(*words: Any) -> Any:
        await once(*words)
        return await once(*words)

    await stage.lease.renew()
    monkeypatch.setattr(stage.client, "evalsha", twice)
    follower = stage.follower()
    for view in V[:3]:
        await stage.leader.poll(view, Status())
        assert [v.seq for v in await views_of(follower)] == [view.seq]
    assert (follower.gaps, follower.refused) == (0, 0)


async def test_a_user_with_what_is_asked_for_may_lead(own_server: Server) -> None:
    admin = address(own_server).client()
    await admin.execute_command("ACL", "SETUSER", "noc", "on", ">secret", *NEEDS.split())  # type: ignore[no-untyped-call]
    client = address(own_server, user="noc", password="secret").client()
    stage = await stage_on(client)
    await stage.leader.poll(V[0], Status())
    assert [v.seq for v in await views_of(stage.follower())] == [V[0].seq]
    await admin.aclose()
    await client.aclose()


async def test_a_full_server_is_named_and_the_next_poll_goes_through(own_server: Server) -> None:
    client = address(own_server).client()
    stage = await stage_on(client)
    await client.config_set("maxmemory-policy", "noeviction")
    await stage.leader.poll(V[0], Status())
    follower = stage.follower()
    await follower.hear()
    await client.config_set("maxmemory", "1mb")
    with pytest.raises(BusRefusedError, match="is full"):
        await stage.leader.poll(V[1], Status())
    assert await stage.lease.renew()
    assert await views_of(follower) == []
    await client.config_set("maxmemory", "0")
    await stage.leader.poll(V[2], Status())
    assert [v.seq for v in await views_of(follower)] == [V[2].seq]
    await client.aclose()


async def test_a_stream_of_another_program_is_named(stage: Stage) -> None:
    await stage.client.xadd(KEYS.polls, {"x": "1"})
    with pytest.raises(ForeignKeyError, match="remove it with DEL"):
        await stage.leader.poll(V[0], Status())


async def test_a_clock_that_is_an_hour_off_is_known(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A follower's hour late: how old a poll is can still be told."""
    await stage.leader.poll(V[0], Status())
    import time

    now = time.time
    monkeypatch.setattr("noctui.stores.bus.redis_follow.time.time", lambda: now() - 3600)
    (heard,) = await stage.follower().hear()
    assert heard.ahead == pytest.approx(3600, abs=2)


async def test_a_user_who_may_only_read_can_follow(own_server: Server) -> None:
    """`+@read` on our keys is enough; leading is refused by name."""
    admin = address(own_server).client()
    stage = await stage_on(admin)
    await stage.leader.poll(V[0], Status())
    await admin.execute_command(  # type: ignore[no-untyped-call]
        "ACL", "SETUSER", "reader", "on", ">secret", "~{noctui:*", "+@read", "+@connection", "+time"
    )
    reader = address(own_server, user="reader", password="secret").client()
    follower = Follower(reader, ORG, "the bus")
    assert [v.seq for v in await views_of(follower)] == [V[0].seq]
    with pytest.raises(BusRefusedError, match="may not do that"):
        await Lease(reader, ORG, "the bus").acquire()
    late = Follower(reader, ORG, "the bus", seen=(5, 1))
    assert await views_of(late) == []
    await admin.aclose()
    await reader.aclose()


async def test_who_leads_and_who_waits_is_seen_by_all(stage: Stage) -> None:
    """What is none of ours there counts as nobody."""
    follower = stage.follower()
    held = await follower.held()
    assert (held.holder, held.epoch) == (stage.lease.holder.partition("/")[0], 1)
    assert 50 < held.seconds <= 60
    other = Lease(stage.client, ORG, "the bus", rank=1, holder="noc-b:7/x")
    assert not await other.acquire()
    assert (await follower.held()).waits == "noc-b:7"
    await stage.lease.release()
    assert (await follower.held()).holder == ""
    await stage.client.set(KEYS.lease, "rubbish", px=5000)
    assert (await follower.held()).holder == ""
