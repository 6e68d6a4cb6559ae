"""What rarely changes, encoded once, when it is first asked for: sites, groups, the inventory."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import msgspec

from noctui.sim.designs import DESIGNS, Design
from noctui.sim.discovery import VERSIONS
from noctui.sim.idents import device_id, named_uuid
from noctui.sim.mist.configs import profile_id, template_id
from noctui.sim.network import Network, hub_mac
from noctui.sim.noise import draw
from noctui.sim.places import HUBS, REGIONS, STORE_TYPES

LAN_PORTS = ("ge-0/0/4", "ge-0/0/5")
"""Every gateway has them, so that a reader must tell WAN ports from others."""
_MODIFIED = 82  # stream of the draw when a gateway was last changed


def _raw(item: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(item))


def group_id(network: Network, name: str) -> str:
    return named_uuid("sitegroup", network.org_id, name)


def hub_site_id(network: Network, hub: int) -> str:
    return named_uuid("hub", network.org_id, HUBS[hub])


def serial(network: Network, row: int) -> str:
    return f"CV{network.mac[row][4:].upper()}"


class Statics:
    """Rows ready to be put into pages; the same for the life of a server."""

    def __init__(self, network: Network, created: float) -> None:
        self.network, self.created = network, created
        self.org: dict[str, Any] = {
            "id": network.org_id, "name": network.org_name, "created_time": created, "modified_time": created,
            "allow_mist": True, "session_expiry": 1440, "alarmtemplate_id": None, "orggroup_ids": [],
        }  # fmt: skip

    @cached_property
    def sites(self) -> list[msgspec.Raw]:
        return [_raw(site_row(self.network, row, self.created)) for row in range(self.network.sites)]

    @cached_property
    def sitegroups(self) -> list[msgspec.Raw]:
        return [_raw(group) for group in _groups(self.network)]

    @cached_property
    def modified(self) -> list[float]:
        """When each gateway was last changed: between its creation and 400 days later."""
        drawn = draw(self.network.seed, _MODIFIED, self.network.sites) ** 0.25
        whole: list[float] = (self.created + (drawn * 399.0 * 86_400.0).round()).tolist()
        return whole

    @cached_property
    def inventory(self) -> list[dict[str, Any]]:
        return [_inventory(self.network, row, self.created, t) for row, t in enumerate(self.modified)]

    @cached_property
    def spares(self) -> list[dict[str, Any]]:
        return [_spare(self.network, n, self.created) for n in range(2)]

    @cached_property
    def site_row(self) -> dict[str, int]:
        return {site: row for row, site in enumerate(self.network.site_id)}

    @cached_property
    def mac_row(self) -> dict[str, int]:
        return {mac: row for row, mac in enumerate(self.network.mac)}


def site_row(network: Network, row: int, created: float) -> dict[str, Any]:
    """One site as an object."""
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


def _inventory(network: Network, row: int, created: float, modified: float) -> dict[str, Any]:
    mac, design = network.mac[row], DESIGNS[int(network.site_design[row])]
    row_of: dict[str, Any] = {
        "id": device_id(mac), "mac": mac, "serial": serial(network, row), "model": design.model, "type": "gateway",
        "sku": design.model, "name": network.gateway_name[row], "hostname": network.gateway_name[row],
        "org_id": network.org_id, "site_id": network.site_id[row], "deviceprofile_id": None, "adopted": True,
        "connected": True, "created_time": created, "modified_time": modified,
    }  # fmt: skip
    return row_of | {"vc_mac": mac} if design.ha else row_of


def _spare(network: Network, number: int, created: float) -> dict[str, Any]:
    """A gateway in a box: claimed, attached to no site."""
    mac = hub_mac(0xF00 + number)
    return {
        "id": device_id(mac), "mac": mac, "serial": f"CVSPARE{number:04d}", "model": "SSR130", "type": "gateway",
        "sku": "SSR130", "name": "", "hostname": "", "org_id": network.org_id, "site_id": None,
        "deviceprofile_id": None, "adopted": True, "connected": False, "created_time": created,
        "modified_time": created,
    }  # fmt: skip


def hub_row(network: Network, hub: int, created: float) -> dict[str, Any]:
    """A hub's gateway in the inventory."""
    return _spare(network, 0, created) | {
        "id": device_id(hub_mac(hub)), "mac": hub_mac(hub), "serial": f"CVHUB{hub:04d}", "model": "SSR1500",
        "sku": "SSR1500", "name": HUBS[hub], "hostname": HUBS[hub], "site_id": hub_site_id(network, hub),
        "deviceprofile_id": profile_id(network), "connected": True,
    }  # fmt: skip


def version(design: Design) -> str:
    return VERSIONS[design.model[:3]]
