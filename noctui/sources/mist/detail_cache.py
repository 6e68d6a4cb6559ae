"""What was asked before: kept for a while, the least used going first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from noctui.clock import Clock

V = TypeVar("V")


class Kept(Generic[V]):
    """At most `most` values, each until its own time is over."""

    def __init__(self, clock: Clock, most: int) -> None:
        self._clock = clock
        self._most = most
        self._held: OrderedDict[Hashable, tuple[float, V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable) -> V | None:
        found = self._held.get(key)
        if found is None:
            return None
        until, value = found
        if until <= self._clock.monotonic():
            del self._held[key]
            return None
        self._held.move_to_end(key)
        return value

    def put(self, key: Hashable, value: V, seconds: float) -> None:
        self._held[key] = self._clock.monotonic() + seconds, value
        self._held.move_to_end(key)
        while len(self._held) > self._most:
            self._held.popitem(last=False)
