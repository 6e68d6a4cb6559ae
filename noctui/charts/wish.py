"""What a chart is asked to show, and what was found for it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from noctui.charts.kinds import Measure
from noctui.model.figures import Figures
from noctui.model.scene import Range, Stretch

F4 = NDArray[np.float32]
F8 = NDArray[np.float64]
Limits = tuple[float, ...]
"""Warn, high, critical; () where there are none."""


@dataclass(frozen=True, slots=True)
class Wish:
    """`range` ends at the Scene's instant or before; None is now, for a distribution. `zone` names whose days and
    hours of the week count. `statistic` is of each circuit's window."""

    kind: str
    measure: Measure
    range: Range | None
    circuit_ids: tuple[str, ...] = ()
    zone: str = "UTC"
    statistic: str = "average"


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """One circuit's measure over the range. values[i] stands for (times[i] − spans[i], times[i]]; of `hours` it is the
    highest of the hour, and `means` its average."""

    circuit_id: str
    range: Range
    times: F8
    spans: F4
    values: F4
    hours: bool = False
    means: F4 | None = None

    @property
    def known(self) -> bool:
        return bool(np.isfinite(self.values).any())

    @property
    def averages(self) -> F4:
        """What boxes and hours are made of: polls, or hourly averages."""
        return self.values if self.means is None else self.means

    @property
    def newest(self) -> float:
        """The value that still stands at the range's end; NaN when there is none."""
        if not len(self.times) or self.times[-1] < self.range.end - 3 * float(self.spans[-1]):
            return math.nan
        return float(self.values[-1])


@dataclass(frozen=True, slots=True, eq=False)
class One:
    """A line of one circuit."""

    samples: Samples
    timeline: tuple[Stretch, ...]
    limits: Limits
    figures: Figures | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """values[weekday, hour] averages of the hourly averages, by the zone's clock, NaN for none; weeks[weekday, hour] is
    of how many."""

    samples: Samples
    values: F8
    weeks: NDArray[np.int64]
    limits: Limits
    figures: Figures | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """five[i] are lowest, lower quartile, median, upper quartile and highest (nearest rank) of the stretch named by
    labels[i]; NaN where nothing is known. `grain` is `hour`, `day` or `month`."""

    samples: Samples
    labels: tuple[str, ...]
    five: F8
    grain: str
    limits: Limits
    figures: Figures | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Many:
    """Lines of several circuits, in the order asked for. `asked` may be more than are shown."""

    lines: tuple[Samples, ...]
    limits: Limits
    range: Range
    asked: int = 0
    figures: Figures | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """values[i] of each circuit of the network; NaN unknown. `own` are those of the circuits named."""

    values: F8
    limits: Limits
    range: Range | None
    statistic: str = ""
    own: dict[str, float] = field(default_factory=dict)
    covered: float = math.nan  # percent of the circuits' time that is known
    p95_error: float = 0.0

    @property
    def known(self) -> F8:
        found: F8 = self.values[np.isfinite(self.values)]
        return found


Found = One | Heat | Boxes | Many | Distribution
