"""A leader on a real bus, without a collector; and desks that follow it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from noctui.clock import Clock, ShiftedClock
from noctui.model.faults import HistoryError
from noctui.model.scene import Reader
from noctui.model.status import Status
from noctui.model.view import View
from noctui.runtime.collecting import Collecting, Publish
from noctui.runtime.people import Person
from noctui.runtime.published import Published
from noctui.runtime.remote import Remote
from noctui.runtime.remote_desk import RemoteDesk
from noctui.runtime.source import Org
from noctui.settings import Settings, Thresholds
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_inbox import Inbox
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_publish import Publisher
from noctui.stores.bus.redis_requests import Answerer
from tests.stores.bus.made import views
from tests.stores.bus.test_redis_requests import NightShelf

ORG = views()[0].inventory.org_id
GUARD = 20.0
KIM = Person("kim", "operator", "noc-b pts/3")


def view(number: int, ago: float = 0.0) -> View:
    """A poll that has just been made."""
    return replace(views()[number], at=time.time() - ago, interval=60.0)


class Leading:
    """Holds the lease, publishes what it is told to, and answers."""

    def __init__(self, client: Client, *, holder: str = "noc-a:41/x", seconds: float = 60.0, seen: int = 0) -> None:
        self.client = client
        self.lease = Lease(client, ORG, "the bus", seconds=seconds, holder=holder, seen=seen)
        self.shelf = NightShelf(of=views()[0].inventory)
        self.inbox = Inbox(client, self.lease)
        self._answering: asyncio.Task[None] | None = None

    async def begin(self, before: tuple[int, int] = (0, 0)) -> Leading:
        assert await self.lease.acquire()
        self.publisher = Publisher(self.lease, before=before)
        self._answering = asyncio.create_task(Answerer(self.client, self.lease, self.shelf).run())
        return self

    async def poll(self, view: View, status: Status | None = None) -> None:
        await self.publisher.poll(view, status or Status())

    async def end(self, *, release: bool = True) -> None:
        if self._answering is not None:
            self._answering.cancel()
            await asyncio.wait({self._answering})
            self._answering = None
        if release:
            await self.lease.release()


class Waiting:
    """`Collecting` that contends and never wins; with a `fault` its folder cannot be written. Its token is of `org_id`,
    once it is `answered`."""

    def __init__(self, fault: str = "", org_id: str = ORG) -> None:
        self.fault, self._org = fault, Org(org_id, "")
        self.answered = asyncio.Event()
        self.asked = 0

    def prepare(self) -> None:
        return

    async def org(self) -> Org:
        await self.answered.wait()
        return self._org

    async def lead(self, folder: Path, org_id: str, publish: Publish) -> bool:
        self.asked += 1
        if self.fault:
            raise HistoryError(self.fault)
        publish(Published(Status(mode="follower", leader="noc-a:41", fault="loading", bus="ok")))
        await asyncio.Event().wait()
        return True

    def reader(self, history: Reader, at: float) -> Reader:
        return history

    async def lost(self) -> str:
        return ""

    def reload(self, settings: Settings) -> None:
        return

    async def rest(self) -> None:
        return

    async def stop(self) -> None:
        return


class Watching:
    """A desk, and what it tells."""

    def __init__(self, desk: RemoteDesk, clock: Clock) -> None:
        self.desk, self.clock = desk, clock
        self.failed: list[str] = []
        self._told = asyncio.Event()
        desk.subscribe(self._told.set)
        desk.failed = self._failed

    def _failed(self, text: str) -> None:
        self.failed.append(text)
        self._told.set()

    @property
    def status(self) -> Status:
        return self.desk.status()

    @property
    def view(self) -> View:
        scene = self.desk.live()
        assert scene is not None
        return scene.view

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until it is so; TimeoutError when it does not become so."""
        async with asyncio.timeout(GUARD):
            while not true():
                self._told.clear()
                if not true():
                    await self._told.wait()

    async def shows(self, view: View) -> None:
        await self.until(lambda: self.desk.live() is not None and self.view.seq == view.seq)


@asynccontextmanager
async def following(
    url: str,
    data: Path,
    *,
    org_id: str = ORG,
    clock: ShiftedClock | None = None,
    person: Person | None = KIM,
    collecting: Collecting | None = None,
    keep: bool = False,
) -> AsyncIterator[Watching]:
    """A follower; without `collecting` it has no token."""
    clock = clock or ShiftedClock()
    settings = Settings(bus=url, org_id=org_id, data=data)
    desk = RemoteDesk(
        data=data,
        org_id=org_id,
        poll_seconds=60.0,
        clock=clock,
        new_source=None,
        thresholds=Thresholds(),
        person=person,
        collecting=collecting,
        remote=Remote(settings),
        shift=clock.shift,
        keep=keep,
    )
    await desk.start()
    try:
        yield Watching(desk, clock)
    finally:
        await desk.stop()
