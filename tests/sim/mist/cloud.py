"""A simulated cloud on a real socket, and a caller."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.server import MistServer, serve
from noctui.sim.world import World

TOKEN = "sim-token-0001"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: Any


class Caller:
    """Calls a server with one token."""

    def __init__(self, server: MistServer, http: aiohttp.ClientSession) -> None:
        self.server, self.http = server, http
        self.org = f"/api/v1/orgs/{server.world.network.org_id}"

    async def get(self, path: str, token: str = TOKEN) -> Reply:
        headers = {"Authorization": f"Token {token}"} if token else {}
        async with self.http.get(URL(self.server.url + path, encoded=True), headers=headers) as reply:
            return Reply(reply.status, dict(reply.headers), json.loads(await reply.read()))

    async def of_org(self, tail: str) -> Any:
        """The body of an endpoint of the org."""
        reply = await self.get(f"{self.org}/{tail}")
        assert reply.status == 200, reply.body
        return reply.body

    async def search(self, tail: str) -> list[dict[str, Any]]:
        """All rows of a search, following `next`."""
        path, rows = f"{self.org}/{tail}", []
        while path:
            body = (await self.get(path)).body
            rows += body["results"]
            path = body.get("next", "")
        return rows

    async def of_site(self, site: int, tail: str) -> Any:
        """The body of an endpoint of a site, by its row."""
        reply = await self.get(f"/api/v1/sites/{self.server.world.network.site_id[site]}/{tail}")
        assert reply.status == 200, reply.body
        return reply.body

    async def post(self, path: str, body: object, token: str = TOKEN) -> Reply:
        headers = {"Authorization": f"Token {token}"}
        async with self.http.post(self.server.url + path, json=body, headers=headers) as reply:
            text = await reply.read()
            return Reply(reply.status, dict(reply.headers), json.loads(text) if text else None)


@asynccontextmanager
async def calling(
    world: World, *, at: float | None = None, speed: float = 0.0, limit: int = 5000, role: str = "read",
    report_seconds: float = 60.0, **more: Any,
) -> AsyncIterator[Caller]:  # fmt: skip
    """A server over `world` whose clock stands still (speed 0) at `at`, the world's anchor by default; `more` goes to
    `serve`."""
    clock = SimClock(speed, world.anchor if at is None else at)
    server = await serve(
        world,
        tokens=(TOKEN, "second"),
        clock=clock,
        report_seconds=report_seconds,
        limit=limit,
        role=role,
        **more,
    )
    try:
        async with aiohttp.ClientSession() as http:
            yield Caller(server, http)
    finally:
        await server.close()
