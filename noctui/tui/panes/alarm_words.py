"""Types of Mist's alarms in words. The names follow `/const/alarm_defs`; an unknown type is told as Mist spells it."""

from __future__ import annotations

_WORDS = {
    "gateway_down": "gateway offline",
    "gateway_reconnected": "gateway back",
    "gw_critical_port_down": "WAN port down",
    "gw_critical_port_up": "WAN port up",
    "gw_port_down": "WAN port down",
    "gw_port_up": "WAN port up",
    "vpn_peer_down": "VPN peer down",
    "vpn_peer_up": "VPN peer up",
    "gw_vpn_path_down": "VPN path down",
    "gw_vpn_path_up": "VPN path up",
    "vpn_path_down": "VPN path down",
    "gw_tunnel_down": "tunnel down",
    "gw_tunnel_up": "tunnel up",
    "gw_bgp_neighbor_down": "BGP neighbor down",
    "gw_bgp_neighbor_up": "BGP neighbor up",
    "gw_bad_cable": "bad cable",
    "gw_negotiation_mismatch": "negotiation mismatch",
    "gw_negotiation_incomplete": "negotiation unfinished",
    "gw_mtu_mismatch": "MTU mismatch",
    "bad_cable": "bad cable",
    "bad_wan_uplink": "bad WAN uplink",
    "intermittent_wan_connectivity": "WAN comes and goes",
    "non_compliant": "non-compliant",
    "port_flap": "port flapping",
    "device_down": "device offline",
    "device_reconnected": "device back",
    "device_restarted": "device restarted",
    "infra_dhcp_failure": "DHCP fails",
    "infra_dns_failure": "DNS fails",
    "infra_arp_failure": "ARP fails",
}
_SHORT = {"gw": "gateway", "vpn": "VPN", "wan": "WAN", "bgp": "BGP", "dhcp": "DHCP", "dns": "DNS", "arp": "ARP",
          "mtu": "MTU", "sw": "switch", "ap": "AP", "lte": "LTE", "idp": "IDP"}  # fmt: skip


def type_words(kind: str) -> str:
    """`gateway_down` → `gateway offline`; a type that is not known with blanks for underscores (it is not cleaned)."""
    known = _WORDS.get(kind.lower())
    if known is not None:
        return known
    return " ".join(_SHORT.get(part.lower(), part) for part in kind.split("_") if part) or "no type"
