"""A thread with an event loop of its own, and collecting on it: what tests drive, with a clock of theirs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from noctui.alarm_settings import EVERYBODY, USUAL, AlarmSettings, Roles
from noctui.clock import Clock
from noctui.model.detail import Answer, Question
from noctui.model.scene import Above, Reader
from noctui.runtime.bus_address import BusPlace
from noctui.runtime.collecting import Publish
from noctui.runtime.published import Published
from noctui.runtime.scenes import LeaderReader
from noctui.runtime.source import Org, Source
from noctui.runtime.term import Term
from noctui.settings import Settings, Thresholds

A = TypeVar("A")
T = TypeVar("T")


class LoopThread:
    """Starts at once; `run` hands a coroutine over and is awaited from any other loop."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._main, name=name, daemon=True)
        self._thread.start()

    def _main(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` over there and await its result here; cancelling here cancels there."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def call(self, function: Callable[[A], object], argument: A) -> None:
        """Have it called over there, soon."""
        self._loop.call_soon_threadsafe(function, argument)

    async def stop(self) -> None:
        """End the loop and wait for the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join, 5.0)


class OnThread:
    """`Collecting` in this process. Python runs one thread at a time: a large sweep holds the screen up."""

    def __init__(
        self,
        new_source: Callable[[], Source],
        poll_seconds: float,
        clock: Clock,
        thresholds: Thresholds,
        days: tuple[float, float],
        inventory_file: Path | None = None,
        zone: str = "UTC",
        alarms: AlarmSettings = USUAL,
        roles: Roles = EVERYBODY,
        bus: BusPlace | None = None,
    ) -> None:
        self._term = Term(new_source, poll_seconds, clock, thresholds, days, inventory_file, zone, alarms, roles, bus)
        self._thread: LoopThread | None = None

    def prepare(self) -> None:
        return

    async def org(self) -> Org:
        return await self._there.run(self._term.org())

    async def lead(self, folder: Path, org_id: str, publish: Publish) -> bool:
        loop = asyncio.get_running_loop()

        def told(published: Published) -> None:
            loop.call_soon_threadsafe(publish, published)

        return await self._there.run(self._term.lead(folder, org_id, told))

    def reader(self, history: Reader, at: float) -> Reader:
        async def above(hours: int) -> Above | None:
            return await self._there.run(self._term.above(hours, at))

        async def ask(question: Question) -> Answer:
            return await self._there.run(self._term.detail(question))

        return LeaderReader(history, above, ask)

    async def lost(self) -> str:
        await self._there.run(self._term.over())  # a thread does not end by itself
        return ""

    def reload(self, settings: Settings) -> None:
        self._there.call(self._term.reload, settings)

    async def rest(self) -> None:
        await self._there.run(self._term.rest())

    async def stop(self) -> None:
        if self._thread is not None:
            await self._thread.run(self._term.stop())
            await self._thread.stop()
            self._thread = None

    @property
    def _there(self) -> LoopThread:
        if self._thread is None:
            self._thread = LoopThread("noctui-collector")
        return self._thread
