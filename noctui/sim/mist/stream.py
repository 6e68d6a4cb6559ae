"""The live stream, `/api-ws/v1/stream` on the server's own port: gateways of subscribed sites, as they report.

For the base URL `http://127.0.0.1:PORT` the stream is `ws://127.0.0.1:PORT/api-ws/v1/stream`.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import WSMsgType, web

from noctui.sim.mist.cloud import Cloud
from noctui.sim.mist.gate import OVER_BUDGET, refusal, token_of

if TYPE_CHECKING:
    from noctui.sim.mist.server import MistServer

MOST_CHANNELS = 2000
PING_SECONDS = 60.0
_CHANNEL = re.compile(r"^/sites/([^/]+)/stats/devices$")
_LOOK = 0.02  # seconds between two looks at a clock that does not run by itself


class _Connection:
    """One caller's channels, and what each was told last."""

    def __init__(self, server: MistServer, token: str, socket: web.WebSocketResponse) -> None:
        self._server, self._token, self._socket = server, token, socket
        self._channels: dict[str, tuple[Cloud, int]] = {}
        self._told: dict[str, float] = {}

    async def hear(self, text: str) -> None:
        """A message of the caller's."""
        try:
            asked = msgspec.json.decode(text)
        except msgspec.DecodeError:
            asked = None
        match asked:
            case {"subscribe": str(channel)}:
                await self._subscribe(channel)
            case {"unsubscribe": str(channel)}:
                self._channels.pop(channel, None)
                self._told.pop(channel, None)
                await self._say({"event": "channel_unsubscribed", "channel": channel})
            case _:
                await self._say({"event": "error", "detail": "not understood"})

    async def _subscribe(self, channel: str) -> None:
        found = _CHANNEL.match(channel)
        cloud = self._server.cloud_of_site(found[1]) if found else None
        site = cloud.statics.site_row.get(found[1]) if cloud and found else None
        access = self._server.tokens.of(self._token)
        if cloud is None or site is None or found is None:
            why = "channel not found"
        elif not access.sees_site(cloud.world.network.org_id, found[1]):
            why = "permission denied"
        elif len(self._channels) >= MOST_CHANNELS and channel not in self._channels:
            why = f"at most {MOST_CHANNELS} channels on a connection"
        else:
            self._channels[channel] = cloud, site
            await self._say({"event": "channel_subscribed", "channel": channel})
            return
        await self._say({"event": "subscribe_failed", "channel": channel, "detail": why})

    async def tell(self) -> None:
        """Pass on every report that was made since the last look."""
        for channel, (cloud, site) in list(self._channels.items()):
            at = float(cloud.reports().at[site])
            if self._told.get(channel) == at:
                continue
            if self._server.faults.stream_dropped:
                await self._socket.close(code=1012)
                return
            self._told[channel] = at
            row = cloud.answers.rewritten("stats/devices", cloud.device_rows([site], "ports"))
            for one in row:
                data = msgspec.json.encode(one).decode()
                await self._say({"event": "data", "channel": channel, "data": data})

    async def _say(self, message: dict[str, Any]) -> None:
        if not self._socket.closed:
            await self._socket.send_str(msgspec.json.encode(message).decode())


async def serve_stream(server: MistServer, request: web.Request) -> web.StreamResponse:
    """The handshake, and the connection until either side ends it."""
    token, faults = token_of(request), server.faults
    if faults.stream_refused > 0:
        faults.stream_refused -= 1
        return refusal(429, OVER_BUDGET.format(limit=server.tokens.limit), {"Retry-After": "30"})
    if token not in server.tokens.known or token in faults.revoked:
        return refusal(401, "Invalid authentication credentials")
    socket = web.WebSocketResponse(heartbeat=PING_SECONDS, autoping=True)
    await socket.prepare(request)
    connection = _Connection(server, token, socket)
    server.streams.add(socket)
    telling = asyncio.create_task(_tell(server, connection))
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await connection.hear(message.data)
            elif message.type is WSMsgType.BINARY:
                await connection.hear(message.data.decode("utf-8", "replace"))
    finally:
        server.streams.discard(socket)
        telling.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await telling
    return socket


async def _tell(server: MistServer, connection: _Connection) -> None:
    speed = server.clock.speed
    pause = max(_LOOK, server.world.report_seconds / 10.0 / speed) if speed else _LOOK
    while True:
        await connection.tell()
        await asyncio.sleep(pause)
