"""Whether the server of the bus is set so that what lies on it is safe there: looked at when a leader starts, and by
`noctui doctor`."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from redis import exceptions as of_redis

from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_errors import named

OLDEST = (6, 2)
"""XADD with MINID, and SET with GET, came with Redis 6.2."""
ROOM = 0.8
"""Share of maxmemory above which the bus is nearly full."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a server says of itself. `saves`: it writes snapshots; None: it does not say. `wait` is seconds for PING."""

    product: str  # Valkey, Redis
    version: tuple[int, ...]
    replica: bool
    appends: bool
    saves: bool | None
    used: int  # bytes
    most: int  # maxmemory; 0: no limit of its own
    policy: str
    wait: float
    tells: bool = True
    """It says so much: this user may ask."""

    @property
    def text(self) -> str:
        if not self.tells:
            return f"answers in {1000 * self.wait:.1f} ms"
        return f"{self.product} {'.'.join(map(str, self.version))}, answers in {1000 * self.wait:.1f} ms"


@dataclass(frozen=True, slots=True)
class Remark:
    """`fatal`: nobody can lead with it. `text` is one line, `todo` what to do."""

    text: str
    todo: str
    fatal: bool = False


async def standing(client: Client, where: str) -> Standing:
    """Ask the server. Raises BusError."""
    with named(where):
        began = time.monotonic()
        await client.ping()
        wait = time.monotonic() - began
        told: Mapping[str, Any] = {}
        with suppress(of_redis.NoPermissionError):
            told = await client.info()
        saves: bool | None
        try:
            saves = bool((await client.config_get("save")).get("save"))
        except of_redis.ResponseError:  # a hosted server has no CONFIG, or this user may not
            saves = None
    tells = bool(told)
    valkey = told.get("server_name") == "valkey"
    version = str(told.get("valkey_version" if valkey else "redis_version", "0"))
    return Standing(
        product="Valkey" if valkey else "Redis",
        version=tuple(int(part) for part in version.split(".")[:3] if part.isdecimal()),
        replica=told.get("role") == "slave",
        appends=bool(told.get("aof_enabled")),
        saves=saves,
        used=int(told.get("used_memory", 0)),
        most=int(told.get("maxmemory", 0)),
        policy=str(told.get("maxmemory_policy", "")),
        wait=wait,
        tells=tells,
    )


def remarks(one: Standing) -> Iterator[Remark]:
    """What should be otherwise, the worst first; nothing of one that does not say how it is."""
    if not one.tells:
        return
    speaks = one.version if one.product == "Redis" else OLDEST  # Valkey began with 7.2
    if speaks < OLDEST:
        yield Remark(f"{one.product} {'.'.join(map(str, one.version))} is too old", "use Redis 6.2 or Valkey", True)
    if one.replica:
        yield Remark("it is a read-only replica: screens can follow, nobody can lead", "name the primary in REDIS_URL")
    if not one.appends and one.saves is False:
        yield Remark(
            "nothing on it would survive its restart: screens would wait for the next poll",
            "set appendonly yes, appendfsync everysec",
        )
    elif not one.appends and one.saves:
        yield Remark(
            "its restart would lose what came since its last snapshot", "set appendonly yes, appendfsync everysec"
        )
    if one.most and one.policy and one.policy != "noeviction":
        yield Remark(
            f"when it is full it drops keys silently ({one.policy})", "set maxmemory-policy noeviction, or share it not"
        )
    if one.most and one.used > ROOM * one.most:
        yield Remark(
            f"{one.used / one.most:.0%} of its maxmemory is used", "give it more, or less to NOCTUI_BUS_KEEP_SECONDS"
        )
