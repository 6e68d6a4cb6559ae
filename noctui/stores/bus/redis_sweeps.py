"""Shared sweeps on the bus: the leader says which gateways are whose and that a sweep begins; members hand in rows.

What the leader says is a fenced write, so that a deposed one divides nothing. A share lies under the number of its
sweep, which no other sweep has: one that comes too late is read by nobody, and runs out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_blobs import BlobError, CorruptError, Head, seal, unseal
from noctui.stores.bus.redis_errors import named
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_members import plain, server_time
from noctui.stores.bus.redis_script import BLOB, Command

KEPT = 10
"""Sweeps on their Stream."""
LONGER = 30.0
"""Seconds that shares lie there beyond the time of their sweep."""
MOST_PART = 1 << 26
"""Bytes of a share; a longer one is none of ours."""
Sweep = tuple[int, int]
"""(epoch, number)"""


class SharesAre(msgspec.Struct, frozen=True, tag="shares"):
    """The gateways of each member, by their macs."""

    version: int
    macs: dict[str, list[str]]


class SweepIs(msgspec.Struct, frozen=True, tag="sweep"):
    """A sweep begins: at `at`, by the server's clock, for `seconds`, with the shares of that version."""

    version: int
    at: float
    seconds: float


class PartIs(msgspec.Struct, frozen=True, tag="part"):
    """One member's share: `rows` is what the source made of it, of that `schema`."""

    member: str
    schema: int
    rows: bytes
    error: str = ""


class Announcer:
    """The leader's end, for one term."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._version = self._number = 0
        self._macs: Mapping[str, Sequence[str]] | None = None
        self._epoch = 0
        self._size = -1

    async def announce(self, macs: Mapping[str, Sequence[str]], seconds: float) -> Sweep:
        """Begin a sweep. `macs` that are those of before are not sent again. Raises BusError; FencedError when another
        leads."""
        at = await self._lease.server_time()
        while True:
            self._number += 1
            epoch = self._lease.epoch
            head = Head(org=self._lease.keys.org_id, epoch=epoch, number=self._number)
            commands: list[Command] = []
            if epoch != self._epoch or macs != self._macs:
                self._version += 1
                told = SharesAre(self._version, {name: list(those) for name, those in macs.items()})
                blob = seal(head, told)
                commands.append(("SET", self._lease.keys.shares, blob))
                self._macs, self._epoch, self._size = {n: list(m) for n, m in macs.items()}, epoch, len(blob)
            word = seal(head, SweepIs(self._version, at, seconds))
            sweeps = self._lease.keys.sweeps
            commands += [("XADD", sweeps, "MAXLEN", "~", KEPT, "*", "b", BLOB), ("STRLEN", self._lease.keys.shares)]
            try:
                answers = await self._lease.fenced(commands, word)
            except BaseException:
                self._macs = None  # it may or may not be there
                raise
            if answers[-1] == self._size:
                return epoch, self._number
            if self._macs is None or len(commands) > 2:
                raise CorruptError(f"{self._lease.where}: what was written is not what is there")
            self._macs = None  # the server lost it: it is sent again, with another number


@dataclass(frozen=True, slots=True)
class Begun:
    """A sweep that a member heard of. `left` seconds of it are left; `macs` are the member's own."""

    sweep: Sweep
    left: float
    macs: Sequence[str]


