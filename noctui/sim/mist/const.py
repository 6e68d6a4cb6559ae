"""The constants of Mist that a WAN screen may ask for: what alarms and events there are."""

from __future__ import annotations

from typing import Any


def _alarm(key: str, display: str, group: str, severity: str) -> dict[str, Any]:
    return {"key": key, "display": display, "group": group, "severity": severity, "fields": ["gateways", "hostnames"]}


ALARM_DEFS: list[dict[str, Any]] = [
    _alarm("gateway_down", "WAN Edge offline", "infrastructure", "critical"),
    _alarm("gateway_reconnected", "WAN Edge reconnected", "infrastructure", "info"),
    _alarm("gw_port_down", "Critical WAN Edge port down", "infrastructure", "warn"),
    _alarm("gw_port_up", "Critical WAN Edge port up", "infrastructure", "info"),
    _alarm("vpn_peer_down", "VPN peer down", "infrastructure", "warn"),
    _alarm("vpn_peer_up", "VPN peer up", "infrastructure", "info"),
    _alarm("bad_wan_uplink", "Bad WAN uplink", "marvis", "warn"),
]

DEVICE_EVENTS: list[dict[str, str]] = [
    {"key": "GW_PORT_DOWN", "display": "Gateway port down"},
    {"key": "GW_PORT_UP", "display": "Gateway port up"},
    {"key": "GW_CONNECTED", "display": "Gateway connected"},
    {"key": "GW_DISCONNECTED", "display": "Gateway disconnected"},
    {"key": "GW_RESTARTED", "display": "Gateway restarted"},
]
