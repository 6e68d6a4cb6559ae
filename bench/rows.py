"""What a measurement is: a figure with its budget, and the peer's figure beside it."""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ANY = 0
"""Circuits of a row that does not depend on the network's size."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `budget` is the most it may be, in the same unit; `least` the least ratio of the peer to it."""

    what: str
    circuits: int
    value: float
    unit: str
    budget: float | None = None
    peer: str = ""
    peer_value: float | None = None
    least: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times as much the peer takes."""
        return None if self.peer_value is None or not self.value else self.peer_value / self.value

    @property
    def missed(self) -> bool:
        over = self.budget is not None and not self.value <= self.budget
        ratio = self.ratio
        return over or (self.least is not None and ratio is not None and ratio < self.least)


@dataclass(frozen=True, slots=True)
class How:
    """How thoroughly to measure. `folder` is for histories and logs; it is deleted in the end."""

    folder: Path
    quick: bool = False
    long: bool = False

    def times(self, count: int) -> int:
        """Repetitions: `count`, or 2 where it must be quick."""
        return 2 if self.quick else count

    def seconds(self, seconds: float) -> float:
        return min(seconds, 0.5) if self.quick else seconds


def budget(circuits: int, small: float, large: float) -> float:
    """The budget of a network of this size: `small` holds up to some 10,000 circuits, `large` up to 100,000."""
    return small if circuits <= 20_000 else large


MOST_LIVE = 20_000
"""Circuits that a simulated cloud on the same machine can serve beside what is measured."""


def live_sizes(sizes: Sequence[int]) -> list[int]:
    """Those that can be collected here; says of the others why not."""
    for size in sizes:
        if size > MOST_LIVE:
            print(
                f"  left out at {size:,} circuits: no org is that large (a token has 5,000 calls an hour), and its"
                " simulated cloud would need the processors that are measured",
                file=sys.stderr,
            )
    return [size for size in sizes if size <= MOST_LIVE]


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    work()
    return 1000.0 * (time.perf_counter() - began)


def median(values: Sequence[float]) -> float:
    return statistics.median(values) if values else float("nan")


def quantile(values: Sequence[float], share: float) -> float:
    """Nearest rank."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(round(share * len(ordered), 6)) - 1)]


def most_memory() -> float:
    """The most memory that this process had, in MB; what getrusage says begins with that of the process before."""
    words = next(
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
    ).split()
    return int(words[1]) / 1024
