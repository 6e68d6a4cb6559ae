"""Tokens with roles and scopes of their own, and several orgs."""

from __future__ import annotations

import pytest

from noctui.sim import incidents as do
from noctui.sim.mist.tokens import Access, access_of
from noctui.sim.world import World
from tests.sim.mist.cloud import TOKEN, calling
from tests.sim.worlds import MINUTE, T0, calm, with_only


def other() -> World:
    return World(seed=9, sites=3, org_name="Other Stores", incidents=())


async def test_a_role_read_or_helpdesk_may_not_write() -> None:
    world = with_only(do.cut(T0, T0 + 10 * MINUTE, 0))
    access = {role: Access(role=role) for role in ("read", "helpdesk", "write", "admin")}
    async with calling(world, at=T0 + 5 * MINUTE, access=access) as call:
        statuses = {role: (await call.post(f"{call.org}/alarms/ack_all", {}, role)).status for role in access}
        assert statuses == {"read": 403, "helpdesk": 403, "write": 200, "admin": 200}
        assert (await call.get("/api/v1/self", token="helpdesk")).body["privileges"][0]["role"] == "helpdesk"


async def test_a_token_sees_its_orgs_only() -> None:
    world, more = calm(), other()
    access = {"one": Access(orgs=(more.network.org_id,))}
    async with calling(world, others=[more], access=access) as call:
        privileges = (await call.get("/api/v1/self")).body["privileges"]
        assert [p["org_name"] for p in privileges] == ["Acme Retail", "Other Stores"]
        privileges = (await call.get("/api/v1/self", token="one")).body["privileges"]
        assert [p["org_name"] for p in privileges] == ["Other Stores"]
        theirs = f"/api/v1/orgs/{more.network.org_id}"
        assert (await call.get(f"{call.org}/sites", token="one")).status == 403
        assert len((await call.get(f"{theirs}/sites", token="one")).body) == 3
        site = f"/api/v1/sites/{more.network.site_id[0]}"
        assert (await call.get(site)).body["org_id"] == more.network.org_id


async def test_a_token_of_one_site_sees_no_org() -> None:
    n = calm().network
    async with calling(calm(), access={"one": Access(role="admin", sites=(n.site_id[4],))}) as call:
        (privilege,) = (await call.get("/api/v1/self", token="one")).body["privileges"]
        assert (privilege["scope"], privilege["site_id"], privilege["role"]) == ("site", n.site_id[4], "admin")
        assert (await call.get(f"{call.org}/sites", token="one")).status == 403
        assert (await call.get(f"/api/v1/sites/{n.site_id[4]}/setting", token="one")).status == 200
        assert (await call.get(f"/api/v1/sites/{n.site_id[5]}/setting", token="one")).status == 403


async def test_at_most_a_thousand_alarms_are_taken_at_once() -> None:
    async with calling(calm(), role="write") as call:
        assert (await call.post(f"{call.org}/alarms/ack", {"alarm_ids": ["x"] * 1001})).status == 400
        assert (await call.post(f"{call.org}/alarms/ack", {"alarm_ids": ["x"] * 1000})).status == 200


async def test_all_alarms_are_taken_and_given_back_and_the_last_word_counts() -> None:
    """Of the org, of one site, and of one alarm: whoever spoke last."""
    world = with_only(do.cut(T0, T0 + 10 * MINUTE, 0), do.cut(T0, T0 + 10 * MINUTE, 40))
    n = world.network
    async with calling(world, at=T0 + 5 * MINUTE, role="write") as call:

        async def acked() -> list[bool]:
            rows = (await call.of_org("alarms/search?group=infrastructure&limit=1000"))["results"]
            return [r["acked"] for r in sorted(rows, key=lambda r: n.site_id.index(r["site_id"]))]

        assert not any(await acked())
        assert (await call.post(f"{call.org}/alarms/ack_all", {"note": "known"})).status == 200
        assert all(await acked())
        first = await call.of_site(0, "alarms/search")
        assert {r["note"] for r in first["results"]} == {"known"}
        await call.post(f"/api/v1/sites/{n.site_id[0]}/alarms/{first['results'][0]['id']}/unack", {})
        assert (await acked())[0] is False
        assert all((await acked())[1:])
        await call.post(f"{call.org}/alarms/unack_all", {})
        assert not any(await acked())


def test_access_is_told_in_one_word() -> None:
    assert access_of("abc=admin,org:o1,site:s1,site:s2") == (
        "abc", Access(role="admin", orgs=("o1",), sites=("s1", "s2")),
    )  # fmt: skip
    for text in ("abc", "abc=king", "=read", "abc=read,planet:x", "abc=read,org:"):
        with pytest.raises(ValueError, match=r"must be|not a scope"):
            access_of(text)


async def test_tokens_without_access_of_their_own_have_the_servers_role() -> None:
    async with calling(calm(), role="admin", access={"one": Access()}) as call:
        roles = [(await call.get("/api/v1/self", token=t)).body["privileges"][0]["role"] for t in (TOKEN, "one")]
        assert roles == ["admin", "read"]
