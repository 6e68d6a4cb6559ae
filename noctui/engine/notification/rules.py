"""One rule: which alarms are told to one target, from which age on, at which hours, how often."""

from __future__ import annotations

from dataclasses import dataclass

from noctui.engine.notification.hours import Hours
from noctui.model.alarms import Alarm
from noctui.model.words import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """Empty tuples mean all; `hours` and `quiet` None: always, never. Times in seconds."""

    name: str
    severity: int = Severity.CRITICAL  # at least so bad
    after: float = 0.0  # seconds without an acknowledgement
    again: float = 0.0  # between reminders; 0: none
    cleared: bool = True
    sources: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    hours: Hours | None = None
    quiet: Hours | None = None
    quiet_severity: int = Severity.DOWN
    per_hour: int = 20

    def speaks_of(self, alarm: Alarm) -> bool:
        """Of this alarm's source, type, region and carrier; how bad it is aside."""
        return (
            (not self.sources or alarm.source in self.sources)
            and (not self.types or alarm.type in self.types)
            and (not self.regions or alarm.region in self.regions)
            and (not self.carriers or alarm.carrier in self.carriers)
        )
