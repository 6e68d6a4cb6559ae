"""Beside a leader on another host: its next poll, as the bus brings it, and nobody polls twice."""

from __future__ import annotations

import time
from pathlib import Path

from noctui.runtime.headless import Landed, Step, Stopped, Tell
from noctui.runtime.headless_beside import INTERVALS, landed
from noctui.stores.bus.redis_address import Address
from noctui.stores.bus.redis_errors import BusError
from noctui.stores.bus.redis_follow import Follower

HEAR_SECONDS = 1.0


async def next_poll(address: Address, org_id: str, folder: Path, poll_seconds: float, tell: Tell) -> Landed:
    """The next poll that brings something; it stands in its leader's history, not in `folder`. Raises Stopped."""
    client = address.client(answer_seconds=HEAR_SECONDS + 4.0, tries=1)
    follower = Follower(client, org_id, address.text)
    began, patience, leader, first = time.monotonic(), INTERVALS * poll_seconds, "another noctui", (0, 0)
    try:
        while True:
            for heard in await follower.hear(HEAR_SECONDS):
                if heard.status is not None:
                    leader = heard.status.leader or leader
                    patience = INTERVALS * max(poll_seconds, heard.status.poll_seconds)
                view = heard.view
                if view is None:
                    continue
                if not any(first):
                    first = heard.epoch, view.seq  # the snapshot: it was there before we asked
                elif (heard.epoch, view.seq) > first and view.reports and not view.silent:
                    return landed(view, view.reports, view.whole, folder, leader)
            waited = time.monotonic() - began
            if waited > patience:
                raise Stopped(f"{leader} leads, but no poll of it came within {patience:.0f} s", "leader")
            tell(Step("following", f"{leader} leads: waiting for its next poll", int(waited), int(patience)))
    except BusError as error:
        raise Stopped(str(error), "unreachable") from error
    finally:
        await client.aclose()
