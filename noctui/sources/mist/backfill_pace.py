"""How fast a back-fill may ask: its share of an hour's calls, and never ahead of an even use of the hour by all."""

from __future__ import annotations

from dataclasses import dataclass

from noctui.clock import Clock
from noctui.sources.mist.budget import HOUR, LIMIT, TokenBook

BEGIN, SPREAD = 0.1, 0.8
"""All calls that Mist has counted by a part p of the hour, ours and others', stay below (BEGIN + SPREAD x p) of the
limit: sweeps of a collector that uses the same token find their calls there at the end of the hour, too."""
LOOK_AGAIN = 30.0
"""Seconds between two looks while others are ahead."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Until when (UTC epoch seconds) nothing may be asked, and why, in a line."""

    until: float
    why: str


class Pace:
    """Counts a back-fill's calls in a clock hour."""

    def __init__(self, book: TokenBook, clock: Clock, share: float) -> None:
        self._book, self._clock, self._share = book, clock, share
        self._hour, self._used = -1, 0

    @property
    def share(self) -> int:
        """Calls an hour; at least one."""
        return max(1, int(self._share * self._book.limit))

    def count(self, calls: int = 1) -> None:
        hour = int(self._clock.now() // HOUR)
        if hour != self._hour:
            self._hour, self._used = hour, 0
        self._used += calls

    def wait(self) -> Wait | None:
        """None: a call may be made now."""
        now = self._clock.now()
        hour = int(now // HOUR)
        following = float((hour + 1) * HOUR)
        if hour == self._hour and self._used >= self.share:
            return Wait(following, f"this hour's share of {self.share:,} calls is used")
        limit, used = self._book.limit, self._book.used
        even = limit * (BEGIN + SPREAD * (now % HOUR) / HOUR)
        if limit and used >= even:
            why = f"{used:,} of the hour's {limit:,} calls are used by all: sweeps come first"
            return Wait(min(following, now + LOOK_AGAIN), why)
        return None


def calls_an_hour(tokens: int, share: float, limit: int = LIMIT) -> int:
    """The share of so many tokens, before Mist has said what their limit is."""
    return max(1, int(share * limit * max(1, tokens)))
