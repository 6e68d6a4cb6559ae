"""What rarely changes, encoded once: sites, groups, templates, the inventory, the caller's own account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from noctui.sim.carriers import KINDS
from noctui.sim.designs import DESIGNS, Design, Line
from noctui.sim.discovery import VERSIONS
from noctui.sim.idents import device_id, named_uuid
from noctui.sim.network import Network, hub_mac
from noctui.sim.places import HUBS, REGIONS, STORE_TYPES

VPN = "corp.OrgOverlay"
LAN_PORTS = ("ge-0/0/4", "ge-0/0/5")
"""Every gateway has them, so that a reader must tell WAN ports from others."""


def _raw(item: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(item))


def template_id(network: Network, design: int) -> str:
    return named_uuid("template", network.org_id, design)


def group_id(network: Network, name: str) -> str:
    return named_uuid("sitegroup", network.org_id, name)


def hub_site_id(network: Network, hub: int) -> str:
    return named_uuid("hub", network.org_id, HUBS[hub])


def serial(network: Network, row: int) -> str:
    return f"CV{network.mac[row][4:].upper()}"


class Statics:
    """Rows ready to be put into pages; the same for the life of a server."""

    def __init__(self, network: Network, created: float) -> None:
        self.network = network
        self.org = _raw({"id": network.org_id, "name": network.org_name, "created_time": created,
                         "modified_time": created, "allow_mist": True, "session_expiry": 1440})  # fmt: skip
        self.sites = [_raw(_site(network, row, created)) for row in range(network.sites)]
        self.sitegroups = [_raw(group) for group in _groups(network)]
        self.templates = {template_id(network, d): _raw(_template(network, d)) for d in range(len(DESIGNS))}
        self.inventory = [_inventory(network, row, created) for row in range(network.sites)]
        self.spares = [_spare(network, n, created) for n in range(2)]
        self.site_row = {site: row for row, site in enumerate(network.site_id)}
        self.mac_row = {mac: row for row, mac in enumerate(network.mac)}

    def account(self, role: str) -> dict[str, Any]:
        """What getSelf says of an org token."""
        n = self.network
        privilege = {"scope": "org", "org_id": n.org_id, "org_name": n.org_name, "name": n.org_name, "role": role}
        return {"name": "noctui", "privileges": [privilege]}


def _site(network: Network, row: int, created: float) -> dict[str, Any]:
    city, region = network.site_city[row], REGIONS[int(network.site_region[row])].name
    store = STORE_TYPES[int(network.site_store[row])][0]
    return {
        "id": network.site_id[row], "org_id": network.org_id, "name": network.site_name[row],
        "address": f"{100 + row % 900} Main St, {city.name}, {city.state}, USA", "country_code": "US",
        "timezone": city.timezone, "latlng": {"lat": city.latitude, "lng": city.longitude},
        "sitegroup_ids": [group_id(network, region), group_id(network, f"type:{store}")],
        "gatewaytemplate_id": template_id(network, int(network.site_design[row])), "notes": store,
        "rftemplate_id": None, "alarmtemplate_id": None, "created_time": created, "modified_time": created,
    }  # fmt: skip


def _groups(network: Network) -> Sequence[dict[str, Any]]:
    names = [r.name for r in REGIONS] + [f"type:{store}" for store, _ in STORE_TYPES]
    members: dict[str, list[str]] = {name: [] for name in names}
    for row, site in enumerate(network.site_id):
        members[REGIONS[int(network.site_region[row])].name].append(site)
        members[f"type:{STORE_TYPES[int(network.site_store[row])][0]}"].append(site)
    return [
        {"id": group_id(network, name), "org_id": network.org_id, "name": name, "site_ids": sites}
        for name, sites in members.items()
    ]


def _template(network: Network, row: int) -> dict[str, Any]:
    design = DESIGNS[row]
    return {
        "id": template_id(network, row), "org_id": network.org_id, "name": design.name, "type": "standalone",
        "port_config": {line.port: _port(design, rank, line) for rank, line in enumerate(design.lines)}
        | {"ge-0/0/4-5": {"usage": "lan", "networks": ["store"], "speed": "auto"}},
        "path_preferences": {"wan": {
            "strategy": "ordered" if design.order == "paths" else "weighted",
            "paths": [{"type": "wan", "name": line.wan} for line in design.lines],
        }},
        "networks": [{"name": "store", "subnet": "10.20.0.0/22"}],
    }  # fmt: skip


def _port(design: Design, rank: int, line: Line) -> dict[str, Any]:
    port: dict[str, Any] = {
        "usage": "wan", "name": line.wan, "wan_type": KINDS[line.kind].wan_type, "ip_config": {"type": "dhcp"},
        "speed": "auto", "critical": rank == 0, "description": "{{store}} " + line.wan,
        "traffic_shaping": {"enabled": line.shaped, "max_tx_kbps": int(line.up / 1000) if line.shaped else 0},
    }  # fmt: skip
    if line.kind == "lte":
        port["lte_backup"] = True
    if line.vlan:
        port["vlan_id"] = line.vlan
    path: dict[str, Any] = {"role": "spoke", "bfd_profile": "lte" if line.kind == "lte" else "broadband"}
    if design.order == "vpn":
        path["preference"] = 10 * (rank + 1)
    port["vpn_paths"] = {VPN: path}
    return port


def _inventory(network: Network, row: int, created: float) -> dict[str, Any]:
    mac, design = network.mac[row], DESIGNS[int(network.site_design[row])]
    return {
        "id": device_id(mac), "mac": mac, "serial": serial(network, row), "model": design.model, "type": "gateway",
        "sku": design.model, "name": network.gateway_name[row], "hostname": network.gateway_name[row],
        "org_id": network.org_id, "site_id": network.site_id[row], "deviceprofile_id": None, "adopted": True,
        "connected": True, "created_time": created, "modified_time": created, "vc_mac": mac if design.ha else None,
    }  # fmt: skip


def _spare(network: Network, number: int, created: float) -> dict[str, Any]:
    """A gateway in a box: claimed, attached to no site."""
    mac = hub_mac(0xF00 + number)
    return {
        "id": device_id(mac), "mac": mac, "serial": f"CVSPARE{number:04d}", "model": "SSR130", "type": "gateway",
        "sku": "SSR130", "name": "", "hostname": "", "org_id": network.org_id, "site_id": None,
        "deviceprofile_id": None, "adopted": True, "connected": False, "created_time": created,
        "modified_time": created,
    }  # fmt: skip


def version(design: Design) -> str:
    return VERSIONS[design.model[:3]]
