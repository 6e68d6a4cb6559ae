"""The sample night as Scenes: deterministic, for screens and their tests. The world itself is in `night_world`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from noctui.engine.headline import headline
from noctui.model.alarms import Act
from noctui.model.headline import Headline
from noctui.model.orgs import OrgLine
from noctui.model.scene import Can, Changed, Reader, Scene, Status
from noctui.model.view import View
from tests import night_world
from tests.night_alarms import NightBook
from tests.night_reader import FakeReader
from tests.night_works import works_at
from tests.night_world import HOT, INTERVAL, LOST, NOW, POLL, REGIONS, inventory, utc

__all__ = [
    "HOT",
    "INTERVAL",
    "LOST",
    "NOW",
    "POLL",
    "REGIONS",
    "STATUS",
    "FakeReader",
    "FakeScene",
    "FakeScenes",
    "NightBook",
    "inventory",
    "utc",
    "view",
]  # fmt: skip


@lru_cache(maxsize=64)
def view(at: float = POLL) -> View:
    """The network at the poll of `at`, with the alarms that were open and the work that was known then."""
    return replace(night_world.view(at), alarms=NightBook().at(at), works=works_at(at))


@dataclass(frozen=True, repr=False)
class FakeScene:
    """One instant of the night."""

    view: View
    status: Status
    live: bool = True
    reader: Reader | None = None  # in place of the night's own
    book: NightBook = field(default_factory=NightBook, compare=False)
    may: bool = True  # whether who looks may act

    @property
    def at(self) -> float:
        return self.view.at

    @property
    def read(self) -> Reader:
        return self.reader or FakeReader(self.view.at, self.live, self.book)

    @property
    def can(self) -> Can:
        return Can(act=self.live and self.may, call=self.live, export=True)

    def headline(self, region: str = "", site_id: str = "", circuit_id: str = "", now: float | None = None) -> Headline:
        until = now if self.live else None
        return headline(self.view, region=region, site_id=site_id, circuit_id=circuit_id, now=until, status=self.status)


ORGS = (
    OrgLine(org_id="b2", name="Bolt Hardware", at=POLL - 20, sites=1204, circuits=2391, dark=7, failed_over=31,
            counts=(44, 3, 12, 9, 4, 7, 2, 2310, 0), alarms=21, leader="noc-b:990"),
    OrgLine(org_id="acme", name="Acme Retail", at=POLL, sites=41, circuits=107, dark=2, failed_over=8,
            counts=(8, 3, 3, 3, 2, 5, 1, 81, 1), alarms=14, leader="noc-a:4120", here=True, own=True),
    OrgLine(org_id="c3", name="[bold]Corner[/] Shops\x1b[2J", at=POLL - 9000, sites=12, circuits=24,
            counts=(0, 0, 0, 0, 0, 0, 0, 24, 0)),
    OrgLine(org_id="d4", fault="history.db is locked by another program"),
)  # fmt: skip
"""The orgs of one company, as seen from the first one's screen."""
STATUS = Status(
    mode="leader", api_used=1902, api_limit=5000, sweep_took=8.2, sweep_calls=32, pages_done=32, pages_expected=32
)


@dataclass(repr=False)
class FakeScenes:
    """Hands out the night. `land(at)` is the next poll; `say(status)` changes how the data comes in.

    Without a text of itself: Textual makes one of whatever it starts, 50 ms of arrays for each app.
    """

    now: FakeScene | None = field(default_factory=lambda: FakeScene(view(POLL), STATUS))
    told: Status = STATUS
    listeners: list[Changed] = field(default_factory=list)
    started: bool = False
    book: NightBook = field(default_factory=NightBook)
    refused: str = ""
    """What `act` says in place of handing it over."""
    chosen: str = ""
    not_chosen: str = ""
    """What `choose` says."""

    def live(self) -> Scene | None:
        return self.now

    def status(self) -> Status:
        return self.told

    async def past(self, at: float, corrected: bool = False) -> Scene | None:
        when = POLL - np.ceil((POLL - at) / INTERVAL) * INTERVAL
        if when < utc(0, 0):
            return None
        return FakeScene(view(float(when)), Status(mode="past"), live=False, book=self.book)

    async def step(self, at: float, direction: int, corrected: bool = False) -> float | None:
        to = at + direction * INTERVAL
        newest = self.now.at if self.now else POLL
        return to if utc(0, 0) <= to <= newest else None

    async def act(self, act: Act) -> str:
        if self.refused or self.now is None:
            return self.refused
        self.book.do(act, max(act.at, self.now.at))
        shown = replace(self.now.view, alarms=self.book.at(max(act.at, self.now.at)))
        self.now = replace(self.now, view=shown, book=self.book)
        self._tell()
        return ""

    async def orgs(self) -> tuple[OrgLine, ...]:
        return ORGS

    async def choose(self, org_id: str) -> str:
        self.chosen = org_id
        return self.not_chosen

    def subscribe(self, changed: Changed) -> None:
        self.listeners.append(changed)

    async def start(self) -> None:
        self.started = True

    async def stop(self) -> None:
        self.started = False

    def land(self, at: float) -> None:
        """The poll of `at` lands."""
        self.now = FakeScene(view(at), self.told)
        self._tell()

    def show(self, view_: View) -> None:
        """This View lands."""
        self.now = FakeScene(view_, self.told)
        self._tell()

    def say(self, status: Status) -> None:
        self.told = status
        if self.now is not None:
            self.now = FakeScene(self.now.view, status)
        self._tell()

    def _tell(self) -> None:
        for changed in self.listeners:
            changed()
