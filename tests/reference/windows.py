"""Time above thresholds, by walking ticks (docs/values.md 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

UNKNOWN = -1
MOST_TICKS = 3
"""For how many ticks one sample stands at most."""


@dataclass(frozen=True)
class Above:
    """One metric in one window, seconds: how long it was known, and (total, longest) at or above levels 1 to 3."""

    known: float
    levels: dict[int, tuple[float, float]]


@dataclass
class Ticks:
    """Raw level of one metric at every tick that has one."""

    level: dict[int, int] = field(default_factory=dict)

    def stand(self, level: int, tick: int, before: int | None) -> None:
        """A sample's level, for the ticks after the sample `before` up to its own."""
        first = tick if before is None else max(before + 1, tick - MOST_TICKS + 1)
        for t in range(first, tick + 1):
            self.level[t] = level

    def above(self, tick: int, hours: float, interval: float) -> Above:
        """The window of so many hours that ends with `tick`."""
        ticks = range(tick - round(hours * 3600 / interval) + 1, tick + 1)
        told = [self.level.get(t, UNKNOWN) for t in ticks]
        levels = {}
        for wanted in (1, 2, 3):
            flags = [level >= wanted for level in told]
            total = sum(flags)
            levels[wanted] = (total * interval, (longest_run(flags) if total else 0) * interval)
        return Above((len(told) - told.count(UNKNOWN)) * interval, levels)


def longest_run(flags: Iterable[bool]) -> int:
    """The most `True` in a row."""
    longest = run = 0
    for flag in flags:
        run = run + 1 if flag else 0
        longest = max(longest, run)
    return longest
