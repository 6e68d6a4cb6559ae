"""The View: the network at one poll, as immutable tables of ids and numpy columns, swapped whole.

Row i of each table is row i of the same tuple in `view.inventory`. Percentages are 0..100, rates bits/s, delays ms,
times UTC epoch seconds. NaN is unknown; it is never 0.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from noctui.model.alarms import NO_ALARMS, Alarms
from noctui.model.batch import FeedReport
from noctui.model.inventory import Inventory
from noctui.model.words import THRESHOLDS, Metric
from noctui.model.works import NO_WORKS, Works

F4 = NDArray[np.float32]
F8 = NDArray[np.float64]
U1 = NDArray[np.uint8]
U2 = NDArray[np.uint16]
I4 = NDArray[np.int32]
B1 = NDArray[np.bool_]

TREND_SLOTS = 12
"""Quarter hours in the 3 h trend; the last one is the running quarter."""
TREND_NONE = 255
"""Trend value: nothing known in that quarter."""
TREND_OUTAGE = 254
"""Trend value: the circuit was down at some time in that quarter."""


@dataclass(frozen=True, slots=True)
class CircuitTable:
    """One row per circuit."""

    severity: U1  # Severity
    state: U1  # State, as the ledger has it
    since: F8  # when the present severity began, whole seconds
    stale: B1  # older than three intervals: digits stay, grey with ~
    active: B1  # carries traffic now
    active_since: F8  # when `active` last changed, whole seconds
    suspect: B1  # above 110 % of its bandwidth: "bandwidth?"
    no_path: B1  # it has peer paths, and none is up
    age: F4  # seconds between the sample's observed_at and the poll
    rx_bps: F4
    tx_bps: F4
    rx_pct: F4  # utilisation of the bandwidth towards the site
    tx_pct: F4  # utilisation of the bandwidth from the site
    loss: F4
    jitter: F4
    latency: F4
    mos: F4
    quality: U1  # QualitySource
    levels: U1  # level byte with hysteresis: two bits per Metric
    flaps_24h: U2
    avail_24h: F4  # up / (up + down), percent; NaN when nothing is known
    coverage_24h: F4  # known share of the window, percent
    trend: U1  # [rows, TREND_SLOTS] highest utilisation per quarter hour in percent (capped at 250), or TREND_*
    bad_quarters: U2  # bit q: bad at some time in quarter q of the trend (bit 11 the running one)

    def __len__(self) -> int:
        return len(self.severity)


@dataclass(frozen=True, slots=True)
class GatewayTable:
    """One row per gateway."""

    connected: F4  # 1, 0 or NaN
    age: F4
    uptime: F4
    cpu: F4
    memory: F4

    def __len__(self) -> int:
        return len(self.connected)


@dataclass(frozen=True, slots=True)
class PathTable:
    """One row per peer path."""

    up: F4  # 1, 0 or NaN
    active: F4
    age: F4
    latency: F4
    jitter: F4
    loss: F4
    mos: F4

    def __len__(self) -> int:
        return len(self.up)


@dataclass(frozen=True, slots=True)
class SiteTable:
    """One row per site, folded from its circuits (`engine.sites`)."""

    severity: U1  # the worst of its circuits; Severity.DISABLED for a site without circuits
    dark: B1  # none of its circuits is up: all down or away
    failed_over: B1  # its primary is not active and another circuit is
    carrying: I4  # circuit row that carries traffic; -1: none known
    since: F8  # when the present severity (or darkness) began
    counts: NDArray[np.int32]  # [rows, 9] circuits per Severity

    def __len__(self) -> int:
        return len(self.severity)


@dataclass(frozen=True, slots=True)
class RegionTable:
    """One row per region, in the order of `inventory.regions`."""

    sites: I4
    circuits: I4
    dark: I4  # sites
    failed_over: I4  # sites
    counts: NDArray[np.int32]  # [rows, 9] circuits per Severity
    bad_pct: F4  # share of circuits bad now
    bad_trend: F4  # [rows, TREND_SLOTS] share of circuits bad in each quarter hour; NaN when nothing known
    worst: I4  # circuit row: worst severity, then the longest in it; -1: all well

    def __len__(self) -> int:
        return len(self.sites)


@dataclass(frozen=True, slots=True)
class View:
    """The network at one poll."""

    seq: int  # number of the poll in this history
    at: float  # when its sweep was complete
    interval: float  # seconds between polls
    inventory: Inventory
    circuits: CircuitTable
    gateways: GatewayTable
    paths: PathTable
    sites: SiteTable
    regions: RegionTable
    whole: bool = True
    silent: bool = False  # no circuit had a fresh sample: the feed is marked, last states stay grey
    reports: tuple[FeedReport, ...] = ()
    limits: F8 | None = None  # [circuits, metrics, 3] warn, high, critical; None: the defaults everywhere
    alarms: Alarms = NO_ALARMS  # those open at `at`; of a live View, with what people did since
    works: Works = NO_WORKS  # planned work that was known at `at`; of a live View, as it is known now

    def limits_of(self, row: int, metric: Metric) -> tuple[float, float, float]:
        """Warn, high and critical of this circuit's metric, as settings have them for its store type and region."""
        if self.limits is None:
            return THRESHOLDS[metric]
        warn, high, critical = self.limits[row, metric].tolist()
        return warn, high, critical

    def counts(self) -> NDArray[np.int64]:
        """[9] circuits per Severity over the whole network."""
        return np.bincount(self.circuits.severity, minlength=9)


def column_names(table: type[object]) -> tuple[str, ...]:
    """The columns of one of the table classes above."""
    return tuple(f.name for f in fields(table))  # type: ignore[arg-type]


__all__ = [
    "TREND_NONE", "TREND_OUTAGE", "TREND_SLOTS", "CircuitTable", "GatewayTable", "PathTable", "RegionTable",
    "SiteTable", "View", "column_names",
]  # fmt: skip
