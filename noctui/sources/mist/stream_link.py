"""One connection of the stream: subscriptions and their watchdog. It ends with `Lost`, or when nobody looks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import aiohttp
import msgspec

from noctui import __version__
from noctui.clock import Clock
from noctui.sources.mist.budget import Token, TokenBook
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.stream_wire import LARGEST, Lost, Message, channel, message
from noctui.sources.mist.text import one_line, without

log = logging.getLogger("noctui.mist")

PING = 60.0
RATE_PAUSE = 30.0
"""Seconds, at least, before the next try after 429 (Mist's guide to rate limits)."""
REFUSED_PAUSE = 60.0
CONFIRMED_WITHIN = 15.0
"""Seconds in which a subscription is confirmed; then it is asked for once more, then the line is dropped."""
SILENT_AFTER = 150.0
"""Seconds without a word of a site after which it is subscribed to anew: subscriptions have got lost silently."""

Take = Callable[[str, object], bool]
"""(site, data of a message) → was it of use."""


@dataclass(slots=True)
class _Subscription:
    """Times by the monotonic clock."""

    sent: float
    tries: int = 1
    confirmed: bool = False
    heard: float = 0.0
    failed: str = ""


class Link:
    """Lives for one connection."""

    def __init__(self, url: str, settings: MistSettings, book: TokenBook, clock: Clock, tick: float) -> None:
        self.worked = False  # a site was heard
        self._url = url
        self._settings = settings
        self._book = book
        self._clock = clock
        self._tick = tick
        self._subscribed: dict[str, _Subscription] = {}

    def heard(self, site_id: str) -> bool:
        """Has the site said anything on this connection?"""
        found = self._subscribed.get(site_id)
        return found is not None and found.heard > 0

    def fault(self, site_id: str) -> str:
        """Why the site is not heard, else ""."""
        found = self._subscribed.get(site_id)
        return found.failed if found is not None else ""

    async def run(self, wanted: Callable[[], set[str]], changed: asyncio.Event, take: Take) -> None:
        """Returns when no site is wanted. Raises Lost, or AllTokensRest and AllTokensRefused before any connection."""
        token = self._book.pick()
        self._book.spend(token)  # whether Mist counts handshakes is not told: to count them is the safe side
        async with aiohttp.ClientSession(
            headers={"User-Agent": f"noctui/{__version__}"}, cookie_jar=aiohttp.DummyCookieJar()
        ) as http:
            socket = await self._connect(http, token)
            log.info("mist.stream_connected")
            waits: set[asyncio.Task[object]] = set()
            try:
                hearing: asyncio.Task[aiohttp.WSMessage] = asyncio.create_task(socket.receive())
                looking = asyncio.create_task(changed.wait())
                waits |= {hearing, looking}
                while sites := wanted():
                    await self._keep(socket, sites)
                    await asyncio.wait({hearing, looking}, timeout=self._tick, return_when=asyncio.FIRST_COMPLETED)
                    if looking.done():
                        changed.clear()
                        looking = asyncio.create_task(changed.wait())
                        waits.add(looking)
                    if hearing.done():
                        self._hear(hearing.result(), take)
                        hearing = asyncio.create_task(socket.receive())
                        waits.add(hearing)
                    waits = {w for w in waits if not w.done()}
            except (aiohttp.ClientError, OSError) as error:
                raise Lost(f"The stream broke off: {self._why(error)}.") from None
            finally:
                for task in waits:
                    task.cancel()
                await asyncio.gather(*waits, return_exceptions=True)
                with suppress(aiohttp.ClientError, OSError):
                    await socket.close()

    async def _connect(self, http: aiohttp.ClientSession, token: Token) -> aiohttp.ClientWebSocketResponse:
        secure = self._url.startswith("wss:")  # the proxy is for what goes out encrypted, as with calls
        try:
            async with asyncio.timeout(self._settings.timeout):
                return await http.ws_connect(
                    self._url,
                    headers={"Authorization": f"Token {token.secret}"},
                    heartbeat=PING,
                    max_msg_size=LARGEST,
                    proxy=(self._settings.proxy or None) if secure else None,
                )
        except TimeoutError:
            raise Lost(f"No stream within {self._settings.timeout:g} s.") from None
        except aiohttp.WSServerHandshakeError as error:
            if error.status == 429:
                raise Lost("Mist has too many streams from here (429).", RATE_PAUSE) from None
            raise Lost(f"Mist refuses the stream ({error.status}).", REFUSED_PAUSE) from None
        except (aiohttp.ClientError, OSError) as error:
            raise Lost(f"No stream: {self._why(error)}.") from None

    async def _keep(self, socket: aiohttp.ClientWebSocketResponse, sites: set[str]) -> None:
        """Subscribe to what is wanted, let go of what is not, ask again where no word came."""
        now = self._clock.monotonic()
        for site_id in [s for s in self._subscribed if s not in sites]:
            del self._subscribed[site_id]
            await _say(socket, "unsubscribe", site_id)
        for site_id in sorted(sites - self._subscribed.keys()):
            self._subscribed[site_id] = _Subscription(now)
            await _say(socket, "subscribe", site_id)
        for site_id, told in self._subscribed.items():
            if told.failed and not told.confirmed:
                again = now - told.sent > REFUSED_PAUSE
            elif not told.confirmed:
                again = now - told.sent > CONFIRMED_WITHIN
                told.tries += again
                if told.tries > 2:
                    raise Lost("Mist does not answer on the stream.")
            else:
                again = now - max(told.sent, told.heard) > SILENT_AFTER
                if again:
                    told.failed = f"Nothing was heard of this site for {SILENT_AFTER:g} s."
            if again:
                told.sent = now
                await _say(socket, "subscribe", site_id)

    def _hear(self, raw: aiohttp.WSMessage, take: Take) -> None:
        if raw.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            raise Lost("Mist ended the stream.")
        found = message(raw.data)
        match found.event:
            case "channel_subscribed" if told := self._subscribed.get(found.site_id):
                told.confirmed, told.failed = True, ""
            case "subscribe_failed":
                self._fail(found)
            case "data" if (told := self._subscribed.get(found.site_id)) and take(found.site_id, found.data):
                told.confirmed, told.failed, told.heard, self.worked = True, "", self._clock.monotonic(), True

    def _fail(self, found: Message) -> None:
        """Mist does not always say which channel: then it is the one that waits longest."""
        waiting = [s for s, told in self._subscribed.items() if not told.confirmed and not told.failed]
        site_id = found.site_id or next(iter(waiting), "")
        told = self._subscribed.get(site_id)
        if told is not None:
            why = one_line(without(self._book.secrets, found.detail), 80) or "no reason given"
            told.confirmed, told.failed = False, f"Mist refuses the stream of this site: {why}."
            told.sent = self._clock.monotonic()

    def _why(self, error: Exception) -> str:
        said = getattr(error, "strerror", None) or type(error).__name__
        return one_line(without(self._book.secrets, str(said)), 100)


async def _say(socket: aiohttp.ClientWebSocketResponse, verb: str, site_id: str) -> None:
    await socket.send_str(msgspec.json.encode({verb: channel(site_id)}).decode())
