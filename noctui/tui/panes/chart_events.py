"""What happened at a circuit's site, as marks on a line of its chart: failovers and its devices' events. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from noctui.model.cloud import DeviceEvent
from noctui.model.edges import Failover
from noctui.model.inventory import Inventory
from noctui.tui.panes import cells
from noctui.tui.panes.site_alarms import plain
from noctui.tui.widgets.lanes import Event

_QUIET, _PORT, _PERSON, _GATEWAY, _FAILOVER = range(5)
"""What covers what where several share a column."""
_SIGNS = {
    _QUIET: ("ok", "dim"),
    _PERSON: ("person", "accent"),
    _GATEWAY: ("outage", "warn"),
    _FAILOVER: ("standing_in", "accent"),
}


def event_marks(
    told: Iterable[DeviceEvent], failovers: Iterable[Failover], circuit_id: str, inventory: Inventory, now: float
) -> tuple[Event, ...]:
    """Of this circuit and of its site's gateways; what covers another comes later. None is of after `now`."""
    found = [
        (_kind(one.type), one.event_time, _event(one))
        for one in told
        if one.circuit_id in ("", circuit_id) and one.event_time <= now
    ]
    found += [(_FAILOVER, one.event_time, _failover(one, inventory)) for one in failovers if one.event_time <= now]
    return tuple(event for _, _, event in sorted(found, key=lambda each: each[:2]))


def _kind(name: str) -> int:
    """By the words of Mist's event: GW_PORT_DOWN, GW_CONFIGURED, GW_RESTARTED, GW_DISCONNECTED …"""
    words = set(name.upper().split("_"))
    if words & {"CONFIG", "CONFIGURED", "RECONFIGURED"}:
        return _PERSON
    if "PORT" in words:
        return _PORT
    if words & {"RESTARTED", "RESTART", "REBOOT", "REBOOTED", "DISCONNECTED", "CONNECTED", "UPGRADED", "UPGRADE", "HA"}:
        return _GATEWAY
    return _QUIET


def _event(one: DeviceEvent) -> Event:
    kind, port = _kind(one.type), one.port_id
    if kind == _PORT:
        sign, role = ("port_down", "high") if one.type.upper().endswith("DOWN") else ("port_up", "ok")
    else:
        sign, role = _SIGNS[kind]
    named = f" {port}" if port and port not in one.text else ""
    return Event(one.event_time, sign, role, f"{plain(one.type)}{named}{': ' if one.text else ''}{one.text}")


def _failover(one: Failover, inventory: Inventory) -> Event:
    row = inventory.circuit_row.get(one.circuit_id)
    carrier = cells.carrier(inventory.circuits[row]) if row is not None else ""
    words = f"fails over to {carrier or 'another circuit'}" if one.began else f"back on {carrier or 'its primary'}"
    return Event(one.event_time, *_SIGNS[_FAILOVER], words)
