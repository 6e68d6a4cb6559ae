"""Our own way to Mist over aiohttp. A `Caller` quacks like mistapi's `APISession`, so mistapi's endpoint functions work
with it when awaited: what they return is the coroutine that we gave them.

One request: the token with most budget left, at most `concurrency` at a time, a timeout over all of it, no redirects (a
token must not travel), no body without end. 429 and 401 go on with the next token at once; the rest is the caller's.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import aiohttp
import msgspec
from yarl import URL

from noctui import __version__
from noctui.clock import Clock
from noctui.sources.mist.budget import Token, TokenBook
from noctui.sources.mist.errors import Garbled, MistError, Rejected, TokenRefused, Unavailable, Unreachable
from noctui.sources.mist.hosts import base_url
from noctui.sources.mist.retry import Deadline
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.skew import Skew
from noctui.sources.mist.text import one_line, without

log = logging.getLogger("noctui.mist")
LARGEST = 64 * 2**20
"""Bytes of one answer; a page of 1,000 rows has about 0.8 MB."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


_ANY_ID = re.compile(r"^/api/v\d+/(orgs|sites)/[^/]+/")


def told(url: URL) -> str:
    """The address as an error says it: `/orgs/*/stats/devices`. The long id is always the same, and what follows it
    must stand in a line of the screen."""
    return _ANY_ID.sub(r"/\1/*/", url.path)


