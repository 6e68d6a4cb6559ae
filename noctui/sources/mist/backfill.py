"""What Mist still holds of the past: a port's series in buckets, events and alarms of a stretch of time.

Every call is counted and paced, tried again with jitter where that may help, and fails with one line where it does not.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from noctui.clock import Clock
from noctui.model.view import F4
from noctui.sources.mist import facade_site
from noctui.sources.mist.backfill_pace import Pace, Wait
from noctui.sources.mist.budget import TokenBook
from noctui.sources.mist.detail_insights import device_id, series_of
from noctui.sources.mist.detail_values import an_object, number
from noctui.sources.mist.endpoints import Session
from noctui.sources.mist.errors import Garbled
from noctui.sources.mist.feeds import Feeds, Fetched, Progress
from noctui.sources.mist.odd import settle_times
from noctui.sources.mist.opening import count_usage, find_org
from noctui.sources.mist.retry import Deadline, retried
from noctui.sources.mist.session import Answer, MistSession
from noctui.sources.mist.settings import MistSettings, OrgInfo
from noctui.sources.mist.structs import AlarmRow, EventRow, Row

LARGEST = 1e15
"""No rate, time or share is larger."""
R = TypeVar("R", bound=Row)
TRAFFIC = ("rx_bps", "tx_bps")
QUALITY = ("avg_latency", "avg_jitter", "avg_loss")
SECONDS = 90.0
"""What one question may take with all its tries."""
SEARCH_SECONDS = 600.0
"""What all pages of one search may take."""
USAGE_SECONDS = 120.0
"""How often Mist is asked what it counted: others use the same tokens."""
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")
_MAC = re.compile(r"[0-9a-f]{12}")
At = tuple[int, int, str, int]
"""start, end (epoch seconds by Mist's clock), interval in Mist's word, limit"""
_ALARM_TIMES = ("timestamp", "last_seen", "acked_time", "resolved_time")


@dataclass(frozen=True, slots=True)
class Port:
    """Whose series is asked for, by Mist's names."""

    site_id: str
    mac: str
    port_id: str

    @property
    def askable(self) -> bool:
        """Its names can stand in an address."""
        return bool(_ID.fullmatch(self.site_id) and _MAC.fullmatch(self.mac) and self.port_id)


@dataclass(frozen=True, slots=True)
class Grid:
    """`count` buckets of `seconds` from `start` on (UTC epoch seconds by our clock)."""

    start: float
    seconds: float
    count: int

    @property
    def end(self) -> float:
        return self.start + self.seconds * self.count


class MistPast:
    """Asks one Mist cloud of its past. Use it on one event loop; call nothing after `close`."""

    def __init__(self, settings: MistSettings, clock: Clock, share: float) -> None:
        """Raises SettingsError for a host that is no Mist cloud or a missing token. Does no I/O."""
        self._settings, self._clock = settings, clock
        self._book = TokenBook(settings.tokens, clock)
        self._session = MistSession(settings, self._book, clock)
        self._pace = Pace(self._book, clock, share)
        self._counted_at = 0.0
        self._org_id = ""
        self.calls = 0
        """Calls made so far, all tries counted."""

    async def open(self) -> OrgInfo:
        """Check the tokens and find the org: two calls per token. Raises a MistError."""
        deadline = Deadline(self._clock, SECONDS)
        org = await find_org(self._session, self._book, self._settings.org_id, deadline)
        self._counted_at = self._clock.now()
        self._session.skew.settle()
        self._org_id = org.org_id
        return org

    async def close(self) -> None:
        await self._session.close()

    @property
    def tokens(self) -> int:
        return len(self._book.tokens)

    async def wait(self) -> Wait | None:
        """Why nothing may be asked now and until when; None: ask. Now and then asks Mist what it has counted."""
        if self._book.resting_until:
            return Wait(self._book.resting_until, "Mist's limit of calls is reached")
        if not 0 <= self._clock.now() - self._counted_at < USAGE_SECONDS:
            self._counted_at = self._clock.now()
            await count_usage(self._session, self._book, Deadline(self._clock, SECONDS))
        return self._pace.wait()

    async def traffic(self, port: Port, grid: Grid) -> F4 | None:
        """[2, buckets] bits/s from and to the site's carrier: rx, tx; NaN where Mist has none. None: no series at all.

        Raises Rejected when Mist refuses (a gateway that it knows no more), another MistError when it does not answer.
        """

        async def call(session: Session, at: At) -> Answer:
            names = ",".join(TRAFFIC)
            return await facade_site.gateway_insights(
                session, port.site_id, device_id(port.mac), port.port_id, names, *at
            )

        return await self._series(call, TRAFFIC, grid)

    async def quality(self, port: Port, grid: Grid) -> F4 | None:
        """[3, buckets] latency ms, jitter ms, loss percent; as `traffic`. A gateway that probes nothing has none."""

        async def call(session: Session, at: At) -> Answer:
            return await facade_site.link_health(session, port.site_id, port.mac, port.port_id, *at)

        return await self._series(call, QUALITY, grid)

    async def events(self, start: float, end: float) -> list[EventRow]:
        """All events of gateways in [start, end), by our clock. Raises a MistError unless every page came."""
        mists = self._session.skew.mists
        found = await self._whole(lambda feeds: feeds.events(mists(start), mists(end)))
        self._session.skew.correct((), (), (), found.rows)
        settle_times(found.rows, ("timestamp",), self._clock.now(), found.odd)
        return [row for row in found.rows if row.timestamp is not None and start <= row.timestamp < end]

    async def alarms(self, start: float, end: float) -> list[AlarmRow]:
        """All alarms raised in [start, end), by our clock. Raises a MistError unless every page came."""
        mists = self._session.skew.mists
        found = await self._whole(lambda feeds: feeds.alarms("alarms", mists(start), mists(end)))
        self._session.skew.correct((), (), (), (), found.rows)
        settle_times(found.rows, _ALARM_TIMES, self._clock.now(), found.odd)
        return [row for row in found.rows if row.timestamp is not None and start <= row.timestamp < end]

    async def _whole(self, ask: Callable[[Feeds], Awaitable[Fetched[R]]]) -> Fetched[R]:
        """All pages of a search, within a time of its own."""
        deadline = Deadline(self._clock, SEARCH_SECONDS)
        feeds = Feeds(self._session, self._org_id, self._settings.page_limit, deadline, Progress(None))
        found = await ask(feeds)
        self._count(found.report.calls)
        if not found.whole:
            raise found.pages.cause or Garbled(found.pages.error)
        return found

    async def _series(
        self,
        call: Callable[[Session, tuple[int, int, str, int]], Awaitable[Answer]],
        names: tuple[str, ...],
        grid: Grid,
    ) -> F4 | None:
        skew = self._session.skew.seconds
        minutes = round(grid.seconds / 60)
        word = f"{minutes}m" if minutes % 60 else f"{minutes // 60}h"
        start = int(grid.start - skew)
        at = (start, int(grid.end - skew), word, grid.count + 2)

        async def once() -> dict[str, Any]:
            caller = self._session.caller(deadline)
            try:
                return an_object((await call(caller, at)).body)
            finally:
                self._count(caller.calls)

        deadline = Deadline(self._clock, SECONDS)
        return placed(await retried(once, deadline), names, grid, skew)

    def _count(self, calls: int) -> None:
        self.calls += calls
        self._pace.count(calls)


def placed(found: Mapping[str, Any], names: tuple[str, ...], grid: Grid, skew: float = 0.0) -> F4 | None:
    """[names, buckets] of an answer, each of Mist's buckets in the one of ours that it lies nearest to; None when the
    answer has no series. Raises Garbled when its buckets are of another length, or it tells the first ones only."""
    holder, series = series_of(dict(found), names)
    if not series:
        return None
    interval = number(holder.get("interval", found.get("interval")))
    if np.isnan(interval):
        interval = grid.seconds
    if interval != grid.seconds:
        raise Garbled(f"Mist gave buckets of {interval:g} s where {grid.seconds:g} s were asked for")
    start = number(holder.get("start", found.get("start")))
    start = grid.start if np.isnan(start) else start + skew
    told = max(map(len, series.values()))
    if number(found.get("limit")) == told and start + told * interval < grid.end:
        raise Garbled(f"Mist told the first {told} buckets only")
    shift = round((start - grid.start) / grid.seconds)
    out = np.full((len(names), grid.count), np.nan, np.float32)
    for row, name in enumerate(names):
        raw = np.array(series.get(name, ()), np.float64)
        values = np.where(raw <= LARGEST, raw, np.nan)
        first, last = max(0, shift), min(grid.count, shift + len(values))
        if last > first:
            out[row, first:last] = values[first - shift : last - shift]
    return out
