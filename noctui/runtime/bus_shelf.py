"""What a leader answers followers from: its own history, and what only the collector has at hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from noctui.model.detail import Answer, Question
from noctui.model.inventory import Inventory
from noctui.model.scene import Above, Reader
from noctui.model.view import F8, View
from noctui.promise_settings import NOTHING, PromiseSettings
from noctui.runtime.limits import LimitsKept
from noctui.runtime.scenes import LeaderReader
from noctui.stores.history import open_reader
from noctui.stores.history.reader import HistoryReader
from noctui.stores.history.settings import Retention

P = ParamSpec("P")
T = TypeVar("T")


class HistoryShelf:
    """Opened with the first question. Reads run on the history's own threads: polling never waits for one."""

    def __init__(
        self,
        folder: Path,
        retention: Retention,
        limits: Callable[[], LimitsKept | None],
        above: Callable[[int, float], Awaitable[Above | None]],
        ask: Callable[[Question], Awaitable[Answer]],
        promises: PromiseSettings = NOTHING,
    ) -> None:
        self._promises = promises
        self._folder, self._retention = folder, retention
        self._limits, self._above, self._ask = limits, above, ask
        self._opened: HistoryReader | None = None

    async def reader(self, at: float, corrected: bool, live: bool) -> Reader:
        history = self._history()
        read = history.reader(at, corrected or live, live=live)
        if not live:
            return read

        async def above(hours: int) -> Above | None:
            return await self._above(hours, at)

        return LeaderReader(read, above, self._ask)

    async def view(self, at: float, corrected: bool) -> View | None:
        return await self._call(self._history().view, at, corrected)

    async def step(self, at: float, direction: int, corrected: bool) -> float | None:
        return await self._call(self._history().step, at, direction, corrected)

    async def inventory(self, at: float) -> Inventory | None:
        return await self._call(self._history().inventory, at)

    def share(self, inventory: Inventory) -> None:
        """This version need not be read again."""
        if self._opened is not None:
            self._opened.share(inventory)

    async def close(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            await asyncio.to_thread(opened.close)

    def _history(self) -> HistoryReader:
        if self._opened is None:
            self._opened = open_reader(self._folder, retention=self._retention)
            self._opened.limits_of = self._limits_of
            if self._promises.promises:
                from noctui.runtime.boards import Boards

                self._opened.scores_of = Boards(self._opened, self._promises).ask
        return self._opened

    def _limits_of(self, inventory: Inventory) -> F8 | None:
        limits = self._limits()
        return limits.of(inventory) if limits is not None else None

    async def _call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        pool = self._history().pool
        return await asyncio.get_running_loop().run_in_executor(pool, lambda: work(*args, **kwargs))
