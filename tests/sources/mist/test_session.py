"""One request: tokens, limits of time and size, and errors as one line without secrets."""

from __future__ import annotations

import asyncio
import logging
import re

import pytest
from aiohttp import web

from noctui.clock import FixedClock
from noctui.sources.mist import session as session_module
from noctui.sources.mist.budget import TokenBook
from noctui.sources.mist.errors import (
    AllTokensRefused,
    AllTokensRest,
    Garbled,
    MistError,
    Rejected,
    Unavailable,
    Unreachable,
)
from noctui.sources.mist.session import Caller, MistSession
from tests.sources.mist.cloud import FULL_HOUR, NOW, ORG, TOKENS, Cloud, cut_off, fault, settings, stall, status

SITES = f"/api/v1/orgs/{ORG}/sites"
SAID = "/orgs/*/sites"
"""How an error says it."""


class Line:
    """A session to the cloud, closed at the end of the block."""

    def __init__(self, cloud: Cloud, tokens: int = 2, **changes: object) -> None:
        given = settings(cloud, tokens=TOKENS[:tokens], **changes)
        self.clock = FixedClock(NOW)
        self.book = TokenBook(given.tokens, self.clock)
        self._session = MistSession(given, self.book, self.clock)

    async def __aenter__(self) -> Line:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    def caller(self) -> Caller:
        return self._session.caller()


async def test_a_token_at_its_limit_rests_until_the_hour_and_the_next_goes_on_at_once(cloud: Cloud) -> None:
    cloud.faults.append(fault("sites", status(429, "reached the 5000 API Calls", Retry_After="30"), token=TOKENS[0]))
    async with Line(cloud) as line:
        caller = line.caller()

        answer = await caller.mist_get(SITES)

        assert answer.status == 200
        assert caller.calls == 2
        assert cloud.tokens_used() == [TOKENS[0], TOKENS[1]]
        assert line.book.tokens[0].rests_until == FULL_HOUR
        assert line.clock.now() == NOW, "nobody waited"


@pytest.mark.parametrize("after", ["3000", "Sun, 23 Nov 2025 01:30:00 GMT"])
async def test_retry_after_may_be_seconds_or_a_date(cloud: Cloud, after: str) -> None:
    cloud.faults.append(fault("sites", status(429, Retry_After=after)))
    async with Line(cloud, 1) as line:
        with pytest.raises(AllTokensRest) as told:
            await line.caller().mist_get(SITES)

    assert told.value.until == NOW + 3000


async def test_all_tokens_resting_says_until_when(cloud: Cloud) -> None:
    cloud.faults.append(fault("sites", status(429)))
    async with Line(cloud, 2) as line:
        with pytest.raises(AllTokensRest, match="All 2 tokens"):
            await line.caller().mist_get(SITES)
        asked = len(cloud.asked)
        with pytest.raises(AllTokensRest):
            await line.caller().mist_get(SITES)

        assert len(cloud.asked) == asked, "no call is made while all rest"
        line.clock.move(FULL_HOUR - NOW)
        cloud.faults.clear()
        assert (await line.caller().mist_get(SITES)).status == 200


async def test_a_refused_token_is_named_and_the_others_go_on(cloud: Cloud) -> None:
    cloud.faults.append(fault("sites", status(401, "Invalid token."), token=TOKENS[0]))
    async with Line(cloud, 2) as line:
        assert (await line.caller().mist_get(SITES)).status == 200

        assert line.book.tokens[0].refused == "Token 1 (…a41f) was refused: 401 Invalid token"
        await line.caller().mist_get(SITES)
        assert cloud.tokens_used()[-1] == TOKENS[1]


async def test_all_tokens_refused_is_an_error_that_names_them(cloud: Cloud) -> None:
    cloud.faults.append(fault("sites", status(401, f"Bad {TOKENS[0]}")))
    async with Line(cloud, 2) as line:
        with pytest.raises(AllTokensRefused) as told:
            await line.caller().mist_get(SITES)

    assert str(told.value).startswith("Token 1 (…a41f) was refused: 401 Bad …a41f; Token 2 (…09be) was refused: 401")
    assert TOKENS[0] not in str(told.value)


async def test_a_token_without_the_right_lets_another_try(cloud: Cloud) -> None:
    cloud.faults.append(fault("sites", status(403, "no access"), token=TOKENS[0]))
    async with Line(cloud, 2) as line:
        assert (await line.caller().mist_get(SITES)).status == 200

    cloud.faults[:] = [fault("sites", status(403, "no\x1b[31m access"))]
    async with Line(cloud, 2) as line:
        with pytest.raises(Rejected, match=rf"^GET {re.escape(SAID)}: 403 no·\[31m access$"):
            await line.caller().mist_get(SITES, {"secret": "in-the-query"})


