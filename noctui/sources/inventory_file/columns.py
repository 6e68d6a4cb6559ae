"""What a column may be called. Case does not matter, nor what joins its words: blanks, `-`, `_`, `.` or nothing."""

from __future__ import annotations

import re

COLUMNS: dict[str, tuple[str, ...]] = {
    "site": ("site", "site_id", "site_number", "site_no", "site_name", "store", "store_id", "store_number", "store_no",
             "location"),
    "port": ("port", "port_id", "port_name", "wan", "wan_name", "wan_port", "interface", "uplink"),
    "carrier": ("carrier", "provider", "isp", "vendor", "carrier_name", "provider_name", "vendor_name"),
    "carrier_circuit_id": ("carrier_circuit_id", "circuit_id", "vendor_circuit_id", "provider_circuit_id", "cid",
                           "circuit", "carrier_id", "service_id"),
    "down_mbps": ("down_mbps", "download_mbps", "down", "download", "bandwidth_down", "bandwidth_down_mbps",
                  "down_bandwidth_mbps", "rx_mbps"),
    "up_mbps": ("up_mbps", "upload_mbps", "up", "upload", "bandwidth_up", "bandwidth_up_mbps", "up_bandwidth_mbps",
                "tx_mbps"),
    "bandwidth_mbps": ("bandwidth_mbps", "bandwidth", "speed", "speed_mbps", "mbps", "contracted_mbps"),
    "role": ("role", "circuit_role", "active_state", "priority"),
    "store_type": ("store_type", "site_type", "format", "store_format"),
    "region": ("region", "district", "area"),
    "sla": ("sla", "promise", "sla_name", "sla_policy"),
    "protection_group": ("protection_group", "protection", "diversity_group", "group"),
    "monthly_cost": ("monthly_cost", "mrc", "cost", "monthly_charge", "monthly_recurring_cost", "price"),
    "currency": ("currency", "cost_currency", "currency_code"),
    "turn_up": ("turn_up", "turn_up_date", "turnup_date", "install_date", "activated", "activation_date", "in_service",
                "start_date"),
    "note": ("note", "notes", "comment", "comments", "remark", "name"),
}  # fmt: skip
"""Column → its spellings, the one that `template` writes first. `bandwidth_mbps` is for both directions (`500`, or
`500/50` for down/up); a direction's own column counts more. A `note` is for people and never read."""

NEEDED = ("site", "port")


def squeezed(header: str) -> str:
    """`Carrier Circuit-ID` → `carriercircuitid`; a unit in brackets and a trailing `*` say nothing."""
    return re.sub(r"[^a-z0-9]", "", re.sub(r"[(\[].*?[)\]]", "", header.casefold()))


COLUMN_OF: dict[str, str] = {squeezed(word): column for column, words in COLUMNS.items() for word in words}
"""Squeezed spelling → column."""
