"""Polls that lie on the bus, read once more: for a history that lacks them.

The bus has one version of the inventory, the newest. A poll of an earlier one is joined with it as long as both speak
of the same things in the same order (`Head.shape`); else it is left out, and counted.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from typing import Any

from redis.exceptions import ResponseError

from noctui.model.inventory import Inventory
from noctui.model.view import View
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_blobs import BlobError, head_of, unseal
from noctui.stores.bus.redis_errors import named
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_packing import whole
from noctui.stores.bus.redis_rows import digests, joined, opened, shape_of
from noctui.stores.bus.redis_words import PollIs, VersionIs

READ_BYTES = 4_000_000
"""About as much is read at once."""
MOST_AT_ONCE = 16
HELD_BYTES = 64_000_000
"""Of polls as they lie there."""


class Replay:
    """Of one org, at one time. Methods raise BusError when the bus is lost or refuses."""

    def __init__(self, client: Client, org_id: str, where: str) -> None:
        self._client: Any = client
        self._keys, self._where = Keys(org_id), where
        self.damaged = 0
        """Polls that could not be read."""
        self.others = 0
        """Polls of another inventory than the one that is there now."""

    async def views(self, after: float, most_bytes: float = math.inf) -> AsyncIterator[View]:
        """Those made after `after`, oldest first, each newer than the one before; of about `most_bytes` the newest."""
        inventory = await self._inventory()
        if inventory is None:
            return
        shape = await asyncio.to_thread(shape_of, inventory)
        count = await self._at_once()
        pages = self._newer(count, after, most_bytes)
        async for blob in pages:
            view = await self._view(blob, inventory, shape, after)
            if view is not None:
                after = view.at
                yield view

    async def _at_once(self) -> int:
        with named(self._where):
            try:
                size = await self._client.strlen(self._keys.snapshot)
            except ResponseError:
                size = READ_BYTES
        return int(min(MOST_AT_ONCE, max(1, READ_BYTES // max(1, size))))

    async def _newer(self, count: int, after: float, most_bytes: float) -> AsyncIterator[bytes]:
        """Those newer than `after`, oldest first: found from the newest on, so that the others are not fetched. Of more
        than are held in memory only the place is remembered, and they are fetched again."""
        held: list[bytes] = []
        end, size, start = "+", 0, ""
        while True:
            entries = await self._entries(end, count, back=True)
            for name, blob in entries:
                size += len(blob)
                if size > most_bytes or self._taken(blob) <= after:
                    entries = []
                    break
                if size > HELD_BYTES:
                    held, start = [], name
                else:
                    held.append(blob)
            if len(entries) < count:
                break
            end = f"({entries[-1][0]}"
        while held:
            yield held.pop()
        while start:
            entries = await self._entries(start, count)
            for _, blob in entries:
                yield blob
            start = f"({entries[-1][0]}" if len(entries) == count else ""

    def _taken(self, blob: bytes) -> float:
        """Infinite for one that cannot be read: it is counted when its turn comes."""
        try:
            return head_of(blob, self._keys.org_id).taken
        except BlobError:
            return math.inf

    async def _entries(self, start: str, count: int, *, back: bool = False) -> list[tuple[str, bytes]]:
        """(id, blob) from there on, or `back` from there; none of a key that is no Stream."""
        with named(self._where):
            try:
                if back:
                    found = await self._client.xrevrange(self._keys.polls, start, "-", count)
                else:
                    found = await self._client.xrange(self._keys.polls, start, "+", count)
            except ResponseError:
                return []
        return [(name.decode(), fields.get(b"b", b"")) for name, fields in found]

    async def _view(self, blob: bytes, inventory: Inventory, shape: int, after: float) -> View | None:
        org = self._keys.org_id
        try:
            head = await asyncio.to_thread(head_of, blob, org)
            if head.taken <= after:
                return None
            if head.shape != shape:
                self.others += 1
                return None
            view = (await asyncio.to_thread(unseal, blob, org, PollIs))[1].view
            return whole(view, inventory, view.alarms) if view.at > after else None
        except BlobError:
            self.damaged += 1
            return None

    async def _inventory(self) -> Inventory | None:
        """The newest; None: there is none that can be read."""
        org = self._keys.org_id
        with named(self._where):
            blob = await self._client.get(self._keys.version)
            if blob is None:
                return None
            try:
                version = unseal(blob, org, VersionIs)[1]
                names = digests(version)
                blobs = await self._client.hmget(self._keys.pieces, names) if names else []
                pieces = await asyncio.to_thread(lambda: dict(opened(org, names, blobs)))
                return await asyncio.to_thread(joined, version, pieces)
            except (BlobError, KeyError, ResponseError):
                return None
