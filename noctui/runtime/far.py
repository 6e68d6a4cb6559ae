"""History that lies in the warehouse: read in the background, kept on disk, asked for by `LongReader`.

Nobody at a screen waits: what was read before is answered at once, what is missing is fetched on a thread of its own,
and `landed` is called when it is there. Hours long gone seldom change: an answer is good for a day. A warehouse that
cannot be used is left alone for some minutes; the reason is part of the answer.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from noctui.clock import Clock
from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.login import Login

if TYPE_CHECKING:
    import subprocess

    from noctui.model.scores import ScoreLine
    from noctui.runtime.far_reading import Job
    from noctui.stores.warehouse import far_kept
    from noctui.stores.warehouse.far_billing import FarBilling
    from noctui.stores.warehouse.far_events import FarOutages, FarScores
    from noctui.stores.warehouse.far_hours import FarHours, FarSums
    from noctui.stores.warehouse.far_kept import Kept

log = logging.getLogger("noctui.far")

HOUR, DAY = 3600.0, 86_400.0
GOOD = DAY
"""Seconds until an answer is read anew."""
REST = 300.0
"""After a fault, until the warehouse is asked again."""
MOST_WAITING = 8
"""Questions that wait: who has gone on to other circuits does not want the first ones any more."""
MOST_HELD = 64
"""Answers in memory."""

Answer = TypeVar("Answer", "FarHours", "FarSums", "FarOutages", "FarScores", "FarBilling")


@dataclass(frozen=True, slots=True)
class Said:
    """What there is of an answer, and in a few words how it stands: '' when it is whole and new enough."""

    answer: far_kept.Far | None
    fault: str = ""
    reading: bool = False


class Far:
    """The warehouse of one account, for any org. Its methods belong to the loop that it is made on."""

    def __init__(
        self, login: Login, folder: Path, clock: Clock, landed: Callable[[], None] | None = None, wait: bool = False
    ) -> None:
        """`folder` is where answers are kept. `wait`: answers are waited for, up to the login's timeout, and read by
        this process (commands); else a child reads them."""
        self.login = login
        self.clock = clock
        self.generation = 0
        """Grows with each answer that lands: who asked before may ask again."""
        self.begins: dict[tuple[str, float], tuple[float, float]] = {}
        """(org, first day of a range) → when history here begins to know of the network, and when that was found."""
        self.measured: OrderedDict[tuple[str, str, float], tuple[tuple[FarScores, str], tuple[ScoreLine, ...]]] = (
            OrderedDict()
        )
        """(org, month, known by) → what an answer and what is told of it were made to."""
        self.landed = landed
        self._folder, self._wait = folder, wait
        self._held: OrderedDict[tuple[str, str], far_kept.Far] = OrderedDict()
        self._looked: set[tuple[str, str]] = set()  # on disk
        self._queue: OrderedDict[tuple[str, str], Job] = OrderedDict()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._running: tuple[str, str] | None = None
        self._fault, self._rest_until = "", 0.0
        self._waiting: dict[tuple[str, str], list[asyncio.Event]] = {}
        self._closed = False
        self._child: subprocess.Popen[bytes] | None = None

    async def hours(self, org_id: str, circuit_id: str, start: float, end: float) -> tuple[FarHours | None, Said]:
        """One circuit's hours that lie in [start, end), or more."""
        from noctui.runtime.far_reading import Job
        from noctui.stores.warehouse.far_hours import FarHours

        whole = start // DAY * DAY, -(-end // DAY) * DAY
        job = Job("hours", org_id, *whole, self.clock.now(), circuit_id=circuit_id)
        said = await self._ask(FarHours, circuit_id, (start, end), job)
        return (said.answer if isinstance(said.answer, FarHours) else None), said

    async def sums(self, org_id: str, start: float, end: float) -> tuple[FarSums | None, Said]:
        """All circuits' hours from the first whole UTC day after `start` up to `end`, added up."""
        from noctui.runtime.far_reading import Job
        from noctui.stores.warehouse.far_hours import FarSums

        first = -(-start // DAY) * DAY
        job = Job("sums", org_id, first, end, self.clock.now())
        said = await self._ask(FarSums, f"{first:.0f}-{end:.0f}", (first, end), job)
        return (said.answer if isinstance(said.answer, FarSums) else None), said

    async def outages(self, org_id: str, start: float, end: float) -> tuple[FarOutages | None, Said]:
        """Outages that touch [start, end), or more: all circuits', from the UTC day on in which `start` lies."""
        from noctui.runtime.far_reading import Job
        from noctui.stores.warehouse.far_events import FarOutages

        first = start // DAY * DAY
        job = Job("outages", org_id, first, end, self.clock.now())
        said = await self._ask(FarOutages, f"{first:.0f}-{end:.0f}", (first, end), job)
        return (said.answer if isinstance(said.answer, FarOutages) else None), said

    async def scores(self, org_id: str, month: str, start: float, end: float) -> tuple[FarScores | None, Said]:
        """What promises came to in the periods that begin in a month, [start, end)."""
        from noctui.runtime.far_reading import Job
        from noctui.stores.warehouse.far_events import FarScores

        job = Job("scores", org_id, start, end, self.clock.now(), month=month)
        said = await self._ask(FarScores, month, (start, end), job)
        return (said.answer if isinstance(said.answer, FarScores) else None), said

    async def billing(self, org_id: str, month: str, start: float, end: float) -> tuple[FarBilling | None, Said]:
        """The p95 of a calendar month, [start, end)."""
        from noctui.runtime.far_reading import Job
        from noctui.stores.warehouse.far_billing import FarBilling

        job = Job("billing", org_id, start, end, self.clock.now(), month=month)
        said = await self._ask(FarBilling, month, (start, end), job)
        return (said.answer if isinstance(said.answer, FarBilling) else None), said

    async def _ask(self, kind: type[Answer], what: str, of: tuple[float, float], job: Job) -> Said:
        key, org_id = (job.org_id, f"{kind.__name__} {what}"), job.org_id
        held: far_kept.Far | None = self._held.get(key)
        if held is None and key not in self._looked:
            self._looked.add(key)
            held = await asyncio.to_thread(self._kept(org_id).get, kind, what)
            if held is not None:
                self._hold(key, held)
        now = self.clock.now()
        covers = held is not None and held.start <= of[0] + HOUR and held.end >= of[1] - HOUR
        if covers and held is not None and now - held.read_at < GOOD:
            return Said(held)
        if now < self._rest_until:
            return Said(held, self._fault)
        self._begin(key, job)
        if self._wait:
            await self._landing(key)
            held, fault = self._held.get(key), self._fault if self.clock.now() < self._rest_until else ""
            return Said(held, fault)
        return Said(held, reading=True)

    def _kept(self, org_id: str) -> Kept:
        from noctui.stores.warehouse.far_kept import Kept

        return Kept(self._folder, f"{self.login.place} {self.login.tables} {org_id}")

    def _hold(self, key: tuple[str, str], answer: far_kept.Far) -> None:
        self._held[key] = answer
        self._held.move_to_end(key)
        while len(self._held) > MOST_HELD:
            gone, _ = self._held.popitem(last=False)
            self._looked.discard(gone)

    def _begin(self, key: tuple[str, str], job: Job) -> None:
        loop = asyncio.get_running_loop()
        with self._lock:
            if key == self._running:
                return
            self._queue[key] = job
            self._queue.move_to_end(key)
            while len(self._queue) > MOST_WAITING and not self._wait:
                self._queue.popitem(last=False)
            if self._thread is not None or self._closed:
                return
            self._thread = threading.Thread(target=self._drain, args=(loop,), name="noctui-far", daemon=True)
        self._thread.start()

    def _drain(self, loop: asyncio.AbstractEventLoop) -> None:
        """On its own thread: one session for all that is asked for meanwhile, the newest question first."""
        from noctui.runtime.far_reading import here, in_child

        fault: WarehouseFault | None = None
        try:
            with here(self.login) if self._wait else in_child(self.login, self._started) as ask:
                while (asked := self._next()) is not None:
                    key, job = asked
                    answer = ask(job)
                    self._kept(key[0]).put(key[1].partition(" ")[2], answer)
                    self._call(loop, self._landed, key, answer)
        except WarehouseFault as error:
            fault = error
        except Exception as error:  # the thread's boundary: whatever broke, the screen is told in a line
            log.exception("far.broke")
            fault = WarehouseFault(f"noctui broke ({type(error).__name__}); the log has the details", "data")
        self._call(loop, self._ended, fault)

    def _started(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        if self._closed:
            child.kill()

    def _next(self) -> tuple[tuple[str, str], Job] | None:
        with self._lock:
            self._running = None
            if not self._queue or self._closed:
                self._thread = None
                return None
            self._running, job = self._queue.popitem()
            return self._running, job

    def _call(self, loop: asyncio.AbstractEventLoop, what: Callable[..., None], *given: object) -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody wants to know any more
            loop.call_soon_threadsafe(what, *given)

    def _landed(self, key: tuple[str, str], answer: far_kept.Far) -> None:
        self._hold(key, answer)
        self._fault, self._rest_until = "", 0.0
        self._tell(key)

    def _ended(self, fault: WarehouseFault | None) -> None:
        if fault is None:
            return
        log.warning("far.unread", extra={"kind": fault.kind, "text": fault.text})
        self._fault, self._rest_until = fault.text, self.clock.now() + REST
        with self._lock:
            self._thread, self._running = None, None
            self._queue.clear()
        for key in list(self._waiting):
            self._tell(key)
        self._tell(None)

    def _tell(self, key: tuple[str, str] | None) -> None:
        for event in self._waiting.pop(key, []) if key is not None else ():
            event.set()
        self.generation += 1
        if self.landed is not None:
            self.landed()

    async def _landing(self, key: tuple[str, str]) -> None:
        event = asyncio.Event()
        self._waiting.setdefault(key, []).append(event)
        with suppress(TimeoutError):
            async with asyncio.timeout(2.0 * self.login.timeout):
                await event.wait()

    def close(self) -> None:
        """Nothing more is begun; what runs is ended, or ends by itself, and is not waited for."""
        self._closed = True
        if self._child is not None and self._child.poll() is None:
            self._child.kill()
        self.landed = None
