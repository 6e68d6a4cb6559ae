"""A leader's estate on the bus: alarms and planned work lie there anyway, messages are left with them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable
from typing import Any

from msgspec import structs

from noctui.model.alarms import Message
from noctui.model.estate import Estate
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_blobs import Head, seal, unseal
from noctui.stores.bus.redis_errors import named
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_words import AlarmsAre, MessagesAre, PollIs

MOST = 20_000
"""Messages that are left."""
_WAITING = ("waiting", "failed")


async def leave_messages(lease: Lease, messages: Iterable[Message]) -> None:
    """Leave what was told, and what waits to be. Only the latter needs its text. Raises BusError."""
    kept = tuple(m if m.state in _WAITING else structs.replace(m, body="") for m in messages)[-MOST:]
    head = Head(org=lease.keys.org_id, epoch=lease.epoch)
    blob = await asyncio.to_thread(seal, head, MessagesAre(kept))
    await lease.fenced([("SET", lease.keys.messages, blob)])


async def left(client: Client, org_id: str, where: str) -> Estate:
    """What the last leader left. Raises BusError, also for what cannot be read."""
    keys = Keys(org_id)
    redis: Any = client
    with named(where):
        alarms, messages, poll = await redis.mget([keys.alarms, keys.messages, keys.snapshot])
    works = (await asyncio.to_thread(unseal, poll, org_id, PollIs))[1].view.works.works if poll else ()
    told = (await asyncio.to_thread(unseal, messages, org_id, MessagesAre))[1].messages if messages else ()
    if alarms is None:
        return Estate((), told, works)
    are = (await asyncio.to_thread(unseal, alarms, org_id, AlarmsAre))[1]
    known = [a.known_at for a in are.alarms] + ([are.cleared_at] if math.isfinite(are.cleared_at) else [])
    return Estate(are.alarms, told, works, max(known, default=0.0))
