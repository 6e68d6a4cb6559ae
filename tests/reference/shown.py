"""Values kept for the screen and levels with hysteresis (docs/values.md 6)."""

from __future__ import annotations

from dataclasses import dataclass

from noctui.model.words import Severity
from tests.reference.intake import NAN, known

Thresholds = tuple[float, float, float]


@dataclass
class Kept:
    """A value that outlives a few samples without it."""

    value: float = NAN
    had_at: float = NAN
    missing: bool = True  # the last sample lacked it

    def take(self, value: float, at: float) -> None:
        self.missing = not known(value)
        if known(value):
            self.value, self.had_at = value, at

    def shown(self, at: float, interval: float) -> float:
        if self.missing and not at - self.had_at <= 3 * interval:
            return NAN
        return self.value


def raw_level(value: float, thresholds: Thresholds) -> int:
    """How many thresholds the value reaches."""
    return sum(value >= t for t in thresholds)


@dataclass
class HeldLevel:
    """A level that clears later than it rises."""

    level: int = 0
    had_at: float = NAN

    def take(self, value: float, at: float, thresholds: Thresholds, clear_share: float) -> None:
        raw = raw_level(value, thresholds)
        if raw > self.level:
            self.level = raw
        else:
            self.level = min(self.level, sum(value >= t - clear_share * t for t in thresholds))
        self.had_at = at

    def age(self, at: float, interval: float) -> None:
        """No value in this poll."""
        if not at - self.had_at <= 3 * interval:
            self.level = 0


OF_LEVEL = (Severity.OK, Severity.WARN, Severity.HIGH, Severity.CRITICAL)
