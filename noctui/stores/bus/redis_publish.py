"""What the leader puts on the bus: one entry a poll, the snapshot beside it, what changed between polls.

Entries are numbered `EPOCH-NUMBER`, so the Stream itself refuses what is older than what it has.
"""

from __future__ import annotations

import asyncio
import math
import time

from noctui.model.alarms import Alarms
from noctui.model.inventory import Inventory
from noctui.model.status import Status
from noctui.model.view import View
from noctui.model.works import Works
from noctui.stores.bus.redis_blobs import Head, seal
from noctui.stores.bus.redis_errors import BusError, FencedError, StreamAheadError
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_packing import slim
from noctui.stores.bus.redis_rows import Cutter, digests, shape_of
from noctui.stores.bus.redis_script import BLOB, Command
from noctui.stores.bus.redis_words import AlarmsAre, PollIs, StatusIs, VersionIs

KEPT_SECONDS = 7200.0
"""Polls of so long stay on the Stream."""
NEWS_KEPT = 100
MOST_BELIEVED = 10**9
"""An epoch on a Stream; a higher one is the clock that a foreign program numbered its entries by."""


class Publisher:
    """Publishes for one leadership: make a new one for each epoch. `before` is the (epoch, seq) of the last poll it saw
    as a follower. Raises BusError; FencedError when somebody else leads. One call at a time."""

    def __init__(
        self,
        lease: Lease,
        *,
        poll_seconds: float = 60.0,
        before: tuple[int, int] = (0, 0),
        keep: float = KEPT_SECONDS,
    ) -> None:
        self._lease = lease
        self._org = lease.keys.org_id
        self._keep = max(2, math.ceil(keep / max(1.0, poll_seconds)))
        self._before = before
        self._number = 0
        self._epoch = lease.epoch
        self._ahead = math.nan
        self._forget()

    def _forget(self) -> None:
        """Nothing of ours is on the bus."""
        self._cutter = Cutter(self._org)
        self._inventory: Inventory | None = None
        self._shape = 0  # of that
        self._had: frozenset[bytes] = frozenset()
        self._last: frozenset[bytes] = frozenset()
        self._alarms: Alarms | None = None
        self._alarms_number = 0

    async def poll(self, view: View, status: Status) -> int:
        """Publish one poll: bytes of its blob. What the bus has lost comes with it again."""
        if not math.isfinite(self._ahead):
            self._ahead = time.time() - await self._lease.server_time()
        size, whole = await self._poll(view, status)
        if not whole:  # a server that was restarted without its memory: the next one finds nothing there
            self._forget()
            size, _ = await self._poll(view, status)
        self._before = (self._epoch, view.seq)
        return size

    async def _poll(self, view: View, status: Status) -> tuple[int, bool]:
        keys = self._lease.keys
        commands: list[Command] = []
        gone: frozenset[bytes] = frozenset()
        now = self._had
        self._number += 1
        if view.inventory is not self._inventory:
            pieces, version = await self._cut(view.inventory)
            self._shape = await asyncio.to_thread(shape_of, view.inventory)
            now = frozenset(digests(version))
            gone = self._had - now - self._last  # somebody may still be fetching those of the version before
            if self._inventory is None:
                commands.append(("DEL", keys.pieces))
            commands += [("HSET", keys.pieces, name, blob) for name, blob in pieces]
            commands.append(("SET", keys.version, seal(self._head(rev=view.inventory.rev), version)))
        if gone:
            commands.append(("HDEL", keys.pieces, *sorted(gone)))
        commands += await self._alarms_commands(view.alarms)
        head = self._head(rev=view.inventory.rev, seq=view.seq, taken=view.at, shape=self._shape)
        blob = await asyncio.to_thread(seal, head, PollIs(slim(view), status))
        ours: list[Command] = [
            *commands,
            ("SET", keys.snapshot, BLOB),
            ("XADD", keys.polls, "MAXLEN", "~", self._keep, self._id, "b", BLOB),
            ("TYPE", keys.version),
            ("TYPE", keys.alarms),
            ("HLEN", keys.pieces),
        ]
        answers = await self._write(ours, blob)
        if view.inventory is not self._inventory:
            self._had, self._last, self._inventory = (self._had | now) - gone, now, view.inventory
        self._alarms = view.alarms
        return len(blob), not answers or answers[-3:] == [b"string", b"string", len(self._had)]

    async def say(self, status: Status, alarms: Alarms | None = None, works: Works | None = None) -> None:
        """Publish what changed between polls; `alarms`, `works` None: as they were."""
        self._number += 1
        commands = await self._alarms_commands(alarms) if alarms is not None else []
        blob = seal(self._head(), StatusIs(status, works))
        news: Command = ("XADD", self._lease.keys.news, "MAXLEN", "~", NEWS_KEPT, self._id, "b", BLOB)
        await self._write([*commands, news], blob)
        if alarms is not None:
            self._alarms = alarms

    @property
    def _id(self) -> str:
        return f"{self._epoch}-{self._number}"

    def _head(self, rev: int = 0, seq: int = 0, taken: float = 0.0, shape: int = 0) -> Head:
        return Head(
            org=self._org,
            epoch=self._epoch,
            number=self._number,
            seq=seq,
            rev=rev,
            alarms=self._alarms_number,
            before=self._before,
            ahead=self._ahead if math.isfinite(self._ahead) else 0.0,
            taken=taken,
            shape=shape,
        )

    async def _alarms_commands(self, alarms: Alarms) -> list[Command]:
        if alarms is self._alarms:
            return []
        self._alarms_number = self._number
        word = AlarmsAre(alarms.alarms, dict(alarms.held), alarms.cleared_at)
        return [("SET", self._lease.keys.alarms, await asyncio.to_thread(seal, self._head(), word))]

    async def _cut(self, inventory: Inventory) -> tuple[list[tuple[bytes, bytes]], VersionIs]:
        if inventory.org_id != self._org:
            raise ValueError("this inventory is of another org")
        pieces: list[tuple[bytes, bytes]] = []
        for one in self._cutter.cut(inventory, self._had):
            if isinstance(one, VersionIs):
                return pieces, one
            pieces.append(one)
            await asyncio.sleep(0)  # a large org's is tens of milliseconds in all
        raise AssertionError("no version came")

    async def _write(self, commands: list[Command], blob: bytes) -> list[object]:
        if self._lease.epoch != self._epoch:
            raise FencedError(f"{self._lease.where}: this leadership is over")
        try:
            return await self._lease.fenced(commands, blob)
        except StreamAheadError as error:
            top = await self._lease.published()
            if top == (self._epoch, self._number):
                return []  # an answer was lost, and the client sent it twice
            raise await self._behind(error, top[0]) from error

    async def _behind(self, error: StreamAheadError, epoch: int) -> BusError:
        """The server lost the epoch, but not what a higher one published: give way to a still higher one."""
        if not self._epoch < epoch <= MOST_BELIEVED:
            return error
        self._lease.saw(epoch)
        await self._lease.release()
        return FencedError(f"{self._lease.where}: leadership {epoch} published before this one, {self._epoch}")
