"""Every state that the data, or the way it comes in, can be in: the sample night in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from noctui.clock import FixedClock
from noctui.model.scene import Status
from noctui.model.stores import HistoryError
from noctui.model.view import View
from noctui.runtime.desk import NOBODY
from noctui.tui.app import NoctuiApp
from noctui.tui.options import Options
from noctui.tui.place import CIRCUITS, OVERVIEW, Place, of_circuit, of_site
from tests import night


class Unreadable:
    """A reader of which nothing can be read."""

    def __getattr__(self, _name: str) -> Any:
        async def fail(*_args: object, **_more: object) -> None:
            raise HistoryError("history.db: disk I/O error")

        return fail


@dataclass(frozen=True)
class State:
    """`says` stands on the screen at every size, and so does `do`: what one can do, or what noctui does by itself."""

    says: str
    do: str
    place: Place = OVERVIEW
    status: Status = night.STATUS
    after: float = 0.0  # seconds since the night's now
    keys: tuple[str, ...] = ()
    nothing_yet: bool = False
    reader: Any = None
    view: Callable[[View], View] = lambda view: view
    read_only: bool = False

    def app(self) -> NoctuiApp:
        scenes = night.FakeScenes(now=None, told=self.status) if self.nothing_yet else night.FakeScenes()
        if not self.nothing_yet:
            scenes.now = night.FakeScene(self.view(night.view(night.POLL)), self.status, reader=self.reader)
            scenes.told = self.status
        app = NoctuiApp(scenes, FixedClock(night.NOW + self.after), Options(read_only=self.read_only))
        app._trail.jump(self.place)
        return app


def _with(**changes: Any) -> Status:
    return replace(night.STATUS, **changes)


_NONE = Status(poll_seconds=60.0)

STATES = {
    "live": State("live 10s  leader", ""),
    "empty": State("Nothing matches.", "esc removes the last filter", CIRCUITS, keys=(*"/zzzz", "enter")),
    "loading": State("sweep 7/32", "First sweep: 7 of 32 calls.", nothing_yet=True,
                     status=replace(_NONE, fault="loading", pages_done=7, pages_expected=32)),
    "nothing-lost": State("Nothing is known yet: Mist answers 503", "noctui goes on trying.", nothing_yet=True,
                          status=replace(_NONE, fault="lost", fault_text="Mist answers 503",
                                         fault_since=night.NOW - 245)),
    "nothing-resting": State("API RESTS 46m", "Next call 04:00; noctui goes on by itself.", nothing_yet=True,
                             status=replace(_NONE, fault="resting", retry_at=night.NOW + 2765)),
    "warm": State("From history", "First sweep runs.", after=840,
                  status=_with(warm=True, fault="loading", pages_done=3)),
    "stale": State("DATA 4m", "No new data since 03:13:55", after=252),
    "partial": State("PARTIAL 29/32", "", status=_with(fault="partial", pages_done=29)),
    "lost": State("MIST LOST 4m10s", "Trying again in 20s.", after=5, status=_with(
        fault="lost", fault_since=night.NOW - 245, fault_text="Mist answers 503", retry_at=night.NOW + 25)),
    "resting": State("API RESTS 46m", "Next call 04:00.", status=_with(fault="resting", retry_at=night.NOW + 2765)),
    "unsaved": State("NOT SAVED 12m", "", status=_with(history_since=night.NOW - 733, history_text="disk full")),
    "failed": State("disk I/O error", "", of_circuit(night.HOT), reader=Unreadable()),
    "away": State("AWAY", "", of_site("s3837")),
    "past": State("PAST 03:1", "L = live", keys=("[",) * 3),
    "follower": State("follows noc-a", "", status=_with(mode="follower", leader="noc-a")),
    "read-only": State("read-only", "", status=_with(mode="follower", leader="noc-a"), read_only=True),
    "nobody": State("follower", "nobody collects", after=252, status=_with(
        mode="follower", fault_text=NOBODY, fault="stale")),
}  # fmt: skip
