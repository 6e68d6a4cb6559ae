"""Asking a helpdesk over HTTP with the standard library: one connection, JSON in bounds, one line for what is wrong.

It runs in a mailbox's own thread, so it blocks; no redirect is followed, as a token must not travel.
"""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from noctui import __version__
from noctui.mail_settings import MailboxSettings
from noctui.sources.mail.box import GoneError, MailboxError
from noctui.sources.mail.net import Server, failed, plain, server_of, tls, unreached

PORTS = {"https": 443, "http": 80}
LARGEST = 32 * 1024 * 1024
"""Bytes of an answer in JSON; 100 tickets have about 0.2 MB."""
RESTS = (1.0, 300.0)
"""Seconds a 429 without a time, and with one, may keep us waiting at least and at most."""


class BusyError(MailboxError):
    """It asks us to come later: in `seconds`."""

    def __init__(self, text: str, seconds: float) -> None:
        super().__init__(text)
        self.seconds = seconds


class Http:
    """Requests to one server with one token."""

    def __init__(self, settings: MailboxSettings, authorization: str) -> None:
        self._settings, self._authorization = settings, authorization
        self.server: Server = server_of(settings, PORTS)
        if self.server.scheme == "http" and not self.server.near:
            raise failed(settings, "a token must not be read on the way: use https://", lasting=True)
        if not (authorization.isascii() and authorization.isprintable()):
            raise failed(
                settings, "its secret holds a character that no token has: a line's end, an accent", lasting=True
            )
        self._link: http.client.HTTPConnection | None = None

    def json(self, path: str, query: Mapping[str, str] | None = None, method: str = "GET", body: object = None) -> Any:
        """Raises MailboxError; GoneError for a thing that is not there."""
        data, _ = self.raw(path, query, method, body)
        try:
            return msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise failed(self._settings, f"{self._said(path)}: the answer is no JSON, or was cut off") from None

    def raw(
        self, path: str, query: Mapping[str, str] | None = None, method: str = "GET", body: object = None,
        most: int = 0,
    ) -> tuple[bytes, int]:  # fmt: skip
        """An answer's body and its status. With `most`, only so many of its first bytes; else LARGEST is too large.
        A connection that was closed meanwhile is made again, once."""
        target = f"{self.server.path}{path}" + (f"?{urlencode(query, quote_via=quote)}" if query else "")
        used = self._link is not None
        try:
            return self._asked(method, target, path, body, most)
        except (
            http.client.RemoteDisconnected,
            http.client.CannotSendRequest,
            BrokenPipeError,
            ConnectionResetError,
        ) as error:
            self.close()
            if not used:
                raise unreached(self._settings, self.server, error) from None
        except (OSError, ssl.SSLError) as error:
            self.close()
            raise unreached(self._settings, self.server, error) from None
        except http.client.HTTPException as error:
            self.close()
            raise failed(
                self._settings, f"{self._said(path)}: the answer was cut off ({type(error).__name__})"
            ) from None
        return self.raw(path, query, method, body, most)

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def _asked(self, method: str, target: str, path: str, body: object, most: int) -> tuple[bytes, int]:
        ends = time.monotonic() + 4 * self._settings.timeout
        link = self._open()
        headers = {
            "Authorization": self._authorization,
            "User-Agent": f"noctui/{__version__}",
            "Accept": "application/json, message/rfc822",
        }
        payload = None
        if body is not None:
            headers["Content-Type"], payload = "application/json", msgspec.json.encode(body)
        link.request(method, target, payload, headers)
        answer = link.getresponse()
        data = bytearray()
        limit = most or LARGEST
        while chunk := answer.read1(65536):
            data += chunk
            if len(data) > limit or time.monotonic() > ends:
                break
        if not answer.isclosed():
            self.close()  # the rest is not wanted
        if time.monotonic() > ends:
            raise TimeoutError
        if len(data) <= limit and answer.length:
            raise http.client.IncompleteRead(b"")
        if len(data) > limit and not most:
            raise failed(self._settings, f"{self._said(path)}: the answer is longer than {LARGEST >> 20} MB")
        self._judged(answer, bytes(data[:4096]), path)
        return bytes(data[:limit]), answer.status

    def _judged(self, answer: http.client.HTTPResponse, data: bytes, path: str) -> None:
        status, said = answer.status, self._said(path)
        if status < 300:
            return
        why = self._why(data)
        if status in (404, 410):
            raise GoneError(f"{said}: {status} {why}".strip())
        if status == 401:
            raise failed(self._settings, f"{said}: 401 its token is refused{why and f' ({why})'}: make a new one", True)
        if status == 403:
            raise failed(self._settings, f"{said}: 403 its token may not do this{why and f' ({why})'}", True)
        if status < 400:
            where = plain(answer.headers.get("Location", ""), 100)
            raise failed(self._settings, f"{said}: sends on to {where}: set its url to where it is", True)
        if status == 429:
            rest = _seconds(answer.headers.get("Retry-After", ""))
            raise BusyError(
                failed(self._settings, f"{said}: 429 too many requests").text, min(max(rest, RESTS[0]), RESTS[1])
            )
        raise failed(self._settings, f"{said}: {status} {why or answer.reason}".rstrip())

    def _why(self, data: bytes) -> str:
        """What a refusal says of itself, in a few words."""
        try:
            found = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return ""
        words = found.get("error_human") or found.get("error") if isinstance(found, dict) else ""
        return plain(words, 120) if isinstance(words, str) else ""

    def _said(self, path: str) -> str:
        return f"{self.server.said}{path}"

    def _open(self) -> http.client.HTTPConnection:
        if self._link is None:
            host, port, seconds = self.server.host, self.server.port, self._settings.timeout
            if self.server.scheme == "https":
                self._link = http.client.HTTPSConnection(host, port, timeout=seconds, context=tls(self._settings))
            else:
                self._link = http.client.HTTPConnection(host, port, timeout=seconds)
        return self._link


def _seconds(text: str) -> float:
    """A Retry-After: seconds, or a date."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return 60.0
