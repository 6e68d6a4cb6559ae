"""The whole walk: a simulated Mist cloud on a socket, and desks over one data folder, as noctui runs them.

Nothing is replaced but time and the network's fate: the real source calls the real (simulated) cloud over HTTP, the
collector runs on its own thread, history is a real SQLite file, and tests look at what a screen would look at.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from noctui.alarm_settings import EVERYBODY, USUAL, AlarmSettings, Roles
from noctui.model.batch import Poll, Sweep
from noctui.model.cloud import MistAlarm
from noctui.model.detail import Answer, Question
from noctui.model.scene import Range, Scene, Status, Stretch
from noctui.model.view import View
from noctui.model.words import State
from noctui.runtime.desk import Desk
from noctui.runtime.mist import mist_source
from noctui.runtime.people import Person
from noctui.runtime.source import Budget, Org, Progress, Source
from noctui.runtime.thread import OnThread
from noctui.settings import Settings, Thresholds
from noctui.sim.mist.server import MistServer, serve
from noctui.sim.world import World
from noctui.stores.history import HistoryReader, open_reader
from tests.walk.clock import GUARD, Hand, WalkClock

TOKEN = "walk-token-0123456789abcdef-7a3c"
POLL = 60.0
T0 = 1_763_856_000.0
"""2025-11-23 00:00:00 UTC: a whole hour, and a whole poll."""
MINUTE, HOUR = 60.0, 3600.0


class Kept:
    """A source that keeps what it handed over, in order."""

    def __init__(self, source: Source, kept: list[Sweep]) -> None:
        self._source, self._kept = source, kept

    async def open(self) -> Org:
        return await self._source.open()

    async def sweep(self, progress: Progress | None = None) -> Sweep:
        sweep = await self._source.sweep(progress)
        self._kept.append(sweep)
        return sweep

    def recall(self, alarms: Iterable[MistAlarm]) -> None:
        self._source.recall(alarms)

    def budget(self) -> Budget:
        return self._source.budget()

    async def detail(self, question: Question) -> Answer:
        return await self._source.detail(question)

    async def acknowledge(self, alarm_ids: Sequence[str], note: str, taken: bool) -> str:
        return await self._source.acknowledge(alarm_ids, note, taken)

    async def close(self) -> None:
        await self._source.close()


@dataclass(repr=False)
class Watch:
    """A desk, and everything it showed. (No repr: it would print every poll.)"""

    desk: Desk
    hand: Hand
    sweeps: list[Sweep]
    scenes: list[Scene] = field(default_factory=list)
    said: list[Status] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.desk.subscribe(self._changed)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something that the desk tells makes it so; no time passes."""
        async with asyncio.timeout(GUARD):
            while not holds():
                self.told.clear()
                await self.told.wait()

    def _changed(self) -> None:
        self.told.set()
        scene, status = self.desk.live(), self.desk.status()
        if scene is not None and (not self.scenes or scene is not self.scenes[-1]):
            self.scenes.append(scene)
        if not self.said or self.said[-1] != status:
            self.said.append(status)

    @property
    def view(self) -> View:
        """What is shown now."""
        scene = self.desk.live()
        assert scene is not None, self.desk.status()
        return scene.view

    @property
    def views(self) -> list[View]:
        """Every View that was shown."""
        return [scene.view for scene in self.scenes]

    @property
    def status(self) -> Status:
        return self.desk.status()


class Walk:
    """The cloud, the clock and the data folder. Desks are opened and closed by the test."""

    def __init__(self, server: MistServer, clock: WalkClock, data: Path) -> None:
        self.server, self.clock, self.data = server, clock, data
        self._open: list[Watch] = []
        self._readers: list[HistoryReader] = []

    @property
    def world(self) -> World:
        return self.server.world

    @property
    def folder(self) -> Path:
        """The org's folder."""
        return self.data / self.world.network.org_id

    async def watch(
        self,
        *,
        tokens: Iterable[str] = (TOKEN,),
        org_id: str = "",
        poll_seconds: float = POLL,
        page_limit: int = 1000,
        start: bool = True,
        inventory_file: Path | None = None,
        host: str = "",
        timeout: float = 30.0,
        alarms: AlarmSettings = USUAL,
        roles: Roles = EVERYBODY,
        person: Person | None = None,
    ) -> Watch:
        """A desk as `noctui` makes one. Without tokens it can only follow."""
        hand, sweeps = self.clock.hand(), list[Sweep]()
        settings = Settings(
            tokens=tuple(tokens),
            org_id=org_id,
            host=host or self.server.url,
            timeout=timeout,
            insecure_host=True,
            page_limit=page_limit,
            data=self.data,
            enrich=False,  # a second sleeper on the hand: time would pass while a sweep runs
        )
        days = float(settings.raw_days), float(settings.path_days)
        collecting = OnThread(
            lambda: Kept(mist_source(settings, hand), sweeps), poll_seconds, hand, Thresholds(), days, inventory_file,
            alarms=alarms, roles=roles,
        )  # fmt: skip
        desk = Desk(
            data=self.data,
            org_id=org_id,
            poll_seconds=poll_seconds,
            clock=hand,
            new_source=None,
            collecting=collecting if settings.tokens else None,
            thresholds=Thresholds(),
            person=person,
        )
        watch = Watch(desk, hand, sweeps)
        self._open.append(watch)
        if start:
            await desk.start()
        return watch

    async def close(self, watch: Watch) -> None:
        """The process ends in order."""
        self._open.remove(watch)
        self.clock.let_go(watch.hand)
        await watch.desk.stop()

    async def close_all(self) -> None:
        for watch in list(self._open):
            await self.close(watch)
        for reader in self._readers:
            await asyncio.to_thread(reader.close)

    def history(self) -> HistoryReader:
        """The file, read by somebody else."""
        reader = open_reader(self.folder)
        self._readers.append(reader)
        return reader

    async def timeline(self, circuit_id: str, start: float, end: float) -> tuple[Stretch, ...]:
        """The circuit's timeline as the file has it now."""
        return await self.history().reader(self.clock.now()).timeline(circuit_id, Range(start, end))


@asynccontextmanager
async def walking(
    data: Path,
    world: World,
    *,
    start: float = T0,
    tokens: Iterable[str] = (TOKEN,),
    limit: int = 5000,
    report_seconds: float = 60.0,
) -> AsyncIterator[Walk]:
    """A cloud over `world`, at `start`."""
    clock = WalkClock(start)
    server = await serve(world, tokens=tokens, clock=clock, report_seconds=report_seconds, limit=limit)
    walk = Walk(server, clock, data)
    try:
        yield walk
    finally:
        await walk.close_all()
        await server.close()


def polls_of(watch: Watch, interval: float = POLL) -> list[Poll]:
    """The polls that were judged, from the sweeps that the source handed over: for a day without faults."""
    return [
        Poll(
            seq=view.seq,
            at=sweep.ended,
            tick=int(sweep.started // interval),
            interval=interval,
            circuits=sweep.circuits,
            gateways=sweep.gateways,
            paths=sweep.paths,
            events=sweep.events,
            whole=sweep.whole,
            reports=sweep.reports,
        )
        for sweep, view in zip(watch.sweeps, watch.views, strict=True)
    ]


def seconds(stretches: Iterable[Stretch], state: State) -> float:
    """How long the timeline was in that state."""
    return sum(s.end - s.start for s in stretches if s.state == state)
