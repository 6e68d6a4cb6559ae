"""One term of collecting, on one loop: what a child process runs, and what a thread runs in tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from noctui.alarm_settings import EVERYBODY, USUAL, AlarmSettings, Roles
from noctui.clock import Clock
from noctui.model.detail import Answer, Question, refused
from noctui.model.scene import Above
from noctui.runtime.collecting import Publish
from noctui.runtime.lead import Lead
from noctui.runtime.source import Org, Source, SourceError
from noctui.settings import Settings, Thresholds


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
    ) -> None:
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
        """False when another process leads. `once`: for one poll; `finished` waits for it."""
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
        )
        if not await lead.begin():
            return False
        self._lead = lead
        return True

    async def finished(self) -> None:
        """Wait until a term of one poll is over. Raises SourceError when nothing came."""
        if self._lead is not None:
            await self._lead.finished()

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
        if self._lead is not None:
            self._lead.reload(settings)
            if self._lead.naming is not None:
                self._lead.naming.overlay.use(settings.inventory_file)

    async def rest(self, patient: bool = True) -> None:
        """End the term. Not `patient`: a check of the history file that still reads is left behind."""
        if self._lead is not None:
            lead, self._lead = self._lead, None
            await lead.end(patient)

    async def stop(self, patient: bool = True) -> None:
        await self.rest(patient)
        if self._making is not None and self._making.done() and not self._making.exception():
            await self._making.result().close()
