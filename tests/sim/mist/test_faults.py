"""Faults on demand."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime

import aiohttp
import pytest

from noctui.sim.mist.faults import Faults
from noctui.sim.mist.spoil import KINDS
from tests.sim.mist.cloud import TOKEN, calling
from tests.sim.worlds import calm, ordinary


async def test_a_share_of_calls_fails() -> None:
    async with calling(calm(), speed=0.0) as call:
        call.server.faults.errors = 50.0
        statuses = [(await call.get("/api/v1/self")).status for _ in range(100)]
        assert set(statuses) == {200, 500}
        assert 30 < statuses.count(500) < 70


async def test_connections_break_off() -> None:
    async with calling(calm()) as call:
        call.server.faults.drops = 100.0
        with pytest.raises(aiohttp.ClientError):
            await call.get("/api/v1/self")


async def test_bodies_end_in_the_middle() -> None:
    async with calling(calm()) as call:
        call.server.faults.truncated = 100.0
        with pytest.raises(json.JSONDecodeError):
            await call.get(f"{call.org}/sites")


async def test_a_page_of_a_feed_is_lost() -> None:
    async with calling(ordinary()) as call:
        call.server.faults = Faults(lost_pages={"sites": 2, "stats/ports/search": 2})
        pages = [await call.get(f"{call.org}/sites?page={page}") for page in (1, 2, 3)]
        assert [p.status for p in pages] == [200, 500, 200]
        first = await call.of_org("stats/ports/search?limit=500")
        assert (await call.get(first["next"])).status == 500
        assert (await call.get(f"{call.org}/stats/vpn_peers/search")).status == 200


async def test_a_token_is_revoked_and_given_back() -> None:
    async with calling(calm()) as call:
        call.server.faults.revoked.append(TOKEN)
        assert (await call.get("/api/v1/self")).status == 401
        assert (await call.get("/api/v1/self", token="second")).status == 200
        call.server.faults.revoked.clear()
        assert (await call.get("/api/v1/self")).status == 200


async def test_faults_can_be_set_over_the_wire() -> None:
    async with calling(calm()) as call:
        reply = await call.post("/sim/faults", {"errors": 100, "lost_pages": {"sites": 1}})
        assert (reply.status, reply.body["errors"]) == (200, 100.0)
        assert (await call.get("/api/v1/self")).status == 500
        assert (await call.post("/sim/faults", {"errors": 0})).body["lost_pages"] == {"sites": 1}
        assert (await call.get("/api/v1/self")).status == 200
        assert (await call.post("/sim/faults", {"errors": "many"})).status == 400
        assert call.server.faults.errors == 0


def test_fresh_faults_share_nothing() -> None:
    one, two = Faults(), Faults()
    one.lost_pages["sites"] = 1
    one.revoked.append("x")
    assert (two.lost_pages, two.revoked) == ({}, [])


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_bodies_make_no_sense_yet_their_rows_keep_their_ids(kind: str) -> None:
    async with calling(calm()) as call:
        sound = await call.of_org("stats/ports/search?limit=5")
        call.server.faults = Faults(absurd=100.0, absurd_kinds=[kind])
        async with call.http.get(
            f"{call.server.url}{call.org}/stats/ports/search?limit=5", headers={"Authorization": f"Token {TOKEN}"}
        ) as reply:
            body = await reply.read()
        assert body != json.dumps(sound).encode()
        if kind == "html":
            assert reply.content_type == "text/html"
        if kind in ("html", "not text", "null", "no rows"):
            return
        rows = json.loads(body)["results"]
        assert [(r["mac"], r["port_id"]) for r in rows] == [(r["mac"], r["port_id"]) for r in sound["results"]]
        speed = {"types": [100], "texts": "100", "negative": -101, "huge": 10**30, "nulls": None}
        assert kind == "nan" or {json.dumps(r["speed"]) for r in rows} >= {json.dumps(speed[kind])}


async def test_pages_are_empty_or_have_rows_twice_while_totals_stand() -> None:
    async with calling(calm()) as call:
        call.server.faults = Faults(empty=100.0)
        reply = await call.get(f"{call.org}/sites?limit=20")
        assert (reply.body, reply.headers["X-Page-Total"]) == ([], "60")
        call.server.faults = Faults(duplicated=100.0)
        rows = await call.of_org("sites?limit=20")
        assert (len(rows), len({r["id"] for r in rows})) == (22, 20)


async def test_a_storm_refuses_calls_though_the_budget_is_not_used_up() -> None:
    async with calling(calm()) as call:
        call.server.faults = Faults(throttled=100.0, throttled_wait=7)
        reply = await call.get("/api/v1/self")
        assert (reply.status, reply.headers["Retry-After"]) == (429, "7")
        call.server.faults.throttled_wait = 0
        assert "Retry-After" not in (await call.get("/api/v1/self")).headers


async def test_clocks_are_wrong() -> None:
    """The cloud's own, which its Date header tells, and those of gateways."""
    async with calling(calm()) as call:
        right = await call.of_org("stats/devices?type=gateway")
        call.server.faults = Faults(date_skew=3600.0, seen_skew=900.0)
        reply = await call.get(f"{call.org}/stats/devices?type=gateway")
        told = parsedate_to_datetime(reply.headers["Date"]).timestamp()
        assert told == int(call.server.clock.now()) + 3600
        assert [r["last_seen"] for r in reply.body] == pytest.approx([r["last_seen"] + 900.0 for r in right])


async def test_only_some_feeds_suffer() -> None:
    async with calling(calm()) as call:
        call.server.faults = Faults(errors=100.0, only=["/stats/ports"])
        assert (await call.get(f"{call.org}/sites")).status == 200
        assert (await call.get(f"{call.org}/stats/ports/search")).status == 500


async def test_a_fault_that_does_not_exist_is_refused() -> None:
    async with calling(calm()) as call:
        assert (await call.post("/sim/faults", {"eror": 20})).status == 400
