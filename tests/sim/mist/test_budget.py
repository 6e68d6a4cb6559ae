"""Who may call, and how often: facts/mist.md 3."""

from __future__ import annotations

from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.tokens import Tokens
from tests.sim.mist.cloud import calling
from tests.sim.worlds import HOUR, T0, calm

OTHER_ORG = "11111111-2222-4333-8444-555555555555"


async def test_a_token_that_is_not_known_is_refused() -> None:
    async with calling(calm()) as call:
        for token in ("", "wrong"):
            reply = await call.get("/api/v1/self", token=token)
            assert reply.status == 401
            assert "detail" in reply.body


async def test_another_org_is_forbidden_and_a_mistyped_one_not_found() -> None:
    async with calling(calm()) as call:
        assert (await call.get(f"/api/v1/orgs/{OTHER_ORG}/sites")).status == 403
        assert (await call.get("/api/v1/orgs/acme/sites")).status == 404
        assert (await call.get(f"{call.org}/no/such/feed")).status == 404


async def test_above_the_hours_calls_a_token_gets_429_until_the_hour_turns() -> None:
    """Its body and header as Mist's; other tokens go on."""
    async with calling(calm(), at=T0, limit=5) as call:
        assert [(await call.get("/api/v1/self")).status for _ in range(6)] == [200] * 5 + [429]
        reply = await call.get("/api/v1/self")
        assert reply.body["detail"].startswith("Too Many Request. The API Token used")
        wait = int(reply.headers["Retry-After"])
        assert 0 <= wait - (HOUR - T0 % HOUR) < 1
        assert (await call.get("/api/v1/self", token="second")).status == 200
        call.server.clock.move(wait - 1)
        assert (await call.get("/api/v1/self")).status == 429
        call.server.clock.move(1)
        assert (await call.get("/api/v1/self/usage")).body == {"requests": 1, "request_limit": 5}


async def test_calls_are_counted_for_the_tests() -> None:
    async with calling(calm()) as call:
        await call.get("/api/v1/self")
        await call.get("/api/v1/self", token="wrong")
        assert call.server.calls == 2
        assert call.server.by_path["/self"] == 2


def test_a_fast_clock_waits_shorter() -> None:
    clock = SimClock(speed=60.0, start=T0 - T0 % HOUR)
    assert 59 <= Tokens(["a"], clock).retry_after() <= 60
