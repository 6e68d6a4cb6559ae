"""What the cloud told and history could not keep yet: it goes with the next poll."""

from __future__ import annotations

from noctui.model.batch import Told
from noctui.model.cloud import MistAlarm

MOST = 100_000
"""Events that wait while the disk is full; the oldest are given up."""


class Untold:
    """Empty while all is well."""

    def __init__(self) -> None:
        self._waiting = Told()

    def joined(self, told: Told) -> Told:
        """What waits, then `told`."""
        waiting = self._waiting
        if not (waiting.alarms or waiting.events or waiting.sle):
            return told
        return Told(
            alarms=_newest((*waiting.alarms, *told.alarms)),
            events=(*waiting.events, *told.events)[-MOST:],
            sle=told.sle or waiting.sle,
        )

    def wait(self, told: Told) -> None:
        """It was not kept."""
        self._waiting = told

    def kept(self) -> None:
        """Everything was."""
        self._waiting = Told()


def _newest(alarms: tuple[MistAlarm, ...]) -> tuple[MistAlarm, ...]:
    """Every version, as it was known; of very many only what was told last."""
    if len(alarms) <= MOST:
        return alarms
    return tuple({a.alarm_id: a for a in alarms}.values())[-MOST:]
