"""A little Mist cloud over a real socket: canned rows in both paging styles, scripted faults, a log of requests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote

from aiohttp import web
from aiohttp.test_utils import TestServer

from noctui.clock import Clock, FixedClock
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.source import MistSource

ORG = "9777c1a0-6ef6-11e6-8bbf-02e208b2d34f"
NOW = 1_763_858_400.0
"""2025-11-23 00:40:00 UTC."""
FULL_HOUR = 1_763_859_600.0
TOKENS = ("first-token-for-tests-a41f", "second-token-for-tests-09be", "third-token-for-tests-77c2")
Row = dict[str, Any]
Fault = Callable[[web.Request], Awaitable[web.StreamResponse | None]]

LISTS = {
    "sites": "sites", "sitegroups": "sitegroups", "gatewaytemplates": "templates", "deviceprofiles": "profiles",
    "inventory": "inventory", "stats/devices": "gateways",
}  # fmt: skip
SEARCHES = {
    "stats/ports/search": "ports", "stats/vpn_peers/search": "peers", "devices/events/search": "events",
    "alarms/search": "alarms",
}  # fmt: skip


class Cloud:
    """Set `rows[...]`, add `faults`, read `asked`. A fault that gives None lets the request through."""

    def __init__(self) -> None:
        self.rows: dict[str, Sequence[Row]] = {name: [] for name in (*LISTS.values(), *SEARCHES.values(), "sle")}
        self.bodies: dict[str, bytes] = {}  # feed → the body to send instead
        self.faults: list[Fault] = []
        self.asked: list[web.Request] = []
        self.privileges: dict[str, list[Row]] = {}  # by token
        self.usage: dict[str, Row] = {}  # by token
        self.paging_headers = True
        self.knows_status = True  # the filter of alarms that newer clouds may not have
        self.server = TestServer(self._app())
        self.url = ""

    async def start(self) -> None:
        await self.server.start_server()
        self.url = str(self.server.make_url("")).rstrip("/")

    def paths(self) -> list[str]:
        return [r.path.rpartition(f"/orgs/{ORG}/")[2] for r in self.asked]

    def count(self, part: str) -> int:
        return sum(part in p for p in self.paths())

    def tokens_used(self) -> list[str]:
        return [token_of(r) for r in self.asked]

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._gate])
        app.router.add_get("/api/v1/self", self._self)
        app.router.add_get("/api/v1/self/usage", self._usage)
        for path, feed in LISTS.items():
            app.router.add_get(f"/api/v1/orgs/{ORG}/{path}", self._list(feed))
        for path, feed in SEARCHES.items():
            app.router.add_get(f"/api/v1/orgs/{ORG}/{path}", self._search(feed))
        app.router.add_get(f"/api/v1/orgs/{ORG}/insights/sites-sle", self._sle)
        app.router.add_post("/api/v1/echo", self._echo)
        return app

    @web.middleware
    async def _gate(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.asked.append(request)
        for fault in list(self.faults):
            if (answer := await fault(request)) is not None:
                return answer
        return await handler(request)

    async def _self(self, request: web.Request) -> web.Response:
        right = {"scope": "org", "role": "read", "org_id": ORG, "name": "Big Stores"}
        return web.json_response(
            {"email": "noc@example.com", "privileges": self.privileges.get(token_of(request), [right])}
        )

    async def _usage(self, request: web.Request) -> web.Response:
        return web.json_response(self.usage.get(token_of(request), {"requests": 5, "request_limit": 5000}))

    async def _echo(self, request: web.Request) -> web.Response:
        return web.json_response({"got": await request.json()})

    async def _sle(self, request: web.Request) -> web.Response:
        limit, page = int(request.query.get("limit", "100")), int(request.query.get("page", "1"))
        rows = self.rows["sle"] if request.query.get("sle") == "wan" else []
        part = rows[(page - 1) * limit : page * limit]
        return web.json_response({"results": part, "total": len(rows), "limit": limit, "page": page})

    def _list(self, feed: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            limit, page = int(request.query.get("limit", "100")), int(request.query.get("page", "1"))
            rows = self.rows[feed]
            if "modified_after" in request.query:
                rows = [r for r in rows if r.get("modified_time", 0) > float(request.query["modified_after"])]
            headers = {"X-Page-Total": str(len(rows)), "X-Page-Limit": str(limit), "X-Page-Page": str(page)}
            part = rows[(page - 1) * limit : page * limit]
            body = self.bodies.get(feed) or json.dumps(part).encode()
            return web.Response(
                body=body, content_type="application/json", headers=headers if self.paging_headers else None
            )

        return answer

    def _search(self, feed: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            limit = int(request.query.get("limit", "100"))
            # the cursor holds an encoded comma and brackets, as Mist's do: it must come back as it was sent
            start = int(json.loads(request.query.get("search_after", "[0,0]"))[1])
            rows, end = self.rows[feed], start + limit
            if feed == "alarms":  # these searches differ in their range
                since, until = (float(request.query.get(n, d)) for n, d in (("start", "0"), ("end", "inf")))
                rows = [r for r in rows if since <= r["timestamp"] < until]
                if "status" in request.query and self.knows_status:
                    rows = [r for r in rows if r.get("status") == request.query["status"]]
            found: Row = {"results": rows[start:end], "total": len(rows), "limit": limit}
            if end < len(rows):
                cursor = quote(f"[17638,{end}]", safe="")
                kept = "".join(f"&{k}={v}" for k, v in request.query.items() if k in ("start", "end", "status"))
                found["next"] = f"{request.path}?limit={limit}{kept}&search_after={cursor}"
            body = self.bodies.get(feed) or json.dumps(found).encode()
            return web.Response(body=body, content_type="application/json")

        return answer


def token_of(request: web.Request) -> str:
    return request.headers["Authorization"].removeprefix("Token ")


def settings(cloud: Cloud, **changes: Any) -> MistSettings:
    given: dict[str, Any] = {"tokens": TOKENS[:1], "host": cloud.url, "insecure_host": True, **changes}
    return MistSettings(**given)


def source(cloud: Cloud, clock: Clock | None = None, **changes: Any) -> MistSource:
    return MistSource(settings(cloud, **changes), clock or FixedClock(NOW))


def fault(
    part: str, answer: Callable[[], web.StreamResponse], times: int = 10**6, token: str = "", query: str = ""
) -> Fault:
    """Answer requests whose path holds `part`, whose query holds `query`, from `token`, with `answer`, so often."""
    left = [times]

    async def told(request: web.Request) -> web.StreamResponse | None:
        fits = part in request.path and query in request.query_string and token in token_of(request)
        if not fits or left[0] <= 0:
            return None
        left[0] -= 1
        return answer()

    return told


def status(code: int, detail: str = "", **headers: str) -> Callable[[], web.StreamResponse]:
    return lambda: web.json_response(
        {"detail": detail}, status=code, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def stall(part: str, times: int = 10**6) -> Fault:
    """Take the request and never answer."""
    left = [times]

    async def told(request: web.Request) -> web.StreamResponse | None:
        if part not in request.path or left[0] <= 0:
            return None
        left[0] -= 1
        await asyncio.sleep(3600)
        return None

    return told


def cut_off(part: str, times: int = 10**6, silently: bool = False) -> Fault:
    """Send half of a body: either the connection breaks, or (`silently`) the half looks complete."""
    left = [times]

    async def told(request: web.Request) -> web.StreamResponse | None:
        if part not in request.path or left[0] <= 0:
            return None
        left[0] -= 1
        half = b'{"results": [{"mac": "90ec77710609", "port_'
        if silently:
            return web.Response(body=half, content_type="application/json")
        response = web.StreamResponse(headers={"Content-Length": "4000"})
        await response.prepare(request)
        await response.write(half)
        if request.transport is not None:
            request.transport.close()
        return response

    return told
