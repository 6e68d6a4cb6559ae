"""What a leader has to say, on its way to the bus: the newest poll, and what changed since, never a queue of old ones.

`offer` returns at once; one task sends. While the bus does not answer the newest poll waits, and is sent when it does.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from typing import Any

from noctui.model.status import Status
from noctui.model.view import View
from noctui.runtime.published import Published
from noctui.runtime.status_file import SECONDS as STATUS_SECONDS
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_blobs import BlobError, head_of
from noctui.stores.bus.redis_errors import BusError, named
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_publish import Publisher

log = logging.getLogger("noctui.bus")

KEPT_TIMES = 200
"""Times of the last polls, for the health screen."""


class Publishing:
    """Sends for one process, through as many leaderships as it has. `run` once, until cancelled."""

    def __init__(self, client: Client, lease: Lease, poll_seconds: float, keep: float) -> None:
        self._client, self._lease = client, lease
        self._poll_seconds, self._keep = poll_seconds, keep
        self._publisher: Publisher | None = None
        self._epoch = 0  # that of the publisher
        self._view: View | None = None  # the newest
        self._status: Status | None = None
        self._sent: View | None = None  # the one on the bus
        self._said: Status | None = None
        self._said_at = 0.0
        self._at = (0, 0)  # (epoch, seq) of the newest poll on the bus
        self._some = asyncio.Event()
        self.took: deque[float] = deque(maxlen=KEPT_TIMES)
        """Seconds that each of the last polls took to be on the bus."""
        self.poll_bytes = 0
        self.published_at = 0.0
        self.fault = ""
        """Why the last message is not on the bus, in one line."""
        self.fault_since = 0.0

    def offer(self, published: Published) -> None:
        """Have it sent. Nothing is copied: a View never changes."""
        if published.view is not None:
            self._view = published.view
        self._status = published.status
        self._some.set()

    def wake(self) -> None:
        """The lease is ours, or the bus is back."""
        self._some.set()

    async def look(self) -> bool:
        """Whether the bus has forgotten what was published: then the newest poll is sent again. Raises BusError."""
        sent = self._sent
        with named(self._lease.where):
            there = await self._client.exists(self._lease.keys.snapshot)
        forgot = not there and sent is not None
        if forgot:
            self._sent = None
            self.wake()
        return forgot

    async def flush(self, seconds: float) -> None:
        """Wait until the newest poll is on the bus; no longer than that, and not while it is lost."""
        until = time.monotonic() + seconds
        while self._view is not self._sent and self._lease.held and not self.fault and time.monotonic() < until:
            await asyncio.sleep(0.005)

    async def run(self) -> None:
        while True:
            await self._some.wait()
            self._some.clear()
            try:
                if self._lease.epoch and self._status is not None:
                    await self._send(self._view, self._status)
                self.fault, self.fault_since = "", 0.0
            except BusError as error:
                if str(error) != self.fault:
                    log.warning("bus.unsent", extra={"text": str(error)})
                self._failed(str(error))
                self._later(self._lease.seconds / 6)
            except Exception as error:  # the boundary: what cannot be packed must not end what is said next
                if repr(error) != self.fault:
                    log.exception("bus.publishing_broke")
                self._failed(repr(error))
                self._later(self._lease.seconds)

    def _failed(self, why: str) -> None:
        self.fault, self.fault_since = why, self.fault_since or time.time()

    async def _send(self, view: View | None, status: Status) -> None:
        """Whatever is not on the bus yet."""
        publisher = await self._for_this_epoch()
        sent = self._sent
        if view is not None and (sent is None or sent.seq != view.seq):
            began = time.monotonic()
            self.poll_bytes = await publisher.poll(view, status)
            self.took.append(time.monotonic() - began)
            self.published_at = view.at
            self._at = (self._epoch, view.seq)
        elif sent is not None and view is not None and not (view.alarms is sent.alarms and view.works is sent.works):
            await publisher.say(status, view.alarms, view.works if view.works is not sent.works else None)
        elif status is not self._said:
            if self._too_soon(status):
                return
            await publisher.say(status)
        self._sent, self._said, self._said_at = view, status, time.monotonic()

    def _too_soon(self, status: Status) -> bool:
        """Of a mere status one a second is enough, unless a fault comes or goes."""
        said = self._said
        if said is None or (said.fault, said.bus) != (status.fault, status.bus):
            return False
        wait = STATUS_SECONDS - (time.monotonic() - self._said_at)
        if wait > 0:
            self._later(wait)
        return wait > 0

    def _later(self, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self._some.set)

    async def _for_this_epoch(self) -> Publisher:
        """The publisher of the leadership that is now; a new one begins where the bus is."""
        if self._publisher is None or self._epoch != self._lease.epoch:
            epoch = self._lease.epoch
            self._at = max(self._at, await self._newest())
            self._publisher = Publisher(self._lease, poll_seconds=self._poll_seconds, before=self._at, keep=self._keep)
            self._epoch = epoch
            self._sent = self._said = None
        return self._publisher

    async def _newest(self) -> tuple[int, int]:
        """(epoch, seq) of the snapshot on the bus; (0, 0) when it has none that can be read."""
        with named(self._lease.where):
            blob: Any = await self._client.get(self._lease.keys.snapshot)
        try:
            return head_of(blob, self._lease.keys.org_id).at if blob is not None else (0, 0)
        except BlobError as error:
            log.info("bus.snapshot", extra={"text": str(error)})
            return (0, 0)
