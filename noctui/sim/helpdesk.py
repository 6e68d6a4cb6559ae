"""A helpdesk on a socket that answers as Zammad does, as far as mails go: search, articles, originals, tags.

Paths, parameters and answers are those of Zammad's own controllers (6.x): a refusal is `{"error": …}` with words,
an article without an original answers 204.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

API = "/api/v1"


class Faults(msgspec.Struct, kw_only=True):
    """What it does to its callers from now on. `status` is answered instead; `only`: paths that hold this alone."""

    status: int = 0
    retry_after: str = ""
    slow: float = 0.0  # seconds before each answer
    truncated: bool = False  # the body ends in the middle
    absurd: bytes = b""  # is answered instead
    hangs_up: bool = False
    only: str = ""


@dataclass(slots=True)
class Article:
    """One message of a ticket; `raw` None: its original was not kept."""

    number: int
    raw: bytes | None
    type: str = "email"
    sender: str = "Customer"
    preferences: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Ticket:
    """`updated` is UTC epoch seconds."""

    number: int
    group: str
    updated: float
    articles: list[Article] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)


class Helpdesk:
    """A running helpdesk. `url` is its base; `heard` counts requests by path, `searches` has those of tickets."""

    def __init__(self, token: str, groups: tuple[str, ...] = ("Users", "NOC")) -> None:
        self.token, self.groups = token, groups
        self.may_tag = True
        self.faults = Faults()
        self.tickets: dict[int, Ticket] = {}
        self.heard: Counter[str] = Counter()
        self.searches: list[dict[str, str]] = []
        self.url = ""
        self._numbers = 0
        self._runner: web.AppRunner | None = None

    def receive(
        self, raw: bytes | None, group: str = "NOC", ticket: int = 0, at: float | None = None, **others: str
    ) -> Article:
        """A mail comes in: a ticket of its own, or one more article of a ticket. `others` are an article's fields."""
        now = datetime.now(UTC).timestamp() if at is None else at
        self._numbers += 1
        found = self.tickets.get(ticket) or Ticket(self._numbers, group, now)
        self.tickets[found.number] = found
        found.updated = now
        found.articles.append(Article(1000 + self._numbers, raw, **others))  # type: ignore[arg-type]
        return found.articles[-1]

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        app = web.Application(middlewares=[self._gate], client_max_size=2**20)
        app.router.add_get(f"{API}/users/me", self._me)
        app.router.add_get(f"{API}/tickets/search", self._search)
        app.router.add_get(f"{API}/ticket_articles/by_ticket/{{id}}", self._articles)
        app.router.add_get(f"{API}/ticket_article_plain/{{id}}", self._plain)
        app.router.add_post(f"{API}/tags/add", self._tag)
        app.router.add_delete(f"{API}/tags/remove", self._tag)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handle_signals=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        bound = self._runner.addresses[0]
        self.url = f"http://{bound[0]}:{bound[1]}"

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @web.middleware
    async def _gate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.heard[request.path] += 1
        faults = self.faults
        if faults.only in request.path:
            if faults.slow:
                await asyncio.sleep(faults.slow)
            if faults.hangs_up and request.transport is not None:
                request.transport.abort()
            if faults.absurd:
                return web.Response(body=faults.absurd, content_type="application/json")
            if faults.status:
                headers = {"Retry-After": faults.retry_after} if faults.retry_after else {}
                if faults.status in (301, 302):
                    headers["Location"] = "https://elsewhere.example/"
                return _refused(faults.status, "as was asked for", headers)
        if request.headers.get("Authorization") != f"Token token={self.token}":
            return _refused(401, "Invalid BasicAuth credentials")
        answer: web.StreamResponse = await handler(request)
        if faults.truncated and faults.only in request.path and isinstance(answer, web.Response):
            return await _cut(request, answer)
        return answer

    async def _me(self, request: web.Request) -> web.Response:
        return web.json_response({"id": 7, "login": "noctui", "email": "noctui@helpdesk.example"})

    async def _search(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        self.searches.append(query)
        page, size = int(query.get("page", "1")), min(200, int(query.get("per_page", "50")))
        found = [t for t in self.tickets.values() if self._fits(t, query)]
        found.sort(key=lambda t: t.number, reverse=query.get("order_by") != "asc")
        return web.json_response([self._row(t) for t in found[(page - 1) * size : page * size]])

    def _fits(self, ticket: Ticket, told: Mapping[str, str]) -> bool:
        without = told.get("condition[ticket.tags][operator]") == "contains one not"
        if without and ticket.tags & set(told["condition[ticket.tags][value]"].split(",")):
            return False
        if told.get("condition[ticket.updated_at][operator]") == "within last (relative)":
            many = int(told["condition[ticket.updated_at][value]"])
            unit = {"minute": 60, "hour": 3600, "day": 86_400}[told["condition[ticket.updated_at][range]"]]
            if ticket.updated < datetime.now(UTC).timestamp() - many * unit:
                return False
        group = told.get("condition[ticket.group_id][value]")
        return group is None or int(group) == self._group(ticket)

    def _group(self, ticket: Ticket) -> int:
        return self.groups.index(ticket.group) + 1

    def _row(self, ticket: Ticket) -> dict[str, object]:
        return {
            "id": ticket.number, "number": str(90_000 + ticket.number), "title": "…", "group_id": self._group(ticket),
            "group": ticket.group, "state": "new", "article_count": len(ticket.articles),
            "updated_at": _iso(ticket.updated),
        }  # fmt: skip

    async def _articles(self, request: web.Request) -> web.Response:
        ticket = self.tickets.get(int(request.match_info["id"]))
        if ticket is None:
            return _refused(404, "Couldn't find Ticket")
        rows = [
            {
                "id": a.number, "ticket_id": ticket.number, "type": a.type, "sender": a.sender,
                "preferences": a.preferences, "created_at": _iso(ticket.updated),
            }
            for a in ticket.articles
        ]  # fmt: skip
        return web.json_response(rows)

    async def _plain(self, request: web.Request) -> web.Response:
        number = int(request.match_info["id"])
        found = next((a for t in self.tickets.values() for a in t.articles if a.number == number), None)
        if found is None:
            return _refused(404, "Couldn't find Ticket::Article")
        if found.raw is None:
            return web.Response(status=204)
        return web.Response(body=found.raw, content_type="message/rfc822")

    async def _tag(self, request: web.Request) -> web.Response:
        asked = await request.json()
        ticket = self.tickets.get(asked["o_id"])
        if ticket is None:
            return _refused(404, "Couldn't find Ticket")
        if not self.may_tag:
            return _refused(403, "Not authorized")
        if request.method == "POST":
            ticket.tags.add(asked["item"])
        else:
            ticket.tags.discard(asked["item"])
        return web.json_response(True, status=201 if request.method == "POST" else 200)


def _refused(status: int, why: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": why, "error_human": why}, status=status, headers=headers)


async def _cut(request: web.Request, answer: web.Response) -> web.StreamResponse:
    """Its length is that of the whole, its body the half of it."""
    body = answer.body if isinstance(answer.body, bytes) else b""
    half = web.StreamResponse(headers={"Content-Length": str(len(body)), "Content-Type": answer.content_type})
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return half


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
