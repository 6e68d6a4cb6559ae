"""The bus's server restarted, stopped, full, or refusing: what two collectors and a screen make of it, on Valkey and on
Redis. Each ends with one leader whose polls are heard, and nobody polls who may not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_server import Server, binaries
from tests.redis_server import needs_server, server
from tests.runtime.remote.stage import following
from tests.walk.bus_pair import LEASE, PATIENCE, POLL, Host, Pair, pair, shown

pytestmark = needs_server
BOTH = pytest.mark.parametrize("program", binaries(), ids=lambda path: path.name)
"""All servers that are here."""


LONG = 6.0
"""A lease that no busy machine misses."""


@asynccontextmanager
async def leader_and_other(
    data: Path, bus: Server | None = None, lease: float = LONG, poll: float = POLL
) -> AsyncIterator[tuple[Pair, Host, Host]]:
    """One leads, the other waits."""
    async with pair(data, bus=bus) as two:
        one = two.host(lease=lease, poll=poll)
        await one.until(one.polls)
        other = two.host(lease=lease, poll=poll)
        await other.until(lambda: other.status.leader != "")
        yield two, one, other


async def polls_on(host: Host) -> None:
    """It leads, and two more polls land."""
    seq = host.views[-1].seq
    await host.until(lambda: host.status.mode == "leader" and host.views[-1].seq >= seq + 2)


async def one_leads(*hosts: Host) -> Host:
    """Wait until one leads, and the others know which."""
    async with asyncio.timeout(PATIENCE):
        while True:
            leads = [host for host in hosts if host.status.mode == "leader" and host.status.bus == "ok"]
            if len(leads) == 1 and len({(host.status.leader, host.status.bus) for host in hosts}) == 1:
                return leads[0]
            await asyncio.sleep(0.01)


@BOTH
async def test_a_restart_with_its_memory_changes_nothing(program: Path, tmp_path: Path) -> None:
    """The lease, its epoch, the picture: all are there again."""
    with server(program=program, folder=tmp_path / "s", appendonly="yes", appendfsync="always") as bus:
        async with leader_and_other(tmp_path, bus) as (two, one, other):
            heard = await shown(two.follower())
            bus.kill()
            await asyncio.to_thread(bus.start)
            again = await shown(two.follower())
            assert again.view is not None
            assert heard.view is not None
            assert again.epoch == heard.epoch
            assert again.view.seq >= heard.view.seq
            assert await one_leads(one, other) is one
            assert (one.terms, other.terms, other.views) == (1, 0, [])


@BOTH
async def test_a_short_restart_without_its_memory_is_filled_at_once(program: Path, tmp_path: Path) -> None:
    """So short that the leader was never without its lease; long before its next poll."""
    with server(program=program) as bus:
        async with leader_and_other(tmp_path, bus, poll=300.0) as (two, one, other):
            heard = await shown(two.follower())
            bus.kill()
            await asyncio.to_thread(bus.start)
            again = await shown(two.follower())
            assert again.view is not None
            assert heard.view is not None
            assert again.epoch >= heard.epoch
            assert again.view.seq == heard.view.seq
            client, told = two.client(), Keys(two.org_id).messages
            async with asyncio.timeout(PATIENCE):
                while not await client.exists(told):
                    await asyncio.sleep(0.01)
            assert await one_leads(one, other) is one
            assert (one.terms, other.terms, other.views) == (1, 0, [])


async def test_an_emptied_server_has_everything_again_with_the_next_poll(tmp_path: Path) -> None:
    """FLUSHALL, and nobody lost a connection. Whoever is first leads; epochs go on."""
    async with leader_and_other(tmp_path, lease=LEASE) as (two, one, other):
        heard = await shown(two.follower())
        await two.client().flushall()
        again = await shown(two.follower())
        assert again.epoch >= heard.epoch
        await one_leads(one, other)


async def test_a_server_that_hangs_leaves_the_leader_alone_and_nobody_else_begins(tmp_path: Path) -> None:
    async with leader_and_other(tmp_path, lease=LEASE) as (two, one, other):
        heard = await shown(two.follower())
        two.bus.hang()
        await one.until(lambda: one.status.bus == "lost")
        assert "does not answer" in one.status.bus_text
        await polls_on(one)
        await other.until(lambda: other.status.bus == "lost")
        assert other.views == []
        two.bus.go_on()
        await one_leads(one, other)
        follower = two.follower()
        newest = max(view.seq for host in (one, other) for view in host.views)
        while follower.seen < (heard.epoch, newest):
            await follower.hear(1.0)


@BOTH
async def test_a_full_server_keeps_its_leader_which_names_it(program: Path, tmp_path: Path) -> None:
    """`maxmemory` with `noeviction`: the screen keeps what it shows, with its age; with memory again it goes on."""
    with server(program=program, maxmemory_policy="noeviction") as bus:
        async with (
            leader_and_other(tmp_path, bus) as (two, one, other),
            following(bus.url, tmp_path / "screen", org_id=two.org_id) as watching,
        ):
            await watching.until(lambda: watching.desk.live())
            client = two.client()
            await client.config_set("maxmemory", "1kb")
            await one.until(lambda: "is full" in _fault(one))
            stays = watching.view.seq
            await polls_on(one)
            assert watching.view.seq <= stays + 1
            assert (other.views, other.terms) == ([], 0)
            await client.config_set("maxmemory", "0")
            newest = one.views[-1].seq
            await watching.until(lambda: watching.view.seq >= newest)
            await one.until(lambda: _fault(one) == "")


def _fault(host: Host) -> str:
    health = host.status.health
    return health.bus.text if health is not None and health.bus is not None else ""


async def test_a_wrong_password_is_named_and_nobody_polls_until_it_is_right(tmp_path: Path) -> None:
    with server(tcp=True, password="right") as bus:
        async with pair(tmp_path, bus=bus) as two:
            calls = two.cloud.calls
            one = two.host(url=f"redis://:secret@127.0.0.1:{bus.port}/0")
            await one.until(lambda: one.status.bus == "lost")
            assert "refuses the user or password" in one.status.bus_text
            assert "secret" not in repr(one.status)
            assert two.cloud.calls == calls
            await two.client().config_set("requirepass", "secret")
            await one.until(one.polls)


async def test_a_read_only_replica_is_named_and_nobody_polls(tmp_path: Path) -> None:
    """Until it is made the primary."""
    with server(replicaof="127.0.0.1 1") as bus:
        async with pair(tmp_path, bus=bus) as two:
            one = two.host()
            await one.until(lambda: one.status.bus == "lost")
            assert "read-only replica" in one.status.bus_text or "not ready" in one.status.bus_text
            assert one.views == []
            await two.client().replicaof("no", "one")
            await one.until(one.polls)


async def test_a_lease_that_is_none_of_ours_is_named_and_nobody_polls(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        client = two.client()
        await client.set(Keys(two.org_id).lease, "somebody else's", ex=3600)
        one = two.host()
        await one.until(lambda: one.status.bus == "lost")
        assert "is not of noctui; remove it with DEL" in one.status.bus_text
        assert one.views == []
        await client.delete(Keys(two.org_id).lease)
        await one.until(one.polls)


async def test_a_leader_stays_under_a_foreign_lease_and_leads_on_when_it_is_removed(tmp_path: Path) -> None:
    async with leader_and_other(tmp_path, lease=LEASE) as (two, one, other):
        client = two.client()
        await client.set(Keys(two.org_id).lease, "somebody else's", ex=3600)
        await one.until(lambda: one.status.bus == "lost")
        assert "remove it with DEL" in one.status.bus_text
        await polls_on(one)
        await client.delete(Keys(two.org_id).lease)
        await one_leads(one, other)
