"""A Scene: all a pane may look at, bound to one instant. Live, follower and past differ only in who makes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from noctui.model.alarms import Act, Alarm, AuditEntry, Message
from noctui.model.cloud import DeviceEvent, MistAlarm, SleTable
from noctui.model.detail import Answer, Question
from noctui.model.edges import Edge, Failover, Note
from noctui.model.headline import Headline
from noctui.model.status import Can as Can
from noctui.model.status import Status as Status
from noctui.model.view import View
from noctui.model.works import WorksReader

if TYPE_CHECKING:
    from noctui.model.figures import Baseline, Billing, Daily, Episode, Figures, NetworkSeries, Trend
    from noctui.model.orgs import OrgLine


@dataclass(frozen=True, slots=True)
class Range:
    """The time a figure covers: [start, end] in UTC epoch seconds, with the words of its key (`24 h`)."""

    start: float
    end: float
    word: str = ""

    @property
    def seconds(self) -> float:
        return self.end - self.start


WINDOWS: dict[str, float] = {
    "1h": 3600.0, "3h": 10800.0, "12h": 43200.0, "24h": 86400.0,
    "7d": 604800.0, "31d": 2678400.0, "13mo": 34214400.0,
}  # fmt: skip
"""What `w` steps through: word → seconds (13 months counted as 396 days)."""


SERIES_METRICS = ("rx_pct", "tx_pct", "rx_bps", "tx_bps", "loss", "jitter", "latency", "mos")


@dataclass(frozen=True, slots=True)
class Series:
    """One circuit's samples, oldest first. `values[name][i]` stands for (times[i] − spans[i], times[i]]; NaN is a gap.

    `source` is `polls`, or `hours` when the range is longer than raw samples are kept: then each value is the hour's
    highest and `means` holds the hour's averages. `told` is where parts come from that history here does not hold, or
    why they are missing, in one line.
    """

    circuit_id: str
    range: Range
    times: NDArray[np.float64]
    spans: NDArray[np.float32]
    values: dict[str, NDArray[np.float32]]
    source: str = "polls"
    means: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    told: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a circuit's timeline in one state, as folded from the ledger (UTC epoch seconds)."""

    start: float
    end: float
    state: int  # State


@dataclass(frozen=True, slots=True)
class Above:
    """Time above each threshold in one window, for all circuits of the View (rows as in the View), in seconds.

    `total[row, metric, level-1]` and `longest[row, metric, level-1]`; `known[row, metric]` is the time with a value.
    """

    hours: int
    total: NDArray[np.float32]
    longest: NDArray[np.float32]
    known: NDArray[np.float32]


