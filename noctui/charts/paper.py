"""What a chart is drawn on: how many cells, which signs, whose clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

Ticks = Callable[[float, float, int, tzinfo], Sequence[tuple[int, str]]]
"""(start, end, columns, zone) → (column, label) of an axis of time."""


def no_ticks(_start: float, _end: float, _columns: int, _zone: tzinfo) -> Sequence[tuple[int, str]]:
    return ()


@dataclass(frozen=True, slots=True)
class Paper:
    """`wide` × `high` cells for the plot with its axes. `zone` is that of an axis of time, `zone_word` how it is
    called beside the axis."""

    wide: int
    high: int
    ascii: bool = False
    zone: tzinfo = UTC
    zone_word: str = "UTC"
    ticks: Ticks = no_ticks

    @property
    def dots(self) -> int:
        """Dots side by side in a cell."""
        return 1 if self.ascii else 2

    @property
    def too_small(self) -> bool:
        return self.wide < 24 or self.high < 6
