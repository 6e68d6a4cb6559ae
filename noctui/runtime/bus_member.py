"""A collector that waits to lead fetches meanwhile a share of the leader's sweeps, with tokens of its own.

It judges nothing and keeps nothing: it hands in rows as Mist gave them. Nothing it does can keep it from taking over.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from noctui.runtime.bus_address import BusPlace
from noctui.runtime.source import Shareable, SourceError
from noctui.sources.mist.shares import packed, schema
from noctui.stores.bus.redis_blobs import BlobError
from noctui.stores.bus.redis_errors import BusError
from noctui.stores.bus.redis_members import Offer, offer, server_time, withdraw
from noctui.stores.bus.redis_sweeps import Begun, Hearer, PartIs, hand_in

log = logging.getLogger("noctui.bus")

WAIT_SECONDS = 1.0
"""A sweep is waited for so long at a time."""
RENEWALS = 3.0
"""In the time of a lease, to renew the offer."""
LEAVE_SECONDS = 1.0
ASK_SECONDS = 60.0
"""Between two questions to Mist of who our tokens are, while it does not say."""


class Member:
    """For as long as this process waits to lead. `told` is called when `text` is another."""

    def __init__(self, place: BusPlace, org_id: str, ident: str, source: Shareable) -> None:
        self._lease, self._where = place.lease, place.address.text
        self._client = place.address.client(answer_seconds=WAIT_SECONDS + 2.0, tries=0)
        self._org, self._ident, self._source = org_id, ident, source
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._ahead, self._asked, self._fault = 0.0, -math.inf, ""
        self.text = ""
        """What it fetches, in one line; "" while it is given nothing."""
        self.told: Callable[[], None] = lambda: None
        self.handed_in = 0

    def start(self) -> None:
        self._tasks = (
            asyncio.create_task(self._again(self._offer, "share.offer"), name="share offered"),
            asyncio.create_task(self._again(self._serve, "share.serve"), name="share fetched"),
        )

    async def stop(self) -> None:
        """From now on it is given nothing; what it was fetching is dropped."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        with contextlib.suppress(BusError, TimeoutError):  # the offer runs out by itself
            async with asyncio.timeout(LEAVE_SECONDS):
                await withdraw(self._client, self._org, self._where, self._ident)
        with contextlib.suppress(Exception):  # a connection that is gone already
            await self._client.aclose()

    async def _again(self, work: Callable[[], Coroutine[Any, Any, None]], event: str) -> None:
        """Through as many losses of the bus as there are; each is said once."""
        said = ""
        while True:
            try:
                await work()
                said = ""
            except BusError as error:
                if str(error) != said:
                    said = str(error)
                    log.info(event, extra={"text": said})
            except Exception as error:  # the boundary: the next sweep is to be shared
                if repr(error) != said:
                    said = repr(error)
                    log.exception("%s_broke", event)
            await asyncio.sleep(self._lease / (2 * RENEWALS))

    async def _offer(self) -> None:
        """Renewed for ever. Raises BusError."""
        while True:
            await self._introduce()
            at = await server_time(self._client, self._where)
            self._ahead = time.time() - at
            await offer(self._client, self._org, self._where, self._ident, self._made(at))
            await asyncio.sleep(self._lease / RENEWALS)

    async def _introduce(self) -> None:
        """Mist says which org our tokens see, and how many calls they have."""
        now = time.monotonic()
        if self._source.tokens() or now < self._asked + ASK_SECONDS:
            return
        self._asked = now
        try:
            await self._source.open()
            self._fault = ""
        except SourceError as error:
            self._fault = error.text

    def _made(self, at: float) -> Offer:
        budget, tokens = self._source.budget(), self._source.tokens()
        able, text = bool(tokens) and not budget.resting_until, ""
        if not able:
            text = "its tokens used the hour's calls" if tokens else self._fault or "Mist accepts none of its tokens"
        return Offer(at, schema(), tokens, budget.used, budget.limit, able, round(self._ahead, 3), text)

    async def _serve(self) -> None:
        """Sweep after sweep. Raises BusError."""
        hearer = Hearer(self._client, self._org, self._where, self._ident)
        while True:
            try:
                begun = await hearer.hear(WAIT_SECONDS)
            except BlobError as error:
                log.warning("share.unread", extra={"text": str(error)})
                await asyncio.sleep(self._lease / RENEWALS)
                continue
            if begun is not None:
                await self._fetch(begun)

    async def _fetch(self, begun: Begun) -> None:
        macs: Sequence[str] = begun.macs
        if not macs:
            self._say("")
            return
        share = await self._source.share(macs, begun.left)
        rows = await asyncio.to_thread(packed, share)
        part = PartIs(self._ident, schema(), rows, share.error)
        size = await hand_in(self._client, self._org, self._where, begun.sweep, part, begun.left)
        self.handed_in += 1
        log.debug("share.sent", extra={"gateways": len(macs), "calls": share.calls, "bytes": size})
        self._say(share.error or f"fetches a share of its sweeps: {len(macs):,} gateways, {share.calls} calls")

    def _say(self, text: str) -> None:
        if text != self.text:
            self.text = text
            log.info("share.is", extra={"text": text or "given nothing"})
            self.told()
