"""Leading as the screen does, without one: until it is cancelled, and again whenever another leader ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from noctui.clock import Clock
from noctui.model.scene import Status
from noctui.model.stores import HistoryError
from noctui.reload import LOOK_SECONDS, Reloader
from noctui.runtime import garbage
from noctui.runtime.bus_address import SERVER, place_of
from noctui.runtime.folders import org_folder
from noctui.runtime.following import Follower
from noctui.runtime.headless import Step, Stopped, Tell, because, known_folder
from noctui.runtime.headless_notify import notify
from noctui.runtime.published import Published
from noctui.runtime.source import Source, SourceError
from noctui.runtime.term import Term
from noctui.settings import Settings
from noctui.stores.bus.folder import is_led

if TYPE_CHECKING:
    from noctui.runtime.bus_standby import Standby

log = logging.getLogger("noctui.headless")

LOCK_SECONDS = 1.0
"""How often it is looked whether the lock has come free."""
FIRST_WAIT, LONGEST_WAIT = 2.0, 60.0
"""Seconds between tries to begin, while that fails."""


class Watch:
    """Leads or waits to lead. What happens is in the log; `tell` gets one line of how it goes now."""

    def __init__(
        self,
        settings: Settings,
        new_source: Callable[[], Source],
        clock: Clock,
        tell: Tell,
        reloader: Reloader | None = None,
        when_live: Callable[[Path], None] | None = None,
        keep: bool = True,
    ) -> None:
        """`reloader` looks for new settings; `when_live` gets the folder once the first poll of this run is there.
        `keep`: while another one leads by the bus, a history is kept of what it publishes."""
        self._keep = keep
        self._standby: Standby | None = None
        self._ending: asyncio.Task[None] | None = None
        days = float(settings.raw_days), float(settings.path_days)
        self._term = Term(
            new_source,
            settings.poll_seconds,
            clock,
            settings.thresholds,
            days,
            settings.inventory_file,
            settings.zone,
            settings.alarms,
            settings.roles,
            place_of(settings, SERVER),
            settings.mails,
        )
        self._settings, self._clock, self._tell = settings, clock, tell
        self._reloader, self._when_live = reloader, when_live
        self._folder: Path | None = None

    async def run(self) -> None:
        """Until it is cancelled; then it ends in order. Raises Stopped when it can never begin."""
        garbage.look_seldom()
        reading = asyncio.create_task(self._keep_reading(), name="settings")
        wait = FIRST_WAIT
        try:
            while True:
                try:
                    if not await self._followed():
                        await self._led()
                    wait = FIRST_WAIT
                except (SourceError, HistoryError, OSError) as error:
                    stopped = because(error)
                    if stopped.kind in ("usage", "refused", "history"):
                        raise stopped from error
                    log.warning("collect.waits", extra={"text": stopped.text, "seconds": wait})
                    self._tell(Step("waiting", f"{stopped.text}; tried again in {wait:.0f} s"))
                    await self._clock.sleep(wait)
                    wait = min(LONGEST_WAIT, 2 * wait)
        finally:
            notify("STOPPING=1")
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading
            if self._standby is not None:
                await self._standby.stop()
            await self._term.stop(patient=False)

    async def _followed(self) -> bool:
        """Wait while another process leads; False when none does."""
        folder = self._folder or known_folder(self._settings)
        if folder is None or not is_led(folder):
            return False
        follower = Follower(folder)
        leader = follower.leader()
        if leader is None:
            return False
        log.info("follow.begin", extra={"folder": str(folder), "led_by": leader})
        notify(f"READY=1\nSTATUS=waits to lead: {leader} does")
        while leader is not None:
            self._tell(Step("following", f"{leader} leads: this one takes over when it ends"))
            await self._clock.sleep(LOCK_SECONDS)
            leader = follower.leader()
        log.info("follow.end", extra={"folder": str(folder)})
        return True

    async def _led(self) -> None:
        """Lead for ever; return when another process was quicker, or took over by the bus."""
        if not self._settings.tokens:
            raise Stopped("no token: set MIST_API_TOKEN (see .env.example), or try --demo", "usage")
        self._tell(Step("opening", "asking Mist which org this is"))
        org = await self._term.org()
        folder = org_folder(self._settings.data, org.org_id)
        self._folder = folder
        if is_led(folder) or not await self._term.lead(folder, org.org_id, self._published):
            return
        notify("READY=1\nSTATUS=leads")
        leader = await self._term.over()
        log.info("lead.over", extra={"led_by": leader})

    def _published(self, published: Published) -> None:
        status, view = published.status, published.view
        if status.mode == "follower":
            self._waits(status)
            return
        if self._standby is not None:  # the lease is ours, and next we need the folder
            standby, self._standby = self._standby, None
            self._ending = asyncio.create_task(standby.stop(), name="end of standby")
        if view is None:
            if status.fault == "loading" and status.pages_expected:
                done, total = status.pages_done, status.pages_expected
                self._tell(Step("sweeping", f"collecting: {done} of {total} pages", done, total))
            elif status.fault_text:
                self._tell(Step(status.fault, f"{status.fault}: {status.fault_text}"))
            return
        if view.silent and not status.fault_text:  # the time before this run, in which nobody looked
            return
        when = datetime.fromtimestamp(view.at, UTC)
        how = "partial" if status.fault == "partial" else "nothing came" if view.silent else "whole"
        text = f"leads: poll {view.seq} at {when:%H:%M:%S} UTC {how}, {status.sweep_calls} calls"
        if status.bus == "lost":
            text += f"; nobody hears of it: {status.bus_text}"
        notify(f"STATUS={text}")
        self._tell(Step("leading", text))
        if self._when_live is not None and self._folder is not None:
            self._when_live(self._folder)
            self._when_live = None

    def _waits(self, status: Status) -> None:
        """The lease of the bus is not ours."""
        if status.bus == "lost":
            notify(f"READY=1\nSTATUS=waits for the bus: {status.bus_text}")
            self._tell(Step("waiting", f"{status.bus_text}; nobody collects without it (--lead-alone does)"))
        elif status.leader:
            if self._keep and self._standby is None and self._folder is not None:
                self._standby = _standby(self._settings, self._folder)
            shares = self._term.member.text if self._term.member is not None else ""
            shares = f"; {shares}" if shares else ""
            notify(f"READY=1\nSTATUS=waits to lead: {status.leader} does{shares}")
            self._tell(Step("following", f"{status.leader} leads: this one takes over when it ends{shares}"))

    async def _keep_reading(self) -> None:
        """Settings that were changed meanwhile: taken over where that is safe, and said."""
        while self._reloader is not None:
            await self._clock.sleep(LOOK_SECONDS)
            found = await asyncio.to_thread(self._reloader.look)
            if found is None:
                continue
            log.info("settings.read", extra={"text": found.text})
            if not found.error:
                logging.getLogger("noctui").setLevel(found.settings.log_level)
                self._term.reload(found.settings)


def _standby(settings: Settings, folder: Path) -> Standby:
    from noctui.runtime.bus_standby import Standby

    made = Standby(settings, folder, folder.name)
    made.start()
    return made
