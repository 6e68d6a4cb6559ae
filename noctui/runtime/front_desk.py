"""The front desk: what a screen asks, answered with the Scene that is shown now.

Which Scene that is, `desk.Desk` decides: it leads, or follows whoever does.
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
from noctui.runtime.limits import LimitsKept
from noctui.runtime.source import Source

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
    from noctui.settings import Settings, Thresholds

P = ParamSpec("P")
T = TypeVar("T")

STALE_INTERVALS = 3


class FrontDesk:
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
        if collecting is None and new_source is not None:
            from noctui.runtime.thread import OnThread

            days = raw_days, path_days
            collecting = OnThread(new_source, poll_seconds, clock, thresholds, days, inventory_file, zone)
        self._collecting = collecting
        self._folder: Path | None = None  # of the org that this process collects
        self._far: Far | None = None

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

    # what is shown

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
