"""The stream's side of a Mist cloud over a real socket, driven by hand: what it was told, what it tells."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from noctui.clock import FixedClock
from noctui.model.detail import Streamed
from noctui.sources.mist.budget import TokenBook
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.skew import Skew
from noctui.sources.mist.stream import Stream
from noctui.sources.mist.stream_read import CircuitOf
from noctui.sources.mist.stream_wire import PATH, channel
from tests.sources.mist.cloud import NOW, TOKENS
from tests.sources.mist.rows import MAC, SITE


class StreamServer:
    """Set `refuse` to statuses for the next handshakes; `quiet` confirms nothing; `answer` replaces confirmations."""

    def __init__(self) -> None:
        self.refuse: list[int] = []
        self.quiet = False
        self.answer: Callable[[str], dict[str, Any]] = lambda name: {"event": "channel_subscribed", "channel": name}
        self.handshakes: list[web.Request] = []
        self.heard: list[dict[str, str]] = []
        self.sockets: list[web.WebSocketResponse] = []
        app = web.Application()
        app.router.add_get(PATH, self._serve)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    async def tell(self, data: Any, site: str = SITE) -> None:
        await self.send({"event": "data", "channel": channel(site), "data": data})

    async def send(self, message: Any) -> None:
        raw = message if isinstance(message, str) else msgspec.json.encode(message).decode()
        await self.sockets[-1].send_str(raw)

    def subscribed(self) -> list[str]:
        return [h["subscribe"] for h in self.heard if "subscribe" in h]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.handshakes.append(request)
        if self.refuse:
            return web.json_response({"detail": "no"}, status=self.refuse.pop(0))
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                told = msgspec.json.decode(message.data)
                self.heard.append(told)
                if "subscribe" in told and not self.quiet:
                    await self.send(self.answer(told["subscribe"]))
        return socket


def circuit_of(mac: str, port: str) -> str:
    """Two circuits: `ge-0/0/0`, also by its unit, and `lte` by its WAN name."""
    found = {"ge-0/0/0": "ge-0/0/0", "ge-0/0/0.0": "ge-0/0/0", "cell": "lte"}.get(port, "")
    return f"{SITE}:{found}" if found and mac == MAC else ""


class Watch:
    """A stream to `server`, looking often; it moves no clock by itself but for the pauses between connections."""

    def __init__(self, server: StreamServer, clock: FixedClock | None = None, of: CircuitOf = circuit_of) -> None:
        self.clock = clock or FixedClock(NOW)
        self.skew = Skew()
        settings = MistSettings(tokens=TOKENS[:1], host=server.url, insecure_host=True, stream=True, timeout=5.0)
        self.book = TokenBook(settings.tokens, self.clock)
        self.stream = Stream(settings, self.book, self.skew, of, self.clock, tick=0.005, dice=random.Random(1))

    async def __aenter__(self) -> Watch:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stream.close()

    async def until(self, holds: Callable[[Streamed], bool], site: str = SITE) -> Streamed:
        """Ask again and again, as a screen does, until the answer `holds`."""
        async with asyncio.timeout(5):
            while not holds(told := self.stream.ask(site)):
                await asyncio.sleep(0)
        return told

    async def reached(self, holds: Callable[[], bool]) -> None:
        """Wait without asking."""
        async with asyncio.timeout(5):
            while not holds():
                await asyncio.sleep(0)
