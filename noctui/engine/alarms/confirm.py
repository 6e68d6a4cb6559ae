"""Waiting until something has lasted: before an alarm counts, and before it clears."""

from __future__ import annotations

from typing import NamedTuple

from noctui.engine.alarms.rules import Patience


class _Wait(NamedTuple):
    since: float
    poll: int
    patience: Patience


class Waiting:
    """Keys that wait. `poll` numbers polls; the one at which a wait starts is its first."""

    def __init__(self) -> None:
        self._waits: dict[str, _Wait] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._waits

    def __len__(self) -> int:
        return len(self._waits)

    def start(self, key: str, since: float, poll: int, patience: Patience) -> None:
        self._waits[key] = _Wait(since, poll, patience)

    def stop(self, key: str) -> None:
        self._waits.pop(key, None)

    def due(self, at: float, poll: int) -> list[str]:
        """Those that have waited long enough, in the order they began. They go on waiting until stopped."""
        return [k for k, w in self._waits.items() if w.patience.met(at - w.since, poll - w.poll + 1)]
