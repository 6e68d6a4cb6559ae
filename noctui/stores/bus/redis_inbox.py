"""What people do on a follower, for the leader: a Stream of acts, each with an id, each taken once.

The leader applies an act and then takes it off; were it to die in between, the next leader gets it again, and knows by
its id (the audit has it) whether it was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from noctui.model.alarms import Act
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_blobs import MAGIC
from noctui.stores.bus.redis_errors import BusRefusedError, named
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_script import Command

MOST = 10_000
"""Acts that may wait; nobody leads when there are so many."""
LONGEST = 100_000
"""Bytes of an act."""
REMEMBERED = 20_000
"""Ids of acts that were taken; a client that sends one again, since no answer came, is not obeyed twice."""
AT_ONCE = 100
_FORMAT = MAGIC[:3] + b"a1"


@dataclass(frozen=True, slots=True)
class Posted:
    """An act as it lies in the inbox. `act` None: `fault` says why it cannot be done; it is to be taken off all the
    same. `at` is when it came, by the server's clock."""

    entry: bytes
    at: float
    act: Act | None = None
    again: bool = False  # it was done before
    fault: str = ""


async def post(client: Client, org_id: str, where: str, act: Act) -> None:
    """Leave an act to the leader. Raises BusError: then it may or may not be there, and is to be posted again with the
    same id."""
    keys = Keys(org_id)
    payload = _FORMAT + msgspec.msgpack.encode(act)
    if len(payload) > LONGEST:
        raise BusRefusedError("this is too long to be sent to the leader")
    with named(where):
        if await client.xlen(keys.inbox) >= MOST:
            raise BusRefusedError(f"{where}: {MOST:,} acts wait for a leader; nobody leads")
        await client.xadd(keys.inbox, {"id": act.act_id, "a": payload})


class Inbox:
    """The leader's side. Methods raise BusError. What was read comes again from the beginning in a new object."""

    def __init__(self, client: Client, lease: Lease) -> None:
        self._client: Any = client
        self._lease = lease
        self._after = b"0-0"

    async def read(self, seconds: float) -> list[Posted]:
        """New acts, oldest first; waits up to so long for one."""
        keys = self._lease.keys
        with named(self._lease.where):
            answer = await self._client.xread({keys.inbox: self._after}, AT_ONCE, max(1, round(seconds * 1000)))
            posted = [_posted(name, fields) for _, those in answer or () for name, fields in those]
            ids = [one.act.act_id for one in posted if one.act is not None]
            done = await self._client.zmscore(keys.acted, ids) if ids else []
        known = {act_id for act_id, score in zip(ids, done, strict=True) if score is not None}
        found: list[Posted] = []
        for one in posted:
            again = one.act is not None and one.act.act_id in known
            if one.act is not None:
                known.add(one.act.act_id)
            found.append(Posted(one.entry, one.at, one.act, again, one.fault))
        if posted:
            self._after = posted[-1].entry
        return found

    async def done(self, those: Sequence[Posted]) -> None:
        """They were applied, or cannot be: take them off, and remember their ids."""
        if not those:
            return
        keys = self._lease.keys
        commands: list[Command] = [("XDEL", keys.inbox, *(one.entry for one in those))]
        acts = [(one.act.act_id, one.at) for one in those if one.act is not None]
        if acts:
            commands.append(("ZADD", keys.acted, *(word for act_id, at in acts for word in (f"{at:.3f}", act_id))))
            commands.append(("ZREMRANGEBYRANK", keys.acted, 0, -REMEMBERED - 1))
        await self._lease.fenced(commands)


def _posted(name: bytes, fields: dict[bytes, bytes]) -> Posted:
    at = int(name.partition(b"-")[0]) / 1000
    payload = fields.get(b"a", b"")
    if not payload.startswith(_FORMAT[:3]):
        return Posted(name, at, fault="an entry of the bus's inbox is none of noctui's")
    if not payload.startswith(_FORMAT):
        return Posted(name, at, fault="another version of noctui wrote to the bus's inbox: update")
    if len(payload) > LONGEST:
        return Posted(name, at, fault="an entry of the bus's inbox is too long")
    try:
        return Posted(name, at, msgspec.msgpack.decode(memoryview(payload)[len(_FORMAT) :], type=Act))
    except msgspec.MsgspecError:
        return Posted(name, at, fault="an entry of the bus's inbox is damaged")
