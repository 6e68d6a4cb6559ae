"""The live stream of the sites on screen: one connection while somebody looks, none otherwise.

A site is subscribed to while it was asked for in the last minute. What is heard is kept as the newest word of each
gateway, so nothing can pile up; it is shown beside the sweeps' values and never enters history.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re

from noctui.clock import Clock
from noctui.model.detail import Streamed
from noctui.sources.mist.budget import TokenBook
from noctui.sources.mist.errors import AllTokensRest, MistError
from noctui.sources.mist.hosts import base_url
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.skew import Skew
from noctui.sources.mist.stream_link import Link
from noctui.sources.mist.stream_read import CircuitOf, SiteFeed
from noctui.sources.mist.stream_wire import Lost, stream_url

log = logging.getLogger("noctui.mist")

INTEREST = 60.0
"""Seconds that a question keeps its site subscribed."""
MOST_SITES = 64
"""Sites at once: a screen shows one, its board a few. Mist allows 2,000 channels."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
LONGEST_REST = 300.0
TICK = 1.0
"""How often the watchdog looks, and who is still asked for."""

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")


class Stream:
    """Use it on one event loop; call nothing after `close`."""

    def __init__(
        self, settings: MistSettings, book: TokenBook, skew: Skew, circuit_of: CircuitOf, clock: Clock,
        tick: float = TICK, dice: random.Random | None = None,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._book = book
        self._skew = skew
        self._circuit_of = circuit_of
        self._clock = clock
        self._tick = tick
        self._roll = (dice or random).uniform
        self._url = stream_url(base_url(settings.host, settings.insecure_host))
        self._asked: dict[str, float] = {}  # site → when, by the monotonic clock
        self._feeds: dict[str, SiteFeed] = {}
        self._link: Link | None = None
        self._lost = ""  # why there is no connection
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def ask(self, site_id: str) -> Streamed:
        """The newest word of a site, at once; asking keeps it subscribed for a minute."""
        if not self._settings.stream:
            return Streamed(site_id=site_id)
        if not _ID.fullmatch(site_id):
            return Streamed(site_id=site_id, state="lost", error="This is no site of Mist's.")
        if site_id not in self._asked:
            if len(self.wanted()) >= MOST_SITES:
                return Streamed(site_id=site_id, state="lost", error=f"The stream follows {MOST_SITES} sites already.")
            self._feeds[site_id] = SiteFeed(site_id, self._circuit_of)
            self._changed.set()
        self._asked[site_id] = self._clock.monotonic()
        if self._task is None:
            self._lost = ""
            self._task = asyncio.create_task(self._run(), name="mist-stream")
            self._task.add_done_callback(_ended)
        return self._told(site_id)

    def wanted(self) -> set[str]:
        """The sites asked for in the last minute; the others are forgotten."""
        since = self._clock.monotonic() - INTEREST
        for site_id in [s for s, at in self._asked.items() if at <= since]:
            del self._asked[site_id], self._feeds[site_id]
        return set(self._asked)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def _told(self, site_id: str) -> Streamed:
        feed = self._feeds[site_id]
        if self._link is None:
            return feed.told("lost" if self._lost else "connecting", self._lost)
        fault = self._link.fault(site_id)
        if fault:
            return feed.told("lost", fault)
        return feed.told("live" if self._link.heard(site_id) else "connecting")

    async def _run(self) -> None:
        """Connected as long as anybody looks; after a loss again, each time a little later."""
        losses = 0
        try:
            while self.wanted():
                link = Link(self._url, self._settings, self._book, self._clock, self._tick)
                try:
                    self._link = link
                    await link.run(self.wanted, self._changed, self._take)
                except MistError as error:
                    losses = 1 if link.worked else losses + 1
                    await self._wait(error, losses)
        finally:
            self._link = self._task = None

    async def _wait(self, error: MistError, losses: int) -> None:
        self._link, self._lost = None, str(error)
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(losses - 1, 10)) * self._roll(0.5, 1.5)
        if isinstance(error, AllTokensRest):
            pause = min(LONGEST_REST, max(pause, error.until - self._clock.now()))
        elif isinstance(error, Lost):
            pause = max(pause, error.pause * self._roll(1.0, 1.2))
        log.info("mist.stream_lost", extra={"why": self._lost, "again_in": round(pause, 1)})
        await self._clock.sleep(pause)

    def _take(self, site_id: str, data: object) -> bool:
        feed = self._feeds.get(site_id)
        return feed is not None and feed.take(data, self._skew.seconds)


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("mist.stream_broke", exc_info=error)
