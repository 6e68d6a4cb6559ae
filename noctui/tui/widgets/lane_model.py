"""What lanes are told: series, bands of time, and how many rows each lane gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Literal

from noctui.tui.look import numbers
from noctui.tui.widgets.lane_math import F4, F8, Scale

BandKind = Literal["outage", "conflict", "window", "gap", "standing_in"]


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One metric over time. values[i] (NaN unknown) stands for (times[i] − spans[i], times[i]].

    `thresholds` are (warn, high, critical) or empty; `text` writes a value; `rows` is the lane's height in cells.
    """

    title: str
    unit: str
    times: F8
    values: F4
    spans: F4
    thresholds: tuple[float, ...] = ()
    scale: Scale = "percent"
    role: str = "graph"
    rows: int = 3
    text: Callable[[float | None], str] = numbers.utilisation


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time that runs through all lanes. Outage, window and gap are tinted; all stand in the marks row."""

    start: float
    end: float
    kind: BandKind
    label: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """Everything a build needs: lanes on one axis [start, end] of UTC epoch seconds.

    `now` is drawn bold at the axis' end (the newest instant known); `cursor` is a column of the plot.
    """

    lanes: tuple[Lane, ...]
    start: float
    end: float
    bands: tuple[Band, ...] = ()
    now: float | None = None
    zone: tzinfo = UTC
    cursor: int | None = None

    @property
    def newest(self) -> float:
        """The newest instant on the axis."""
        return self.end if self.now is None else min(self.now, self.end)


def allot(height: int, quality_lanes: int = 3, quality_rows: int = 3) -> tuple[int, ...]:
    """Rows for rx, tx and the quality lanes in `height` rows of marks, lanes and axis: rx takes 62 % and tx 38 % of
    what the quality lanes leave. Short screens shrink the quality lanes, then drop to 2 rows each."""
    left = max(height - 2, 4)
    while quality_rows > 2 and left - quality_lanes * quality_rows < 8:
        quality_rows -= 1
    rest = max(left - quality_lanes * quality_rows, 4)
    rx = max(round(rest * 0.62), 2)
    return (rx, max(rest - rx, 2), *(quality_rows,) * quality_lanes)
