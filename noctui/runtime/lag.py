"""How long a loop was held up: a beat ten times a second, and how late it comes."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from pathlib import Path

import msgspec

from noctui.model.health import Health

BEAT = 0.1
MINUTES = 60


class Lag:
    """The longest block of the running loop in the last hour."""

    def __init__(self) -> None:
        self._minutes: deque[tuple[int, float]] = deque(maxlen=MINUTES)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._beat(), name="lag")

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    @property
    def longest(self) -> float:
        """Seconds; NaN before the first beat."""
        return max((late for _, late in self._minutes), default=float("nan"))

    def into(self, health: Health) -> Health:
        """With the longest block, and the memory that this process holds."""
        return msgspec.structs.replace(health, longest_block=self.longest, rss=health.rss or rss())

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(BEAT)
            now = loop.time()
            minute, late = int(now // 60), max(0.0, now - before - BEAT)
            if self._minutes and self._minutes[-1][0] == minute:
                late = max(late, self._minutes.pop()[1])
            self._minutes.append((minute, late))


def rss() -> int:
    """Bytes of memory that this process holds; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
