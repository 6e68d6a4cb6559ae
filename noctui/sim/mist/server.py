"""The simulated cloud on a socket: who may call, how often, what goes wrong on demand, and which path leads where."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from email.utils import formatdate

import msgspec
from aiohttp import web

from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.cloud import Cloud, NotFound
from noctui.sim.mist.faults import Dice, Faults, faults_from
from noctui.sim.mist.paging import Answer, BadRequest
from noctui.sim.mist.tokens import Tokens
from noctui.sim.world import World

API = "/api/v1"
OVER_BUDGET = "Too Many Request. The API Token used for the request reached the {limit} API Calls per hour threshold"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _refusal(status: int, detail: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(
        status=status, body=msgspec.json.encode({"detail": detail}), content_type="application/json", headers=headers
    )


def _token(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Token ").strip()


class MistServer:
    """A running simulated cloud.

    `url` is its base, `calls` counts every request that reached it, `by_path` the same by path below `/api/v1`.
    `faults` may be replaced or changed at any time; `POST /sim/faults` does the same with a JSON object.
    """

    def __init__(
        self, world: World, tokens: Iterable[str], clock: SimClock, *, limit: int = 5000, role: str = "read"
    ) -> None:
        self.world, self.clock, self.role = world, clock, role
        self.cloud = Cloud(world, clock)
        self.tokens = Tokens(tokens, clock, limit)
        self.faults = Faults()
        self.calls = 0
        self.by_path: Counter[str] = Counter()
        self.url = ""
        self._dice = Dice(world.seed)
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int, listening: socket.socket | None) -> None:
        """Bind and serve; a socket that already listens is used as it is."""
        app = web.Application(middlewares=[self._gate])
        org, site = f"{API}/orgs/{{org}}", f"{API}/sites/{{site}}"
        app.router.add_get(f"{API}/self", self._self)
        app.router.add_get(f"{API}/self/usage", self._usage)
        app.router.add_get(f"{API}/const/{{name}}", self._const)
        app.router.add_get(org, self._org)
        app.router.add_get(f"{org}/gatewaytemplates/{{template}}", self._template)
        app.router.add_post(f"{org}/alarms/{{tail:.*}}", self._alarm_action)
        app.router.add_get(f"{org}/{{tail:.*}}", self._list)
        app.router.add_get(f"{site}/stats/ports/search", self._site_ports)
        app.router.add_get(f"{site}/stats/devices/{{device}}", self._site_gateway)
        app.router.add_post("/sim/faults", self._set_faults)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, handle_signals=False)
        await self._runner.setup()
        if listening is not None:
            where: web.BaseSite = web.SockSite(self._runner, listening)
        else:
            where = web.TCPSite(self._runner, host, port)
        await where.start()
        bound = self._runner.addresses[0]
        self.url = f"http://{bound[0]}:{bound[1]}"

    async def close(self) -> None:
        """Stop serving; connections are closed."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @web.middleware
    async def _gate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Everything that may happen to a call before its endpoint sees it."""
        if not request.path.startswith(API):
            return await handler(request)
        self.calls += 1
        self.by_path[request.path.removeprefix(API)] += 1
        faults = self.faults
        if faults.delay > 0:
            await asyncio.sleep(faults.delay)
        if self._dice.hit(faults.drops):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        token = _token(request)
        if token not in self.tokens.known or token in faults.revoked:
            return _refusal(401, "Invalid authentication credentials")
        if not self.tokens.spend(token):
            wait = {"Retry-After": str(self.tokens.retry_after())}
            return _refusal(429, OVER_BUDGET.format(limit=self.tokens.limit), wait)
        if self._dice.hit(faults.errors):
            return _refusal(500, "Internal Server Error")
        try:
            answer = await handler(request)
            if self.clock.speed in (0, 1):  # a clock that runs fast is no clock that is wrong
                answer.headers["Date"] = formatdate(self.clock.now(), usegmt=True)
            return answer
        except NotFound:
            return _refusal(404, "Not Found")
        except BadRequest as error:
            return _refusal(400, str(error))

    def _answer(self, answer: Answer) -> web.Response:
        body = answer.body
        if self._dice.hit(self.faults.truncated):
            body = body[: len(body) // 2]
        return web.Response(body=body, content_type="application/json", headers=answer.headers)

    def _refused_org(self, request: web.Request) -> web.Response | None:
        """No org is told apart from one that the token may not see."""
        org = request.match_info["org"]
        if org == self.world.network.org_id:
            return None
        if len(org) != 36:
            return _refusal(404, "Not Found")
        return _refusal(403, "You do not have permission to perform this action.")

    async def _self(self, _request: web.Request) -> web.Response:
        return self._answer(Answer(msgspec.json.encode(self.cloud.statics.account(self.role)), {}))

    async def _usage(self, request: web.Request) -> web.Response:
        used = {"requests": self.tokens.used(_token(request)), "request_limit": self.tokens.limit}
        return self._answer(Answer(msgspec.json.encode(used), {}))

    async def _const(self, request: web.Request) -> web.Response:
        return self._answer(self.cloud.const(request.match_info["name"]))

    async def _org(self, request: web.Request) -> web.Response:
        return self._refused_org(request) or self._answer(self.cloud.org())

    async def _template(self, request: web.Request) -> web.Response:
        return self._refused_org(request) or self._answer(self.cloud.template(request.match_info["template"]))

    async def _list(self, request: web.Request) -> web.Response:
        refused = self._refused_org(request)
        if refused is not None:
            return refused
        tail = request.match_info["tail"]
        endpoint = self.cloud.lists.get(tail)
        if endpoint is None:
            return _refusal(404, "Not Found")
        answer = endpoint(request.path, request.query)
        if self.faults.lost_pages.get(tail) == answer.page:
            return _refusal(500, "Internal Server Error")
        return self._answer(answer)

    async def _site_ports(self, request: web.Request) -> web.Response:
        return self._answer(self.cloud.site_ports(request.path, request.query, request.match_info["site"]))

    async def _site_gateway(self, request: web.Request) -> web.Response:
        return self._answer(self.cloud.site_gateway(request.match_info["site"], request.match_info["device"]))

    async def _alarm_action(self, request: web.Request) -> web.Response:
        """`ack`, `unack` {alarm_ids, note} and `{id}/ack` {note}; a token with role read may not."""
        refused = self._refused_org(request)
        if refused is not None:
            return refused
        if self.role not in ("write", "admin"):
            return _refusal(403, "You do not have permission to perform this action.")
        first, _, second = request.match_info["tail"].partition("/")
        action = second or first
        if action not in ("ack", "unack"):
            return _refusal(404, "Not Found")
        try:
            asked = msgspec.json.decode(await request.read() or b"{}", type=_Ack)
        except msgspec.DecodeError:
            return _refusal(400, "The body is no JSON object")
        for ident in [first] if second else asked.alarm_ids:
            self.cloud.alarms.ack(ident, action == "ack", asked.note, self.clock.now())
        return web.Response()

    async def _set_faults(self, request: web.Request) -> web.Response:
        try:
            self.faults = faults_from(await request.read(), self.faults)
        except msgspec.DecodeError as error:
            return _refusal(400, str(error))
        return web.Response(body=msgspec.json.encode(self.faults), content_type="application/json")


class _Ack(msgspec.Struct):
    alarm_ids: list[str] = []
    note: str = ""


async def serve(
    world: World,
    host: str = "127.0.0.1",
    port: int = 0,
    tokens: Iterable[str] = ("sim-token",),
    clock: SimClock | None = None,
    report_seconds: float | None = None,
    *,
    limit: int = 5000,
    role: str = "read",
    listening: socket.socket | None = None,
) -> MistServer:
    """Start a simulated cloud over `world`; port 0 takes a free one. Gateways report every `report_seconds`."""
    if report_seconds is not None:
        world.report_seconds = report_seconds
    server = MistServer(world, tokens, clock or SimClock(start=world.anchor), limit=limit, role=role)
    await server.start(host, port, listening)
    return server
