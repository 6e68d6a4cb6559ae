"""Events of gateways: asked for with an overlap, because Mist files some late, and told once each.

All of them are told as they are; those of ports also as what they mean for a circuit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable

from noctui.model.batch import PortEvent
from noctui.model.cloud import DeviceEvent
from noctui.sources.mist.ports import as_mac
from noctui.sources.mist.structs import EventRow
from noctui.sources.mist.text import clean, one_line

UP, DOWN = "GW_PORT_UP", "GW_PORT_DOWN"
_NAMED = re.compile(r"\bifName ([\w\-./:]+)")
LONGEST = 86_400.0
"""Seconds: no search reaches further back."""
Seen = tuple[str, str, str, float]


class EventLog:
    """Which events were told, and from when on the next search must ask. Times are UTC epoch seconds."""

    def __init__(self, overlap: float, first: float) -> None:
        self._overlap = overlap
        self._first = first
        self._asked_to = 0.0
        self._seen: dict[Seen, None] = {}
        self._told: dict[Seen, None] = {}  # as device events
        self._returned: list[tuple[float, float]] = []  # (ask until, since when it was not heard)

    def again(self) -> None:
        """Ask and tell as at the first time: what was told may not have been kept. Ports' news stays told."""
        self._asked_to = 0.0
        self._told = {}

    def start(self, now: float) -> float:
        """From when on to ask."""
        since = self._asked_to - self._overlap if self._asked_to else now - self._first
        late = [since for until, since in self._returned if until >= now]
        return max(min(since, now - self._overlap, *late), now - LONGEST)

    def back(self, since: float, now: float) -> None:
        """A gateway that was not heard after `since` is back at `now`: only now it files what happened meanwhile, so
        the searches of the next minutes begin there."""
        self._returned.append((now + self._overlap, since))

    def tell(
        self, rows: Iterable[EventRow], known_at: float, circuit_of: Callable[[str, str], str], whole: bool
    ) -> tuple[DeviceEvent, ...]:
        """New events of any type, oldest first; call it before `take`. Those of a port that is no circuit's wait while
        not all circuits are known (`whole` False)."""
        told: list[DeviceEvent] = []
        for row in rows:
            if not row.type or not row.timestamp or not math.isfinite(row.timestamp):
                continue
            key = type_, mac, port, at = _key(row, row.type, row.timestamp)
            if key in self._told:
                continue
            circuit_id = circuit_of(mac, port) if port else ""
            if port and not circuit_id and not whole:
                continue
            self._told[key] = None
            told.append(
                DeviceEvent(
                    type=type_,
                    event_time=at,
                    known_at=known_at,
                    gateway_id=mac,
                    site_id=clean(row.site_id),
                    port_id=port,
                    circuit_id=circuit_id,
                    text=one_line(row.text or "", 400),
                )
            )
        return tuple(sorted(told, key=lambda e: (e.event_time, e.gateway_id, e.port_id, e.type)))

    def take(
        self, rows: Iterable[EventRow], now: float, circuit_of: Callable[[str, str], str], whole: bool
    ) -> tuple[PortEvent, ...]:
        """New events of circuits, oldest first. Those of other ports are none of ours; unless `whole` (every page came,
        and all circuits are known) the same time is asked for again."""
        told: list[PortEvent] = []
        for row in rows:
            if row.type not in (UP, DOWN) or row.timestamp is None or not math.isfinite(row.timestamp):
                continue
            key = _, mac, port, _ = _key(row, row.type, row.timestamp)
            circuit_id = circuit_of(mac, port) if key not in self._seen else ""
            if circuit_id:
                self._seen[key] = None
                told.append(PortEvent(circuit_id, row.timestamp, row.type == UP))
        if whole:
            self._asked_to = now
            self._returned = [r for r in self._returned if r[0] >= now]
            edge = self.start(now) - self._overlap
            self._seen = {k: None for k in self._seen if k[3] >= edge}
            self._told = {k: None for k in self._told if k[3] >= edge}
        return tuple(sorted(told, key=lambda e: (e.event_time, e.circuit_id, e.up)))


def _key(row: EventRow, type: str, at: float) -> Seen:
    """What names an event."""
    return clean(type), as_mac(row.mac), clean(row.port_id) or _port_of(row.text), at


def _port_of(text: str | None) -> str:
    """The port that the trap's text names, for events without `port_id`."""
    found = _NAMED.search(text or "")
    return found[1] if found else ""
