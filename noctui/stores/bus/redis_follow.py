"""What a follower hears from the bus: the snapshot first, then each poll as it comes, and never anything older.

It notices when polls are missing (a Stream trimmed under a slow follower, a server that forgot) and fetches the
snapshot again; what is damaged, of another version or of another org is named, and what was shown stays.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
import time
from dataclasses import dataclass, replace
from typing import Any

from redis.exceptions import RedisError

from noctui.model.alarms import NO_ALARMS, Alarms
from noctui.model.inventory import Inventory
from noctui.model.status import Status
from noctui.model.view import View
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_blobs import BlobError, CorruptError, Head, head_of, unseal
from noctui.stores.bus.redis_errors import BusRefusedError, named
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_packing import whole
from noctui.stores.bus.redis_rows import digests, joined, opened
from noctui.stores.bus.redis_script import call
from noctui.stores.bus.redis_words import AlarmsAre, Piece, PollIs, StatusIs, VersionIs

log = logging.getLogger("noctui.bus")

BLOCK_SECONDS = 3.0
"""How long one read waits; whoever gives a client lets it wait longer for an answer."""
AT_ONCE = 16
"""Entries of one read."""
CLOCK_SECONDS = 60.0
"""How often the clocks are compared."""
TRIES = 5
"""To fetch snapshot and inventory that belong together, while a leader writes."""


@dataclass(frozen=True, slots=True)
class Heard:
    """`view` None: only the status changed, or `fault` says what could not be shown. `missed`: polls before it were not
    heard. `ahead` is the leader's clock minus ours, in seconds, by the server's; NaN: not known."""

    view: View | None = None
    status: Status | None = None
    epoch: int = 0
    fault: str = ""
    missed: bool = False
    ahead: float = math.nan


@dataclass(frozen=True, slots=True)
class Held:
    """The lease, as one who may only read sees it. `holder` and `waits` are `host:pid`, "" for nobody: who leads, and
    who is about to. `seconds` are left of it."""

    holder: str = ""
    epoch: int = 0
    seconds: float = 0.0
    waits: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """Of a Stream: `at` is its id."""

    at: tuple[int, int]
    blob: bytes | None
    poll: bool


class Follower:
    """Follows one org. `seen` is the (epoch, seq) of the newest poll it has; it only rises.

    Methods raise BusError when the bus is lost or refuses; call them again: they go on where they were.
    """

    def __init__(self, client: Client, org_id: str, where: str, *, seen: tuple[int, int] = (0, 0)) -> None:
        self._client: Any = client
        self._keys, self._where = Keys(org_id), where
        self.seen = seen
        self.gaps = 0
        """How often polls were missed and the snapshot fetched instead."""
        self.refused = 0
        """Polls that were older than what was known, and blobs that could not be read."""
        self._at = (0, 0)  # of the newest entry that was looked at: its id
        self._started = False
        self._view: View | None = None
        self._inventory: Inventory | None = None
        self._version = (0, 0)  # its epoch and rev
        self._pieces: dict[bytes, Piece] = {}
        self._alarms: Alarms = NO_ALARMS
        self._alarms_at = (0, 0)
        self._ours = math.nan  # our clock minus the server's
        self._clock_at = -math.inf  # when it was looked at, monotonic

    async def hear(self, seconds: float = BLOCK_SECONDS) -> list[Heard]:
        """What came, in order; the snapshot at first. Waits up to so long; nothing came: an empty list."""
        with named(self._where):
            if time.monotonic() > self._clock_at + CLOCK_SECONDS:
                self._ours = time.time() - await _server_time(self._client)
                self._clock_at = time.monotonic()
            if not self._started:
                found = await self._first()
                self._started = True
                if found:
                    return found
            entries = await self._read(seconds)
            return await self._taken(entries) if entries else []

    async def held(self) -> Held:
        """Who leads just now. What is foreign there counts as nobody: whoever contends names it."""
        keys = self._keys
        with named(self._where):
            async with self._client.pipeline(transaction=False) as both:
                both.get(keys.lease)
                both.pttl(keys.lease)
                both.get(keys.wanted)
                lease, left, wanted = await both.execute()
        held, waits = _LEASE.fullmatch(lease or b""), _WANTED.fullmatch(wanted or b"")
        waiting = _name(waits[1]) if waits else ""
        if held is None or left <= 0:
            return Held(waits=waiting)
        return Held(_name(held[2]), int(held[1]), left / 1000, waiting)

    async def _first(self) -> list[Heard]:
        try:
            return await self._snapshot()
        except BlobError as error:
            self.refused += 1
            return [Heard(fault=str(error))]

    async def _read(self, seconds: float) -> list[_Entry]:
        """New entries of both Streams, oldest first."""
        after = f"{self._at[0]}-{self._at[1]}"
        streams = {self._keys.polls: after, self._keys.news: after}
        answer = await self._client.xread(streams, AT_ONCE, max(1, round(seconds * 1000))) or ()
        polls = self._keys.polls.encode()
        found = [_Entry(_id(name), fields.get(b"b"), key == polls) for key, those in answer for name, fields in those]
        # Of two Streams each may hold more than was read: go no further than the one that was cut off.
        ends = [_id(those[-1][0]) for _, those in answer if len(those) >= AT_ONCE]
        return sorted((one for one in found if not ends or one.at <= min(ends)), key=lambda one: one.at)

    async def _taken(self, entries: list[_Entry]) -> list[Heard]:
        heard: list[Heard] = []
        for one in entries:
            if one.at <= self._at:
                continue  # the snapshot was fetched meanwhile, and is newer
            try:
                heard += await self._entry(one)
            except BlobError as error:
                self.refused += 1
                heard += await self._instead(str(error))
            except (RedisError, OSError):
                if heard:
                    return heard  # what is wrong is met again
                raise
            self._at = max(self._at, one.at)
        return heard

    async def _entry(self, one: _Entry) -> list[Heard]:
        if one.blob is None:
            raise CorruptError("an entry on the bus is none of noctui's")
        head = head_of(one.blob, self._keys.org_id)
        if (head.epoch, head.number) != one.at:
            raise CorruptError("an entry on the bus stands under another's number")
        if not one.poll:
            return [await self._news(one.blob)]
        if head.at <= self.seen:
            self.refused += 1
            return []
        missed = head.before != self.seen
        if missed:
            self.gaps += 1
            try:
                found = await self._snapshot(missed=True)
            except BlobError:
                found = []  # this entry is whole, too
            if found or self.seen >= head.at:
                return found
        if (head.epoch, head.rev) != self._version:
            await self._fetch_inventory(head)
        await self._fetch_alarms(head)
        return [replace(await self._shown(one.blob), missed=missed)]

    async def _instead(self, fault: str) -> list[Heard]:
        """The snapshot for what could not be read; where that is no better, the fault's name."""
        log.warning("not shown: %s", fault)
        try:
            found = await self._snapshot(missed=True)
        except BlobError as error:
            fault, found = str(error), []
        return found or [Heard(fault=fault)]

    async def _snapshot(self, missed: bool = False) -> list[Heard]:
        """The newest poll, when it is newer than what is known."""
        for _ in range(TRIES):
            try:
                return await self._snapshot_once(missed)
            except _MovedError:
                continue
        raise CorruptError("the newest poll on the bus lacks its inventory or alarms; the leader publishes them again")

    async def _snapshot_once(self, missed: bool) -> list[Heard]:
        keys = self._keys
        blob, version, alarms = await self._client.mget([keys.snapshot, keys.version, keys.alarms])
        if blob is None:
            return []
        head = head_of(blob, keys.org_id)
        if head.at < self.seen:
            self.refused += 1
            await self._raise()
            return []
        if head.at == self.seen and self._view is not None:
            self._at = max(self._at, (head.epoch, head.number))
            return []
        if (head.epoch, head.rev) != self._version:
            await self._take_inventory(head, version)
        if alarms is not None:
            await self._take_alarms(alarms)
        if self._lacks_alarms(head):
            raise _MovedError
        return [replace(await self._shown(blob), missed=missed)]

    async def _shown(self, blob: bytes) -> Heard:
        head, poll = await asyncio.to_thread(unseal, blob, self._keys.org_id, PollIs)
        assert self._inventory is not None
        self._view = whole(poll.view, self._inventory, self._alarms)
        if self._view.seq != head.seq:
            raise CorruptError("a poll on the bus has another number than it says")
        self.seen, self._at = head.at, max(self._at, (head.epoch, head.number))
        return Heard(self._view, poll.status, head.epoch, ahead=head.ahead - self._ours)

    async def _news(self, blob: bytes) -> Heard:
        head, word = unseal(blob, self._keys.org_id, StatusIs)
        if head.epoch < self.seen[0]:
            self.refused += 1
            return Heard(fault="a leader that was replaced still speaks")
        view = None
        newer = self._lacks_alarms(head)
        await self._fetch_alarms(head)
        if self._view is not None and (newer or word.works is not None):
            works = self._view.works if word.works is None else word.works
            view = self._view = replace(self._view, alarms=self._alarms, works=works)
        return Heard(view, word.status, head.epoch, ahead=head.ahead - self._ours)

    def _lacks_alarms(self, head: Head) -> bool:
        """Others were open then than those that are known here."""
        return head.alarms > 0 and (head.epoch, head.alarms) > self._alarms_at

    async def _fetch_alarms(self, head: Head) -> None:
        """Those of then or later, unless they are known."""
        if not self._lacks_alarms(head):
            return
        blob = await self._client.get(self._keys.alarms)
        if blob is not None:
            await self._take_alarms(blob)
        if self._lacks_alarms(head):
            raise CorruptError("the alarms on the bus are older than its poll, or gone")

    async def _take_alarms(self, blob: bytes) -> None:
        head, are = await asyncio.to_thread(unseal, blob, self._keys.org_id, AlarmsAre)
        if (head.epoch, head.number) > self._alarms_at:
            self._alarms = Alarms(are.alarms, are.held, are.cleared_at)
            self._alarms_at = (head.epoch, head.number)

    async def _fetch_inventory(self, head: Head) -> None:
        try:
            await self._take_inventory(head, await self._client.get(self._keys.version))
        except _MovedError as error:
            raise CorruptError("the inventory on the bus does not belong to its poll") from error

    async def _take_inventory(self, head: Head, blob: bytes | None) -> None:
        """The inventory that belongs to a poll. Raises _MovedError when the bus has another by now."""
        if blob is None:
            raise _MovedError
        of, version = unseal(blob, self._keys.org_id, VersionIs)
        if (of.epoch, of.rev) != (head.epoch, head.rev) or version.org_id != self._keys.org_id:
            raise _MovedError
        needed = digests(version)
        missing = [name for name in needed if name not in self._pieces]
        if missing:
            blobs = await self._client.hmget(self._keys.pieces, missing)
            for name, piece in opened(self._keys.org_id, missing, blobs):
                self._pieces[name] = piece
                await asyncio.sleep(0)  # a large org's take a tenth of a second in all
        if any(name not in self._pieces for name in needed):
            raise _MovedError
        self._pieces = {name: self._pieces[name] for name in needed}
        self._inventory = joined(version, self._pieces)
        self._version = (of.epoch, of.rev)

    async def _raise(self) -> None:
        """The server knows less than we do: nobody is to lead with a lower epoch."""
        try:
            with named(self._where):
                await call(self._client, self._keys, "raise", seen=self.seen[0])
        except BusRefusedError as error:  # this user may only read
            log.info("%s", error)


_LEASE = re.compile(rb"(\d{1,15}) \d{1,15} (\S+)")
_WANTED = re.compile(rb"\d{1,15} (\S+)")


def _name(holder: bytes) -> str:
    """`host:pid` of a holder."""
    text = holder.decode(errors="replace")
    return "".join(c if c.isprintable() else "·" for c in text.rpartition("/")[0] or text)[:120]


class _MovedError(Exception):
    """The leader wrote while we read."""


def _id(name: bytes) -> tuple[int, int]:
    first, _, second = name.partition(b"-")
    return int(first), int(second)


async def _server_time(client: Client) -> float:
    seconds, micros = await client.time()
    return float(seconds) + float(micros) / 1e6
