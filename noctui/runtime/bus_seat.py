"""A process's place among those that may lead an org: it contends for the lease on the bus, and keeps it.

It says nothing of polling: who holds the lease may poll, and who holds it and cannot reach the bus may go on. Whoever
lost it to another stops within the time of a lease.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import replace

from noctui.model.estate import Estate
from noctui.model.status import Status
from noctui.runtime.bus_address import BusPlace
from noctui.stores.bus.redis_errors import BusError
from noctui.stores.bus.redis_estate import left
from noctui.stores.bus.redis_leading import Leading, Part
from noctui.stores.bus.redis_lease import Lease

log = logging.getLogger("noctui.bus")

ALONE_LEASES = 1.5
"""With `lead_alone`: so many leases without an answer, until it is believed that none will come."""
AGAIN_SECONDS = 1.0
"""Wait before contending is begun anew, when it broke."""


class Seat:
    """Everything on one loop. `won` waits until this process may poll, `lost` until it may no more."""

    def __init__(self, place: BusPlace, org_id: str) -> None:
        """Raises ValueError when this is no org id."""
        self.place = place
        self.where = place.address.text
        self._client = place.address.client(answer_seconds=place.lease / 3, tries=0)
        self.lease = Lease(self._client, org_id, self.where, rank=place.rank, seconds=place.lease)
        self._leading = Leading(self.lease, self._changed)
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._fault_since = 0.0  # by the wall clock, for people
        self._fault_began = 0.0  # monotonic
        self._forced = False
        self._before = Part()
        self.told: Callable[[], None] = lambda: None
        """Called at each change of how it stands."""

    @property
    def part(self) -> Part:
        return self._leading.part

    @property
    def name(self) -> str:
        """Of this process on the bus, as others are told: `host:pid`."""
        return self.lease.holder.rpartition("/")[0]

    @property
    def leads(self) -> bool:
        """This process may poll."""
        return self.part.leads or self._forced

    @property
    def alone(self) -> bool:
        """It may, and nobody hears it: the bus does not answer."""
        return self._forced or self.part.alone

    def into(self, status: Status) -> Status:
        """The status with how this process stands on the bus: `leader` names whoever leads."""
        part = self.part
        if self.leads:
            mode, leader = "leader", self.name
        else:
            mode, leader = "follower", part.leader.name if part.leader is not None else ""
        lost = self.alone or (not part.leads and bool(part.fault))
        return replace(
            status,
            mode=mode,
            leader=leader,
            bus="lost" if lost else "ok",
            bus_since=self._fault_since if lost else 0.0,
            bus_text=part.fault if lost else "",
        )

    async def won(self) -> None:
        """Wait until this process may poll; `told` is called whenever it stands differently."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="lease")
        while not self.leads:
            self._news.clear()
            wait: float | None = None
            if self.place.alone and self.part.fault:
                wait = self._fault_began + ALONE_LEASES * self.place.lease - time.monotonic()
                if wait <= 0.0:
                    self._forced = self._leading.eager = True
                    log.warning("bus.alone", extra={"text": self.part.fault})
                    return
            with contextlib.suppress(TimeoutError):  # not wait_for: Python 3.11's may forget that it is cancelled
                async with asyncio.timeout(wait):
                    await self._news.wait()

    async def settled(self) -> bool:
        """Wait until it is known whether this process may poll. In the time of two leases somebody leads, or the bus is
        lost."""
        won = asyncio.create_task(self.won())
        try:
            until = time.monotonic() + 2 * self.place.lease
            while not won.done() and self.part.leader is None and time.monotonic() < until:
                await asyncio.wait({won}, timeout=self.place.lease / 10)
        finally:
            won.cancel()
        return self.leads

    async def lost(self) -> str:
        """Wait until it may no more; the name of whoever leads now, "" for nobody yet."""
        while self.leads:
            self._news.clear()
            await self._news.wait()
        return self.part.leader.name if self.part.leader is not None else ""

    async def estate(self) -> Estate:
        """What the last leader left, as far as it can be read; nothing where the bus is lost."""
        try:
            found = await left(self._client, self.lease.keys.org_id, self.where)
        except BusError as error:
            log.warning("bus.estate", extra={"text": str(error)})
            return Estate()
        for text in found.damaged:
            log.warning("bus.estate", extra={"text": f"not taken over, {text}"})
        return found

    async def close(self) -> None:
        """Give the lease back, so that another takes it at once."""
        self._forced = False
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None
        with contextlib.suppress(Exception):  # a connection that is gone already
            await self._client.aclose()

    async def _run(self) -> None:
        while True:
            try:
                await self._leading.run()
            except (BusError, Exception):  # the boundary: as long as the process lives, it contends
                log.exception("bus.contending_broke")
                await asyncio.sleep(AGAIN_SECONDS)

    def _changed(self, part: Part) -> None:
        if part.fault and not self._fault_since:
            self._fault_since, self._fault_began = time.time(), time.monotonic()
        elif not part.fault:
            self._fault_since = 0.0
        if self._forced and (part.leads or not part.fault):
            self._forced = self._leading.eager = False  # the bus is back: the lease decides
        before, self._before = self._before, part
        _tell_log(before, part)
        self._news.set()
        self.told()


def _tell_log(before: Part, now: Part) -> None:
    """What has changed; one answer that did not come is none of it."""
    if now.leads:
        if now.epoch != before.epoch:
            log.info("bus.leads", extra={"epoch": now.epoch})
        if now.alone and not before.alone:
            log.warning("bus.lost", extra={"text": now.fault})
        elif before.alone and not now.alone:
            log.info("bus.back", extra={"epoch": now.epoch})
    elif now.fault:
        if now.fault != before.fault:
            log.warning("bus.fault", extra={"text": now.fault})
    elif now.leader is not None:
        log.info("bus.follows", extra={"led_by": now.leader.name, "epoch": now.leader.epoch})
