"""What an alarm says about circuits, for correlation: lost ones, a level with a cause, or an effect on a site."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from noctui.model.alarms import ENGINE, Alarm
from noctui.model.inventory import Inventory
from noctui.model.words import Severity

LOST = frozenset({"down", "away", "no_data", "no_path"})
"""Types that say that circuits are lost; only these are evidence of a common cause."""
EFFECT = frozenset({"dark", "hub", "failover"})
"""Types that go with the incident that took the circuits of their site, or the paths of their hub."""
LEVEL = frozenset({"utilisation", "loss", "jitter", "latency"})
"""Types that are one incident when they are high or worse and name the same cause."""


@dataclass(slots=True)
class Hit:
    """An alarm as correlation knows it. `rows` are its circuits in `known_in`; `home` is its incident, "" none; `lost`,
    `effect` and `level` say of what kind it is."""

    alarm: Alarm
    open: bool = True
    home: str = ""
    rows: tuple[int, ...] = ()
    known_in: Inventory | None = field(default=None, repr=False)
    lost: bool = False
    effect: bool = False
    level: bool = False
    order: tuple[float, str] = (0.0, "")

    def __post_init__(self) -> None:
        alarm = self.alarm
        self.lost, self.effect, self.level = alarm.type in LOST, alarm.type in EFFECT, alarm.type in LEVEL
        self.order = alarm.opened, alarm.alarm_id

    def rows_in(self, inventory: Inventory) -> tuple[int, ...]:
        """Its circuits' rows in this version; those that are gone from it are left out."""
        if self.known_in is not inventory:
            self.rows, self.known_in = _rows(self.alarm, inventory), inventory
        return self.rows


def kept_out(alarm: Alarm) -> bool:
    """Not sure yet, or planned: no sign of an incident."""
    return alarm.held_by.startswith(("confirm", "maintenance"))


def correlates(alarm: Alarm) -> bool:
    """Whether an incident may take it."""
    if alarm.source != ENGINE:
        return False
    return alarm.type in LOST or alarm.type in EFFECT or _level(alarm)


def _level(alarm: Alarm) -> bool:
    return alarm.type in LEVEL and bool(alarm.cause) and alarm.severity <= Severity.HIGH


def _rows(alarm: Alarm, inventory: Inventory) -> tuple[int, ...]:
    if alarm.circuit_ids:
        row = inventory.circuit_row
        return tuple(row[c] for c in alarm.circuit_ids if c in row)
    found: list[int] = []
    for gateway in alarm.gateway_ids:
        at = inventory.gateway_row.get(gateway)
        if at is not None:
            found.extend(np.flatnonzero(inventory.circuit_gateway == at).tolist())
    return tuple(found)