class Reader(WorksReader, Protocol):
    """What a pane may ask beyond the View. Every answer ends at the Scene's instant and at what was known then."""

    async def series(self, circuit_id: str, metrics: tuple[str, ...], range_: Range) -> Series: ...

    async def timeline(self, circuit_id: str, range_: Range) -> tuple[Stretch, ...]: ...

    async def edges(self, range_: Range, circuit_ids: tuple[str, ...] = ()) -> tuple[Edge, ...]: ...

    async def failovers(self, range_: Range, site_id: str = "") -> tuple[Failover, ...]: ...

    async def notes(self, range_: Range, limit: int = 100, circuit_ids: tuple[str, ...] = ()) -> tuple[Note, ...]: ...

    async def above(self, hours: int) -> Above: ...

    async def figures(
        self, range_: Range, circuit_ids: tuple[str, ...] = (), percentiles: tuple[str, ...] = ()
    ) -> Figures:
        """What was over the range, per circuit: those named, or all of the View (rows as in it). `percentiles` names
        the gauges whose p95 is wanted. The same range gives the same digits, one circuit or all."""
        ...

    async def groups(self, by: str, range_: Range, percentiles: tuple[str, ...] = ()) -> Figures:
        """The same added up by `site`, `region` or `carrier`: each circuit's time where it belonged then."""
        ...

    async def network(self, range_: Range) -> NetworkSeries:
        """The whole network by the hours that ended in the range."""
        ...

    async def daily(self, gauge: str, days: int) -> Daily:
        """The last so many calendar days of the configured zone, the running one last."""
        ...

    async def trend(self, gauge: str) -> Trend: ...

    async def baseline(self, circuit_id: str, gauge: str) -> Baseline: ...

    async def episodes(self, range_: Range, site_id: str = "") -> tuple[Episode, ...]:
        """Failovers that began in the range, or ran on into it; newest first."""
        ...

    async def billing(self, month: str) -> Billing:
        """95th-percentile billing of a calendar month, `2026-11`, as far as it goes."""
        ...

    async def mist_alarms(self, range_: Range, limit: int = 1000, site_id: str = "") -> tuple[MistAlarm, ...]:
        """Mist's alarms that were open at some time in the range, newest `last_seen` first, as known at the instant."""
        ...

    async def alarms(
        self, range_: Range, limit: int = 1000, *, site_id: str = "", circuit_id: str = "", parent: str = ""
    ) -> tuple[Alarm, ...]:
        """Alarms that were open at some time in the range, newest `opened` first, as known at the instant; of a site, a
        circuit, or under a parent, cleared ones included."""
        ...

    async def alarm_versions(self, alarm_id: str) -> tuple[Alarm, ...]:
        """The life of one alarm: all its versions known at the instant, oldest first."""
        ...

    async def audit(
        self, range_: Range, limit: int = 1000, subject: str = "", act_id: str = ""
    ) -> tuple[AuditEntry, ...]:
        """What people did, newest first."""
        ...

    async def messages(self, range_: Range, limit: int = 1000, alarm_id: str = "") -> tuple[Message, ...]:
        """Notifications made in the range, newest first, in their state at the instant."""
        ...

    async def device_events(
        self, range_: Range, limit: int = 200, site_id: str = "", circuit_id: str = ""
    ) -> tuple[DeviceEvent, ...]:
        """Newest first."""
        ...

    async def sle(self) -> SleTable | None:
        """The newest table of service levels; None when none was ever had."""
        ...

    async def detail(self, question: Question) -> Answer:
        """Ask the cloud, or its cache. Where the Scene may not call (`can.call`) the answer says so in `error`."""
        ...


class Scene(Protocol):
    """One instant of the network."""

    @property
    def at(self) -> float: ...

    @property
    def live(self) -> bool: ...

    @property
    def view(self) -> View: ...

    @property
    def read(self) -> Reader: ...

    @property
    def can(self) -> Can: ...

    @property
    def status(self) -> Status: ...

    def headline(self, region: str = "", site_id: str = "", circuit_id: str = "", now: float | None = None) -> Headline:
        """The one sentence that opens a screen: of the network, or of the region, site or circuit named.

        `now` (UTC epoch seconds) is what durations count to while the Scene is live; in the past it is its instant.
        """
        ...


class Scenes(Protocol):
    """Makes Scenes; handed to the app. `changed` is called (on the app's loop) whenever the live Scene changed."""

    def live(self) -> Scene | None: ...

    def status(self) -> Status: ...

    async def past(self, at: float, corrected: bool = False) -> Scene | None: ...

    async def step(self, at: float, direction: int, corrected: bool = False) -> float | None:
        """The instant of the poll before (-1) or after (+1) `at`, `corrected`: also of those that became known later;
        None when there is none."""
        ...

    async def act(self, act: Act) -> str:
        """Have it done by whoever leads; "" when it is handed over (within a second the View shows it, the audit what
        came of it), else one line that says why not."""
        ...

    async def orgs(self) -> tuple[OrgLine, ...]:
        """All orgs that can be shown here, the worst first."""
        ...

    async def choose(self, org_id: str) -> str:
        """Show this org from now on; "" once it is on screen, else one line that says why not."""
        ...

    def subscribe(self, changed: Changed) -> None: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class Changed(Protocol):
    def __call__(self) -> None: ...
