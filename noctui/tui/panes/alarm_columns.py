"""What is worked out of alarms for all rows at once, kept from poll to poll: of ten thousand a poll changes few."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.alarms import INCIDENT, Alarm, state_of

STATES = ("open", "taken", "snoozed", "held", "cleared")
"""In the order in which they are listed."""
_PLACE = {word: i for i, word in enumerate(STATES)}
_MOST = 0.25
"""Share of new versions from which on all is worked out anew."""


@dataclass(frozen=True)
class AlarmColumns:
    """Alarms as they opened, then by id, so that a new one comes last and those before it keep their numbers. [rows]
    each: the alarms, their ids, event times (cleared NaN: open), Severity, index into `STATES`, id of the parent."""

    alarms: NDArray[np.object_]
    ids: NDArray[np.object_]
    parents: NDArray[np.object_]
    opened: NDArray[np.float64]
    cleared: NDArray[np.float64]
    severity: NDArray[np.uint8]
    state: NDArray[np.uint8]
    incident: NDArray[np.bool_]

    @property
    def arrays(self) -> tuple[NDArray[Any], ...]:
        return (self.alarms, self.ids, self.parents, self.opened, self.cleared, self.severity, self.state,
                self.incident)  # fmt: skip

    @cached_property
    def places(self) -> dict[int, int]:
        """Which row an object is: it lives as long as this does."""
        return dict(zip(map(id, self.alarms.tolist()), range(len(self.alarms)), strict=True))


def columns_of(alarms: Sequence[Alarm]) -> AlarmColumns:
    """Of all of them anew."""
    those = sorted(alarms, key=lambda a: (a.opened, a.alarm_id))
    return AlarmColumns(
        _objects(those), _objects([a.alarm_id for a in those]), _objects([a.parent for a in those]),
        np.array([a.opened for a in those], np.float64),
        np.array([np.nan if a.cleared is None else a.cleared for a in those], np.float64),
        np.array([a.severity for a in those], np.uint8),
        np.array([_PLACE[state_of(a)] for a in those], np.uint8),
        np.array([a.type == INCIDENT for a in those], np.bool_),
    )  # fmt: skip


def _objects(items: Sequence[object]) -> NDArray[np.object_]:
    made = np.empty(len(items), np.object_)
    made[:] = items
    return made


def followed(before: AlarmColumns | None, alarms: Sequence[Alarm]) -> AlarmColumns:
    """The same as `columns_of`, from what was worked out before of those that are the same objects."""
    if before is None:
        return columns_of(alarms)
    now = dict(zip(map(id, alarms), alarms, strict=True))
    fresh = [now[key] for key in now.keys() - before.places.keys()]
    if len(fresh) > _MOST * len(alarms):
        return columns_of(alarms)
    gone = [before.places[key] for key in before.places.keys() - now.keys()]
    if not fresh and not gone:
        return before
    stay = [np.delete(array, gone) for array in before.arrays]
    come = columns_of(fresh)
    ids, opened = stay[1], stay[3]
    first = np.searchsorted(opened, come.opened, "left").tolist()
    last = np.searchsorted(opened, come.opened, "right").tolist()
    at = [
        a if a == b else a + bisect_left(ids[a:b].tolist(), name)
        for a, b, name in zip(first, last, come.ids.tolist(), strict=True)
    ]
    return AlarmColumns(*(np.insert(a, at, b) for a, b in zip(stay, come.arrays, strict=True)))
