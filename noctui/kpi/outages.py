"""Outages of one circuit out of its timeline, and what they say of repair. Pure; UTC epoch seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from noctui.model.words import State

Interval = tuple[float, float]


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Overlapping and touching intervals as one, oldest first; empty ones are none."""
    found: list[Interval] = []
    for start, end in sorted(i for i in intervals if i[1] > i[0]):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def down(stretches: Iterable[tuple[float, float, int]]) -> list[Interval]:
    """The outages in stretches of (start, end, State): an open one ends where the range does, which is now."""
    return merged((start, end) for start, end, state in stretches if state == State.DOWN)


@dataclass(frozen=True, slots=True)
class Repair:
    """`to_repair` and `between` are the means in seconds (MTTR, MTBF); None without an outage."""

    outages: int
    to_repair: float | None
    between: float | None


def repair(outages: int, up: float, down: float) -> Repair:
    """Of so many outages in a time that was up and down for these seconds; unknown time says nothing of either.

    availability = between / (between + to_repair), so the three figures can never contradict each other.
    """
    if outages <= 0:
        return Repair(0, None, None)
    return Repair(outages, down / outages, up / outages)
