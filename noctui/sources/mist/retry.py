"""Trying again what may pass: a few times, with growing pauses that differ, never past the sweep's deadline."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from noctui.clock import Clock
from noctui.sources.mist.errors import Passing

T = TypeVar("T")
TRIES = 4
FIRST_PAUSE = 0.5  # seconds; doubles each time, times a random 0.5 to 1.5


class Deadline:
    """When a sweep must stop beginning things."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self.clock = clock
        self._end = clock.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - self.clock.monotonic())


async def retried(
    call: Callable[[], Awaitable[T]], deadline: Deadline, dice: random.Random | None = None, tries: int = TRIES
) -> T:
    """What `call` gives. Raises its last error: at once when that will not pass, else when tries or time are over."""
    roll = (dice or random).uniform
    for n in range(tries):
        try:
            return await call()
        except Passing as error:
            pause = FIRST_PAUSE * 2**n * roll(0.5, 1.5)
            if n == tries - 1 or pause >= deadline.left():
                if n and error.args:
                    raise type(error)(f"{error}, {n + 1} tries") from None
                raise
            await deadline.clock.sleep(pause)
    raise AssertionError("unreachable")


__all__ = ["Deadline", "retried"]
