"""Work of many units of which only the last one writes: what was worked out so far is kept in memory.

A process that ends in the middle begins anew, and so does work whose ground has changed since: readers see whole
versions only, and nothing is left lying half done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator


class Making:
    """One thing in the making: the time that it is of, and its steps."""

    def __init__(self) -> None:
        self._span: tuple[float, float] = (0.0, 0.0)
        self._key: object = None
        self._steps: Iterator[None] | None = None

    def step(self, key: object, span: tuple[float, float], begin: Callable[[], Iterator[None]]) -> None:
        """Do one unit of it, beginning it when it is another thing than the one before."""
        if self._steps is None or self._key != key:
            self._key, self._span, self._steps = key, span, begin()
        steps, self._steps = self._steps, None  # one that fails begins anew
        for _ in steps:
            self._steps = steps
            break

    @property
    def busy(self) -> bool:
        """Something is half made."""
        return self._steps is not None

    def drop(self, start: float, end: float) -> None:
        """What it is made of has changed in [start, end]: it begins anew when that is of its time."""
        if self._steps is not None and start <= self._span[1] and end >= self._span[0]:
            self._steps = None
