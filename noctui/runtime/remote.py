"""The bus as a desk has it: which orgs are on it, and one of them followed, or not while this process leads itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from noctui.runtime.source import SourceError

if TYPE_CHECKING:
    from noctui.model.view import View
    from noctui.runtime.remote_following import Following, Told
    from noctui.settings import Settings
    from noctui.stores.bus.redis_address import Address

log = logging.getLogger("noctui.bus")

AGAIN_SECONDS = 2.0
"""How often it is looked whether an org is on the bus, as long as there is none."""


class Remote:
    """On the desk's loop. What speaks with the server is imported on a thread, at the first need."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.following: Following | None = None
        """What is heard now; None: nothing, or this process leads."""
        self._task: asyncio.Task[None] | None = None
        self._first = asyncio.Event()

    async def follow(self, org_id: str, told: Told) -> None:
        """Hear this org from now on; harmless when it is heard already."""
        if self.following is not None and self.following.org_id == org_id:
            return
        await self.rest()
        made = (await asyncio.to_thread(_loaded))(
            await self._there(), org_id, told, poll_seconds=self._settings.poll_seconds
        )
        self.following = made
        self._task = asyncio.create_task(made.run(), name="follow the bus")
        self._task.add_done_callback(_ended)

    async def earlier(self, after: float, until: float) -> AsyncIterator[View]:
        """Polls of the org that is followed, made between these instants, oldest first. Raises HistoryError."""
        from noctui.runtime.remote_earlier import Found

        if self.following is not None:
            async for view in Found(await self._there(), self.following).polls(after, until):
                yield view

    async def rest(self) -> None:
        """Hear nothing for now."""
        following, self.following = self.following, None
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None
        if following is not None:
            await following.close()

    async def org(self, told: Callable[[str], None]) -> str:
        """The one org that is on the bus, waited for as long as it takes; `told` gets one line of why it takes.

        Raises SourceError, final, when there are several.
        """
        while True:
            orgs, fault = await self._orgs()
            if len(orgs) == 1:
                return orgs[0]
            if orgs:
                raise SourceError(
                    f"several orgs are on the bus: say which with --org-id: {', '.join(sorted(orgs))}", final=True
                )
            told(fault)
            await asyncio.sleep(AGAIN_SECONDS)

    async def sole_org(self) -> str | None:
        """The one org that is on the bus, when there is exactly one now."""
        orgs, _ = await self._orgs()
        return orgs[0] if len(orgs) == 1 else None

    async def _orgs(self) -> tuple[list[str], str]:
        """The orgs that somebody published, or why none is known."""
        from noctui.stores.bus.redis_errors import BusError
        from noctui.stores.bus.redis_orgs import org_ids

        address = await self._there()
        client = address.client(answer_seconds=3.0, tries=1)
        try:
            return await org_ids(client, address.text, leaders=False), ""
        except BusError as error:
            return [], str(error)
        finally:
            await client.aclose()

    async def _there(self) -> Address:
        """Where it is. Raises SourceError for settings that can never work."""
        try:
            address = await asyncio.to_thread(_address, self._settings)
        except ValueError as error:
            raise SourceError(str(error), final=True) from error
        if address is None:
            raise SourceError("no bus is set", final=True)
        return address


def _address(settings: Settings) -> Address | None:
    from noctui.runtime.bus_address import bus_of

    return bus_of(settings)


def _loaded() -> type[Following]:
    from noctui.runtime.remote_following import Following

    return Following


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("bus.following_broke", exc_info=task.exception())
