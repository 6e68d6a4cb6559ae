"""What a poll would do: told from history, and the bus if there is one, without a call to Mist and without writing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

from noctui.model.stores import HistoryError
from noctui.runtime.bus_address import bus_of
from noctui.runtime.following import Follower
from noctui.runtime.headless import because, known_folder
from noctui.settings import Settings
from noctui.stores.history import open_reader
from noctui.stores.history.told_polls import polls_told


@dataclass(frozen=True, slots=True)
class Planned:
    """`folder` is where it would be written, `calls` what the newest poll took (None: there is none), `newest` its time
    (0: none); `led_by` who polls already, on this host or another."""

    folder: Path
    calls: int | None = None
    newest: float = 0.0
    led_by: str = ""


async def plan(settings: Settings) -> Planned:
    """Raises Stopped when the history cannot be read."""
    planned = await asyncio.to_thread(_plan, settings)
    if planned.led_by:
        return planned
    return replace(planned, led_by=await _led_elsewhere(settings, planned.folder))


async def _led_elsewhere(settings: Settings, folder: Path) -> str:
    """Who leads by the bus; "" nobody, or it cannot be told."""
    address, org_id = bus_of(settings), settings.org_id or folder.name
    if address is None or folder == settings.data:
        return ""
    from noctui.stores.bus.redis_errors import BusError
    from noctui.stores.bus.redis_lease import Lease

    client = address.client(answer_seconds=2.0, tries=0)
    try:
        standing = await Lease(client, org_id, address.text).look()
    except (BusError, ValueError):
        return ""
    finally:
        await client.aclose()
    return standing.name if standing is not None and standing.epoch else ""


def _plan(settings: Settings) -> Planned:
    """From this host's history."""
    folder = known_folder(settings)
    if folder is None:
        return Planned(settings.data)
    led_by = Follower(folder).leader() or ""
    history = open_reader(folder)
    try:
        newest = history.latest()
        polls = polls_told(folder, newest - 1e-3) if newest is not None else []
    except HistoryError as error:
        raise because(error) from error
    finally:
        history.close()
    if newest is None:
        return Planned(folder, led_by=led_by)
    return Planned(folder, sum(r.calls for _, _, reports in polls for r in reports) or None, newest, led_by)
