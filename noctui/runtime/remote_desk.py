"""A desk between hosts: while it does not lead, it shows what the bus brings, and asks the leader instead of a folder.

Its collector, if it has one, contends for the bus's lease all the while, and collects once that is won. Without one it
needs no token, never calls Mist and keeps nothing. A folder of its own answers only while the leader itself writes it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noctui.model.faults import HistoryError
from noctui.runtime.desk import LOCK_SECONDS, Desk
from noctui.runtime.folders import org_folder, sole_org

if TYPE_CHECKING:
    from noctui.model.alarms import Act
    from noctui.model.scene import Reader, Scene
    from noctui.model.status import Status
    from noctui.model.view import View
    from noctui.runtime.collecting import Collecting
    from noctui.runtime.published import Published
    from noctui.runtime.remote import Remote
    from noctui.runtime.remote_following import Following
    from noctui.runtime.remote_keeping import Keeping

log = logging.getLogger("noctui.desk")

FIRST_SECONDS = 0.3
"""So long the bus is waited for before what a folder holds is shown instead."""


class RemoteDesk(Desk):
    """`Desk` with a bus. `shift` is told by how many seconds the leader's clock is ahead of this machine's."""

    def __init__(
        self,
        *args: Any,
        remote: Remote,
        shift: Callable[[float], None] = lambda _: None,
        keep: bool = False,
        **more: Any,
    ) -> None:
        """`keep`: a history is kept of what is heard."""
        super().__init__(*args, **more)
        self._keep = keep
        self._keeping: Keeping | None = None
        self._letting_go: asyncio.Task[None] | None = None
        self._remote = remote
        self._shift = shift
        self._beside = ""  # who leads from the folder on this host, `host:pid`
        self._heard_first = asyncio.Event()

    # what the screen asks

    async def past(self, at: float, corrected: bool = False) -> Scene | None:
        following = self._asked_there
        if following is None:
            return await super().past(at, corrected)
        try:
            view = await following.past(at, corrected)
        except HistoryError as error:
            own = await self._past_here(at, corrected)
            if own is None:
                raise
            log.info("desk.past_from_folder", extra={"text": str(error)})
            return own
        if view is None:
            return None
        return self._made(view, following.reader(view, corrected=corrected, live=False), live=False)

    async def _past_here(self, at: float, corrected: bool) -> Scene | None:
        with contextlib.suppress(HistoryError, OSError):
            return await super().past(at, corrected)
        return None

    async def step(self, at: float, direction: int, corrected: bool = False) -> float | None:
        following = self._asked_there
        if following is None:
            return await super().step(at, direction, corrected)
        return await following.step(at, direction, corrected)

    async def _hand_over(self, folder: Path, act: Act) -> None:
        following = self._remote.following
        if following is None:
            await super()._hand_over(folder, act)
            return
        from noctui.stores.bus.redis_errors import BusError

        try:
            await following.act(act)
        except BusError as error:
            raise HistoryError(str(error)) from error

    @property
    def _may_call(self) -> bool:
        return self._remote.following is not None or super()._may_call

    @property
    def _asked_there(self) -> Following | None:
        """Who answers over the bus; None: the folder on this host does."""
        following = self._remote.following
        if following is None or self._is_beside(following.status.leader):
            return None
        return following

    def _is_beside(self, leader: str) -> bool:
        """The leader writes the folder that we read."""
        return bool(self._beside) and self._beside == leader and self._history is not None

    def _limited(self, view: View) -> View:
        """What the leader judged by, so long as it does."""
        return view if self._remote.following is not None else super()._limited(view)

    # life

    async def stop(self) -> None:
        await super().stop()
        await self._remote.rest()
        await self._let_go()

    async def _run(self) -> None:
        collecting = self._collecting
        org_id = self._org_id or await self._which_org(collecting)
        folder = self._watched = org_folder(self._data, org_id)
        if self._scene is not None and self._scene.view.inventory.org_id != org_id:
            await self._forget()
        await self._follow_there(org_id)
        with contextlib.suppress(TimeoutError):  # not wait_for: Python 3.11's may forget that it is cancelled
            async with asyncio.timeout(FIRST_SECONDS):
                await self._heard_first.wait()
        if collecting is not None:
            collecting.prepare()
        await self._warm(folder)
        self._said()
        while True:
            keeps = self._keeping is not None and self._keeping.held
            self._beside = "" if keeps else await self._call(_holder, folder)
            if collecting is not None and not self._beside and await self._led(collecting, folder, org_id):
                await self._follow_there(org_id)
                continue
            if self._history is None:
                await self._warm(folder)
            await self._clock.sleep(LOCK_SECONDS)

    async def _forget(self) -> None:
        """What was shown is another org's."""
        await self._remote.rest()
        self._scene, self._heard_at = None, 0.0
        self._heard_first.clear()
        self._notify()

    async def _follow_there(self, org_id: str) -> None:
        await self._remote.follow(org_id, self._heard)
        if self._keep and self._keeping is None:
            raw, paths, zone = self._retention
            kind = await asyncio.to_thread(_keeper)
            keeping = self._keeping = kind(
                org_folder(self._data, org_id), org_id, (raw, paths), zone, self._then, self._earlier
            )
            if self._scene is not None and self._heard_first.is_set():  # it came meanwhile
                keeping.offer(self._scene.view)

    def _then(self, view: View) -> Reader:
        """The leader's answers as they were known at that poll. Raises HistoryError when nobody is followed."""
        following = self._remote.following
        if following is None:
            raise HistoryError("nobody is followed")
        return following.reader(view, live=False)

    async def _earlier(self, after: float, until: float) -> AsyncIterator[View]:
        """Polls that were made while nothing was kept here."""
        async for view in self._remote.earlier(after, until):
            yield view

    async def _let_go(self) -> None:
        """Keep no more: the folder is free for whoever collects."""
        keeping, self._keeping = self._keeping, None
        if keeping is not None:
            await keeping.close()

    def _published(self, published: Published) -> None:
        if published.status.mode == "leader" and self._keeping is not None:  # it is ours to lead: it needs the folder
            self._letting_go = asyncio.create_task(self._let_go(), name="let go")
        super()._published(published)

    async def _which_org(self, collecting: Collecting | None) -> str:
        """Asked of the source, as long as it takes; meanwhile the one org that is known is shown. Without a token the
        one that is on the bus."""
        if collecting is None:
            return await self._remote.org(self._waits)
        asking = asyncio.create_task(self._find_org(collecting))
        try:
            known = await asyncio.to_thread(sole_org, self._data) or await self._remote.sole_org()
            if known is not None and not asking.done():
                self._watched = org_folder(self._data, known)
                await self._remote.follow(known, self._heard)
            return await asking
        finally:
            asking.cancel()

    def _waits(self, fault: str) -> None:
        """No org is known yet."""
        now = self._clock.now()
        self._tell(
            replace(
                self._status,
                mode="follower",
                fault="loading",
                fault_text="" if fault else NOBODY,
                bus="lost" if fault else "ok",
                bus_since=(self._status.bus_since or now) if fault else 0.0,
                bus_text=fault,
            )
        )

    async def _leads(self) -> None:
        await self._remote.rest()
        self._heard_first.clear()
        self._shift(0.0)

    def _heard(self, view: View | None, status: Status) -> None:
        following = self._remote.following
        if following is None or self._folder is not None:
            return
        self._shift(following.ahead)
        warm = view is None and self._scene is not None and not self._heard_first.is_set()
        kept = self._keeping.fault if self._keeping is not None else ""
        own = self._refused or (f"not kept here: {kept}" if kept else "")
        self._status = replace(status, warm=warm, history_text=own or status.history_text)
        shown = self._scene.view if self._scene is not None else None
        if view is None or (not self._heard_first.is_set() and shown is not None and view.at < shown.at):
            self._notify()
        else:
            self._show(view, self._read(following, view))
        if view is not None:
            self._heard_first.set()
            if self._keeping is not None and (shown is None or view.at > shown.at):
                self._keeping.offer(view)

    def _said(self) -> None:
        """Tell again what the bus says, after something else was told."""
        following = self._remote.following
        if following is not None:
            self._heard(None, following.status)

    def _read(self, following: Following, view: View) -> Reader:
        if self._history is not None and self._is_beside(following.status.leader):
            return self._history.reader(view.at, live=True)
        return following.reader(view, live=True, else_=lambda: self._kept_here(view))

    def _kept_here(self, view: View) -> Reader | None:
        """What was kept of it on this host, when that is whole enough to answer for the leader."""
        keeping, history = self._keeping, self._history
        if keeping is None or history is None or not keeping.kept or keeping.newest < view.at - 3 * view.interval:
            return None
        return history.reader(view.at)

    async def _warm(self, folder: Path) -> None:
        """What the folder holds is shown only while the bus has brought nothing."""
        if not self._heard_first.is_set():
            await super()._warm(folder)
        elif self._history is None and (folder / "history.db").exists():
            try:
                self._history = await self._opened(folder)
            except (HistoryError, OSError) as error:
                log.info("desk.folder", extra={"text": str(error)})


def _keeper() -> type[Keeping]:
    from noctui.runtime.remote_keeping import Keeping

    return Keeping


NOBODY = "Nobody has published on the bus yet: no leader is there."


def _holder(folder: Path) -> str:
    """Who leads from the folder now, as `host:pid`; "" nobody."""
    from noctui.stores.bus.folder import holder, is_led

    return holder(folder) if is_led(folder) else ""
