"""Odd and hostile worlds."""

from __future__ import annotations

from typing import Any

from noctui.sim.mist import odd
from noctui.sim.mist.answers import Rewrite
from tests.sim.mist.cloud import Caller, calling
from tests.sim.worlds import calm, lines_of

N = calm().network


async def of(call: Caller, tail: str, site: int) -> list[dict[str, Any]]:
    body = await call.of_org(f"{tail}?type=gateway&limit=1000" if "peers" not in tail else f"{tail}?limit=1000")
    rows = body if isinstance(body, list) else body["results"]
    return [r for r in rows if r["mac"] == N.mac[site]]


async def both(*hooks: Rewrite) -> dict[str, list[dict[str, Any]]]:
    """Rows of site 4's gateway in each feed."""
    async with calling(calm(), rewrite=hooks) as call:
        return {tail: await of(call, tail, 4) for tail in ("inventory", "stats/devices", "stats/ports/search")}


async def test_names_are_hostile_and_rows_stay_joined() -> None:
    async with calling(calm(), rewrite=[odd.hostile_names()]) as call:
        sites = await call.of_org("sites?limit=1000")
        assert [s["name"] for s in sites[: len(odd.HOSTILE)]] == list(odd.HOSTILE)
        assert [s["id"] for s in sites] == N.site_id
        device = (await call.of_org("stats/devices?type=gateway"))[0]
        assert {i.get("wan_name") for i in device["if_stat"].values()} - {None} <= set(odd.HOSTILE)


async def test_an_org_has_nothing_yet() -> None:
    async with calling(calm(), rewrite=[odd.without_sites()]) as call:
        reply = await call.get(f"{call.org}/sites")
        assert (reply.body, reply.headers["X-Page-Total"]) == ([], "0")
        ports = await call.of_org("stats/ports/search")
        assert (ports["results"], ports["total"]) == ([], 0)
        assert (await call.of_org("stats"))["name"] == "Acme Retail"


async def test_things_are_missing() -> None:
    assert not any((await both(odd.site_without_gateway(N, 4))).values())
    rows = await both(odd.gateway_without_site(N, 4))
    assert all(r["site_id"] is None for found in rows.values() for r in found)
    rows = await both(odd.port_without_gateway(N, 4))
    assert not rows["inventory"]
    assert not rows["stats/devices"]
    assert rows["stats/ports/search"]


async def test_a_site_has_two_gateways() -> None:
    async with calling(calm(), rewrite=[odd.second_gateway(N, 4)]) as call:
        rows = [r for r in await call.of_org("stats/devices?type=gateway&limit=1000") if r["site_id"] == N.site_id[4]]
        assert len({r["mac"] for r in rows}) == len({r["id"] for r in rows}) == 2
        ports = await call.search("stats/ports/search?limit=1000")
        mine = [r for r in ports if r["site_id"] == N.site_id[4] and r["port_usage"] == "wan"]
        assert len(mine) == 2 * len(lines_of(calm(), 4))


async def test_totals_and_pages_follow_the_rewriting() -> None:
    async with calling(calm(), rewrite=[odd.duplicate_ports(every=3)]) as call:
        plain = N.circuits + 2 * N.sites
        rows = await call.search("stats/ports/search?limit=40")
        first = await call.of_org("stats/ports/search?limit=40")
        assert len(rows) == first["total"] == plain + (plain + 2) // 3


async def test_pairs_have_two_nodes() -> None:
    (row,) = (await both(odd.cluster(N, 4)))["stats/devices"]
    assert (row["is_ha"], row["cluster_stat"]) == (True, {"state": "YELLOW"})
    assert row["if2_stat"].keys() == row["if_stat"].keys()


async def test_some_rows_know_nothing() -> None:
    async with calling(calm(), rewrite=[odd.nulls(every=5)]) as call:
        rows = (await call.of_org("stats/ports/search?limit=1000"))["results"]
        assert [i for i, r in enumerate(rows) if r["up"] is None] == list(range(4, len(rows), 5))


async def test_all_of_it_at_once_is_served_on_every_feed() -> None:
    async with calling(calm(), rewrite=odd.everything(N)) as call:
        for tail in call.server.cloud.lists:
            reply = await call.get(f"{call.org}/{tail}?type=gateway".rstrip("/"))
            assert reply.status == 200, tail
        names = {r["name"] for r in await call.of_org("inventory?type=gateway&limit=1000")}
        assert names & set(odd.HOSTILE)
        assert any(r["deviceprofile_id"] for r in await call.of_org("inventory?type=gateway&limit=1000"))
