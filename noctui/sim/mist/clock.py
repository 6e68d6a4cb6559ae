"""A clock that may run fast, or jump, so that an hour's budget or a day's history needs no waiting."""

from __future__ import annotations

import asyncio
import time


class SimClock:
    """Runs `speed` times as fast as the machine's, from `start` (epoch seconds; now when not given)."""

    def __init__(self, speed: float = 1.0, start: float | None = None) -> None:
        self.speed = speed
        self._base = time.time() if start is None else start
        self._began = time.monotonic()

    def now(self) -> float:
        return self._base + (time.monotonic() - self._began) * self.speed

    def monotonic(self) -> float:
        return self.now()

    def move(self, seconds: float) -> None:
        """Jump ahead."""
        self._base += seconds

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed if self.speed > 0 else 0.0)
