"""What a source hands over: columns of one sweep, told by id, and what it discovered of the network.

A `Batch` is one feed's sweep. Every column is float64 with NaN for unknown; yes/no columns hold 1.0 and 0.0. Rows may
stand in any order and differ from sweep to sweep. All times are UTC epoch seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray

from noctui.model.cloud import DeviceEvent, MistAlarm, SleTable
from noctui.model.inventory import Gateway, Site
from noctui.model.words import BandwidthSource, Role, RoleSource

Column = NDArray[np.float64]

CIRCUIT_COLUMNS = (
    "up", "disabled", "active",  # 1, 0 or unknown
    "rx_bps", "tx_bps",  # bits/s, as the gateway measured them
    "rx_bytes", "tx_bytes",  # cumulative counters
    "loss", "jitter", "latency", "mos",  # percent, ms, ms, 1..5; of the port itself
    "last_flapped",  # epoch seconds of the port's latest change
)  # fmt: skip
GATEWAY_COLUMNS = ("connected", "uptime", "cpu", "memory")  # yes/no, seconds, percent, percent
PATH_COLUMNS = ("up", "active", "latency", "jitter", "loss", "mos", "uptime")


@dataclass(frozen=True, slots=True)
class Batch:
    """One feed's sweep in columns.

    `ids` are circuit, gateway or path ids; `observed_at[i]` says when row i was measured (a circuit's: its gateway's
    `last_seen`), NaN when the feed does not say. `whole` is False when a page was lost: missing rows then mean nothing.
    """

    feed: str  # "circuits", "gateways" or "paths"
    ids: tuple[str, ...]
    observed_at: Column
    columns: Mapping[str, Column]
    whole: bool = True

    def column(self, name: str) -> Column:
        """The column, or NaNs when the feed did not carry it."""
        found = self.columns.get(name)
        return np.full(len(self.ids), np.nan) if found is None else found


class PortEvent(msgspec.Struct, frozen=True):
    """A gateway's own word that a circuit's port changed (`GW_PORT_UP`, `GW_PORT_DOWN`)."""

    circuit_id: str
    event_time: float
    up: bool


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A circuit as a source sees it now; `runtime` turns it into a `Circuit` with its number and dated attachments."""

    circuit_id: str
    site_id: str
    gateway_id: str
    port_id: str
    unit: str = ""
    wan_name: str = ""
    carrier: str = ""
    role: Role = Role.UNKNOWN
    role_source: RoleSource = RoleSource.NONE
    down_bps: float = 0.0
    up_bps: float = 0.0
    bandwidth_source: BandwidthSource = BandwidthSource.NONE  # of down_bps
    up_source: BandwidthSource = BandwidthSource.NONE
    speed_test_at: float = 0.0  # when the speed test behind the bandwidth was; 0: none is
    link_bps: float = 0.0
    wan_type: str = ""
    description: str = ""
    carrier_circuit_id: str = ""  # by the inventory file; so are the next six
    sla: str = ""
    protection_group: str = ""
    monthly_cost: float | None = None
    currency: str = ""
    turn_up: str = ""  # YYYY-MM-DD
    carrier_from_file: bool = False


class FoundPath(msgspec.Struct, frozen=True, kw_only=True):
    """A peer path as a source sees it now."""

    path_id: str
    circuit_id: str
    hub: str = ""
    hub_port: str = ""


@dataclass(frozen=True, slots=True)
class Discovery:
    """The network as a source sees it: input of `model.reconcile`. `whole` False: absence of a row means nothing."""

    org_id: str
    org_name: str
    sites: tuple[Site, ...]
    gateways: tuple[Gateway, ...]
    circuits: tuple[Found, ...]
    paths: tuple[FoundPath, ...]
    whole: bool = True


TOO_ODD = 20
"""Impossible values from which on a small feed's sweep is not called whole; of a large one, a tenth of its rows."""


@dataclass(frozen=True, slots=True)
class FeedReport:
    """How one feed of one sweep went: for the partial mark, the collector screen and the logs."""

    feed: str
    calls: int = 0
    rows: int = 0
    pages: int = 0
    pages_lost: int = 0
    took: float = 0.0  # seconds
    error: str = ""  # one clear line, no secrets; empty when all went well
    odd: int = 0  # values that cannot be true; they count as unknown
    odd_text: str = ""  # how many, and one of them: `14 values cannot be true, e.g. loss -1 of GW-0417 ge-0/0/0`

    @property
    def sound(self) -> bool:
        """It came in full, and not so much of it cannot be true that a page of it may as well not have come."""
        return not self.pages_lost and not self.error and self.odd < max(TOO_ODD, self.rows // 10)


@dataclass(frozen=True, slots=True)
class Told:
    """What the cloud told in a sweep beyond samples: only what is new or has changed since the sweep before."""

    alarms: tuple[MistAlarm, ...] = ()
    events: tuple[DeviceEvent, ...] = ()
    sle: SleTable | None = None


@dataclass(frozen=True, slots=True)
class Sweep:
    """All a source learned in one round. `started`/`ended` by the local clock."""

    started: float
    ended: float
    discovery: Discovery
    circuits: Batch | None  # None: the feed was silent
    gateways: Batch | None
    paths: Batch | None
    events: tuple[PortEvent, ...] = ()
    reports: tuple[FeedReport, ...] = ()
    told: Told = field(default_factory=Told)

    @property
    def whole(self) -> bool:
        """No feed lost a page, or held nonsense in its place."""
        return all(r.sound for r in self.reports)


@dataclass(frozen=True, slots=True)
class Poll:
    """One sweep as the engine takes it. `at` is when the sweep was complete (= `known_at`); `tick` = floor of the
    sweep's start / `interval`, strictly rising; `interval` is what the feeds are polled at, in seconds."""

    seq: int
    at: float
    tick: int
    interval: float
    circuits: Batch | None
    gateways: Batch | None
    paths: Batch | None
    events: tuple[PortEvent, ...] = ()
    whole: bool = True
    reports: tuple[FeedReport, ...] = field(default=())
