"""The live stream (facts/mist 1.5): one connection while somebody looks, back after every loss, nothing told twice."""

from __future__ import annotations

import logging
import math
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from noctui.model.detail import Streamed, StreamPort
from noctui.sources.mist.hosts import HOSTS, base_url
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.stream import MOST_SITES, Stream
from noctui.sources.mist.stream_wire import Message, channel, message, stream_url
from tests.sources.mist.cloud import FULL_HOUR, NOW, TOKENS
from tests.sources.mist.rows import MAC, SITE
from tests.sources.mist.stream_server import StreamServer, Watch, circuit_of


@pytest.fixture
async def server() -> AsyncIterator[StreamServer]:
    made = StreamServer()
    await made.server.start_server()
    yield made
    await made.server.close()


def stats(at: float = NOW, rx: float = 1000, tx: float = 500, **more: Any) -> dict[str, Any]:
    return {
        "mac": MAC, "type": "gateway", "site_id": SITE, "last_seen": at, "status": "connected",
        "uptime": at - NOW + 900,
        "cpu_stat": {"idle": 86}, "memory_stat": {"usage": 39},
        "if_stat": {"ge-0/0/0.0": {"port_id": "ge-0/0/0", "up": True, "rx_bytes": rx, "tx_bytes": tx}}, **more,
    }  # fmt: skip


def live(told: Streamed) -> bool:
    return told.state == "live"


def lost(told: Streamed) -> bool:
    return told.state == "lost"


@pytest.mark.parametrize("host", HOSTS)
def test_each_cloud_streams_from_the_twin_of_its_host(host: str) -> None:
    assert stream_url(base_url(host)) == f"wss://api-ws.{host.removeprefix('api.')}/api-ws/v1/stream"


def test_a_simulated_cloud_streams_from_its_own_port() -> None:
    assert stream_url(base_url("http://127.0.0.1:8123", insecure_host=True)) == "ws://127.0.0.1:8123/api-ws/v1/stream"


async def test_without_the_setting_nothing_is_connected(server: StreamServer) -> None:
    async with Watch(server) as watch:
        settings = MistSettings(tokens=TOKENS[:1], host=server.url, insecure_host=True)
        stream = Stream(settings, watch.book, watch.skew, circuit_of, watch.clock)

        told = stream.ask(SITE)

        assert told.state == "off"
        assert told.error == ""
        assert (stream.wanted(), server.handshakes) == (set(), [])


async def test_a_site_that_is_asked_for_is_subscribed_and_told(server: StreamServer) -> None:
    async with Watch(server) as watch:
        assert watch.stream.ask(SITE).state == "connecting"
        await watch.reached(lambda: server.subscribed() == [channel(SITE)])
        await server.tell(stats())
        told = await watch.until(live)

    assert server.handshakes[0].headers["Authorization"] == f"Token {TOKENS[0]}"
    assert (told.at, told.connected, told.cpu, told.memory) == (NOW, True, 14.0, 39.0)
    assert told.ports[0].up is True
    assert math.isnan(told.ports[0].rx_bps), "one message alone tells no rate"


@pytest.mark.parametrize("pack", [lambda d: d, lambda d: msgspec.json.encode(d).decode(), lambda d: [d]])
async def test_rates_come_from_counters_over_the_messages_own_times(server: StreamServer, pack: Any) -> None:
    """Data is a string, an object or a list of them; 15,000 and 6,000 bytes more in 10 s are 12,000 and 4,800 bit/s."""
    async with Watch(server) as watch:
        watch.stream.ask(SITE)
        await watch.reached(lambda: bool(server.subscribed()))
        await server.tell(pack(stats(NOW, 1000, 500)))
        await server.tell(pack(stats(NOW + 10, 16_000, 6_500)))
        told = await watch.until(lambda t: t.at == NOW + 10)

    assert told.ports == (StreamPort(circuit_id=f"{SITE}:ge-0/0/0", up=True, rx_bps=12_000, tx_bps=4_800),)


