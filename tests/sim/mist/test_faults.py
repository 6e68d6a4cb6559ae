"""Faults on demand."""

from __future__ import annotations

import json

import aiohttp
import pytest

from noctui.sim.mist.faults import Faults
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
