"""The desk: decides whether this process leads or follows, and makes the Scenes that the screen shows.

At the start it shows what history holds, with its age. Then a `Collecting` (a child process; in tests a thread) takes
the folder's lock and leads; or it follows: it looks at history's version four times a second, paints what another
process wrote, and has the lead taken when the lock comes free, kill -9 included.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from noctui.model.faults import HistoryError
from noctui.model.status import Can, Status
from noctui.runtime import garbage
from noctui.runtime.folders import org_folder, sole_org
from noctui.runtime.following import Follower
from noctui.runtime.limits import LimitsKept
from noctui.runtime.source import Source, SourceError

if TYPE_CHECKING:
    from noctui.clock import Clock
    from noctui.mail_settings import MailSettings
    from noctui.model.alarms import Act
    from noctui.model.orgs import OrgLine
    from noctui.model.scene import Changed, Reader, Scene
    from noctui.model.stores import HistoryReader
    from noctui.model.view import View
    from noctui.promise_settings import PromiseSettings
    from noctui.runtime.collecting import Collecting
    from noctui.runtime.far import Far
    from noctui.runtime.people import Person
    from noctui.runtime.published import Published
    from noctui.settings import Settings, Thresholds

log = logging.getLogger("noctui.desk")

P = ParamSpec("P")
T = TypeVar("T")

LOOK_SECONDS = 0.25
"""How often a follower looks whether history has changed; 4 µs a look."""
LOCK_SECONDS = 1.0
"""How often a follower looks whether the lock is free."""
STALE_INTERVALS = 3
SHORT_TERM = 60.0
"""A collector that ended sooner than this (seconds) is waited for longer and longer before it starts again."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0