async def test_a_site_is_let_go_a_minute_after_it_was_asked_for_last(server: StreamServer) -> None:
    async with Watch(server) as watch:
        watch.stream.ask(SITE)
        await watch.until(lambda _: len(server.subscribed()) == 2, site="other-site")
        watch.clock.move(40)
        watch.stream.ask(SITE)
        watch.clock.move(30)
        await watch.reached(lambda: {"unsubscribe": channel("other-site")} in server.heard)
        assert watch.stream.wanted() == {SITE}
        watch.clock.move(60)
        await watch.reached(lambda: server.sockets[0].closed)

        assert watch.stream.wanted() == set()
        assert len(server.handshakes) == 1, "nobody looks: no connection"
        assert watch.stream.ask(SITE).state == "connecting"
        await watch.reached(lambda: len(server.handshakes) == 2)


async def test_a_broken_connection_comes_back_with_its_subscriptions(server: StreamServer) -> None:
    async with Watch(server) as watch:
        watch.stream.ask(SITE)
        await watch.reached(lambda: bool(server.subscribed()))
        await server.tell(stats())
        await watch.until(live)
        await server.sockets[0].close(code=1012)
        await watch.until(lambda _: len(server.subscribed()) == 2)
        again = watch.stream.ask(SITE)
        await server.tell(stats(NOW + 10, 2000))
        told = await watch.until(live)

    assert (again.state, again.at) == ("connecting", NOW), "the last word stays, with its age"
    assert told.ports[0].rx_bps == 800, "the counters go on over the gap"
    assert watch.clock.monotonic() - NOW < 3, "the first time at once"


async def test_pauses_grow_while_nothing_is_heard(server: StreamServer) -> None:
    server.refuse = [500] * 5
    async with Watch(server) as watch:
        await watch.until(lambda _: len(server.handshakes) == 1)
        told = await watch.until(lost)
        await watch.until(lambda _: len(server.sockets) == 1)

    assert told.error == "Mist refuses the stream (500)."
    assert len(server.handshakes) == 6


async def test_after_429_it_waits_half_a_minute_at_least(server: StreamServer) -> None:
    server.refuse = [429]
    async with Watch(server) as watch:
        told = await watch.until(lost)
        await watch.until(lambda _: len(server.sockets) == 1)

        assert told.error == "Mist has too many streams from here (429)."
        assert 30 <= watch.clock.monotonic() - NOW <= 60
        assert watch.book.resting_until == 0, "the tokens may call on"


async def test_resting_tokens_connect_to_nothing(server: StreamServer) -> None:
    async with Watch(server) as watch:
        watch.book.rest(watch.book.tokens[0])
        told = await watch.until(lost)

        assert told.error == "Token 1 (…a41f) used the hour's calls. Next call 01:00 UTC."
        await watch.until(lambda _: len(server.sockets) == 1)
        assert watch.clock.now() >= FULL_HOUR


async def test_a_refused_subscription_is_said_and_tried_later(server: StreamServer) -> None:
    server.answer = lambda _name: {"event": "subscribe_failed", "detail": "no right\x1b[2J here"}
    async with Watch(server) as watch:
        told = await watch.until(lost)
        assert told.error == "Mist refuses the stream of this site: no right·[2J here."
        server.answer = lambda name: {"event": "channel_subscribed", "channel": name}
        watch.clock.move(50)
        watch.stream.ask(SITE)
        watch.clock.move(11)
        await watch.until(lambda t: t.state == "connecting")

    assert len(server.subscribed()) == 2
    assert len(server.handshakes) == 1


async def test_a_subscription_that_nobody_confirms_is_asked_again_then_the_line_is_dropped(
    server: StreamServer,
) -> None:
    server.quiet = True
    async with Watch(server) as watch:
        await watch.until(lambda _: len(server.subscribed()) == 1)
        watch.clock.move(16)
        await watch.until(lambda _: len(server.subscribed()) == 2)
        watch.clock.move(16)
        told = await watch.until(lost)
        await watch.until(lambda _: len(server.handshakes) == 2)

    assert told.error == "Mist does not answer on the stream."