@pytest.mark.parametrize("code", [500, 502, 503, 408])
async def test_a_fault_of_mist_is_worth_another_try(cloud: Cloud, code: int) -> None:
    cloud.faults.append(fault("sites", lambda: web.Response(status=code, text="<html>secret stack trace</html>")))
    async with Line(cloud) as line:
        with pytest.raises(Unavailable, match=rf"^GET {re.escape(SAID)}: {code}") as told:
            await line.caller().mist_get(SITES, {"limit": "1000"})

    assert "html" not in str(told.value)
    assert "limit" not in str(told.value)


async def test_a_redirect_is_not_followed_because_the_token_would_travel(cloud: Cloud) -> None:
    cloud.faults.append(fault("sites", lambda: web.Response(status=302, headers={"Location": "/api/v1/self"})))
    async with Line(cloud) as line:
        with pytest.raises(Rejected, match="302"):
            await line.caller().mist_get(SITES)

    assert len(cloud.asked) == 1


async def test_a_stalled_socket_ends_with_the_timeout(cloud: Cloud) -> None:
    cloud.faults.append(stall("sites"))
    async with Line(cloud, timeout=0.1) as line:
        with pytest.raises(Unreachable, match=rf"^GET {re.escape(SAID)}: no answer within 0.1 s$"):
            await line.caller().mist_get(SITES)


async def test_a_body_that_breaks_off_is_garbled(cloud: Cloud) -> None:
    cloud.faults.append(cut_off("sites"))
    async with Line(cloud) as line:
        with pytest.raises(Garbled, match="the answer was cut off"):
            await line.caller().mist_get(SITES)


async def test_an_endless_body_is_not_taken_in(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "LARGEST", 1 << 20)
    cloud.faults.append(fault("sites", lambda: web.Response(body=b"[" + b" " * (2 << 20))))
    async with Line(cloud) as line:
        with pytest.raises(Garbled, match="longer than 1 MB"):
            await line.caller().mist_get(SITES)


async def test_nobody_listening_is_one_clear_line(cloud: Cloud) -> None:
    await cloud.server.close()
    async with Line(cloud) as line:
        with pytest.raises(Unreachable, match=rf"^GET {re.escape(SAID)}: ") as told:
            await line.caller().mist_get(SITES)

    assert "\n" not in str(told.value)


@pytest.mark.parametrize("uri", ["https://evil.example/api/v1/self", "//evil.example/api/", "/other", "", "@evil/api/"])
async def test_the_token_goes_to_no_other_address_than_the_api(cloud: Cloud, uri: str) -> None:
    async with Line(cloud) as line:
        with pytest.raises(MistError, match="outside its API"):
            await line.caller().mist_get(uri)

    assert cloud.asked == []


async def test_a_next_address_reaches_mist_untouched(cloud: Cloud) -> None:
    cursor = f"{SITES}?limit=10&search_after=%5B17638%2C%22x%2By%22%5D"
    async with Line(cloud) as line:
        await line.caller().mist_get(cursor)
        await line.caller().mist_get(cloud.url + cursor)

    assert [r.raw_path for r in cloud.asked] == [cursor, cursor]


async def test_post_sends_json(cloud: Cloud) -> None:
    async with Line(cloud) as line:
        answer = await line.caller().mist_post(uri="/api/v1/echo", body={"note": "seen"})

    assert answer.body == b'{"got": {"note": "seen"}}'


async def test_at_most_so_many_requests_are_on_their_way_at_once(cloud: Cloud) -> None:
    now, most = 0, 0
    gate = asyncio.Event()

    async def count(_: web.Request) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        if now == 3:
            gate.set()
        await gate.wait()
        now -= 1

    cloud.faults.append(count)
    async with Line(cloud, concurrency=3) as line:
        await asyncio.gather(*(line.caller().mist_get(SITES) for _ in range(9)))

    assert most == 3


async def test_the_skew_of_our_clock_is_known(cloud: Cloud) -> None:
    later = "Sun, 23 Nov 2025 00:41:00 GMT"
    cloud.faults.append(fault("sites", lambda: web.json_response([], headers={"Date": later})))
    given = settings(cloud)
    clock = FixedClock(NOW)
    session = MistSession(given, TokenBook(given.tokens, clock), clock)
    await session.caller().mist_get(SITES)
    await session.close()

    assert session.skew.settle()
    assert session.skew.seconds == -60


async def test_no_secret_in_logs_and_nothing_on_the_terminal(
    cloud: Cloud, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    cloud.faults += [
        fault("sites", status(401, f"{TOKENS[0]} is bad"), token=TOKENS[0]),
        fault("sites", status(429), token=TOKENS[1]),
        fault("sites", status(503), token=TOKENS[2]),
    ]
    async with Line(cloud, 3) as line:
        with pytest.raises(Unavailable):
            await line.caller().mist_get(SITES, {"a": "b"})

    told = "".join(f"{r.getMessage()} {r.__dict__}" for r in caplog.records if r.name.startswith("noctui"))
    assert "mist.token_refused" in told
    assert not any(secret in told for secret in TOKENS)
    assert capfd.readouterr() == ("", "")
