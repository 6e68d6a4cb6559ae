"""Several collectors share a sweep over a real bus: each with its own token, one View, and nothing is missed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from noctui.cli import main
from noctui.model.health import BusHealth, MemberHealth
from noctui.model.view import View
from noctui.runtime.bus_address import SERVER
from noctui.sources.mist.shares import schema
from noctui.stores.bus.redis_blobs import Head, seal
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_members import Offer, offer, server_time
from noctui.stores.bus.redis_sweeps import Begun, Hearer, PartIs
from tests.redis_server import needs_server
from tests.walk.bus_pair import LEASE, PATIENCE, Host, Pair, pair
from tests.walk.walk import TOKEN

pytestmark = needs_server
SITES = 40  # so many that nobody is given none of them by chance
TOKENS = (TOKEN, "second-token-0123456789abcdef-09be", "third-token-0123456789abcdef-77c2")


def begin(two: Pair, count: int) -> list[Host]:
    two.cloud.tokens.known.update(TOKENS)
    return [two.host(SERVER, share=True, token=TOKENS[n]) for n in range(count)]


def leader(hosts: list[Host]) -> Host | None:
    return next((one for one in hosts if one.polls()), None)


async def one_leads(hosts: list[Host]) -> Host:
    async with asyncio.timeout(PATIENCE):
        while (found := leader(hosts)) is None:
            await asyncio.sleep(0.02)
    return found


def bus_of(host: Host) -> BusHealth:
    """As it was told last."""
    healths = (one.status.health for one in reversed(host.said))
    return next((h.bus for h in healths if h is not None and h.bus is not None), BusHealth(where=""))


def member(host: Host, state: str = "shares") -> list[MemberHealth]:
    return [one for one in bus_of(host).members if one.state == state]


async def shared_by(host: Host, count: int) -> None:
    """A sweep of it has landed that so many others fetched shares of."""
    await host.until(lambda: len([one for one in member(host) if one.rows]) == count)


async def given(two: Pair, ident: str) -> Begun:
    """Offer help until a sweep begins of which `ident` is given a share; from then on it is not heard again."""
    client = two.client()
    hearer = Hearer(client, two.org_id, "the bus", ident)
    async with asyncio.timeout(PATIENCE):
        begun: Begun | None = None
        while begun is None or not begun.macs:
            at = await server_time(client, "the bus")
            await offer(client, two.org_id, "the bus", ident, Offer(at, schema(), (("print", 10**7),), 0, 10**7))
            begun = await hearer.hear(LEASE / 4)
    return begun


def whole(view: View) -> bool:
    return view.whole and not view.silent


async def test_two_and_three_share_and_each_token_pays_its_own(tmp_path: Path) -> None:
    async with pair(tmp_path, sites=SITES) as two:
        two.cloud.faults.delay = 0.001
        hosts = begin(two, 2)
        first = await one_leads(hosts)
        await shared_by(first, 1)
        hosts.append(two.host(SERVER, share=True, token=TOKENS[2]))
        await shared_by(first, 2)
        bus = bus_of(first)
        gates = two.cloud.world.network.sites
        assert bus.own_gateways + sum(one.gateways for one in bus.members) >= gates
        before = [two.cloud.tokens.used(token) for token in TOKENS]
        seq = first.views[-1].seq
        await first.until(lambda: first.views[-1].seq >= seq + 3)
        spent = [two.cloud.tokens.used(token) - was for token, was in zip(TOKENS, before, strict=True)]
        assert min(spent) > 0
        assert all(whole(view) for view in first.views)
        assert {len(view.circuits) for view in first.views} == {len(first.views[0].circuits)}
        assert first.status.notes == ()
        # one leaves in order: the others go on, and nobody was waited for
        gone = next(one for one in hosts if one is not first)
        await gone.end()
        await first.until(lambda: len(bus_of(first).members) == 1)
        seq = first.views[-1].seq
        await first.until(lambda: first.views[-1].seq >= seq + 2)
        assert all(whole(view) for view in first.views)


async def test_a_member_that_dies_in_a_sweep_is_made_up_for_within_a_lease(tmp_path: Path) -> None:
    """It offers, hears of the sweep, and nothing comes of it: killed, or cut off."""
    async with pair(tmp_path, sites=SITES) as two:
        (first,) = begin(two, 1)
        await first.until(first.polls)
        begun = await given(two, "noc-dead:66/x")
        seq = first.views[-1].seq
        await first.until(lambda: bool(member(first, "left out")))
        await first.until(lambda: first.views[-1].seq > seq)
        (dead,) = member(first, "left out")
        assert dead.text in ("it is gone", f"nothing came within {2 * LEASE:g} s")
        assert len(begun.macs) > SITES / 4
        await first.until(lambda: bus_of(first).members == ())
        assert all(whole(view) for view in first.views)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda head, ident: seal(head, PartIs(ident, schema(), b"\xff\xff")), "a share cannot be read"),
        (lambda head, ident: seal(head, PartIs(ident, schema(), b""))[:-2], "cut short"),
        (lambda head, ident: seal(head, PartIs(ident, schema() ^ 1, b"")), "another noctui"),
        (
            lambda head, ident: seal(msgspec.structs.replace(head, org="another"), PartIs(ident, schema(), b"")),
            "of org another",
        ),
        (lambda head, ident: seal(head, PartIs(ident, schema(), b"", "Token 1 (…09be) was refused")), "was refused"),
    ],
)
async def test_a_share_that_cannot_be_is_named_and_fetched_by_the_leader(
    spoil: Callable[[Head, str], bytes], said: str, tmp_path: Path
) -> None:
    async with pair(tmp_path, sites=SITES) as two:
        (first,) = begin(two, 1)
        await first.until(first.polls)
        client, org, ident = two.client(), two.org_id, "noc-bad:66/x"
        begun = await given(two, ident)
        key = Keys(org).parts(*begun.sweep)
        blob = spoil(Head(org=org, epoch=begun.sweep[0], number=begun.sweep[1]), ident)
        await client.xadd(key, {"n": ident, "b": blob})
        await first.until(lambda: any(said in one.text for one in member(first, "left out")))
        assert any("noc-bad:66 did not bring its share" in note and said in note for note in first.status.notes)
        assert all(whole(view) for view in first.views)


async def test_another_version_and_a_wrong_clock_are_named_and_given_nothing_to_do_or_all(tmp_path: Path) -> None:
    async with pair(tmp_path, sites=SITES) as two:
        (first,) = begin(two, 1)
        await first.until(first.polls)
        client, org = two.client(), two.org_id
        redis: Any = client
        now = await server_time(client, "the bus")
        await offer(client, org, "the bus", "noc-old:1/x", Offer(now, schema() ^ 1, (("p", 5000),), 0, 5000))
        await offer(client, org, "the bus", "noc-late:2/x", Offer(now, schema(), (), 0, 0, False, -61.4, "no token"))
        await redis.hset(Keys(org).members, "noc-alien:3/x", b"hello")
        await first.until(lambda: len(first.status.notes) >= 4)
        assert first.status.notes == (
            "noc-alien:3 shares no sweeps: it runs another noctui than the leader: update",
            "noc-late:2 shares no sweeps for now: no token",
            "noc-late:2: its clock is 61 s behind the bus's: set it right",
            "noc-old:1 shares no sweeps: it runs another noctui than the leader: update",
        )
        assert all(whole(view) for view in first.views)


async def test_a_member_leads_when_the_leader_ends_and_goes_on_with_the_others(tmp_path: Path) -> None:
    async with pair(tmp_path, sites=SITES) as two:
        hosts = begin(two, 3)
        first = await one_leads(hosts)
        await shared_by(first, 2)
        await first.end()
        rest = [one for one in hosts if one is not first]
        second = await one_leads(rest)
        await shared_by(second, 1)
        assert all(whole(view) for view in second.views)


async def test_without_being_told_to_nobody_shares(tmp_path: Path) -> None:
    async with pair(tmp_path, sites=SITES) as two:
        one, other = two.host(SERVER), two.host(SERVER)
        first = await one_leads([one, other])
        seq = first.views[-1].seq
        await first.until(lambda: first.views[-1].seq >= seq + 2)
        assert bus_of(first).where
        assert bus_of(first).members == ()
        assert not await two.client().exists(Keys(two.org_id).members)


async def test_the_period_is_what_the_poorest_of_them_can_pay_for(tmp_path: Path) -> None:
    """Some 22 calls alone, of which not three quarters stay the leader's; a token pays for 17 a second."""
    async with pair(tmp_path, sites=SITES) as two:
        two.cloud.tokens.known.update(TOKENS)
        two.cloud.tokens.limit = 80_000
        first = two.host(SERVER, share=True, page=20)
        await first.until(first.polls)
        assert first.status.poll_seconds == 2.0
        two.host(SERVER, share=True, token=TOKENS[1], page=20)
        await shared_by(first, 1)
        await first.until(lambda: first.status.poll_seconds == 1.0)
        health = first.status.health
        assert health is not None
        assert health.capacity == 80_000
        assert "of others" in health.plan[0].text
        assert first.status.api_limit == 80_000


@pytest.mark.parametrize("words", [["--share"], ["--watch", "--share"]])
def test_without_a_bus_or_a_turn_to_wait_for_there_is_nothing_to_share(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("REDIS_URL", "REDIS_HOST"):
        monkeypatch.delenv(name, raising=False)
    assert main(["collect", *words, "--data", str(tmp_path / "data")]) == 2
    assert "--share fetches for who leads by the bus while it waits" in capsys.readouterr().err
