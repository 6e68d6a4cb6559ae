"""What became down, away or critical between two polls, incidents before circuits: it pulls its page forward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import View
from noctui.model.words import Severity

WORST = Severity.CRITICAL
"""From here on it is news."""
QUIET = 900.0
"""Seconds in which a circuit is news once: one that flaps must not hold its page for ever."""


@dataclass(frozen=True, slots=True)
class News:
    """Circuits of one region that became bad together, the worst named."""

    severity: int
    region: str
    circuit_id: str
    circuits: int
    incident: str = ""  # alarm_id, when it is one


class Watch:
    """Looks at every View that lands."""

    def __init__(self) -> None:
        self._before: View | None = None
        self._told: dict[str, float] = {}

    def look(self, view: View) -> News | None:
        """What is new in this View; the first one is where it begins, and a feed that is silent tells nothing."""
        before = self._before
        if view is before or view.silent:
            return None
        self._before = view
        if before is None or view.at <= before.at:
            return None
        found = self._incident(before, view)
        self._told = {c: at for c, at in self._told.items() if view.at - at < QUIET}
        rows = worsened(before, view)
        ids = view.inventory.circuits
        rows = np.array([r for r in rows.tolist() if ids[r].circuit_id not in self._told], np.intp)
        self._told |= {ids[r].circuit_id: view.at for r in rows.tolist()}
        return found or (_of(view, rows) if len(rows) else None)

    @staticmethod
    def _incident(before: View, view: View) -> News | None:
        """The worst incident that was not there before, if it is critical and nobody has it yet."""
        known = before.alarms.by_id
        for alarm in view.alarms.incidents:
            if alarm.alarm_id not in known and alarm.severity <= WORST and alarm.waits:
                members = view.alarms.members.get(alarm.alarm_id, ())
                circuit = next((c for a in members for c in a.circuit_ids), "")
                return News(alarm.severity, alarm.region, circuit, max(alarm.open_members, 1), alarm.alarm_id)
        return None


def worsened(before: View, after: View) -> NDArray[np.intp]:
    """Rows of `after` that are down, away or critical, and were better (or not there) in `before`."""
    now = after.circuits.severity
    if after.inventory is before.inventory:
        then = before.circuits.severity
    else:
        rows = before.inventory.circuit_row
        found = [rows.get(c.circuit_id) for c in after.inventory.circuits]
        then = np.array([Severity.OK if r is None else before.circuits.severity[r] for r in found], np.uint8)
    return np.flatnonzero((now <= WORST) & (now < then))


def _of(view: View, rows: NDArray[np.intp]) -> News:
    """The region that the most of them are in, those of the worst state first."""
    inventory = view.inventory
    severity = view.circuits.severity[rows]
    worst = rows[severity == severity.min()]
    sites = inventory.circuit_site[worst]
    region = np.where(sites >= 0, inventory.site_region[np.maximum(sites, 0)], -1)
    most = int(np.bincount(region[region >= 0], minlength=1).argmax()) if (region >= 0).any() else -1
    inside = worst[region == most]
    name = inventory.regions[most] if most >= 0 else ""
    return News(int(severity.min()), name, inventory.circuits[int(inside[0])].circuit_id, len(inside))
