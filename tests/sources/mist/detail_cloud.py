"""The drill-down side of a Mist cloud over a real socket: canned bodies by the end of the path, faults, a log."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestServer

from noctui.clock import FixedClock
from noctui.sources.mist.budget import TokenBook
from noctui.sources.mist.decode import mended
from noctui.sources.mist.detail import Details
from noctui.sources.mist.detail_ask import PortsOf
from noctui.sources.mist.join import Joiner
from noctui.sources.mist.session import MistSession
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.structs import DeviceRow, PortRow
from tests.sources.mist import rows
from tests.sources.mist.cloud import NOW, TOKENS

CIRCUIT = f"{rows.SITE}:ge-0/0/0"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class SiteCloud:
    """`bodies[end of path]` is what is answered: an object, bytes, or a handler. Else 404."""

    def __init__(self) -> None:
        self.bodies: dict[str, Any] = {}
        self.asked: list[web.Request] = []
        app = web.Application()
        app.router.add_get("/api/v1/{rest:.*}", self._answer)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    def count(self, part: str = "") -> int:
        return sum(part in r.path for r in self.asked)

    def query(self, part: str) -> dict[str, str]:
        """Of the newest request whose path holds `part`."""
        return dict(next(r for r in reversed(self.asked) if part in r.path).query)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        body = next((b for end, b in self.bodies.items() if request.path.endswith(end)), None)
        if body is None:
            return web.json_response({"detail": "Not found."}, status=404)
        if callable(body):
            answer: web.StreamResponse = await body(request)
            return answer
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return web.Response(body=raw, content_type="application/json")


class Held:
    """A handler that answers only once it is let go."""

    def __init__(self, body: Any) -> None:
        self.body = body
        self.gone = asyncio.Event()
        self.came = asyncio.Event()

    async def __call__(self, _request: web.Request) -> web.StreamResponse:
        self.came.set()
        await self.gone.wait()
        return web.json_response(self.body)


def driven(steps: Generator[None, None, None]) -> None:
    for _ in steps:
        pass


def joiner_of(site: str = rows.SITE) -> Joiner:
    """One gateway with one WAN port, as a sweep leaves them."""
    joiner = Joiner()
    driven(joiner.gateways([mended(rows.gateway(site_id=site), DeviceRow)], True))
    driven(joiner.ports([mended(rows.port(site_id=site), PortRow)], True))
    return joiner


class Desk:
    """Details over a real session to `cloud`."""

    def __init__(
        self, cloud: SiteCloud, clock: FixedClock | None = None, joiner: Joiner | None = None, limit: float = 5.0,
        ports_of: PortsOf | None = None, tokens: tuple[str, ...] = TOKENS[:1], **more: Any,
    ) -> None:  # fmt: skip
        self.clock = clock or FixedClock(NOW)
        self.settings = MistSettings(tokens=tokens, host=cloud.url, insecure_host=True, **more)
        self.book = TokenBook(self.settings.tokens, self.clock)
        self.session = MistSession(self.settings, self.book, self.clock)
        self.joiner = joiner or joiner_of()
        self.details = Details(self.session, self.joiner, self.settings, self.clock, ports_of, limit)

    async def __aenter__(self) -> Desk:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.details.close()
        await self.session.close()


def nothing_is_unknown(values: tuple[float, ...]) -> list[float | None]:
    """NaN as None, to be compared."""
    return [None if v != v else v for v in values]
