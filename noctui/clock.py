"""Time as a value that tests can hold still."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """`now` is UTC epoch seconds; `monotonic` never goes back; `sleep` waits in this clock's time."""

    def now(self) -> float: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class ShiftedClock(SystemClock):
    """The machine's clock, some seconds on: what a leader's clock shows, seen from a machine whose own is wrong."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def shift(self, ahead: float) -> None:
        """From now on it shows so many seconds more than the machine's."""
        self.ahead = ahead

    def now(self) -> float:
        return super().now() + self.ahead


class FixedClock:
    """A clock that stands still until it is moved; sleeping moves it."""

    def __init__(self, now: float) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    def move(self, seconds: float) -> None:
        self._now += seconds

    async def sleep(self, seconds: float) -> None:
        self._now += seconds
        await asyncio.sleep(0)
