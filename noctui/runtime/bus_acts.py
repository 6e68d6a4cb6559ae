"""What people did on other hosts: taken off the bus, handed to whoever judges alarms, done once.

Nobody here can prove who they are: their name is what their own noctui said of them, and the audit tells so.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from msgspec import structs

from noctui.model.alarms import ACTS, Act
from noctui.runtime.alarming import Alarming
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_errors import BusError
from noctui.stores.bus.redis_inbox import Inbox, Posted
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.history.acting import NoAct, checked, deposit_act

log = logging.getLogger("noctui.bus")

UNPROVEN = "by the bus, unproven"
"""Stands before the origin of such an act."""
WAIT_SECONDS = 2.0
"""Of one read; whoever gives a client lets it wait longer for an answer."""


class Arriving:
    """The inbox of the bus, emptied by the leader. `run` until cancelled, through as many leaderships as there are."""

    def __init__(self, client: Client, lease: Lease, alarming: Alarming, folder: Path) -> None:
        self._client, self._lease, self._alarming, self._folder = client, lease, alarming, folder
        self.done = 0
        """Acts that came of it."""

    async def run(self) -> None:
        said = ""
        while True:
            epoch = self._lease.epoch
            try:
                if epoch:
                    inbox = Inbox(self._client, self._lease)
                    while self._lease.epoch == epoch:
                        posted = await inbox.read(WAIT_SECONDS)
                        said = ""
                        if posted:
                            await self._do(inbox, posted)
            except BusError as error:
                if str(error) != said:
                    said = str(error)
                    log.info("bus.inbox", extra={"text": said})
            except Exception as error:  # the boundary: the next act is to be done, whatever this one was
                if repr(error) != said:
                    said = repr(error)
                    log.exception("bus.inbox_broke")
            await asyncio.sleep(self._lease.seconds / 6)

    async def _do(self, inbox: Inbox, posted: list[Posted]) -> None:
        """Apply them, then take them off. What cannot be done is taken off as well, and named in the log."""
        acts = []
        for one in posted:
            if one.act is None:
                log.error("bus.refused", extra={"reason": one.fault})
            elif not one.again:
                try:
                    acts.append(_marked(checked(one.act)))
                except NoAct as error:
                    log.error("bus.refused", extra={"act": one.act.act_id[:200], "reason": str(error)})
        if acts:
            await self._alarming.hand_over([act for act in acts if act.kind in ACTS])
            for act in acts:
                if act.kind not in ACTS:  # what is about mails is taken from the folder's inbox
                    await asyncio.to_thread(deposit_act, self._folder, act)
            self.done += len(acts)
        await inbox.done(posted)


def _marked(act: Act) -> Act:
    return structs.replace(act, origin=f"{UNPROVEN}: {act.who} at {act.origin or '–'}")
