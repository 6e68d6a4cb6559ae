"""A leader's estate on the bus: alarms and planned work lie there anyway, messages are left with them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable
from typing import Any, TypeVar

from msgspec import structs
from redis.exceptions import ResponseError

from noctui.model.alarms import Message
from noctui.model.estate import Estate
from noctui.model.works import Work
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_blobs import BlobError, Head, seal, unseal
from noctui.stores.bus.redis_errors import named
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_words import AlarmsAre, MessagesAre, PollIs

MOST = 20_000
"""Messages that are left."""
LOOKED_BACK = 3
"""Polls in which planned work is looked for when the newest one is damaged."""
_WAITING = ("waiting", "failed")
W = TypeVar("W")


async def leave_messages(lease: Lease, messages: Iterable[Message]) -> None:
    """Leave what was told, and what waits to be. Only the latter needs its text. Raises BusError."""
    kept = tuple(m if m.state in _WAITING else structs.replace(m, body="") for m in messages)[-MOST:]
    head = Head(org=lease.keys.org_id, epoch=lease.epoch)
    blob = await asyncio.to_thread(seal, head, MessagesAre(kept))
    await lease.fenced([("SET", lease.keys.messages, blob)])


async def are_left(client: Client, lease: Lease) -> bool:
    """Messages lie there: nobody removed them. Raises BusError."""
    with named(lease.where):
        return bool(await client.type(lease.keys.messages) == b"string")


async def left(client: Client, org_id: str, where: str) -> Estate:
    """What the last leader left; what of it cannot be read is named in `damaged`, and the rest counts. Raises BusError
    when the bus is lost or refuses."""
    keys = Keys(org_id)
    redis: Any = client
    with named(where):
        alarms, messages, poll = await redis.mget([keys.alarms, keys.messages, keys.snapshot])
    damaged: list[str] = []
    are = await _read(alarms, org_id, AlarmsAre, "open alarms", damaged)
    told = await _read(messages, org_id, MessagesAre, "what was told of alarms", damaged)
    works, fault = await _works(redis, keys, where, poll)
    damaged += fault
    open_ = are.alarms if are is not None else ()
    known = [a.known_at for a in open_]
    if are is not None and math.isfinite(are.cleared_at):
        known.append(are.cleared_at)
    return Estate(
        alarms=open_,
        messages=told.messages if told is not None else (),
        works=works,
        at=max(known, default=0.0),
        damaged=tuple(damaged),
    )


async def _works(redis: Any, keys: Keys, where: str, poll: bytes | None) -> tuple[tuple[Work, ...], list[str]]:
    """Planned work as the newest poll has it that can be read; else why not, in one line."""
    faults: list[str] = []
    newest = await _read(poll, keys.org_id, PollIs, "planned work", faults)
    if newest is not None:
        return newest.view.works.works, []
    with named(where):
        try:
            entries = await redis.xrevrange(keys.polls, count=LOOKED_BACK)
        except ResponseError:
            entries = []  # something else stands under its name
    for _, fields in entries:
        newest = await _read(fields.get(b"b"), keys.org_id, PollIs, "planned work", faults)
        if newest is not None:
            return newest.view.works.works, []
    return (), faults[:1]


async def _read(blob: bytes | None, org_id: str, kind: type[W], of: str, damaged: list[str]) -> W | None:
    """None: nothing was left, or it cannot be read, which `damaged` says then."""
    if blob is None:
        return None
    try:
        return (await asyncio.to_thread(unseal, blob, org_id, kind))[1]
    except BlobError as error:
        damaged.append(f"{of}: {error}")
        return None
