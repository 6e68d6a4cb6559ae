"""Who offers to fetch shares of the leader's sweeps, as each says of itself.

An offer holds for the time of a lease, by the server's clock, as leadership does: whoever is not heard for so long is
given no share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_errors import named
from noctui.stores.bus.redis_keys import Keys

MOST = 100
"""Members that are looked at."""
LONGEST = 20_000
"""Bytes of an offer."""
FORGOTTEN = 600.0
"""Seconds after which an offer that was not renewed is taken off."""


class Offer(msgspec.Struct, frozen=True, array_like=True):
    """`at` is when it was made and `ahead` the member's clock less the server's, both seconds by the server's clock;
    `schema` what its shares look like; `tokens` the fingerprint of each with its calls an hour. `able` False: it has no
    call left, and `text` says why."""

    at: float
    schema: int
    tokens: tuple[tuple[str, int], ...] = ()
    used: int = 0
    limit: int = 0
    able: bool = True
    ahead: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Offers:
    """`now` is the server's clock. Of `unread` it is not known what they offer: another program wrote them."""

    now: float
    by: dict[str, Offer]
    unread: tuple[str, ...] = ()


async def server_time(client: Client, where: str) -> float:
    """The server's clock, UTC epoch seconds. Raises BusError."""
    with named(where):
        seconds, micros = await client.time()
    return float(seconds) + float(micros) / 1e6


async def offer(client: Client, org_id: str, where: str, ident: str, made: Offer) -> None:
    """Offer, or renew the offer. Raises BusError."""
    keys = Keys(org_id)
    redis: Any = client
    with named(where):
        await redis.hset(keys.members, ident, msgspec.msgpack.encode(made))


async def withdraw(client: Client, org_id: str, where: str, ident: str) -> None:
    """Raises BusError."""
    redis: Any = client
    with named(where):
        await redis.hdel(Keys(org_id).members, ident)


async def offers(client: Client, org_id: str, where: str, seconds: float) -> Offers:
    """All that were made in the last `seconds`. Raises BusError."""
    keys = Keys(org_id)
    redis: Any = client
    with named(where):
        clock, micros = await redis.time()
        found: dict[bytes, bytes] = await redis.hgetall(keys.members)
    now = float(clock) + float(micros) / 1e6
    by: dict[str, Offer] = {}
    unread: list[str] = []
    gone: list[bytes] = []
    for name, told in sorted(found.items())[:MOST]:
        ident = plain(name)
        try:
            made = msgspec.msgpack.decode(told, type=Offer) if len(told) <= LONGEST else None
        except msgspec.MsgspecError:
            made = None
        if made is None:
            unread.append(ident)
        elif now - made.at > max(FORGOTTEN, seconds):
            gone.append(name)
        elif abs(now - made.at) <= seconds:
            by[ident] = made
    if gone:
        with named(where):
            await redis.hdel(keys.members, *gone)
    return Offers(now, by, tuple(unread))


def plain(name: bytes | str) -> str:
    """A foreign name, printable and not too long."""
    text = name.decode(errors="replace") if isinstance(name, bytes) else name
    return "".join(c if c.isprintable() else "·" for c in text)[:120]
