"""A circuit's painted timeline: edges laid over each other in the order they were written (docs/values.md 4)."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right

from noctui.model.words import State

NONE = 255


class Line:
    """Stretches, oldest first: stretch i is in `states[i]` from `starts[i]` to the next; the last one lasts.

    `before` is the latest of up and down in what was forgotten at the old end (`NONE`: neither).
    """

    __slots__ = ("_hold", "_hold_until", "before", "starts", "states")

    def __init__(self, start: float, state: int) -> None:
        self.starts = [start]
        self.states = [state]
        self.before = NONE
        self._hold, self._hold_until = math.inf, -math.inf

    def hold(self, start: float, until: float) -> None:
        """Forget nothing from `start` on while it is not later than `until`: it may be painted anew."""
        self._hold = min(self._hold, start)
        self._hold_until = max(self._hold_until, until)

    def open(self, start: float, state: int) -> None:
        """Paint from `start` on."""
        starts, states = self.starts, self.states
        while starts and starts[-1] >= start:
            starts.pop()
            states.pop()
        if not states or states[-1] != state:
            starts.append(start)
            states.append(state)

    def paint(self, start: float, until: float, state: int) -> None:
        """Paint [start, until)."""
        starts, states = self.starts, self.states
        if until <= start:
            return
        first, last = bisect_left(starts, start), bisect_right(starts, until)
        # What holds at `until` goes on there; where nothing was painted it was unknown.
        after = states[last - 1] if last else int(State.UNKNOWN)
        starts[first:last] = [start, until]
        states[first:last] = [state, after]
        self._merge()

    def _merge(self) -> None:
        kept = [0]
        for i in range(1, len(self.starts)):
            if self.states[i] != self.states[kept[-1]]:
                kept.append(i)
        self.starts = [self.starts[i] for i in kept]
        self.states = [self.states[i] for i in kept]

    def forget(self, before: float, now: float) -> None:
        """Drop stretches that ended at or before that time, unless they are held.

        The one that a lost one follows stays, and so does the one that ends where the hold begins: when the time after
        them turns out to have been the same, they are one stretch with it.
        """
        if now > self._hold_until:
            self._hold = math.inf
        last = len(self.starts) - 1
        if self.states[-1] in (State.UNKNOWN, State.AWAY):
            last -= 1
        cut = 0
        while cut < last and self.starts[cut + 1] <= before and self.starts[cut + 1] < self._hold:
            if self.states[cut] in (State.UP, State.DOWN):
                self.before = self.states[cut]
            cut += 1
        if cut:
            del self.starts[:cut]
            del self.states[:cut]

    def flaps(self) -> list[bool]:
        """Per stretch: it is up or down, and the up or down before it was the other."""
        known, found = self.before, []
        for state in self.states:
            if state in (State.UP, State.DOWN):
                found.append(known not in (NONE, state))
                known = state
            else:
                found.append(False)
        return found
