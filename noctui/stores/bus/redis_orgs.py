"""Which orgs are on the bus, and how each of them is by its newest poll."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from redis.exceptions import ResponseError

from noctui.model.alarms import Alarms
from noctui.model.orgs import OrgLine
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_blobs import BlobError, unseal
from noctui.stores.bus.redis_errors import named
from noctui.stores.bus.redis_follow import Follower
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_words import AlarmsAre, PollIs, VersionIs

_KEY = re.compile(rb"\{noctui:([A-Za-z0-9_.-]{1,64})\}:(?:snapshot|lease)")
FIRST_BYTES = 20
"""Of a blob: its checksum is among them, so that one that was read already need not be fetched again."""


async def org_ids(client: Client, where: str, *, leaders: bool) -> list[str]:
    """Those that somebody has published, in their order; with `leaders` also those that somebody leads. Raises
    BusError."""
    redis: Any = client
    found: set[str] = set()
    with named(where):
        for name in ("snapshot", "lease") if leaders else ("snapshot",):
            async for key in redis.scan_iter(match=f"{{noctui:*}}:{name}", count=1000):
                match = _KEY.fullmatch(key)
                if match is not None:
                    found.add(match[1].decode())
    return sorted(found)


class OrgsThere:
    """Remembers what it has read: a look at what has not changed is some bytes an org."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[tuple[bytes, bytes], OrgLine]] = {}

    async def look(self, client: Client, where: str) -> tuple[OrgLine, ...]:
        """A line each. What cannot be read is said in it. Raises BusError when the bus is lost or refuses."""
        return tuple([await self._line(client, org, where) for org in await org_ids(client, where, leaders=True)])

    async def _line(self, client: Client, org: str, where: str) -> OrgLine:
        from msgspec.structs import replace

        held = await Follower(client, org, where).held()
        redis: Any = client
        keys = Keys(org)
        with named(where):
            try:
                begins = [await redis.getrange(key, 0, FIRST_BYTES - 1) for key in (keys.snapshot, keys.alarms)]
                tag = (bytes(begins[0]), bytes(begins[1]))
                known = self._read.get(org)
                if known is None or known[0] != tag:
                    blobs = [await redis.get(key) for key in (keys.snapshot, keys.version, keys.alarms)]
                    known = self._read[org] = (tag, await asyncio.to_thread(_line_of, org, *blobs))
            except ResponseError as error:
                if "WRONGTYPE" not in str(error).upper():
                    raise
                return OrgLine(
                    org_id=org, leader=held.holder, fault="its keys on the bus hold something else", bus=True
                )
        return replace(known[1], leader=held.holder)


def _line_of(org: str, poll: bytes | None, version: bytes | None, alarms: bytes | None) -> OrgLine:
    """What blobs say; a line without figures when there is no poll."""
    if poll is None:
        return OrgLine(org_id=org, bus=True)
    try:
        view = unseal(poll, org, PollIs)[1].view
        name = unseal(version, org, VersionIs)[1].org_name if version is not None else ""
        are = unseal(alarms, org, AlarmsAre)[1] if alarms is not None else None
    except BlobError as error:
        return OrgLine(org_id=org, fault=str(error), bus=True)
    open_ = Alarms(are.alarms, are.held, are.cleared_at) if are is not None else Alarms()
    return OrgLine(
        org_id=org,
        name=name,
        at=view.at,
        interval=view.interval,
        sites=len(view.sites),
        circuits=len(view.circuits),
        dark=int(view.sites.dark.sum()),
        failed_over=int(view.sites.failed_over.sum()),
        counts=tuple(view.counts().tolist()),
        alarms=len(open_.waiting),
        bus=True,
    )
