"""The simulated cloud on a socket: which path leads where, and what a caller's token opens."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from aiohttp import web

from noctui.sim.mist.answers import Forbidden, NotFound, Rewrite
from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.cloud import Cloud
from noctui.sim.mist.faults import Faults, faults_from
from noctui.sim.mist.gate import API, Gate, refusal, token_of
from noctui.sim.mist.paging import Answer, BadRequest
from noctui.sim.mist.tokens import Access, Tokens
from noctui.sim.world import World

BATCH = 1000  # alarms taken with one call


class MistServer:
    """A running simulated cloud.

    `url` is its base, `calls` counts every request that reached it, `by_path` the same by path below `/api/v1`.
    `faults` may be replaced or changed at any time; `POST /sim/faults` does the same with a JSON object.
    `tokens.access` says what single tokens may do. Hooks in `rewrite` change what any feed holds (`answers.Rewrite`).
    """

    def __init__(self, worlds: Sequence[World], tokens: Tokens, clock: SimClock) -> None:
        self.world, self.clock, self.tokens = worlds[0], clock, tokens
        self.clouds = {world.network.org_id: Cloud(world, clock) for world in worlds}
        self.gate = Gate(self.tokens, clock, self.world.seed)
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._whose: dict[str, Cloud] = {}
        self.streams: set[web.WebSocketResponse] = set()

    @property
    def cloud(self) -> Cloud:
        """The first org's answers; another one may be put in its place."""
        return self.clouds[self.world.network.org_id]

    @cloud.setter
    def cloud(self, cloud: Cloud) -> None:
        self.clouds[self.world.network.org_id] = cloud
        self._whose.clear()

    @property
    def faults(self) -> Faults:
        return self.gate.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self.gate.faults = faults

    @property
    def calls(self) -> int:
        return self.gate.calls

    @property
    def by_path(self) -> Counter[str]:
        return self.gate.by_path

    @property
    def role(self) -> str:
        """What tokens may do that have no access of their own."""
        return self.tokens.default.role

    @property
    def rewrite(self) -> list[Rewrite]:
        """Hooks on the feeds of the first org."""
        return self.cloud.answers.rewrite

    async def start(self, host: str, port: int, listening: socket.socket | None) -> None:
        """Bind and serve; a socket that already listens is used as it is."""
        app = web.Application(middlewares=[self.gate.middleware])
        org, site = f"{API}/orgs/{{org}}", f"{API}/sites/{{site}}"
        app.router.add_get(f"{API}/self", self._self)
        app.router.add_get(f"{API}/self/usage", self._usage)
        app.router.add_get(f"{API}/const/{{name}}", self._const)
        app.router.add_get(org, self._org)
        app.router.add_get(f"{org}/{{tail:.*}}", self._org)
        app.router.add_post(f"{org}/alarms/{{tail:.*}}", self._alarm_action)
        app.router.add_get(site, self._site)
        app.router.add_get(f"{site}/{{tail:.*}}", self._site)
        app.router.add_post(f"{site}/alarms/{{tail:.*}}", self._alarm_action)
        app.router.add_get("/api-ws/v1/stream", self._stream)
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
        for stream in list(self.streams):
            await stream.close(code=1001)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _access(self, request: web.Request) -> Access:
        return self.tokens.of(token_of(request))

    def _cloud_of(self, request: web.Request) -> tuple[Cloud, int]:
        """Whose answer is asked for, and the site's row (-1: the org's). Raises NotFound and Forbidden.

        No org is told apart from one that the token may not see.
        """
        access, site = self._access(request), request.match_info.get("site")
        if site is not None:
            cloud = self.cloud_of_site(site)
            row = cloud.site(site)
            if not access.sees_site(cloud.world.network.org_id, site):
                raise Forbidden
            return cloud, row
        org = request.match_info["org"]
        if org in self.clouds and access.sees_org(org):
            return self.clouds[org], -1
        if len(org) != 36:
            raise NotFound
        raise Forbidden

    def cloud_of_site(self, site: str) -> Cloud:
        """The org that a site belongs to; the first when there is no such site."""
        if len(self.clouds) == 1:
            return self.cloud
        if not self._whose:
            self._whose = {s: c for c in self.clouds.values() for s in c.world.network.site_id}
        return self._whose.get(site, self.cloud)

    async def _self(self, request: web.Request) -> web.Response:
        return self.gate.response(Answer(msgspec.json.encode(self._account(self._access(request))), {}))

    def _account(self, access: Access) -> dict[str, Any]:
        """What getSelf says of an org token."""
        privileges: list[dict[str, Any]] = []
        for org_id, cloud in self.clouds.items():
            n = cloud.world.network
            of_org = {"org_id": org_id, "org_name": n.org_name, "role": access.role}
            privileges += [
                {"scope": "site", "site_id": site, "name": n.site_name[cloud.site(site)], **of_org}
                for site in access.sites
                if site in cloud.statics.site_row
            ]
            if access.sees_org(org_id):
                privileges.append({"scope": "org", "name": n.org_name, **of_org})
        return {"name": "noctui", "privileges": privileges}

    async def _usage(self, request: web.Request) -> web.Response:
        used = {"requests": self.tokens.used(token_of(request)), "request_limit": self.tokens.limit}
        return self.gate.response(Answer(msgspec.json.encode(used), {}))

    async def _const(self, request: web.Request) -> web.Response:
        from noctui.sim.mist.const import CONSTANTS

        name = request.match_info["name"]
        if name not in CONSTANTS:
            raise NotFound
        return self.gate.response(Answer(msgspec.json.encode(CONSTANTS[name]), {}))

    async def _org(self, request: web.Request) -> web.Response:
        cloud, _ = self._cloud_of(request)
        tail = request.match_info.get("tail", "")
        self._skew(cloud)
        answer = cloud.of_org(tail, request.path, request.query)
        if self.faults.lost_pages.get(tail) == answer.page:
            return refusal(500, "Internal Server Error")
        return self.gate.response(answer)

    async def _site(self, request: web.Request) -> web.Response:
        cloud, site = self._cloud_of(request)
        self._skew(cloud)
        tail = request.match_info.get("tail", "")
        return self.gate.response(cloud.sites.answer(site, tail, request.path, request.query))

    def _skew(self, cloud: Cloud) -> None:
        cloud.seen_skew = self.faults.seen_skew

    async def _alarm_action(self, request: web.Request) -> web.Response:
        """`ack`, `unack` {alarm_ids, note}, `ack_all`, `unack_all` and `{id}/ack`, `{id}/unack` {note}."""
        cloud, site = self._cloud_of(request)
        if not self._access(request).writes:
            raise Forbidden
        first, _, second = request.match_info["tail"].partition("/")
        action = second or first
        every = action.endswith("_all") and not second
        taken = action.removesuffix("_all") if every else action
        if taken not in ("ack", "unack"):
            raise NotFound
        try:
            asked = msgspec.json.decode(await request.read() or b"{}", type=_Ack)
        except msgspec.DecodeError:
            raise BadRequest("The body is no JSON object") from None
        if len(asked.alarm_ids) > BATCH:
            raise BadRequest(f"at most {BATCH} alarms at once")
        now = self.clock.now()
        if every:
            cloud.alarms.ack_all(taken == "ack", asked.note, now, site)
        for ident in [first] if second else [] if every else asked.alarm_ids:
            cloud.alarms.ack(ident, taken == "ack", asked.note, now)
        return web.Response()

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        from noctui.sim.mist.stream import serve_stream

        return await serve_stream(self, request)

    async def _set_faults(self, request: web.Request) -> web.Response:
        try:
            self.faults = faults_from(await request.read(), self.faults)
        except msgspec.DecodeError as error:
            raise BadRequest(str(error)) from None
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
    access: Mapping[str, Access] | None = None,
    others: Iterable[World] = (),
    rewrite: Iterable[Rewrite] = (),
    listening: socket.socket | None = None,
) -> MistServer:
    """Start a simulated cloud over `world`; port 0 takes a free one. Gateways report every `report_seconds`.

    `role` is what tokens may do that are not in `access`; `others` are further orgs; `rewrite` are hooks on feeds.
    """
    worlds = [world, *others]
    if report_seconds is not None:
        for one in worlds:
            one.report_seconds = report_seconds
    clock = clock or SimClock(start=world.anchor)
    server = MistServer(worlds, Tokens(tokens, clock, limit, access, Access(role=role)), clock)
    server.rewrite.extend(rewrite)
    await server.start(host, port, listening)
    return server
