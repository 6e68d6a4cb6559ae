"""One term of collecting, on one loop: what a child process runs, and what a thread runs in tests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noctui.alarm_settings import EVERYBODY, USUAL, AlarmSettings, Roles
from noctui.clock import Clock
from noctui.mail_settings import NO_MAIL, MailSettings
from noctui.model.detail import Answer, Question, refused
from noctui.model.estate import Estate
from noctui.model.scene import Above, Status
from noctui.promise_settings import NOTHING, PromiseSettings
from noctui.runtime.bus_address import BusPlace
from noctui.runtime.collecting import Publish
from noctui.runtime.lead import Lead
from noctui.runtime.published import Published
from noctui.runtime.source import Org, Shareable, Source, SourceError
from noctui.settings import Settings, Thresholds

if TYPE_CHECKING:
    from noctui.runtime.bus_member import Member
    from noctui.runtime.bus_seat import Seat

CatchUp = Callable[
    [BusPlace, Path, str, tuple[float, float], str, Callable[[], float], float], Coroutine[Any, Any, int]
]

LOCK_SECONDS = 0.1
"""Between two tries to take the folder's lock."""
LOCK_PATIENCE = 2.0
"""Whoever lost the lease to us may not have closed its history yet. One that hangs keeps the lock: then somebody with
another folder is to have the lease."""


