"""The orgs on the bus beside those of the data folder: listed, and one of them followed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noctui.model.orgs import OrgLine
    from noctui.model.scene import Scenes
    from noctui.settings import Settings
    from noctui.stores.bus.redis_orgs import OrgsThere

log = logging.getLogger("noctui.bus")

ANSWER_SECONDS = 3.0


class RemoteOrgs:
    """`follow` makes the Scenes of an org that is on the bus; nothing of it runs before they are started."""

    def __init__(self, settings: Settings, follow: Callable[[str], Scenes]) -> None:
        self._settings = settings
        self.follow = follow
        self._there: OrgsThere | None = None

    async def look(self) -> tuple[OrgLine, ...]:
        """A line each; none while the bus is lost, which the header says."""
        from noctui.runtime.bus_address import bus_of
        from noctui.stores.bus.redis_errors import BusError

        if self._there is None:
            self._there = (await asyncio.to_thread(_loaded))()
        address = await asyncio.to_thread(bus_of, self._settings)
        if address is None:
            return ()
        client = address.client(answer_seconds=ANSWER_SECONDS, tries=1)
        try:
            return await self._there.look(client, address.text)
        except BusError as error:
            log.info("bus.orgs", extra={"text": str(error)})
            return ()
        finally:
            await client.aclose()


def _loaded() -> type[OrgsThere]:
    """With the client of the bus, which takes a tenth of a second to load."""
    from noctui.stores.bus.redis_orgs import OrgsThere

    return OrgsThere
