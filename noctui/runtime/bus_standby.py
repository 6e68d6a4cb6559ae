"""A collector that waits to lead keeps meanwhile what the leader publishes: its history has no gap when it leads."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from noctui.model.scene import Reader, Status
from noctui.model.view import View
from noctui.runtime.bus_address import bus_of
from noctui.runtime.remote_earlier import Found
from noctui.runtime.remote_following import Following
from noctui.runtime.remote_keeping import Keeping
from noctui.settings import Settings

log = logging.getLogger("noctui.keep")


class Standby:
    """Holds the folder while it keeps: `stop` before it is led from."""

    def __init__(self, settings: Settings, folder: Path, org_id: str) -> None:
        address = bus_of(settings)
        assert address is not None, "there is nothing to keep without a bus"
        self._following = Following(address, org_id, self._heard, poll_seconds=settings.poll_seconds)
        days = float(settings.raw_days), float(settings.path_days)
        earlier = Found(address, self._following).polls
        self._keeping = Keeping(folder, org_id, days, settings.zone, self._then, earlier)
        self._task: asyncio.Task[None] | None = None
        self._fault = ""

    @property
    def kept(self) -> int:
        """Polls."""
        return self._keeping.kept

    @property
    def fault(self) -> str:
        """Why the last poll is not kept, in one line."""
        return self._keeping.fault

    def start(self) -> None:
        self._task = asyncio.create_task(self._following.run(), name="standby")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        await self._keeping.close()
        await self._following.close()
        log.info("keep.end", extra={"polls": self._keeping.kept})

    def _heard(self, view: View | None, status: Status) -> None:
        if view is not None and view.at > self._keeping.newest:
            self._keeping.offer(view)

    def _then(self, view: View) -> Reader:
        """The leader's answers as they were known at that poll."""
        return self._following.reader(view, live=False)
