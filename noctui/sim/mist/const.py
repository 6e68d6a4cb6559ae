"""The constants of Mist that a WAN screen may ask for: what alarms, events, metrics and topics there are."""

from __future__ import annotations

from typing import Any


def _alarm(key: str, display: str, group: str, severity: str) -> dict[str, Any]:
    return {"key": key, "display": display, "group": group, "severity": severity, "fields": ["gateways", "hostnames"]}


ALARM_DEFS: list[dict[str, Any]] = [
    _alarm("gateway_down", "WAN Edge offline", "infrastructure", "critical"),
    _alarm("gateway_reconnected", "WAN Edge reconnected", "infrastructure", "info"),
    _alarm("gw_critical_port_down", "Critical WAN Edge port down", "infrastructure", "warn"),
    _alarm("gw_port_down", "Critical WAN Edge port down", "infrastructure", "warn"),
    _alarm("gw_port_up", "Critical WAN Edge port up", "infrastructure", "info"),
    _alarm("vpn_peer_down", "VPN peer down", "infrastructure", "warn"),
    _alarm("vpn_peer_up", "VPN peer up", "infrastructure", "info"),
    _alarm("gw_vpn_path_down", "VPN path down", "infrastructure", "warn"),
    _alarm("gw_vpn_path_up", "VPN path up", "infrastructure", "info"),
    _alarm("gw_bgp_neighbor_down", "BGP neighbor down", "infrastructure", "warn"),
    _alarm("gw_bgp_neighbor_up", "BGP neighbor up", "infrastructure", "info"),
    _alarm("gw_bad_cable", "Bad cable", "marvis", "warn"),
    _alarm("gw_negotiation_mismatch", "Negotiation mismatch", "marvis", "warn"),
    _alarm("gw_mtu_mismatch", "MTU mismatch", "marvis", "warn"),
    _alarm("bad_wan_uplink", "Bad WAN uplink", "marvis", "warn"),
    _alarm("intermittent_wan_connectivity", "Intermittent WAN connectivity", "marvis", "warn"),
    _alarm("vpn_path_down", "VPN path down", "marvis", "warn"),
    _alarm("port_flap", "Port flap", "marvis", "warn"),
]

_EVENTS = {
    "GW_PORT_DOWN": "Gateway port down", "GW_PORT_UP": "Gateway port up", "GW_CONNECTED": "Gateway connected",
    "GW_DISCONNECTED": "Gateway disconnected", "GW_DISCONNECTED_LONG": "Gateway disconnected for long",
    "GW_RESTARTED": "Gateway restarted", "GW_VPN_PATH_DOWN": "VPN path down", "GW_VPN_PATH_UP": "VPN path up",
    "GW_VPN_PEER_DOWN": "VPN peer down", "GW_VPN_PEER_UP": "VPN peer up", "GW_TUNNEL_DOWN": "Tunnel down",
    "GW_TUNNEL_UP": "Tunnel up", "GW_BGP_NEIGHBOR_DOWN": "BGP neighbor down", "GW_BGP_NEIGHBOR_UP": "BGP neighbor up",
    "GW_ARP_UNRESOLVED": "ARP unresolved", "GW_ARP_RESOLVED": "ARP resolved",
    "GW_DHCP_UNRESOLVED": "DHCP unresolved", "GW_DHCP_RESOLVED": "DHCP resolved",
    "GW_SERVICE_PATH_DOWN": "Service path down", "GW_CONFIGURED": "Gateway configured",
    "GW_CONFIG_FAILED": "Gateway configuration failed",
}  # fmt: skip
DEVICE_EVENTS: list[dict[str, str]] = [{"key": key, "display": display} for key, display in _EVENTS.items()]


def _metric(description: str, unit: str, example: list[float | None]) -> dict[str, Any]:
    return {
        "description": description, "unit": unit, "type": "timeseries", "example": example,
        "scopes": ["gateway", "device"], "report_scopes": ["site"],
        "intervals": {"10m": {"interval": 600, "max_age": 86_400}, "1h": {"interval": 3600, "max_age": 1_209_600}},
        "report_durations": {"1d": {"duration": 86_400, "interval": 3600}},
    }  # fmt: skip


INSIGHT_METRICS: dict[str, Any] = {
    "rx_bps": _metric("Received bits a second", "bps", [185, 197, 250]),
    "tx_bps": _metric("Sent bits a second", "bps", [18, None, 15]),
    "max_rx_bps": _metric("Most bits received in a second", "bps", [300, 310, 420]),
    "max_tx_bps": _metric("Most bits sent in a second", "bps", [30, 31, 42]),
    "wan_link_health": _metric("Latency, jitter and loss of WAN links", "", [20.1, 20.4, None]),
}

WEBHOOK_TOPICS: list[dict[str, Any]] = [
    {"key": "alarms", "for_org": True, "has_delivery_results": True},
    {"key": "audits", "for_org": True, "has_delivery_results": True},
    {"key": "device-events", "for_org": True, "allows_single_event_per_message": True},
    {"key": "device-updowns", "for_org": True, "has_delivery_results": True},
    {"key": "ping"},
    {"key": "site-sle"},
]

CONSTANTS: dict[str, object] = {
    "alarm_defs": ALARM_DEFS,
    "device_events": DEVICE_EVENTS,
    "insight_metrics": INSIGHT_METRICS,
    "webhook_topics": WEBHOOK_TOPICS,
}
"""Name below `/const/` → its body."""
