"""What the evidence says about a gap in which nothing was known (docs/values.md 4, re-folding)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from noctui.engine.prose import hhmm
from noctui.model.words import State

BOOT_SLACK = 60.0
"""Seconds before a boot from which on port events may be the boot's own."""
LATE = 3600.0
"""Seconds after a return in which late events still re-fold the gap."""

Event = tuple[float, bool]
"""Time and whether the port came up."""
Stretch = tuple[float, float, State]


@dataclass(slots=True)
class Gap:
    """[start, end) was lost. All the rest is as of the return: boot time (NaN: unknown), and of the returning sample
    its last_flapped and what it found of the line.

    `lost` is the state the gap had. `steady`: the port is down and has not changed since before the gap. `touched` is
    True once a folding has painted anything.
    """

    start: float
    end: float
    boot: float
    flapped: float
    found: State
    lost: State
    steady: bool = False
    evidence: list[Event] = field(default_factory=list)
    touched: bool = False

    def learn(self, events: list[Event]) -> bool:
        """Take in what lies in the gap; False when none of it is news."""
        news = False
        for event in events:
            if self.start <= event[0] < self.end and event not in self.evidence:
                self.evidence.append(event)
                news = True
        return news

    def why(self) -> str:
        """What painted edges say of their reason."""
        return f"unchanged since {hhmm(self.flapped, self.end)}" if self.steady and not self.evidence else ""

    def fold(self) -> list[Stretch]:
        """The stretches to paint now, in order of time."""
        painted = _stretches(self)
        if self.touched:
            painted = _fill(painted, self)
        self.touched = self.touched or bool(painted)
        return _merged(painted)


def _stretches(gap: Gap) -> list[Stretch]:
    if gap.steady and not gap.evidence:
        return [(gap.start, gap.end, State.DOWN)] if gap.end > gap.start else []
    evidence = sorted(gap.evidence, key=lambda e: e[0])
    told = gap.found in (State.UP, State.DOWN) and gap.start < gap.flapped < gap.end
    if told and (not evidence or gap.flapped > evidence[-1][0]):
        evidence.append((gap.flapped, gap.found is State.UP))
    rebooted = math.isfinite(gap.boot) and gap.start < gap.boot < gap.end
    if rebooted and not any(time < gap.boot and not up for time, up in evidence):
        evidence = [e for e in evidence if e[0] < gap.boot - BOOT_SLACK]
    if not evidence:
        return []
    painted: list[Stretch] = []
    first, came_up = evidence[0]
    if came_up and first > gap.start:
        painted.append((gap.start, first, State.DOWN))
    for i, (time, up) in enumerate(evidence):
        until = evidence[i + 1][0] if i + 1 < len(evidence) else gap.end
        if until > time:
            painted.append((time, until, State.UP if up else State.DOWN))
    return painted


def _fill(painted: list[Stretch], gap: Gap) -> list[Stretch]:
    """What stays unpainted goes back to the state the gap had: an earlier folding may have painted there."""
    filled: list[Stretch] = []
    at = gap.start
    for start, until, state in painted:
        if start > at:
            filled.append((at, start, gap.lost))
        filled.append((start, until, state))
        at = until
    if at < gap.end:
        filled.append((at, gap.end, gap.lost))
    return filled


def _merged(painted: list[Stretch]) -> list[Stretch]:
    merged: list[Stretch] = []
    for start, until, state in painted:
        if merged and merged[-1][2] is state and merged[-1][1] == start:
            merged[-1] = (merged[-1][0], until, state)
        else:
            merged.append((start, until, state))
    return merged
