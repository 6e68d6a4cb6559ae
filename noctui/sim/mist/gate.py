"""Everything that may happen to a call before its endpoint sees it, and to the answer on its way back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from email.utils import formatdate

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from noctui.sim.mist.answers import Forbidden, NotFound
from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.faults import Dice, Faults
from noctui.sim.mist.paging import Answer, BadRequest
from noctui.sim.mist.tokens import Tokens

API = "/api/v1"
FORBIDDEN = "You do not have permission to perform this action."
OVER_BUDGET = "Too Many Request. The API Token used for the request reached the {limit} API Calls per hour threshold"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def refusal(status: int, detail: str, headers: dict[str, str] | None = None) -> web.Response:
    """An answer that says no, as Mist words it."""
    return web.Response(
        status=status, body=msgspec.json.encode({"detail": detail}), content_type="application/json", headers=headers
    )


def token_of(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Token ").strip()


class Gate:
    """Counts calls, knows tokens and budgets, and throws the dice of `faults`."""

    def __init__(self, tokens: Tokens, clock: SimClock, seed: int) -> None:
        self.faults = Faults()
        self.calls = 0
        self.by_path: Counter[str] = Counter()
        self._tokens, self._clock, self._dice = tokens, clock, Dice(seed)

    @property
    def middleware(self) -> Middleware:
        """For the application."""

        @web.middleware
        async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not request.path.startswith(f"{API}/"):
                return await _worded(request, handler)
            answer = await self._call(request, handler)
            if self._clock.speed in (0, 1):  # a clock that runs fast is no clock that is wrong
                answer.headers["Date"] = formatdate(self._clock.now() + self.faults.date_skew, usegmt=True)
            return answer

        return gate

    async def _call(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.calls += 1
        path = request.path.removeprefix(API)
        self.by_path[path] += 1
        faults = self.faults
        suffers = not faults.only or any(part in path for part in faults.only)
        wait = faults.delay + (faults.slow_seconds if suffers and self._dice.hit(faults.slow) else 0.0)
        if wait > 0:
            await asyncio.sleep(wait)
        if suffers and self._dice.hit(faults.drops):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        token = token_of(request)
        if token not in self._tokens.known or token in faults.revoked:
            return refusal(401, "Invalid authentication credentials")
        refused = self._over_budget(token, suffers)
        if refused is not None:
            return refused
        if suffers and self._dice.hit(faults.errors):
            return refusal(500, "Internal Server Error")
        answer = await _worded(request, handler)
        if suffers and isinstance(answer, web.Response):
            self._spoil(answer)
        return answer

    def _over_budget(self, token: str, suffers: bool) -> web.Response | None:
        faults, why = self.faults, OVER_BUDGET.format(limit=self._tokens.limit)
        if not self._tokens.spend(token):
            return refusal(429, why, {"Retry-After": str(self._tokens.retry_after())})
        if suffers and self._dice.hit(faults.throttled):
            return refusal(429, why, {"Retry-After": str(faults.throttled_wait)} if faults.throttled_wait else None)
        return None

    def _spoil(self, answer: web.Response) -> None:
        """What the faults make of a sound body."""
        faults, body = self.faults, answer.body
        if not isinstance(body, bytes) or not body:
            return
        if self._dice.hit(faults.truncated):
            answer.body = body[: len(body) // 2]
        elif faults.absurd or faults.empty or faults.duplicated:
            from noctui.sim.mist import spoil

            if self._dice.hit(faults.absurd):
                kinds = [k for k in faults.absurd_kinds if k in spoil.KINDS] or list(spoil.KINDS)
                kind = kinds[self._dice.pick(len(kinds))]
                answer.body = spoil.KINDS[kind](body)
                if kind == "html":
                    answer.content_type = "text/html"
            elif self._dice.hit(faults.empty):
                answer.body = spoil.emptied(body)
            elif self._dice.hit(faults.duplicated):
                answer.body = spoil.doubled(body)

    def response(self, answer: Answer) -> web.Response:
        """An endpoint's answer for the wire."""
        return web.Response(body=answer.body, content_type="application/json", headers=answer.headers)


async def _worded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The endpoint's answer, or its refusal."""
    try:
        return await handler(request)
    except NotFound:
        return refusal(404, "Not Found")
    except Forbidden:
        return refusal(403, FORBIDDEN)
    except BadRequest as error:
        return refusal(400, str(error))
