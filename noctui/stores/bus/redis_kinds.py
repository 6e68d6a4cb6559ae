"""Of what kind each key of ours is: one of another kind was written by somebody else, and is named."""

from __future__ import annotations

from typing import Any

from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_errors import named
from noctui.stores.bus.redis_keys import Keys

KINDS = {
    "lease": "string", "epoch": "string", "wanted": "string", "snapshot": "string", "version": "string",
    "alarms": "string", "messages": "string", "shares": "string", "polls": "stream", "news": "stream",
    "inbox": "stream", "asked": "stream", "sweeps": "stream", "pieces": "hash", "followers": "hash", "members": "hash",
    "acted": "zset",
}  # fmt: skip
"""A property of `Keys` → what the server calls its kind."""


async def foreign(client: Client, org_id: str, where: str) -> tuple[str, ...]:
    """The keys of this org that hold something of another kind. Raises BusError."""
    keys = Keys(org_id)
    redis: Any = client
    names = {name: getattr(keys, name) for name in KINDS}
    with named(where):
        async with redis.pipeline(transaction=False) as all_:
            for key in names.values():
                all_.type(key)
            kinds = await all_.execute()
    return tuple(
        key
        for (name, key), kind in zip(names.items(), kinds, strict=True)
        if kind.decode() not in ("none", KINDS[name])
    )


def told(key: str) -> str:
    """In one line."""
    return f"the key {key} holds something that is not of noctui"
