"""The live stream: facts of its protocol are those of mistapi's own client."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import aiohttp
import pytest

from noctui.sim.mist.faults import Faults
from noctui.sim.mist.stream import MOST_CHANNELS
from noctui.sim.world import World
from tests.sim.mist.cloud import TOKEN, Caller, calling
from tests.sim.worlds import calm


def channel(call: Caller, site: int) -> str:
    return f"/sites/{call.server.world.network.site_id[site]}/stats/devices"


def connect(call: Caller, token: str = TOKEN) -> Any:
    url = call.server.url.replace("http", "ws") + "/api-ws/v1/stream"
    return call.http.ws_connect(url, headers={"Authorization": f"Token {token}"})


async def test_a_subscribed_site_is_told_of_with_every_report() -> None:
    world = calm()
    async with calling(world) as call, connect(call) as stream:
        await stream.send_json({"subscribe": channel(call, 3)})
        assert await stream.receive_json(timeout=5) == {"event": "channel_subscribed", "channel": channel(call, 3)}
        seen = []
        for _ in range(3):
            message = await stream.receive_json(timeout=5)
            assert (message["event"], message["channel"]) == ("data", channel(call, 3))
            assert isinstance(message["data"], str)  # JSON within JSON, as Mist sends it
            seen.append(json.loads(message["data"]))
            call.server.clock.move(60)
        assert {row["mac"] for row in seen} == {world.network.mac[3]}
        assert [b["last_seen"] - a["last_seen"] for a, b in pairwise(seen)] == [60.0, 60.0]
        assert seen[0]["if_stat"]


async def test_after_unsubscribe_nothing_more_is_told() -> None:
    async with calling(calm()) as call, connect(call) as stream:
        await stream.send_json({"subscribe": channel(call, 3)})
        await stream.receive_json(timeout=5)
        await stream.receive_json(timeout=5)
        await stream.send_json({"unsubscribe": channel(call, 3)})
        assert (await stream.receive_json(timeout=5))["event"] == "channel_unsubscribed"
        call.server.clock.move(120)
        await stream.send_json({"subscribe": channel(call, 4)})
        assert (await stream.receive_json(timeout=5))["channel"] == channel(call, 4)
        assert (await stream.receive_json(timeout=5))["channel"] == channel(call, 4)


@pytest.mark.parametrize("wrong", ["/sites/nowhere/stats/devices", "/orgs/x/insights/summary", "nonsense"])
async def test_a_channel_that_is_not_there_is_refused(wrong: str) -> None:
    async with calling(calm()) as call, connect(call) as stream:
        await stream.send_json({"subscribe": wrong})
        answer = await stream.receive_json(timeout=5)
        assert (answer["event"], answer["detail"]) == ("subscribe_failed", "channel not found")


async def test_what_is_not_understood_is_said_so_and_the_connection_lives() -> None:
    async with calling(calm()) as call, connect(call) as stream:
        await stream.send_str("{")
        assert (await stream.receive_json(timeout=5))["event"] == "error"
        await stream.ping()
        await stream.send_json({"subscribe": channel(call, 0)})
        assert (await stream.receive_json(timeout=5))["event"] == "channel_subscribed"


async def test_a_connection_has_room_for_two_thousand_channels() -> None:
    world = World(sites=MOST_CHANNELS + 1, incidents=())
    async with calling(world) as call, connect(call) as stream:
        for site in range(MOST_CHANNELS + 1):
            await stream.send_json({"subscribe": channel(call, site)})
        refused: list[dict[str, Any]] = []
        subscribed = 0
        while subscribed + len(refused) <= MOST_CHANNELS:
            message = await stream.receive_json(timeout=20)
            subscribed += message["event"] == "channel_subscribed"
            refused += [message] if message["event"] == "subscribe_failed" else []
        assert (subscribed, [r["channel"] for r in refused]) == (MOST_CHANNELS, [channel(call, MOST_CHANNELS)])


async def test_the_handshake_knows_tokens_and_may_be_refused_for_a_while() -> None:
    async with calling(calm()) as call:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await connect(call, "wrong")
        assert refused.value.status == 401
        call.server.faults = Faults(stream_refused=1)
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await connect(call)
        assert refused.value.status == 429
        async with connect(call) as stream:
            assert not stream.closed


async def test_connections_can_be_lost() -> None:
    async with calling(calm()) as call, connect(call) as stream:
        call.server.faults.stream_dropped = True
        await stream.send_json({"subscribe": channel(call, 3)})
        await stream.receive_json(timeout=5)
        assert (await stream.receive(timeout=5)).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING)
