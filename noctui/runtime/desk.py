"""The desk: decides whether this process leads or follows, and makes the Scenes that the screen shows.

At the start it shows what history holds, with its age. Then a `Collecting` (a child process; in tests a thread) takes
the folder's lock and leads; or it follows: it looks at history's version four times a second, paints what another
process wrote, and has the lead taken when the lock comes free, kill -9 included.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from noctui.model.faults import HistoryError
from noctui.model.status import Status
from noctui.runtime import garbage
from noctui.runtime.folders import org_folder, sole_org
from noctui.runtime.following import Follower
from noctui.runtime.front_desk import FrontDesk
from noctui.runtime.source import SourceError

if TYPE_CHECKING:
    from noctui.model.stores import HistoryReader
    from noctui.runtime.collecting import Collecting
    from noctui.runtime.published import Published

log = logging.getLogger("noctui.desk")

LOOK_SECONDS = 0.25
"""How often a follower looks whether history has changed; 4 µs a look."""
LOCK_SECONDS = 1.0
"""How often a follower looks whether the lock is free."""
SHORT_TERM = 60.0
"""A collector that ended sooner than this (seconds) is waited for longer and longer before it starts again."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0


class Desk(FrontDesk):
    """What a screen asks (`FrontDesk`), and whose word is shown: this process's own collector's, or another one's."""

    _task: asyncio.Task[None] | None = None
    _unshown: Published | None = None
    _unread = ""  # why history cannot be read, while we follow
    _refused = ""  # why this process cannot lead with its folder
    _wait = 0.0  # before a collector that ended starts again

    # life

    async def start(self) -> None:
        garbage.look_seldom()
        self._task = asyncio.create_task(self._run(), name="desk")
        self._task.add_done_callback(self._ended)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})  # what it died of was told when it did
        if self._collecting is not None:
            await self._collecting.stop()
        if self._far is not None:
            self._far.close()
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._history is not None:
            await asyncio.to_thread(self._history.close)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """What no retry can mend ends the program: the settings must change, or noctui."""
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            if isinstance(error, SourceError):
                log.error("desk.refused", extra={"text": error.text})
            else:
                log.error("desk.broke", exc_info=error)
            self.failed(error.text if isinstance(error, SourceError) else f"noctui broke: {type(error).__name__}")

    async def _run(self) -> None:
        collecting = self._collecting
        known: str | None = self._org_id or await asyncio.to_thread(sole_org, self._data)
        if known:
            folder = self._watched = org_folder(self._data, known)
            if collecting is not None and not await self._call(_is_led, folder):
                collecting.prepare()
            await self._warm(folder)
            while not self._org_id and collecting is not None and await self._call(_is_led, folder):
                await self._follow(folder)  # who leads knows the org: nobody needs to be asked
        org_id = await self._find_org(collecting) if not self._org_id and collecting is not None else known
        if not org_id:
            self._tell(replace(self._status, fault="lost", fault_text=NOTHING_TO_WATCH))
            return
        folder = self._watched = org_folder(self._data, org_id)
        while True:
            if (
                collecting is None
                or await self._call(_is_led, folder)
                or not await self._led(collecting, folder, org_id)
            ):
                await self._follow(folder)

    async def _find_org(self, collecting: Collecting) -> str:
        """Ask the source which org its token belongs to, as long as it takes."""
        while True:
            try:
                return (await collecting.org()).org_id
            except SourceError as error:
                if error.final and self._scene is None:
                    raise
                await self._lost(error)

    async def _lost(self, error: SourceError, least: float = 10.0) -> None:
        """Say what is wrong, and wait."""
        now = self._clock.now()
        retry_at = max(error.retry_at, now + least)
        self._tell(
            replace(
                self._status,
                fault="resting" if error.resting else "lost",
                fault_since=self._status.fault_since or now,
                fault_text=error.text,
                retry_at=retry_at,
            )
        )
        await self._clock.sleep(min(LONGEST_WAIT, retry_at - now))

    # warm start and following

    async def _warm(self, folder: Path) -> None:
        """Show what history holds; a history that cannot be read is said, and lived without."""
        try:
            if self._history is None and (folder / "history.db").exists():
                self._history = await self._opened(folder)
            await self._show_latest(warm=True)
        except (HistoryError, OSError) as error:
            self._tell(replace(self._status, history_text=str(error)))

    async def _show_latest(self, warm: bool) -> None:
        from noctui.runtime.scenes import past_status

        history = self._history
        if history is None:
            return
        at = await self._call(history.latest)
        if at is None:
            return
        if self._scene is not None and self._scene.view.at >= at:
            await self._show_acts(history)
            return
        view = await self._call(history.view, at, False)
        if view is not None and (self._scene is None or self._scene.view.at < view.at):
            then = past_status(view)
            self._status = replace(
                then,
                mode=self._status.mode,
                leader=self._status.leader,
                fault="loading" if warm else then.fault,
                warm=warm,
            )
            self._show(view, history.reader(view.at, live=True))

    async def _show_acts(self, history: HistoryReader) -> None:
        """What people did, and which notices came, since the newest poll."""
        scene = self._scene
        if scene is not None:
            view = scene.view
            alarms = await self._call(history.alarms_now, view.alarms)
            works = await self._call(history.works_now, view.inventory, view.at, view.works)
            if alarms is not view.alarms or works is not view.works:
                self._show(replace(view, alarms=alarms, works=works), scene.read)

    async def _follow(self, folder: Path) -> None:
        """Paint what the leader writes until its lock comes free; without a token, for ever."""
        following = Follower(folder)
        version = -1
        while True:
            waited = 0.0
            told = await self._call(following.leader)
            if told is None and self._collecting is not None:
                return
            self._hear(told, following)
            while waited < LOCK_SECONDS:
                if self._history is None:
                    await self._warm(folder)
                try:
                    now = await self._call(self._history.version) if self._history is not None else version
                    if now != version:
                        await self._show_latest(warm=False)
                        version = now
                    self._unread = ""
                except HistoryError as error:
                    self._unread = str(error)
                self._hear(told, following)
                await self._clock.sleep(LOOK_SECONDS)
                waited += LOOK_SECONDS
                if told is not None:
                    await self._call(following.listen)

    def _hear(self, leader: str | None, following: Follower) -> None:
        """What the leader says of itself, as a follower's status; without one, that nobody collects."""
        said = following.said if leader is not None else None
        now = self._status
        if said is not None:
            told = replace(said, leader=leader or "", history_text=self._unread or said.history_text)
        elif leader is not None:
            told = replace(now, leader=leader, fault="", fault_text="", history_text=self._unread)
        else:
            told = Status(poll_seconds=now.poll_seconds, fault_text=NOBODY, history_text=self._unread)
        self._tell(replace(told, mode="follower", warm=False))

    # leading

    async def _led(self, collecting: Collecting, folder: Path, org_id: str) -> bool:
        """One term as leader, as long as it lasts; False when another process leads, or the folder refuses us."""
        began = self._clock.monotonic()
        try:
            if not await collecting.lead(folder, org_id, self._published):
                await collecting.rest()
                return False
            self._refused = ""
            await self._leads()
            if self._history is None:
                self._history = await self._opened(folder)
            self._tell(replace(self._status, mode="leader", leader="", fault_text="", leader_at=0.0, successor=""))
            self._folder = folder
            if self._unshown is not None:
                self._published(self._unshown)
            lost = SourceError(await collecting.lost())
            if not lost.text:  # another process leads, by the bus
                self._folder = self._unshown = None
                return True
        except (HistoryError, OSError) as error:  # OSError: the folder may not be written by us
            self._refused = str(error)
            self._tell(replace(self._status, history_text=self._refused))
            await self._clock.sleep(5.0)
            return False
        except SourceError as error:
            if error.final:
                raise
            lost = error
        self._folder = self._unshown = None
        lasted = self._clock.monotonic() - began
        self._wait = FIRST_WAIT if lasted >= SHORT_TERM else min(LONGEST_WAIT, max(FIRST_WAIT, 2 * self._wait))
        log.warning("desk.lost", extra={"text": lost.text, "wait": self._wait})
        lost.text += "; another one starts"
        self._status = replace(self._status, fault_since=self._clock.now())
        await self._lost(lost, self._wait)
        return True

    async def _leads(self) -> None:
        """This process leads from now on."""

    def _published(self, published: Published) -> None:
        if published.status.mode == "follower":  # it waits to lead; who does is heard elsewhere
            return
        self._status = replace(published.status, mode="leader", warm=published.view is None and self._status.warm)
        folder, history = self._folder, self._history
        if published.view is None or self._collecting is None:
            self._notify()
            return
        if folder is None or history is None:
            self._unshown = published
            return
        self._unshown = None
        history.share(published.view.inventory)
        read = self._collecting.reader(history.reader(published.view.at, live=True), published.view.at)
        self._show(published.view, read)
        if self._when_live is not None:
            self._when_live(folder)
            self._when_live = None


NOBODY = "No noctui with a token runs on this folder: nobody collects."
NOTHING_TO_WATCH = "Nothing to watch: set MIST_API_TOKEN, or try noctui --demo."


def _is_led(folder: Path) -> bool:
    from noctui.stores.bus.folder import is_led

    return is_led(folder)
