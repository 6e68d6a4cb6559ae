"""API tokens and their hourly budget."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from noctui.sim.mist.clock import SimClock

HOUR = 3600.0


class Tokens:
    """Counts calls per token and clock hour."""

    def __init__(self, tokens: Iterable[str], clock: SimClock, limit: int = 5000) -> None:
        self.known = set(tokens)
        self.limit = limit
        self._clock = clock
        self._hour = -1
        self._used: Counter[str] = Counter()

    def _turn(self) -> None:
        hour = int(self._clock.now() // HOUR)
        if hour != self._hour:
            self._hour = hour
            self._used.clear()

    def spend(self, token: str) -> bool:
        """Count a call; False when the hour's budget is used up."""
        self._turn()
        if self._used[token] >= self.limit:
            return False
        self._used[token] += 1
        return True

    def used(self, token: str) -> int:
        """Calls of this clock hour."""
        self._turn()
        return self._used[token]

    def retry_after(self) -> int:
        """Whole seconds of the caller's time until the hour turns (of the clock's, when it stands still)."""
        left = HOUR - self._clock.now() % HOUR
        return max(1, math.ceil(left / (self._clock.speed or 1.0)))
