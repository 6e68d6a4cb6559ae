"""Back-fills in walks: a clock that a back-fill moves when it waits, and what a folder's history holds."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from noctui.clock import Clock
from noctui.runtime.backfill import Backfill
from noctui.settings import Settings
from tests.walk.clock import WalkClock
from tests.walk.walk import TOKEN, Walk


class Mover:
    """The walk's clock; whoever sleeps on it moves it, when nobody else is there to wait for."""

    def __init__(self, clock: WalkClock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.now()

    async def sleep(self, seconds: float) -> None:
        self._clock.move(seconds)
        await asyncio.sleep(0)


def settings_of(walk: Walk, token: str = TOKEN) -> Settings:
    return Settings(tokens=(token,), host=walk.server.url, insecure_host=True, data=walk.data)


@asynccontextmanager
async def filling(walk: Walk, clock: Clock | None = None, share: float = 0.3) -> AsyncIterator[Backfill]:
    """A back-fill of the walk's folder."""
    async with Backfill(settings_of(walk), walk.folder, walk.folder.name, clock or Mover(walk.clock), share) as made:
        yield made


Poll = tuple[float, int, float, bool]
"""at, seq, interval, silent"""


def polls_in(folder: Path) -> list[Poll]:
    """Every poll that the history holds, oldest first."""
    with closing(sqlite3.connect(folder / "history.db")) as db:
        found = db.execute("SELECT at, seq, interval, silent FROM polls ORDER BY at").fetchall()
    return [(at, seq, interval, bool(silent)) for at, seq, interval, silent in found]


def bucket_polls(folder: Path) -> list[Poll]:
    """Those of Mist's buckets."""
    return [poll for poll in polls_in(folder) if poll[2] >= 600.0]
