"""Contending for the lease and keeping it, for as long as the process lives."""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from noctui.stores.bus.redis_errors import BusError
from noctui.stores.bus.redis_lease import Lease, Standing

TRIES = 6
"""In the time of a lease, to take it; so often, and never in step with the others."""
RENEWALS = 3
"""In the time of a lease, to keep it."""
GRACE = 0.75
"""Of a lease: so long whoever does not lead holds back when the bus is there again. It may have forgotten who leads,
and the one who went on alone is to find it free."""


@dataclass(frozen=True, slots=True)
class Part:
    """What this process is now. `alone`: it leads as far as it knows, but the bus has not confirmed it for the time of
    a lease: it may go on polling, and nobody hears it. `leader` is who leads when it is somebody else."""

    leads: bool = False
    epoch: int = 0
    alone: bool = False
    leader: Standing | None = None
    fault: str = ""


class Leading:
    """`changed` is called in the loop at each change of the part, except of the leader's remaining time."""

    def __init__(self, lease: Lease, changed: Callable[[Part], None]) -> None:
        self.lease = lease
        self.part = Part()
        self._changed = changed
        self.eager = False
        """It leads without the lease, since the bus was not there: it does not hold back."""
        self._back = -math.inf  # when the bus was there again, monotonic

    async def run(self) -> None:
        """Until cancelled; then the lease is given back, so that another takes it at once."""
        try:
            while True:
                await self.step()
                await asyncio.sleep(self.wait())
        finally:
            await self._give_back()

    async def step(self) -> None:
        """One try: to keep the lease, or to take it."""
        lease, fault = self.lease, ""
        try:
            if not (lease.epoch and await lease.renew()):
                if self._holds_back() or await self._has_forgotten():
                    lease.other = await lease.look()
                else:
                    await lease.acquire()
        except BusError as error:
            fault = str(error)
        leads = lease.epoch > 0
        alone = leads and not lease.held
        self._say(Part(leads, lease.epoch, alone, None if leads else lease.other, fault))

    def wait(self) -> float:
        """Seconds to the next step."""
        if self.lease.epoch and not self.part.fault:
            return self.lease.seconds / RENEWALS * random.uniform(0.8, 1.0)
        return self.lease.seconds / TRIES * random.uniform(0.5, 1.0)

    def _holds_back(self) -> bool:
        if self.part.fault:
            self._back = time.monotonic()
        return not (self.eager or self.part.leads) and time.monotonic() < self._back + GRACE * self.lease.seconds

    async def _has_forgotten(self) -> bool:
        """The bus came back without its memory, and so soon that nobody missed it. It learns what epoch it was."""
        if self.eager or not await self.lease.forgotten():
            return False
        self._back = time.monotonic()
        await self.lease.raise_epoch()
        return True

    def _say(self, part: Part) -> None:
        before, self.part = self.part, part
        if _known(before) != _known(part):
            self._changed(part)

    async def _give_back(self) -> None:
        with contextlib.suppress(BusError, TimeoutError):  # it runs out by itself
            await asyncio.wait_for(self.lease.release(), 1.0)


def _known(part: Part) -> tuple[object, ...]:
    leader = part.leader
    return part.leads, part.epoch, part.alone, part.fault, leader and (leader.epoch, leader.holder)