class Desk:
    """Implements `model.scene.Scenes` over one data folder and, with a source, one Mist org."""

    def __init__(
        self,
        data: Path,
        org_id: str,
        poll_seconds: float,
        clock: Clock,
        new_source: Callable[[], Source] | None,
        thresholds: Thresholds,
        when_live: Callable[[Path], None] | None = None,
        raw_days: float = 40.0,
        path_days: float = 7.0,
        collecting: Collecting | None = None,
        inventory_file: Path | None = None,
        zone: str = "UTC",
        read_only: bool = False,
        person: Person | None = None,
    ) -> None:
        """Samples are kept for `raw_days`, those of peer paths for `path_days`; `zone` is the calendar's.
        `read_only`: nothing may be done to what is shown (`Can.act`), nor by a `person` who may not; None: by nobody.

        What collects is `collecting`, or with `new_source` a thread of this process; without either this only follows.
        """
        self._data = data
        self._retention = raw_days, path_days, zone
        self._org_id = org_id
        self._clock = clock
        self._read_only = read_only
        self._person = person
        self._watched: Path | None = None  # the folder of the org on screen
        self._limits = LimitsKept(thresholds)
        self._when_live = when_live
        self.failed: Callable[[str], None] = lambda text: self._tell(
            replace(self._status, fault="lost", fault_since=clock.now(), fault_text=text)
        )
        """Called with one clear line when nothing can go on; the owner may set its own."""
        self.promises: PromiseSettings | None = None
        self.mails: MailSettings | None = None
        """What is promised, and what is set about mails; its owner may set them before the start."""
        self._status = Status(mode="follower", fault="loading", poll_seconds=poll_seconds)
        self._scene: Scene | None = None
        self._heard_at = 0.0
        self._subscribers: list[Changed] = []
        self._history: HistoryReader | None = None
        self._pool = ThreadPoolExecutor(1, "noctui-desk")
        self._task: asyncio.Task[None] | None = None
        if collecting is None and new_source is not None:
            from noctui.runtime.thread import OnThread

            days = raw_days, path_days
            collecting = OnThread(new_source, poll_seconds, clock, thresholds, days, inventory_file, zone)
        self._collecting = collecting
        self._folder: Path | None = None  # of the org that this process collects
        self._far: Far | None = None
        self._unshown: Published | None = None
        self._unread = ""  # why history cannot be read, while we follow
        self._refused = ""  # why this process cannot lead with its folder
        self._wait = 0.0  # before a collector that ended starts again

    # what the screen asks

    def live(self) -> Scene | None:
        return self._scene

    def status(self) -> Status:
        status = replace(self._status, heard_at=self._heard_at)
        scene = self._scene
        if scene is None or status.fault in ("lost", "resting", "loading"):
            return status
        heard = self._heard_at or scene.view.at
        age = self._clock.now() - heard
        if age > STALE_INTERVALS * max(scene.view.interval, status.poll_seconds):
            return replace(status, fault="stale", fault_since=heard, fault_text=status.fault_text)
        return status

    async def past(self, at: float, corrected: bool = False) -> Scene | None:
        history = self._history
        if history is None:
            return None
        view = await self._call(history.view, at, corrected)
        if view is None:
            return None
        return self._made(view, history.reader(view.at, corrected), live=False, corrected=corrected)

    async def step(self, at: float, direction: int, corrected: bool = False) -> float | None:
        return await self._call(self._history.step, at, direction, corrected) if self._history else None

    async def orgs(self) -> tuple[OrgLine, ...]:
        """Those below the data folder; `runtime.orgs` can show another one than this."""
        from noctui.runtime.orgs import listed

        return await asyncio.to_thread(listed, self._data)

    async def choose(self, org_id: str) -> str:
        """It watches one org."""
        return "Only this org can be shown here."

    def subscribe(self, changed: Changed) -> None:
        self._subscribers.append(changed)

    async def act(self, act: Act) -> str:
        """Leave it in the inbox of whoever leads: it is done once, within a second."""
        why_not = self._why_not(act.kind)
        if why_not:
            return why_not
        assert self._person is not None
        if self._watched is None:
            return "Nothing is watched yet."
        from msgspec import structs

        said = structs.replace(act, who=self._person.who, role=self._person.role, origin=self._person.origin)
        try:
            await self._hand_over(self._watched, said)
        except HistoryError as error:
            return f"It could not be handed over: {str(error).rstrip('.')}."
        return ""

    async def _hand_over(self, folder: Path, act: Act) -> None:
        """Raises HistoryError."""
        await self._call(_deposit, folder, act)

    def _why_not(self, action: str) -> str:
        """One line when this screen may not do it."""
        if self._read_only:
            return "Read-only: nothing is done from this screen."
        if self._person is None:
            return "Nobody is known to act here."
        return "" if self._person.may(action) else self._person.why_not(action)

    def reload(self, settings: Settings) -> None:
        """Go on with other thresholds, seconds between polls and level of the log; the collector from its next poll on.

        All other settings need a restart: whoever calls this says so.
        """
        logging.getLogger("noctui").setLevel(settings.log_level)
        self._limits = LimitsKept(settings.thresholds)
        if self._collecting is not None:
            self._collecting.reload(settings)
        scene = self._scene
        if scene is not None:
            self._scene = self._made(scene.view, scene.read, live=True)
            self._notify()

    def read_through(self, far: Far) -> None:
        """From now on Scenes read what is older than history here from the warehouse."""
        self._far = far
        far.landed = self._far_landed

    def _far_landed(self) -> None:
        """Something came from the warehouse: who asked before asks again."""
        scene = self._scene
        if scene is not None:
            self._scene = self._made(scene.view, scene.read, live=True)
            self._notify()

    def promise(self, promises: PromiseSettings) -> None:
        """What is promised from now on; what was scored by other promises is forgotten."""
        self.promises = promises
        if self._history is not None:
            _score_by(self._history, promises)

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

    # shared

    async def _opened(self, folder: Path) -> HistoryReader:
        """Its history, with the thresholds that hold now."""
        history = await self._call(_open_reader, folder, self._retention, self.promises, self.mails)
        history.limits_of = lambda inventory: self._limits.of(inventory)
        return history

    def _made(self, view: View, read: Reader, live: bool, corrected: bool = False) -> Scene:
        from noctui.runtime.scenes import SceneAt, past_status

        view = self._limited(view)
        if self._far is not None:
            from noctui.runtime.long_reader import over

            read = over(read, self._far, view.inventory, inf if live or corrected else view.at)
        why_not = self._why_not("ack")
        can = Can(
            act=live and not why_not, call=live and self._may_call, export=True,
            who=self._person.who if self._person is not None else "", why_not=why_not,
        )  # fmt: skip
        return SceneAt(view, read, can, self.status if live else lambda: past_status(view), live)

    def _limited(self, view: View) -> View:
        """The View with the thresholds that hold now."""
        limits = self._limits.of(view.inventory)
        return view if limits is view.limits else replace(view, limits=limits)

    @property
    def _may_call(self) -> bool:
        """Questions to the cloud can be asked here."""
        return self._folder is not None

    def _show(self, view: View, read: Reader) -> None:
        if self._scene is None or view.inventory is not self._scene.view.inventory:
            garbage.let_stay()  # what a version is made of lives as long as it
        if not view.silent:
            self._heard_at = view.at  # a poll that brought nothing does not make the data younger
        self._scene = self._made(view, read, live=True)
        garbage.give_back_soon()
        self._notify()

    def _tell(self, status: Status) -> None:
        if status != self._status:
            self._status = status
            self._notify()

    def _notify(self) -> None:
        for changed in self._subscribers:
            changed()

    async def _call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a blocking read on the desk's own thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: work(*args, **kwargs))


NOBODY = "No noctui with a token runs on this folder: nobody collects."
NOTHING_TO_WATCH = "Nothing to watch: set MIST_API_TOKEN, or try noctui --demo."


def _open_reader(
    folder: Path,
    kept: tuple[float, float, str],
    promises: PromiseSettings | None = None,
    mails: MailSettings | None = None,
) -> HistoryReader:
    from noctui.stores.history import kept_for, open_reader

    history = open_reader(folder, retention=kept_for(*kept))
    if promises is not None and promises.promises:
        _score_by(history, promises)
    if mails is not None and mails.providers:
        from noctui.runtime.judging import name_carriers

        name_carriers(history, mails)
    return history


def _score_by(history: Any, promises: PromiseSettings) -> None:  # what the store opened
    from noctui.runtime.boards import Boards

    history.scores_of = Boards(history, promises).ask


def _deposit(folder: Path, act: Act) -> None:
    from noctui.stores.history.acting import deposit_act

    deposit_act(folder, act)


def _is_led(folder: Path) -> bool:
    from noctui.stores.bus.folder import is_led

    return is_led(folder)