async def test_a_site_that_falls_silent_is_subscribed_anew_and_said(server: StreamServer) -> None:
    """facts/mist 5.5: subscriptions got lost without a word."""
    async with Watch(server) as watch:
        watch.stream.ask(SITE)
        await watch.reached(lambda: bool(server.subscribed()))
        await server.tell(stats())
        await watch.until(live)
        for _ in range(4):
            watch.clock.move(50)
            watch.stream.ask(SITE)
        told = await watch.until(lost)
        await watch.reached(lambda: len(server.subscribed()) == 2)
        await server.tell(stats(NOW + 200))
        await watch.until(live)

    assert told.error == "Nothing was heard of this site for 150 s."


@pytest.mark.parametrize(
    "raw",
    [
        "<html>", "[]", "{", '{"event": 7}', '{"event": "data"}',
        '{"event": "data", "channel": "/sites/x/stats/devices"}',
        '{"event": "data", "channel": "/sites/../stats/devices", "data": {}}',
        f'{{"event": "data", "channel": "{channel(SITE)}", "data": "{{broken"}}',
        f'{{"event": "data", "channel": "{channel(SITE)}", "data": 17}}',
        f'{{"event": "data", "channel": "{channel(SITE)}", "data": {{"mac": "aabbccddeeff", "type": "ap"}}}}',
        f'{{"event": "data", "channel": "{channel(SITE)}", "data": {{"mac": ["x"], "if_stat": 5}}}}',
    ],
)  # fmt: skip
async def test_nonsense_is_passed_over(server: StreamServer, raw: str) -> None:
    async with Watch(server) as watch:
        watch.stream.ask(SITE)
        await watch.reached(lambda: bool(server.subscribed()))
        await server.send(raw)
        await server.tell(stats())
        told = await watch.until(live)

    assert told.cpu == 14.0
    assert len(server.handshakes) == 1


async def test_a_message_without_end_ends_the_connection(server: StreamServer) -> None:
    async with Watch(server) as watch:
        watch.stream.ask(SITE)
        await watch.reached(lambda: bool(server.subscribed()))
        with suppress(ConnectionError):  # the other side may be gone before all of it is sent
            await server.send('{"event": "data", "x": "' + "x" * 5_000_000 + '"}')
        await watch.until(lambda _: len(server.sockets) == 2)


async def test_sites_without_end_are_turned_away(server: StreamServer) -> None:
    async with Watch(server) as watch:
        for n in range(MOST_SITES):
            watch.stream.ask(f"site-{n}")
        turned = watch.stream.ask("one-more")

        assert (turned.state, turned.error) == ("lost", "The stream follows 64 sites already.")
        assert watch.stream.ask("site-0").error == ""
        assert watch.stream.ask("../x").error == "This is no site of Mist's."


async def test_no_token_is_logged(server: StreamServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.refuse = [401]
    server.answer = lambda _name: {"event": "subscribe_failed", "detail": f"bad {TOKENS[0]}"}
    async with Watch(server) as watch:
        await watch.until(lambda t: "refuses the stream (401)" in t.error)
        told = await watch.until(lambda t: "of this site" in t.error)

    assert TOKENS[0] not in told.error + caplog.text + str([r.__dict__ for r in caplog.records if r.name != "asyncio"])


async def test_to_close_is_to_end_at_once(server: StreamServer) -> None:
    async with Watch(server) as watch:
        watch.stream.ask(SITE)
        await watch.reached(lambda: bool(server.subscribed()))
        await watch.stream.close()
        await watch.reached(lambda: server.sockets[0].closed)


def test_a_message_is_read_with_its_site() -> None:
    assert message('{"event":"channel_subscribed","channel":"/sites/s1/stats/devices"}') == Message(
        "channel_subscribed", "s1"
    )
    assert message(b"\xff") == Message()