class MistSession:
    """The connection to one Mist cloud, shared by all callers of a run."""

    def __init__(self, settings: MistSettings, book: TokenBook, clock: Clock) -> None:
        self.book = book
        self.skew = Skew()
        self._settings = settings
        self._clock = clock
        self._base = base_url(settings.host, settings.insecure_host)
        self._gate = asyncio.Semaphore(settings.concurrency)
        self._http: aiohttp.ClientSession | None = None

    def caller(self, deadline: Deadline | None = None, token: Token | None = None) -> Caller:
        """What endpoint functions are called with; it counts its calls."""
        return Caller(self, deadline, token)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def request(
        self, method: str, uri: str, query: Mapping[str, str] | None, body: object, caller: Caller
    ) -> Answer:
        """One answered request, over as many tokens as it takes.

        Raises a MistError; whatever is worth another try is a Passing.
        """
        url = self._url(uri, query)
        denied: set[Token] = set()  # tokens without the right: another may have it
        async with self._gate:
            while True:
                token = caller.token or self.book.pick(denied)
                self.book.spend(token)
                caller.calls += 1
                status, headers, payload = await self._exchange(method, url, body, token, caller)
                if status < 300:
                    if token.refused and math.isfinite(token.asked_again):
                        self.book.accept(token)
                        log.info("mist.token_accepted", extra={"token": token.number})
                    return Answer(status, headers, payload)
                line = f"{method} {told(url)}: {status} {self._reason(status, payload)}".rstrip()
                if status == 429:
                    self.book.rest(token, self._retry_after(headers.get("Retry-After", "")))
                    log.info("mist.token_rests", extra={"token": token.number, "until": token.rests_until})
                    if caller.token is not None:
                        raise Rejected(line, status)
                elif status == 401:
                    refused = self.book.refuse(token, f"401 {self._reason(status, payload)}".rstrip(" ."))
                    log.warning("mist.token_refused", extra={"token": token.number, "why": refused})
                    if caller.token is not None:
                        raise TokenRefused(refused)
                elif status == 403 and caller.token is None and self.book.others({*denied, token}):
                    denied.add(token)
                elif status >= 500 or status == 408:
                    raise Unavailable(line)
                else:
                    raise Rejected(line, status)

    def _proxy_for(self, url: URL) -> str | None:
        """The proxy is for what goes out encrypted; plain HTTP is a simulated cloud nearby."""
        return self._settings.proxy or None if url.scheme == "https" else None

    async def _exchange(
        self, method: str, url: URL, body: object, token: Token, caller: Caller
    ) -> tuple[int, Mapping[str, str], bytes]:
        seconds = self._settings.timeout
        if caller.deadline is not None:
            seconds = max(0.05, min(seconds, caller.deadline.left()))
        headers = {"Authorization": f"Token {token.secret}"}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = msgspec.json.encode(body)
        try:
            async with self._open().request(
                method, url, headers=headers, data=data, allow_redirects=False,
                proxy=self._proxy_for(url), timeout=aiohttp.ClientTimeout(total=seconds),
            ) as response:  # fmt: skip
                self._measure_skew(response.headers.get("Date", ""))
                chunks, size = [], 0
                async for chunk in response.content.iter_any():
                    size += len(chunk)
                    if size > LARGEST:
                        raise Garbled(f"{method} {told(url)}: the answer is longer than {LARGEST >> 20} MB")
                    chunks.append(chunk)
                return response.status, response.headers, b"".join(chunks)
        except TimeoutError:
            raise Unreachable(f"{method} {told(url)}: no answer within {seconds:g} s") from None
        except aiohttp.ClientPayloadError:
            raise Garbled(f"{method} {told(url)}: the answer was cut off") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable(f"{method} {told(url)}: {self._why(error)}") from None

    def _open(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._settings.concurrency),
                headers={"User-Agent": f"noctui/{__version__}", "Accept": "application/json"},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._http

    def _url(self, uri: str, query: Mapping[str, str] | None) -> URL:
        """`next` holds an opaque cursor, encoded already: it must arrive as it came. It may name our own host only."""
        path = uri.removeprefix(self._base)
        if not path.startswith("/api/"):
            raise MistError(f"Mist sent an address outside its API: {one_line(path.partition('?')[0], 60)!r}")
        url = URL(self._base + path, encoded=True)
        return url.update_query(query) if query else url

    def _reason(self, status: int, payload: bytes) -> str:
        """The `detail` of an error's body, or its first words, without any token."""
        if status >= 500:
            return HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
        try:
            found: Any = msgspec.json.decode(payload[:4096])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return ""
        detail = found.get("detail") if isinstance(found, dict) else ""
        return one_line(without(self.book.secrets, detail), 120) if isinstance(detail, str) else ""

    def _why(self, error: Exception) -> str:
        if isinstance(error, aiohttp.ClientConnectorDNSError):
            return "the host name is not known here"
        if isinstance(error, aiohttp.ClientConnectorCertificateError):
            return "its certificate is not trusted"
        if isinstance(error, aiohttp.ServerDisconnectedError | ConnectionResetError):
            return "the connection was reset"
        text = getattr(error, "strerror", None) or type(error).__name__
        return one_line(without(self.book.secrets, str(text)), 100)

    def _retry_after(self, text: str) -> float | None:
        """Seconds to wait, from a number of them or a date."""
        try:
            return float(text)
        except ValueError:
            pass
        try:
            return parsedate_to_datetime(text).timestamp() - self._clock.now()
        except (ValueError, TypeError):
            return None

    def _measure_skew(self, date: str) -> None:
        try:
            self.skew.measure(self._clock.now() - parsedate_to_datetime(date).timestamp())
        except (ValueError, TypeError):
            return


class Caller:
    """Quacks like `mistapi.APISession`, but its verbs are awaited. Counts calls; may be bound to one token."""

    def __init__(self, session: MistSession, deadline: Deadline | None, token: Token | None) -> None:
        self.deadline = deadline
        self.token = token
        self.calls = 0
        self._session = session

    async def mist_get(self, uri: str, query: Mapping[str, str] | None = None) -> Answer:
        """GET. `uri` may be a `next` with its query, which is sent untouched."""
        return await self._session.request("GET", uri, query, None, self)

    async def mist_post(self, uri: str, body: object = None) -> Answer:
        return await self._session.request("POST", uri, None, {} if body is None else body, self)
