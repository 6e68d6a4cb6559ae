"""Leadership between hosts: a lease on the bus, fenced by epochs.

Whoever takes the lease gets a higher epoch than any before, and every write of the leader is checked against it in the
same step. So a leader that hung, slept or was cut off finds its writes refused, whatever it believes. Host clocks are
not trusted: the server's alone says when a lease ends.
"""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_errors import FencedError, named
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_script import Command, call

SECONDS = 6.0
"""A lease, if it is not renewed. With a try every sixth of it, another leads within 10 s of the holder's end."""
SCREEN, SERVER = 0, 1
"""Ranks: a collector on a server takes over from an interactive screen, which gives way at its next renewal."""
_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while a laptop sleeps


@dataclass(frozen=True, slots=True)
class Standing:
    """Who holds the lease, by the server. `seconds` are left of it."""

    epoch: int
    rank: int
    holder: str
    seconds: float

    @property
    def name(self) -> str:
        """`host:pid`."""
        return self.holder.rpartition("/")[0] or self.holder


def own_name() -> str:
    """`host:pid/…`: a holder that no other process is, ever."""
    host = "".join(c if c.isalnum() or c in "-._" else "-" for c in socket.gethostname()) or "host"
    return f"{host}:{os.getpid()}/{secrets.token_hex(6)}"


class Lease:
    """One process's hold on the leadership of an org. `seen` is the highest epoch it knows of.

    Methods raise BusError: BusLostError when nothing can be known, which is no loss of the lease yet. The client should
    wait no longer than a third of the lease for an answer, and not try again by itself.
    """

    def __init__(
        self,
        client: Client,
        org_id: str,
        where: str,
        *,
        rank: int = SCREEN,
        seconds: float = SECONDS,
        seen: int = 0,
        holder: str = "",
    ) -> None:
        self.keys = Keys(org_id)
        self.holder = holder or own_name()
        self.rank, self.seconds, self.seen = rank, seconds, seen
        self.where = where
        self.epoch = 0
        """Ours while we hold it; 0 when we do not."""
        self.other: Standing | None = None
        """Who had it when we were refused last; None: nobody."""
        self._client = client
        self._until = 0.0

    @property
    def held(self) -> bool:
        """We lead, as far as we know: taken or renewed within its time, counted from before it was asked for. Only a
        fenced write tells for certain."""
        return self.epoch > 0 and time.clock_gettime(_BOOT) < self._until

    def saw(self, epoch: int) -> None:
        """An epoch was seen, in what somebody published."""
        self.seen = max(self.seen, epoch)

    async def acquire(self) -> bool:
        """Take it if nobody has it; with a higher rank than its holder's, ask that one to give way. Harmless again."""
        if not self.epoch:
            self.other = None
        began, answer = await self._ask("acquire")
        if answer[0] != 1:
            self._refused(answer)
            return False
        self.epoch = int(answer[1])
        self.saw(self.epoch)
        self._until = began + self.seconds
        return True

    async def renew(self) -> bool:
        """Keep it; False when somebody else leads or is to lead (`other`): stop writing. A lease that ran out and that
        nobody took is ours again, with the same epoch."""
        if not self.epoch:
            return False
        began, answer = await self._ask("renew")
        if answer[0] != 1:
            self._refused(answer)
            self.epoch = 0
            return False
        self.other = None
        self._until = began + self.seconds
        return True

    async def release(self) -> None:
        """Give it back, and stop waiting for it; harmless when it is not held."""
        await self._ask("release")
        self.epoch = 0

    async def fenced(self, commands: Sequence[Command], blob: bytes = b"") -> list[Any]:
        """Write, if we hold the lease and no higher epoch was ever seen: all in one step. What each command answered.

        Raises FencedError when it is not written. An epoch that is lost for good is forgotten; a lease that only ran
        out may still be renewed.
        """
        mine = self.epoch
        if not mine:
            raise FencedError(f"{self.where}: this process does not lead")
        _, answer = await self._ask("write", commands, blob)
        if answer[0] == 1:
            return answer[2:]
        self._refused(answer)
        if answer[1] != b"lost":
            raise FencedError(f"{self.where}: leadership {mine} ran out")
        if self.epoch == mine:  # it may have been taken anew, while this was under way
            self.epoch = 0
        by = f" by {self.other.name}" if self.other is not None else ""
        raise FencedError(f"{self.where}: leadership {mine} was taken over{by}")

    async def look(self) -> Standing | None:
        """Who holds it, or waits for it while nobody does. Changes nothing."""
        with named(self.where):
            return _standing(await call(self._client, self.keys, "look"))

    async def raise_epoch(self) -> int:
        """Tell the server the highest epoch seen, so that nobody can lead with a lower one; what it has now."""
        with named(self.where):
            answer = await call(self._client, self.keys, "raise", seen=self.seen)
        self.saw(int(answer[1]))
        return int(answer[1])

    async def forgotten(self) -> bool:
        """The server knows of no epoch as high as was seen: it has lost its memory, or is an older copy of it."""
        if not self.seen:
            return False
        with named(self.where):
            stored = await self._client.get(self.keys.epoch)
        return not stored or (stored.isdigit() and int(stored) < self.seen)

    async def published(self) -> tuple[int, int]:
        """The highest (epoch, number) on the Streams; (0, 0): they are empty."""
        with named(self.where):
            tops: list[Any] = [await self._client.xrevrange(key, count=1) for key in (self.keys.polls, self.keys.news)]
        ids = [bytes(top[0][0]).partition(b"-") for top in tops if top]
        return max(((int(epoch), int(number)) for epoch, _, number in ids), default=(0, 0))

    async def server_time(self) -> float:
        """The server's clock, UTC epoch seconds."""
        with named(self.where):
            seconds, micros = await self._client.time()
        return float(seconds) + float(micros) / 1e6

    async def _ask(self, verb: str, commands: Sequence[Command] = (), blob: bytes = b"") -> tuple[float, list[Any]]:
        """When it was asked, and the answer."""
        began = time.clock_gettime(_BOOT)
        with named(self.where):
            answer = await call(
                self._client,
                self.keys,
                verb,
                holder=self.holder,
                rank=self.rank,
                epoch=self.epoch,
                seen=self.seen,
                limit_ms=max(1, round(self.seconds * 1000)),
                commands=commands,
                blob=blob,
            )
        return began, answer

    def _refused(self, answer: list[Any]) -> None:
        self.other = _standing(answer)
        self.saw(int(answer[2]))


def _standing(answer: list[Any]) -> Standing | None:
    _, _, epoch, rank, holder, left = answer
    if not holder:
        return None
    name = "".join(c if c.isprintable() else "·" for c in bytes(holder).decode(errors="replace"))
    return Standing(int(epoch), int(rank), name, max(0, int(left)) / 1000)
