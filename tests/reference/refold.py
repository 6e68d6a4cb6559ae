"""What happened in a gap, told by late evidence (docs/values.md 4, re-folding)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime

from noctui.model.words import State

BOOT_NOISE = 60.0
"""Seconds before boot from which a reboot's own port changes are no evidence."""
LATE = 3600.0
"""Seconds after the return in which late events still change the gap."""


@dataclass(frozen=True)
class Heard:
    """A port event as it counts: never later than the poll that brought it."""

    time: float
    state: State  # UP or DOWN


@dataclass
class Gap:
    """[start, end) in which a circuit was lost, as found at its return (the poll at `end`)."""

    start: float
    end: float
    lost: State  # unknown or away: the last one before the return
    found: State  # what the returning sample says of its line
    last_flapped: float  # of the returning sample
    observed_at: float  # of the returning sample
    boot: float  # of the gateway, NaN unknown
    heard: list[Heard] = field(default_factory=list)
    painted: bool = False  # an earlier folding painted something

    def take(self, events: list[Heard]) -> bool:
        """Keep the events that lie in the gap; True when there is news among them."""
        news = False
        for event in events:
            if self.start <= event.time < self.end and event not in self.heard:
                self.heard.append(event)
                news = True
        return news

    def evidence(self) -> list[Heard]:
        """What tells of the gap, in order of time, less what a reboot alone explains."""
        told = sorted(self.heard, key=lambda e: e.time)
        if (
            self.found in (State.UP, State.DOWN)
            and self.start < self.last_flapped < self.end
            and all(e.time < self.last_flapped for e in told)
        ):
            told.append(Heard(self.last_flapped, self.found))
        rebooted = self.start < self.boot < self.end
        if rebooted and not any(e.state == State.DOWN and e.time < self.boot for e in told):
            told = [e for e in told if e.time < self.boot - BOOT_NOISE]
        return told

    def unchanged(self) -> bool:
        """Nothing tells of a change, and the port is down as it was before the gap."""
        before = self.last_flapped <= self.start < self.observed_at
        return not self.heard and self.found == State.DOWN and before

    def why(self) -> str:
        """What the edges of the next folding say of their reason."""
        if not self.unchanged():
            return ""
        then, now = (datetime.fromtimestamp(t, UTC) for t in (self.last_flapped, self.end))
        day = "" if then.date() == now.date() else f"{then:%b} {then.day} "
        return f"unchanged since {day}{then:%H:%M}"

    def fold(self) -> list[tuple[float, float, State]]:
        """The stretches to paint, in order; neighbours of one state joined, none without length."""
        if self.unchanged():
            self.painted = True
            return [(self.start, self.end, State.DOWN)] if self.start < self.end else []
        told = self.evidence()
        stretches: list[tuple[float, float, State]] = []
        first = told[0].time if told else self.end
        if told and told[0].state == State.UP:
            stretches.append((self.start, first, State.DOWN))
        elif self.painted:
            stretches.append((self.start, first, self.lost))
        for i, event in enumerate(told):
            until = told[i + 1].time if i + 1 < len(told) else self.end
            stretches.append((event.time, until, event.state))
        self.painted = self.painted or bool(told)
        joined: list[tuple[float, float, State]] = []
        for start, end, state in stretches:
            if start >= end:
                continue
            if joined and joined[-1][2] == state:
                joined[-1] = (joined[-1][0], end, state)
            else:
                joined.append((start, end, state))
        return joined


def heard_of(times: list[tuple[float, bool]], at: float) -> list[Heard]:
    """A poll's events of one circuit as they count: (event time, up) in order received → in order of time."""
    told = [Heard(min(time, at), State.UP if up else State.DOWN) for time, up in times if not math.isnan(time)]
    return sorted(told, key=lambda e: e.time)
