"""The collector as a process of its own, over a real socket, against a real cloud: what a desk is told through it."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from noctui.clock import SystemClock
from noctui.model.detail import AskPorts
from noctui.model.scene import Scene, Status
from noctui.model.words import THRESHOLDS, Metric
from noctui.runtime.child_keeper import InChild
from noctui.runtime.desk import Desk
from noctui.settings import Settings, Thresholds
from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.server import MistServer, serve
from noctui.sim.world import World
from noctui.stores.bus.folder import is_led
from noctui.stores.history import open_reader
from tests.stores.made import difference
from tests.walk.walk import TOKEN

PATIENCE = 30.0
"""Real seconds after which a test gives up."""
OTHER = "00000000-1111-2222-3333-444444444444"


@dataclass
class Watched:
    """A desk over a child process, and what it said."""

    desk: Desk
    child: InChild
    folder: Path
    said: list[Status] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.desk.subscribe(self._changed)
        self.desk.failed = self._failed

    def _changed(self) -> None:
        self.said.append(self.desk.status())
        self.told.set()

    def _failed(self, text: str) -> None:
        self.failed.append(text)
        self.told.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                self.told.clear()
                await self.told.wait()

    def live(self) -> bool:
        """A poll of the present collector is shown."""
        status = self.desk.status()
        return self.desk.live() is not None and not status.warm and status.fault == "" and status.mode == "leader"

    @property
    def scene(self) -> Scene:
        scene = self.desk.live()
        assert scene is not None
        return scene


@asynccontextmanager
async def watched(
    data: Path, *, tokens: tuple[str, ...] = (TOKEN,), org_id: str = "", words: tuple[str, ...] = ()
) -> AsyncIterator[Watched]:
    """A poll every second of a small calm network."""
    world = World(seed=9, sites=6, anchor=time.time(), incidents=())
    clock = SimClock(1.0, time.time())
    server: MistServer = await serve(world, tokens=(TOKEN,), clock=clock, report_seconds=1.0, limit=10**7)
    settings = Settings(
        tokens=tokens, org_id=org_id, host=server.url, insecure_host=True, data=data, poll_seconds=1.0, enrich=False
    )
    child = InChild(lambda: settings, words) if words else InChild(lambda: settings)
    desk = Desk(
        data=data,
        org_id=org_id,
        poll_seconds=1.0,
        clock=SystemClock(),
        new_source=None,
        thresholds=Thresholds(),
        collecting=child,
    )
    try:
        watch = Watched(desk, child, data / world.network.org_id)
        await desk.start()
        yield watch
    finally:
        await desk.stop()
        await server.close()


async def test_what_is_shown_is_what_history_holds_to_the_last_bit(tmp_path: Path) -> None:
    async with watched(tmp_path) as watch:
        await watch.until(watch.live)
        view, read = watch.scene.view, watch.scene.read
        history = open_reader(watch.folder)
        try:
            assert difference(history.view(view.at), view) == ""
        finally:
            history.close()
        above = await read.above(24)
        assert above.total.shape == (len(view.circuits), 4, 3)
        assert watch.scene.can.call
        assert watch.desk.status().api_used > 0


async def test_a_question_is_answered_through_the_child(tmp_path: Path) -> None:
    async with watched(tmp_path) as watch:
        await watch.until(watch.live)
        site = watch.scene.view.inventory.sites[0].site_id
        answer = await watch.scene.read.detail(AskPorts(site))
        assert getattr(answer, "site_id", None) == site


async def test_secrets_are_in_neither_arguments_nor_environment(tmp_path: Path) -> None:
    os.environ["MIST_API_TOKEN"] = TOKEN
    try:
        async with watched(tmp_path) as watch:
            await watch.until(watch.live)
            process = psutil.Process(watch.child.pid)
            assert TOKEN not in " ".join(process.cmdline())
            assert TOKEN not in " ".join(process.environ().values())
    finally:
        del os.environ["MIST_API_TOKEN"]


async def test_a_killed_collector_is_said_and_another_one_goes_on(tmp_path: Path) -> None:
    """The screen keeps what it has; within seconds polls come again, and none is missing from history."""
    async with watched(tmp_path) as watch:
        await watch.until(watch.live)
        first, before = watch.child.pid, watch.scene
        os.kill(first, signal.SIGKILL)
        await watch.until(lambda: watch.desk.status().fault == "lost")
        assert watch.desk.status().fault_text == "The collector was ended by SIGKILL; another one starts"
        assert watch.scene.view.seq >= before.view.seq
        refused = await before.read.detail(AskPorts(""))
        assert "SIGKILL" in refused.error or "ended" in refused.error
        assert (await before.read.above(24)).hours == 24
        await watch.until(watch.live)
        assert watch.child.pid not in (0, first)
        assert watch.scene.view.seq > before.view.seq


async def test_a_collector_that_ends_at_once_is_tried_less_and_less_often(tmp_path: Path) -> None:
    async with watched(tmp_path, org_id=OTHER, words=("-c", "raise SystemExit('no luck')")) as watch:
        waits = set[float]()

        def waited() -> bool:
            status = watch.desk.status()
            if status.fault == "lost":
                waits.add(round(status.retry_at - status.fault_since, 1))
            return len(waits) >= 3

        await watch.until(waited)
        assert sorted(waits) == [0.5, 1.0, 2.0]
        assert not list(tmp_path.iterdir())


async def test_on_a_full_disk_views_still_arrive(tmp_path: Path) -> None:
    """No file may grow beyond what it is: the fault is named, and every poll is shown."""
    async with watched(tmp_path) as watch:
        await watch.until(watch.live)
        resource.prlimit(watch.child.pid, resource.RLIMIT_FSIZE, (4096, 4096))
        await watch.until(lambda: watch.desk.status().history_text != "")
        seq = watch.scene.view.seq
        await watch.until(lambda: watch.scene.view.seq >= seq + 2)
        assert watch.desk.status().fault == ""


async def test_settings_that_can_never_work_end_it_and_leave_nothing(tmp_path: Path) -> None:
    async with watched(tmp_path, org_id=OTHER) as watch:
        await watch.until(lambda: bool(watch.failed))
        (text,) = watch.failed
        assert text.startswith(f"The token cannot see org {OTHER}; it sees: ")
        assert not list(tmp_path.iterdir())


async def test_a_refused_token_at_the_first_start_ends_it(tmp_path: Path) -> None:
    async with watched(tmp_path, tokens=("wrong-token-9999",)) as watch:
        await watch.until(lambda: bool(watch.failed))
        assert watch.failed == ["Token 1 (…9999) was refused: 401 Invalid authentication credentials"]
        assert not list(tmp_path.iterdir())


async def test_stopping_frees_the_lock_and_leaves_no_process(tmp_path: Path) -> None:
    async with watched(tmp_path) as watch:
        await watch.until(watch.live)
        process = psutil.Process(watch.child.pid)
        began = time.monotonic()
        await watch.desk.stop()
        assert time.monotonic() - began < 1.0
        assert not process.is_running()
        assert not is_led(watch.folder)


async def test_other_thresholds_hold_without_a_restart(tmp_path: Path) -> None:
    """Every circuit that has a latency is critical once a thousandth of a millisecond is too much."""
    low = {**THRESHOLDS, Metric.LATENCY: (0.001, 0.001, 0.001)}
    async with watched(tmp_path) as watch:
        await watch.until(watch.live)
        pid = watch.child.pid
        calm = int((watch.scene.view.circuits.severity == 2).sum())
        settings = Settings(poll_seconds=1.0, thresholds=Thresholds(default=low))
        watch.desk.reload(settings)
        assert watch.scene.view.limits_of(0, Metric.LATENCY) == (0.001, 0.001, 0.001)
        await watch.until(lambda: int((watch.scene.view.circuits.severity == 2).sum()) > calm)
        assert watch.child.pid == pid
