"""What a stretch of time adds up to: exact sums per circuit or group, and the figures that are worked out from them.

`Accounts` are integers (milliseconds, fixed-point sums), so that adding stretches up is associative: an hour, a day, a
month and a window of 24 h come out the same by whatever parts they were put together from. `Figures` are what screens,
exports and the warehouse show of them. Definitions: docs/figures.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from noctui.model.scene import Range
from noctui.model.words import Metric

F4 = NDArray[np.float32]
F8 = NDArray[np.float64]
I1 = NDArray[np.int8]
I8 = NDArray[np.int64]

GAUGES = ("rx_pct", "tx_pct", "util", "loss", "jitter", "latency", "rx_bps", "tx_bps")
"""What accounts add up, in the order of their columns: percent, percent, percent, percent, ms, ms, bits/s, bits/s."""
GAUGE = {name: i for i, name in enumerate(GAUGES)}
SCALES: tuple[float, ...] = (1e4, 1e4, 1e4, 1e4, 1e4, 1e4, 1e-2, 1e-2)
"""Fixed point of each gauge: `Accounts.total` holds rint(average x scale) x seconds of every hour, whole numbers that
stay exact for 13 months of 10,000 circuits."""
METRIC_GAUGE = {Metric.UTILISATION: "util", Metric.LOSS: "loss", Metric.JITTER: "jitter", Metric.LATENCY: "latency"}
"""The gauge that is held to each metric's thresholds."""


class Grain(IntEnum):
    """Stretches that figures are kept of. Days, ISO weeks and months are calendar ones of the configured zone."""

    HOUR = 0
    DAY = 1
    WEEK = 2
    MONTH = 3

    @property
    def word(self) -> str:
        return ("hour", "day", "week", "month")[self]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One calendar stretch [start, end) in UTC epoch seconds. `key` is `2026-11-28`, `2026-W48` or `2026-11`."""

    start: float
    end: float
    grain: Grain
    key: str
    zone: str = "UTC"

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Made:
    """One period, made. `rows` circuits have figures in it, worked out in `took` seconds (0: by another process);
    `version` is the number it was written under."""

    period: Period
    rows: int
    took: float
    version: int


@dataclass(frozen=True, slots=True)
class Accounts:
    """Exact sums over one stretch of time; a row per circuit or group. Milliseconds unless said otherwise.

    `length` is how long the stretch is (for groups: of one member). Up, down, unknown and disabled add up to `length`
    for a circuit. `above[row, metric, level-1]` is the time at or above warn, high, critical; `longest` the longest
    unbroken part of it, `head` and `tail` the unbroken parts that begin with the stretch and end with it: with them
    neighbouring stretches are joined without a seam. Groups have no runs: theirs are 0.
    """

    length: int
    up: I8
    down: I8
    unknown: I8
    disabled: I8
    flaps: I8
    known: I8  # [rows, gauges] time with a value
    total: I8  # [rows, gauges] value in fixed point x seconds
    highest: F4  # [rows, gauges] NaN: none
    above: I8  # [rows, metrics, levels]
    longest: I8
    head: I8
    tail: I8

    def __len__(self) -> int:
        return len(self.up)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was, per circuit or group, over one range. Seconds, percent, ms, bits/s; NaN is unknown, never 0 or 100.

    `available` is up / (up + down); `at_least` and `at_most` are its bounds if all unknown time had been down, or up;
    `coverage` the known share of the time that was not disabled. `p95` is filled for the gauges that were asked for:
    nearest rank, over polls for less than a day, over 5-minute averages for a day and longer, from histograms with a
    relative error of `p95_error` where averages are no longer held. `counts` is the number of circuits of each group.
    """

    range: Range
    ids: tuple[str, ...]
    up: F8
    down: F8
    unknown: F8
    disabled: F8
    flaps: I8
    available: F8
    coverage: F8
    at_least: F8
    at_most: F8
    known: F8  # [rows, gauges]
    average: F8
    highest: F8
    p95: F8
    above: F8  # [rows, metrics, levels]
    longest: F8
    p95_error: float = 0.0
    counts: I8 | None = None
    told: str = ""  # what is missing from the answer, in one line

    def __len__(self) -> int:
        return len(self.ids)

    def gauge(self, name: str) -> int:
        """The column of a gauge."""
        return GAUGE[name]


