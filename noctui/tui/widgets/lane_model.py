"""What lanes are told: series, bands of time, and how many rows each lane gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Literal

from noctui.tui.look import numbers
from noctui.tui.widgets.lane_math import F4, F8, Scale

BandKind = Literal["alarm", "outage", "conflict", "window", "gap", "standing_in", "marked"]


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One metric over time. values[i] (NaN unknown) stands for (times[i] − spans[i], times[i]].

    `thresholds` are (warn, high, critical) or empty; `text` writes a value; `rows` is the lane's height in cells.
    `other`: it is the other circuit's, whose bands run through it.
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
    other: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time that runs through all lanes. Outage, window, gap and marked are tinted; all stand in the marks
    row, a marked one as its ground. `role` is the colour of its signs there, "" that of its kind."""

    start: float
    end: float
    kind: BandKind
    label: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at one instant. `sign` is a name of `Signs`, `role` its colour; `words` come from
    outside and are read where the cursor stands."""

    at: float
    sign: str
    role: str
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """Everything a build needs: lanes on one axis [start, end] of UTC epoch seconds.

    `now` is drawn bold at the axis' end (the newest instant known); `cursor` is a column of the plot. `events` have a
    line of their own, a later one covers an earlier one; None: no such line. `other` are the name and the bands of the
    other circuit, which has a marks row of its own.
    """

    lanes: tuple[Lane, ...]
    start: float
    end: float
    bands: tuple[Band, ...] = ()
    now: float | None = None
    zone: tzinfo = UTC
    cursor: int | None = None
    events: tuple[Event, ...] | None = None
    other: tuple[str, tuple[Band, ...]] | None = None

    @property
    def newest(self) -> float:
        """The newest instant on the axis."""
        return self.end if self.now is None else min(self.now, self.end)


def around(events: bool, other: bool) -> int:
    """Rows that are no lanes: marks, axis, and where there are any the events and the other's marks."""
    return 2 + events + other


def allot(height: int, quality_lanes: int = 3, quality_rows: int = 3, others: int = 2) -> tuple[int, ...]:
    """Rows for rx, tx and the quality lanes in `height` rows, of which `others` are no lanes: rx takes 62 % and tx 38 %
    of what the quality lanes leave. Short screens shrink the quality lanes, then drop to 2 rows each."""
    left = max(height - others, 4)
    while quality_rows > 2 and left - quality_lanes * quality_rows < 8:
        quality_rows -= 1
    rest = max(left - quality_lanes * quality_rows, 4)
    rx = max(round(rest * 0.62), 2)
    return (rx, max(rest - rx, 2), *(quality_rows,) * quality_lanes)
