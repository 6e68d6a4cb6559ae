"""Who is still lost though the window of the planned work is over: an alarm then says so, and wants a person again."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs

from noctui.engine.prose import hhmm
from noctui.model.alarms import Condition
from noctui.model.works import Over

LOST = ("down", "no_path", "away", "dark")
"""Types of alarms that a window which is over is the cause of."""


class Overrun:
    """Circuits that were in a window of late, and the cause that this gives the conditions of those that are lost."""

    def __init__(self) -> None:
        self._over: Mapping[str, Over] = {}

    def follow(self, over: Mapping[str, Over]) -> list[str]:
        """Take what is so now; gives the circuits whose windows ended, or are forgotten, since the last time."""
        if over is self._over:
            return []
        before, self._over = self._over, over
        return [c for c in {**before, **over} if _window(before.get(c)) != _window(over.get(c))]

    def told(self, condition: Condition) -> Condition:
        """With `over its window: Zayo CHG-20881 ended 04:00` as its cause, if nothing better is known: all of its
        circuits were in a window that is over, and it began in the last of them to end."""
        if condition.type not in LOST or condition.cause or not condition.circuit_ids or not self._over:
            return condition
        mine = [self._over[c] for c in condition.circuit_ids if c in self._over]
        if len(mine) < len(condition.circuit_ids):
            return condition
        last = max(mine, key=lambda o: o.end)
        if not last.start <= condition.since < last.end:
            return condition
        return structs.replace(condition, cause=f"over its window: {last.work.name} ended {hhmm(last.end, last.end)}")


def _window(one: Over | None) -> tuple[str, int, int] | None:
    return None if one is None else (one.work.name, one.start, one.end)