BAD_NO, BAD_YES, BAD_UNKNOWN = 0, 1, -1


@dataclass(frozen=True, slots=True)
class Daily:
    """Calendar days, oldest first, the last one running; a row per circuit as in the View.

    `bad` says whether the day holds a breach of `high` (BAD_*). `p95` and `average` are of `gauge`; NaN is unknown.
    `available` is percent.
    """

    gauge: str
    days: tuple[Period, ...]
    ids: tuple[str, ...]
    bad: I1  # [rows, days]
    p95: F4
    average: F4
    available: F4
    flaps: I8


@dataclass(frozen=True, slots=True)
class Fit:
    """Least squares over equally spaced values; arrays of a row per circuit. NaN where fewer than two are known.

    `slope` is per step, `level` the fitted value at the last step, `r2` how well it fits (0..1), `n` how many values.
    """

    slope: F8
    level: F8
    r2: F8
    n: I8


@dataclass(frozen=True, slots=True)
class Trend:
    """How a metric moves, per circuit as in the View. `reach` is days until `threshold` at this pace: inf is never.

    `recent` and `before` are medians of daily p95 of the last 7 days and of up to 21 before them; `change` their
    difference. `fit` is over up to 28 daily p95.
    """

    gauge: str
    ids: tuple[str, ...]
    fit: Fit
    threshold: F8
    reach: F8
    recent: F8
    before: F8
    change: F8


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is usual for one circuit at each hour of the week (0: Monday 00:00 of the configured zone).

    `weeks` is how many of that hour were known; `z` the robust z-score of `value` against its own hour, NaN where
    fewer than two weeks are known. `value` is the average of the running hour (or the last full one).
    """

    circuit_id: str
    gauge: str
    median: F8  # [168]
    mad: F8
    weeks: I8
    hour: int
    value: float
    z: float


@dataclass(frozen=True, slots=True)
class Episode:
    """A site ran without its primary: from `began` until `ended` (None: still). UTC epoch seconds.

    `cause` is what the primary was: `down`, `away`, `unknown`, `disabled` or `switched` (it was up). `lost_at` is when
    it ceased to be up, NaN when it had not; `took` the seconds from then until another circuit was active, known to
    within `uncertainty`. `active` are the figures of the circuit that carried, `primary` those of the primary over the
    same time: one row each, None where there was no such circuit.
    """

    site_id: str
    began: float
    ended: float | None
    primary_id: str
    active_id: str
    cause: str
    lost_at: float
    took: float
    uncertainty: float
    active: Figures | None = field(default=None, compare=False)
    primary: Figures | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class NetworkSeries:
    """The whole network hour by hour, oldest first; NaN is unknown. `times` are the hours' ends (UTC epoch seconds).

    `rx_bps` and `tx_bps` are sums over circuits of their hour's averages; `util_mean` and `util_p95` (nearest rank) are
    over circuits, of their hour's average utilisation in percent; `bad_share` is the percentage of the circuits known
    in that hour that were down, or at or above `high` of any metric, for some of it; `circuits` how many were known.
    """

    range: Range
    times: F8
    rx_bps: F8
    tx_bps: F8
    util_mean: F8
    util_p95: F8
    bad_share: F8
    circuits: I8


@dataclass(frozen=True, slots=True)
class Billing:
    """95th-percentile billing per circuit of one month: bits/s of 5-minute averages, nearest rank, in and out apart.

    `billed` is the higher of both; `coverage` the known share of the month so far, percent. `error` is the relative
    error where 5-minute averages are no longer held, else 0. `told` is where a part is from that history here does not
    hold, or why it is missing, in one line; of that part no coverage is known.
    """

    period: Period
    ids: tuple[str, ...]
    rx: F8
    tx: F8
    billed: F8
    coverage: F8
    error: float = 0.0
    told: str = ""
