"""Before a folder is led from: the polls that lie on the bus are taken into its history, as far as it lacks them.

Nobody leads just then, so nobody can be asked: what changed between two polls is what they say themselves.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from noctui.model.faults import HistoryError
from noctui.model.scene import Reader
from noctui.model.view import View
from noctui.runtime.bus_address import BusPlace
from noctui.runtime.remote_keeping import Keeping
from noctui.stores.bus.folder import is_led
from noctui.stores.bus.redis_errors import BusError
from noctui.stores.bus.redis_replay import Replay
from noctui.stores.history import open_reader

log = logging.getLogger("noctui.lead")

MOST_BYTES = 64_000_000
"""Of polls as they lie on the bus: more than two hours of 10,000 circuits."""
MOST_SECONDS = 15.0
"""Then the first poll of one's own is more urgent."""
ANSWER_SECONDS = 5.0
LOCK_SECONDS = 0.1


async def catch_up(
    place: BusPlace,
    folder: Path,
    org_id: str,
    days: tuple[float, float],
    zone: str,
    now: Callable[[], float],
    patience: float,
) -> int:
    """How many polls were taken. Waits up to `patience` seconds until nobody else writes the folder. What goes wrong is
    logged: it is led from all the same."""
    until = time.monotonic() + patience
    while is_led(folder):  # whoever kept it until now lets go of it
        if time.monotonic() > until:
            return 0
        await asyncio.sleep(LOCK_SECONDS)
    client = place.address.client(answer_seconds=ANSWER_SECONDS, tries=1)
    replay = Replay(client, org_id, place.address.text)
    keeping = Keeping(folder, org_id, days, zone, _nobody)
    end = time.monotonic() + MOST_SECONDS

    async def earlier(after: float) -> AsyncIterator[View]:
        async for view in replay.views(after, MOST_BYTES):
            if view.at > now() or time.monotonic() > end:  # later than now: then nothing of ours would be new
                return
            yield view

    taken = 0
    try:
        taken = await keeping.take(earlier, await asyncio.to_thread(_newest, folder))
    except (BusError, HistoryError, OSError) as error:
        log.warning("lead.not_caught_up", extra={"text": str(error)})
    finally:
        await keeping.close()
        await client.aclose()
    if taken or replay.damaged or replay.others:
        log.info(
            "lead.caught_up",
            extra={"polls": taken, "damaged": replay.damaged, "of_other_inventories": replay.others},
        )
    return taken


def _newest(folder: Path) -> float:
    """`at` of the newest poll; minus infinity: there is none."""
    if not (folder / "history.db").exists():
        return float("-inf")
    history = open_reader(folder)
    try:
        at = history.latest()
    finally:
        history.close()
    return float("-inf") if at is None else at


def _nobody(view: View) -> Reader:
    raise HistoryError("nobody leads")
