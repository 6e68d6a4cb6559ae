"""Polls that were made before this host began to keep: the leader's history tells those of a day, as long as it
answers; those of the last hours lie on the bus."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator

from noctui.model.faults import HistoryError
from noctui.model.view import View
from noctui.runtime.remote_following import ANSWER_SECONDS, Following
from noctui.runtime.remote_ledger import LATE
from noctui.stores.bus.redis_address import Address
from noctui.stores.bus.redis_errors import BusError
from noctui.stores.bus.redis_replay import Replay

log = logging.getLogger("noctui.keep")

REST = 4.0
"""A leader rests so many times as long as an answer took: others ask it, too."""


class Found:
    """Finds them for one keeper (`remote_keeping.Earlier`)."""

    def __init__(self, address: Address, following: Following) -> None:
        self._address, self._following = address, following
        self._answers = True

    async def polls(self, after: float, until: float) -> AsyncIterator[View]:
        """Those in (after, until), oldest first. Raises HistoryError when the bus is lost."""
        client = self._address.client(answer_seconds=ANSWER_SECONDS, tries=1)
        self._answers = True
        try:
            replay = Replay(client, self._following.org_id, self._following.where)
            async for view in replay.views(after):
                if view.at >= until:
                    break
                if view.at - after > LATE * view.interval:  # the bus was lost then, or it holds no more
                    async for one in self._asked(after, view.at):
                        yield one
                after = view.at
                yield view
            async for one in self._asked(after, until):
                yield one
            if replay.damaged or replay.others:
                log.info("keep.left_out", extra={"damaged": replay.damaged, "of_other_inventories": replay.others})
        except BusError as error:
            raise HistoryError(str(error)) from error
        finally:
            await client.aclose()

    async def _asked(self, after: float, until: float) -> AsyncIterator[View]:
        """Of the leader's history, one by one; none once it did not answer: what the bus has is better than nothing."""
        at = after if math.isfinite(after) else 0.0
        while self._answers:
            began = time.monotonic()
            try:
                found = await self._following.step(at, 1, False)
                if found is None or found >= until:
                    return
                view = await self._following.past(found, False, brief=True)
            except HistoryError as error:
                log.info("keep.gap", extra={"text": str(error)})
                self._answers = False
                return
            if view is not None and view.at > at:
                yield view
            at = found
            await asyncio.sleep(REST * (time.monotonic() - began))
