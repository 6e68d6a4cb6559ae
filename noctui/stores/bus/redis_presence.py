"""Who follows an org by the bus, as each says of itself: for the leader's health screen, for nothing else.

Followers whose user may only read are not counted.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec

from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_errors import BusRefusedError, named
from noctui.stores.bus.redis_keys import Keys

SECONDS = 10.0
"""How often a follower says that it is there."""
GONE_SECONDS = 35.0
"""One that did not for so long is gone."""
MOST = 500
"""Followers that are told of."""
LONGEST_NAME = 120


class Here(msgspec.Struct, frozen=True, array_like=True):
    """One follower: when it spoke, by the server's clock, and its lag: seconds from the leader's View to its own, the
    longest of its last polls; NaN: none came yet."""

    at: float
    lag: float = math.nan


async def announce(client: Client, org_id: str, where: str, name: str, lag: float = math.nan) -> bool:
    """Say that `name` (`host:pid`) follows; False when this user may only read. Raises BusError."""
    keys = Keys(org_id)
    redis: Any = client
    try:
        with named(where):
            seconds, micros = await redis.time()
            told = msgspec.msgpack.encode(Here(float(seconds) + float(micros) / 1e6, lag))
            async with redis.pipeline(transaction=False) as both:
                both.hset(keys.followers, name[:LONGEST_NAME], told)
                both.expire(keys.followers, round(10 * GONE_SECONDS))
                await both.execute()
    except BusRefusedError:
        return False
    return True


async def leave(client: Client, org_id: str, where: str, name: str) -> None:
    """It follows no more. Raises BusError."""
    redis: Any = client
    with named(where):
        await redis.hdel(Keys(org_id).followers, name[:LONGEST_NAME])


async def present(client: Client, org_id: str, where: str) -> dict[str, Here]:
    """Those that follow, by name; those that are gone are taken off. What is none of ours is left out. Raises
    BusError."""
    keys = Keys(org_id)
    redis: Any = client
    with named(where):
        seconds, _ = await redis.time()
        found: dict[bytes, bytes] = await redis.hgetall(keys.followers)
        here: dict[str, Here] = {}
        gone: list[bytes] = []
        for name, told in found.items():
            try:
                one = msgspec.msgpack.decode(told, type=Here)
            except msgspec.MsgspecError:
                continue
            if float(seconds) - one.at > GONE_SECONDS:
                gone.append(name)
            elif len(here) < MOST:
                text = name.decode(errors="replace")
                here["".join(c if c.isprintable() else "·" for c in text)] = one
        if gone:
            await redis.hdel(keys.followers, *gone)
    return here
