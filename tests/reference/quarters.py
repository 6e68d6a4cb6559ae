"""Trend and bad quarters (docs/values.md 8)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from noctui.model.view import TREND_NONE, TREND_OUTAGE, TREND_SLOTS
from noctui.model.words import BAD, Severity, State
from tests.reference.intake import known

QUARTER = 900
CAP = 250


@dataclass
class Quarters:
    """What happened to a circuit in each quarter hour of the clock."""

    highest: dict[int, float] = field(default_factory=dict)
    outage: set[int] = field(default_factory=set)
    bad: set[int] = field(default_factory=set)

    def take(self, at: float, utilisation: float, state: State, severity: Severity) -> None:
        q = math.floor(at / QUARTER)
        if known(utilisation):
            self.highest[q] = max(self.highest.get(q, 0.0), utilisation)
        if state in (State.DOWN, State.AWAY):
            self.outage.add(q)
        if severity in BAD:
            self.bad.add(q)

    def trend(self, at: float) -> list[int]:
        return [self._value(q) for q in self._slots(at)]

    def bad_quarters(self, at: float) -> int:
        return sum(1 << i for i, q in enumerate(self._slots(at)) if q in self.bad)

    def _slots(self, at: float) -> range:
        running = math.floor(at / QUARTER)
        return range(running - TREND_SLOTS + 1, running + 1)

    def _value(self, q: int) -> int:
        if q in self.outage:
            return TREND_OUTAGE
        return min(CAP, math.floor(self.highest[q])) if q in self.highest else TREND_NONE
