"""Replay: an instant of the past that goes on at a speed. Pure: the clock's seconds in, instants out."""

from __future__ import annotations

from dataclasses import dataclass, replace

SPEEDS = (1, 10, 60, 600)
"""How many seconds of the past go by in one."""
USUAL = 10


@dataclass(frozen=True, slots=True)
class Replay:
    """At `began_at` (UTC epoch seconds of the past) while the monotonic clock stood at `began`; `paused`: it stands."""

    speed: int
    began_at: float
    began: float
    paused: bool = False

    def at(self, monotonic: float) -> float:
        """The instant that is replayed now."""
        return self.began_at if self.paused else self.began_at + max(monotonic - self.began, 0.0) * self.speed

    def turned(self, monotonic: float) -> Replay:
        """Paused, or going on from where it stood."""
        return replace(self, began_at=self.at(monotonic), began=monotonic, paused=not self.paused)

    @property
    def word(self) -> str:
        """`REPLAY 10x`, `REPLAY 10x paused`."""
        return f"REPLAY {self.speed}x{' paused' if self.paused else ''}"
