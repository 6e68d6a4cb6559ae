"""A circuit's timeline: edges laid over each other in the order they were written (docs/values.md 4)."""

from __future__ import annotations

import math
from collections.abc import Iterable

from noctui.model.edges import Edge
from noctui.model.words import State

Stretch = tuple[float, float, State]
"""[start, end) in one state, UTC epoch seconds."""

DAY = 86_400.0


def lay(painted: list[Stretch], edge: Edge) -> list[Stretch]:
    """The timeline with one more edge over it: in order, without overlaps, time that nothing painted left out."""
    start, end = edge.event_time, math.inf if edge.until is None else edge.until
    if end <= start:
        return painted
    pieces = [(start, end, edge.state)]
    for began, ended, state in painted:
        pieces.append((began, min(ended, start), state))
        pieces.append((max(began, end), ended, state))
    return sorted(p for p in pieces if p[0] < p[1])


def paint(edges: Iterable[Edge], known_at: float = math.inf) -> list[Stretch]:
    """The timeline as it was known at `known_at`."""
    painted: list[Stretch] = []
    for edge in edges:
        if edge.known_at <= known_at:
            painted = lay(painted, edge)
    return painted


def clip(painted: list[Stretch], start: float, end: float) -> list[Stretch]:
    """[start, end) of the timeline without holes: what nothing painted is unknown; neighbours of one state are one."""
    whole: list[Stretch] = []
    reached = start
    for began, ended, state in painted:
        began, ended = max(began, start), min(ended, end)
        if began < ended:
            whole.append((reached, began, State.UNKNOWN))
            whole.append((began, ended, state))
            reached = ended
    whole.append((reached, end, State.UNKNOWN))
    joined: list[Stretch] = []
    for began, ended, state in whole:
        if began >= ended:
            continue
        if joined and joined[-1][2] == state:
            joined[-1] = (joined[-1][0], ended, state)
        else:
            joined.append((began, ended, state))
    return joined


def lasting_since(painted: list[Stretch]) -> float:
    """When the unbroken stretch of one state began that the timeline ends with."""
    since, _, last = painted[-1]
    for began, ended, state in reversed(painted[:-1]):
        if ended != since or state != last:
            break
        since = began
    return since


def flaps(painted: list[Stretch], at: float) -> int:
    """Changes between up and down that happened in (at − 24 h, at], looking through everything else."""
    count = 0
    last: State | None = None
    for began, _, state in painted:
        if state in (State.UP, State.DOWN):
            if last is not None and state != last and at - DAY < began <= at:
                count += 1
            last = state
    return count


def seconds_in(painted: list[Stretch], wanted: State, start: float, end: float) -> float:
    """How long [start, end) was painted so."""
    return sum(
        min(ended, end) - max(began, start)
        for began, ended, state in painted
        if state == wanted and began < end and ended > start
    )


def availability(painted: list[Stretch], at: float) -> tuple[float, float]:
    """(availability, coverage) of [at − 24 h, at) in percent; NaN when there is nothing to divide by."""
    up, down, disabled = (seconds_in(painted, s, at - DAY, at) for s in (State.UP, State.DOWN, State.DISABLED))
    nan = float("nan")
    share = up / (up + down) * 100 if up + down > 0 else nan
    coverage = (up + down) / (DAY - disabled) * 100 if DAY - disabled > 0 else nan
    return share, coverage