class Term:
    """The source, made at first need, and one term as leader; all on one loop."""

    def __init__(
        self,
        new_source: Callable[[], Source],
        poll_seconds: float,
        clock: Clock,
        thresholds: Thresholds,
        days: tuple[float, float],
        inventory_file: Path | None = None,
        zone: str = "UTC",
        alarms: AlarmSettings = USUAL,
        roles: Roles = EVERYBODY,
        bus: BusPlace | None = None,
        mails: MailSettings = NO_MAIL,
        promises: PromiseSettings = NOTHING,
    ) -> None:
        """Of `promises` followers may ask, over the bus."""
        self._bus = bus
        self._mails, self._promises = mails, promises
        self._seat: Seat | None = None
        self._inventory_file = inventory_file
        self._new_source = new_source
        self._poll_seconds = poll_seconds
        self._clock = clock
        self._thresholds = thresholds
        self._days, self._zone = days, zone
        self._alarms, self._roles = alarms, roles
        self._making: asyncio.Task[Source] | None = None
        self._lead: Lead | None = None
        self._introduced = False
        self.member: Member | None = None
        """What shares of another leader's sweeps it fetches while it waits, if it is to."""
        self.stands = Status()
        """How it stood on the bus when a term of one poll was asked for: who leads, or that it is lost."""

    async def source(self) -> Source:
        """It imports the HTTP client, so it is made off the loop. Raises SourceError."""
        if self._making is None or (self._making.done() and self._making.exception()):
            self._making = asyncio.create_task(asyncio.to_thread(self._new_source), name="source")
        return await asyncio.shield(self._making)

    async def org(self) -> Org:
        found = await (await self.source()).open()
        self._introduced = True
        return found

    async def lead(self, folder: Path, org_id: str, publish: Publish, once: bool = False) -> bool:
        """False when another process leads. `once`: for one poll; `finished` waits for it.

        With a bus: waits until its lease is ours, and tells meanwhile by `publish` who leads; for one poll it does not
        wait while another leads (`stands`)."""
        if self._bus is None:
            return await self._begun(folder, org_id, publish, once, None)
        seat = self._seat = (await asyncio.to_thread(_seat))(self._bus, org_id)
        try:
            if not await self._won(seat, publish, once):
                return False
            estate = await seat.estate()
            if not seat.alone:
                await (await asyncio.to_thread(_catching_up))(
                    self._bus, folder, org_id, self._days, self._zone, self._clock.now, LOCK_PATIENCE
                )
            until = time.monotonic() + LOCK_PATIENCE
            while not await self._begun(folder, org_id, publish, once, seat, estate):
                if time.monotonic() > until or not seat.leads:
                    return False
                await asyncio.sleep(LOCK_SECONDS)
            return True
        finally:
            if self._lead is None:
                self._seat = None
                await seat.close()

    async def _won(self, seat: Seat, publish: Publish, once: bool) -> bool:
        def tell() -> None:
            publish(Published(seat.into(Status(fault="loading", poll_seconds=self._poll_seconds))))

        seat.told = tell
        if once:
            await seat.settled()
            self.stands = seat.into(Status())
            return seat.leads
        member = await self._member(seat, tell)
        try:
            await seat.won()
        finally:
            if member is not None:
                await member.stop()
        return True

    async def _member(self, seat: Seat, tell: Callable[[], None]) -> Member | None:
        """While it waits, it fetches shares of the leader's sweeps, if it is to; `tell` is called when they change."""
        if not seat.place.share:
            return None
        source = await self.source()
        if not isinstance(source, Shareable):
            return None
        from noctui.runtime.bus_member import Member

        made = self.member = Member(seat.place, seat.lease.keys.org_id, seat.lease.holder, source)
        made.told = tell
        made.start()
        return made

    async def _begun(
        self, folder: Path, org_id: str, publish: Publish, once: bool, seat: Seat | None, estate: Estate | None = None
    ) -> bool:
        lead = Lead(
            folder=folder,
            org_id=org_id,
            get_source=self.source,
            poll_seconds=self._poll_seconds,
            clock=self._clock,
            thresholds=self._thresholds,
            publish=publish,
            days=self._days,
            zone=self._zone,
            introduced=self._introduced,
            inventory_file=self._inventory_file,
            once=once,
            alarms=self._alarms,
            roles=self._roles,
            seat=seat,
            estate=estate,
            ask=self.detail,
            mails=self._mails,
            promises=self._promises,
        )
        if not await lead.begin():
            return False
        self._lead = lead
        return True

    async def finished(self) -> None:
        """Wait until a term of one poll is over. Raises SourceError when nothing came."""
        if self._lead is not None:
            await self._lead.finished()

    async def over(self) -> str:
        """Wait until another process took the lead over by the bus, and end the term; the name of that process, ""
        when it is not known. Without a bus nobody can."""
        seat = self._seat
        if seat is None:
            await asyncio.Event().wait()
            raise AssertionError("nobody sets it")
        leader = await seat.lost()
        await self.rest(patient=False)
        return leader

    async def above(self, hours: int, at: float) -> Above | None:
        return await self._lead.above(hours, at) if self._lead is not None else None

    async def detail(self, question: Question) -> Answer:
        naming = self._lead.naming if self._lead is not None else None
        try:
            if naming is None:
                return await (await self.source()).detail(question)
            return naming.answer(question, await (await self.source()).detail(naming.question(question)))
        except SourceError as error:
            return refused(question, error.text)

    def reload(self, settings: Settings) -> None:
        self._thresholds, self._poll_seconds = settings.thresholds, settings.poll_seconds
        self._inventory_file = settings.inventory_file
        self._alarms, self._roles = settings.alarms, settings.roles
        self._mails = settings.mails
        if self._lead is not None:
            self._lead.reload(settings)
            if self._lead.naming is not None:
                self._lead.naming.overlay.use(settings.inventory_file)

    async def rest(self, patient: bool = True) -> None:
        """End the term. Not `patient`: a check of the history file that still reads is left behind."""
        if self._lead is not None:
            lead, self._lead = self._lead, None
            await lead.end(patient)
        if self._seat is not None:
            seat, self._seat = self._seat, None
            await seat.close()  # last: whoever leads next finds the folder's lock free

    async def stop(self, patient: bool = True) -> None:
        await self.rest(patient)
        if self._making is not None and self._making.done() and not self._making.exception():
            await self._making.result().close()


def _catching_up() -> CatchUp:
    from noctui.runtime.bus_catching_up import catch_up

    return catch_up


def _seat() -> type[Seat]:
    """With the client of the bus, which takes a tenth of a second to load."""
    from noctui.runtime import bus_leader  # noqa: F401 - it is needed next
    from noctui.runtime.bus_seat import Seat

    return Seat
