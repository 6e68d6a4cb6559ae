"""Keeping a history of what is heard by the bus, on a host that asked for it (`--keep`).

It is an ordinary history, in the folder that this host would collect into: were this process to lead, it goes on with
it. Polls that were not heard are a gap in it, as those that nobody made.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from noctui.model.faults import HistoryError
from noctui.model.inventory import Inventory
from noctui.model.scene import Reader
from noctui.model.stores import Taken
from noctui.model.view import View
from noctui.runtime.remote_ledger import Ledger, is_late
from noctui.runtime.remote_record import BACK, Between, between, own_inventory, record_of
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import Writer, kept_for, open_reader, open_writer

log = logging.getLogger("noctui.keep")

P = ParamSpec("P")
T = TypeVar("T")

FIRST_SEQ = 10_000
"""As a leader's: lower numbers are for a past that is filled in later."""
MOST_WAITING = 20
"""Polls that wait to be written; of more the oldest is not kept."""
Earlier = Callable[[float, float], AsyncIterator[View]]
"""Polls made after one instant and before another, oldest first. HistoryError where they end early."""


class Keeping:
    """The one writer of its folder while it keeps. `read_of` gives the leader's answers as known at a View."""

    def __init__(
        self,
        folder: Path,
        org_id: str,
        days: tuple[float, float],
        zone: str,
        read_of: Callable[[View], Reader],
        earlier: Earlier | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`earlier` finds polls that were made while nothing was kept; None: they are a gap. `now` is this host's
        clock, UTC epoch seconds."""
        self._folder, self._org_id, self._read_of = folder, org_id, read_of
        self._earlier, self._now = earlier, now
        self._retention = kept_for(*days, zone)
        self._pool = ThreadPoolExecutor(1, "noctui-keep")
        self._lock = FolderLock(folder)
        self._writer: Writer | None = None
        self._waiting: deque[View] = deque(maxlen=MOST_WAITING)
        self._some = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._last: View | None = None
        self._own: tuple[Inventory, Inventory] | None = None  # the leader's newest, and ours of it
        self.kept = 0
        self.fault = ""
        """Why the last poll is not kept, in one line."""

    @property
    def held(self) -> bool:
        """The folder is ours."""
        return self._lock.held

    @property
    def newest(self) -> float:
        """`at` of the poll that was kept last."""
        return self._last.at if self._last is not None else -math.inf

    def offer(self, view: View) -> None:
        """Have it kept, soon."""
        self._waiting.append(view)
        self._some.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="keep")

    async def close(self) -> None:
        """Let go of the folder; what still waits is not kept."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None
        await self._call(self._end)
        self._pool.shutdown(wait=False)

    async def _run(self) -> None:
        while True:
            await self._some.wait()
            self._some.clear()
            while self._waiting:
                view = self._waiting.popleft()
                try:
                    await self._keep(view)
                    self.fault = ""
                except (HistoryError, OSError) as error:
                    self._failed(str(error))
                except Exception as error:  # the boundary: the next poll is to be kept, whatever this one was
                    log.exception("keep.broke")
                    self._failed(f"{type(error).__name__}; the log has the details")

    def _failed(self, why: str) -> None:
        if why != self.fault:
            log.warning("keep.fault", extra={"text": why})
        self.fault = why

    async def take(self, earlier: Callable[[float], AsyncIterator[View]], newest: float) -> int:
        """Keep polls that were made after `newest`, the newest that the folder has, with nobody there to ask of them;
        how many. Raises HistoryError, also when somebody else writes the folder."""
        before = self.kept
        async for view in earlier(newest):
            writer = await self._opened()
            if view.at > writer.newest:
                await self._put(writer, view, Ledger(None).until(view, self._last, writer.newest))
        return self.kept - before

    async def _opened(self) -> Writer:
        if self._writer is None:
            self._writer = await self._call(self._begin)
        return self._writer

    async def _keep(self, view: View) -> None:
        ahead = view.at - self._now()
        if ahead > view.interval:
            raise HistoryError(f"its leader's clock is {ahead:.0f} s ahead of this machine's")
        writer = await self._opened()
        if view.at <= writer.newest:
            return
        if is_late(view, self._last):
            await self._catch_up(writer, view)
        else:  # a leader that does not answer now tells of it with the next poll
            await self._put(writer, view, await between(self._read_of(view), writer.newest, view.at))
        while await self._call(writer.apply_inbox) != Taken():  # a back-fill of this host's own
            pass
        while await self._call(writer.close_due, view.at):
            pass
        while await self._call(writer.prune, view.at):
            pass

    async def _catch_up(self, writer: Writer, view: View) -> None:
        """This poll, and before it those that were made since the one that was kept last, as far as they are found."""
        since = max(writer.newest, view.at - BACK)
        try:
            ledger = Ledger(await between(self._read_of(view), since, view.at))
        except HistoryError as error:
            log.info("keep.gap", extra={"text": str(error)})
            ledger = Ledger(None)
        before = self.kept
        if self._earlier is not None:
            try:
                async for one in self._earlier(since, view.at):
                    if writer.newest < one.at < view.at:
                        await self._put(writer, one, ledger.until(one, self._last, writer.newest))
                        await self._call(writer.close_due, one.at)
            except HistoryError as error:
                log.info("keep.gap", extra={"text": str(error)})
        if self.kept > before:
            log.info("keep.caught_up", extra={"polls": self.kept - before})
        await self._put(writer, view, ledger.now(view, self._last, writer.newest))

    async def _put(self, writer: Writer, view: View, learned: Between) -> None:
        await self._call(self._write, writer, view, self._last, learned)
        self._last, self.kept = view, self.kept + 1

    # on the keeper's own thread

    def _begin(self) -> Writer:
        if not self._lock.try_acquire():
            holder = self._lock.holder()
            raise HistoryError(f"{self._folder} is written by {holder.text if holder else 'another noctui'}")
        try:
            return open_writer(self._folder, self._org_id, self._lock, self._retention)
        except BaseException:
            self._lock.release()
            raise

    def _end(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close(clean=not writer.unclean)  # one that nobody has looked through is still to be
        self._lock.release()

    def _write(self, writer: Writer, view: View, last: View | None, learned: Between) -> None:
        own = self._inventory(writer, view.inventory)
        writer.learn(own)
        seq = max(writer.last_seq(), FIRST_SEQ - 1) + 1
        writer.write(record_of(view, last, own, seq, learned))

    def _inventory(self, writer: Writer, told: Inventory) -> Inventory:
        """Ours of the leader's version: numbered anew only where it says something else than our newest."""
        if self._own is not None and self._own[0] is told:
            return self._own[1]
        newest = self._own[1] if self._own is not None else self._newest()
        rev = newest.rev if newest is not None else 0
        made = own_inventory(told, writer.number, rev + 1)
        if newest is not None and _same(made, newest):
            made = newest
        self._own = (told, made)
        return made

    def _newest(self) -> Inventory | None:
        history = open_reader(self._folder)
        try:
            at = history.latest()
            return history.inventory(at) if at is not None else None
        finally:
            history.close()

    async def _call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: work(*args, **kwargs))


def _same(one: Inventory, other: Inventory) -> bool:
    """Nothing but when it was learned differs."""
    return (one.sites, one.gateways, one.circuits, one.paths) == (
        other.sites, other.gateways, other.circuits, other.paths,
    )  # fmt: skip