class Hearer:
    """A member's end: waits for sweeps, takes each once, and only rising ones. Raises BusError; a BlobError for what
    lies there and cannot be read."""

    def __init__(self, client: Client, org_id: str, where: str, ident: str) -> None:
        self._client: Any = client
        self._keys, self._where, self._ident = Keys(org_id), where, ident
        self._after: bytes = b""
        self._seen: Sweep = (0, 0)
        self._shares: tuple[Sweep, SharesAre] | None = None  # with the sweep that brought it

    async def hear(self, wait: float) -> Begun | None:
        """The newest sweep that has begun; None when none did in the time."""
        if not self._after:
            with named(self._where):
                newest = await self._client.xrevrange(self._keys.sweeps, count=1)
            self._after = newest[0][0] if newest else b"0-0"
        with named(self._where):
            found = await self._client.xread({self._keys.sweeps: self._after}, 100, max(1, round(wait * 1000)))
        if not found:
            return None
        entries = found[0][1]
        self._after = entries[-1][0]
        head, told = unseal(_blob(entries[-1][1]), self._keys.org_id, SweepIs)
        sweep = (head.epoch, head.number)
        if sweep <= self._seen:
            return None
        left = told.at + told.seconds - await server_time(self._client, self._where)
        shares = await self._of(head.epoch, told.version)
        self._seen = sweep
        if left <= 0 or shares is None:
            return None
        return Begun(sweep, left, shares.macs.get(self._ident, ()))

    async def _of(self, epoch: int, version: int) -> SharesAre | None:
        """The shares of that version; None when others have taken their place already."""
        if self._shares is None or (self._shares[0][0], self._shares[1].version) != (epoch, version):
            with named(self._where):
                blob = await self._client.get(self._keys.shares)
            if blob is None:
                return None
            head, told = unseal(blob, self._keys.org_id, SharesAre)
            self._shares = (head.epoch, head.number), told
            if (head.epoch, told.version) != (epoch, version):
                return None
        return self._shares[1]


async def hand_in(client: Client, org_id: str, where: str, sweep: Sweep, part: PartIs, seconds: float) -> int:
    """Leave a share for the leader for so long; bytes of its blob. Raises BusError."""
    redis: Any = client
    blob = seal(Head(org=org_id, epoch=sweep[0], number=sweep[1]), part)
    key = Keys(org_id).parts(*sweep)
    with named(where):
        async with redis.pipeline(transaction=False) as both:
            both.xadd(key, {"n": part.member, "b": blob})
            both.pexpire(key, round(1000 * (seconds + LONGER)))
            await both.execute()
    return len(blob)


class Collecting:
    """The leader's end of one sweep's shares."""

    def __init__(self, client: Client, org_id: str, where: str, sweep: Sweep) -> None:
        self._client: Any = client
        self._org, self._where, self._sweep = org_id, where, sweep
        self._key = Keys(org_id).parts(*sweep)
        self._after: bytes = b"0-0"

    async def more(self, wait: float) -> list[tuple[str, bytes]]:
        """Whose, and its blob, of those that came since, or within `wait` seconds. Raises BusError."""
        with named(self._where):
            found = await self._client.xread({self._key: self._after}, 10, max(1, round(wait * 1000)))
        came: list[tuple[str, bytes]] = []
        for _, entries in found or ():
            for entry, fields in entries:
                self._after = entry
                came.append((plain(fields.get(b"n", b"")), fields.get(b"b", b"")))
        return came

    def opened(self, name: str, blob: bytes) -> PartIs:
        """The share, once it is known to be whole, of this org and this sweep, and that member's. Raises BlobError."""
        if len(blob) > MOST_PART:
            raise CorruptError("a share on the bus is too long")
        head, part = unseal(blob, self._org, PartIs)
        if (head.epoch, head.number) != self._sweep:
            raise CorruptError("a share on the bus is of another sweep")
        if part.member != name:
            raise CorruptError("a share on the bus is of another member")
        return part

    async def done(self) -> None:
        """Nobody needs what lies there any more. Raises BusError."""
        with named(self._where):
            await self._client.delete(self._key)


def _blob(fields: Mapping[bytes, bytes]) -> bytes:
    blob = fields.get(b"b")
    if blob is None:
        raise CorruptError("a sweep on the bus is none of noctui's")
    return blob


__all__ = [
    "Announcer", "Begun", "BlobError", "Collecting", "Hearer", "PartIs", "SharesAre", "Sweep", "SweepIs", "hand_in",
]  # fmt: skip
