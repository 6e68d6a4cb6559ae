"""Configuration as Mist keeps it: gateway templates, the hubs' device profile, variables of sites, devices' own ports.

Some values of templates are site variables (`{{up_kbps}}`), and some gateways have settings of their own that win over
their template's: both tell the same lines that the world has.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from noctui.sim.carriers import KINDS
from noctui.sim.designs import DESIGNS, Design, Line
from noctui.sim.idents import device_id, named_uuid
from noctui.sim.network import HUB_PORT, Network
from noctui.sim.noise import draw
from noctui.sim.places import REGIONS

Row = dict[str, Any]
VPN = "corp.OrgOverlay"
_OWN = 81  # stream of the draw which gateways have settings of their own
OWN_SHARE = 0.06
OWN_KINDS = ("speed", "shaping", "name", "disabled")

_VARIABLES: dict[str, tuple[str, int, str]] = {
    "Fiber twice": ("shaping", 0, "up_kbps"),
    "Express SSR dual": ("speed", 0, "uplink_speed"),
    "Rural DSL and satellite": ("name", 1, "second_wan"),
}
"""Design → the field of which line stands in its template as which variable."""


def template_id(network: Network, design: int) -> str:
    return named_uuid("template", network.org_id, design)


def profile_id(network: Network) -> str:
    """The device profile of the hubs."""
    return named_uuid("deviceprofile", network.org_id)


class Configs:
    """Everything that an administrator has set up."""

    def __init__(self, network: Network, created: float) -> None:
        self._network, self._created = network, created

    @cached_property
    def templates(self) -> dict[str, Row]:
        n = self._network
        return {template_id(n, d): _template(n, d, self._created) for d in range(len(DESIGNS))}

    @cached_property
    def profiles(self) -> dict[str, Row]:
        return {profile_id(self._network): _profile(self._network, self._created)}

    @cached_property
    def own_kinds(self) -> dict[int, str]:
        """Gateway row → which of OWN_KINDS it has set for itself."""
        drawn = draw(self._network.seed, _OWN, self._network.sites).tolist()
        return {row: OWN_KINDS[row % len(OWN_KINDS)] for row, u in enumerate(drawn) if u < OWN_SHARE}

    def own_ports(self, row: int) -> Row:
        """The device's own `port_config`; {} where the template's counts."""
        design = DESIGNS[int(self._network.site_design[row])]
        line = design.lines[0]
        port = _port(design, 0, line, plain=True)
        match self.own_kinds.get(row):
            case "speed":
                return {line.port: port | {"speed": f"{line.link}m" if line.link < 1000 else "1g"}}
            case "shaping":
                return {line.port: port | {"traffic_shaping": {"enabled": True, "max_tx_kbps": int(line.up / 1000)}}}
            case "name":
                return {line.port: port | {"description": f"{line.wan}, moved to the new building"}}
            case "disabled":
                return {"ge-0/0/3": {"usage": "wan", "name": "spare", "disabled": True, "ip_config": {"type": "dhcp"}}}
        return {}

    def device(self, row: int) -> Row:
        """What getSiteDevice tells of a store's gateway."""
        n = self._network
        design = DESIGNS[int(n.site_design[row])]
        found: Row = {
            "id": device_id(n.mac[row]), "mac": n.mac[row], "name": n.gateway_name[row], "type": "gateway",
            "model": design.model, "serial": f"CV{n.mac[row][4:].upper()}", "org_id": n.org_id,
            "site_id": n.site_id[row], "managed": True, "created_time": self._created, "modified_time": self._created,
        }  # fmt: skip
        own = self.own_ports(row)
        return found | {"port_config": own} if own else found

    def variables(self, row: int) -> dict[str, str]:
        """The site's variables; every value is text."""
        n = self._network
        design = DESIGNS[int(n.site_design[row])]
        found = {"store": n.site_name[row].partition(" ")[0], "region": REGIONS[int(n.site_region[row])].name}
        if design.name in _VARIABLES:
            field, rank, name = _VARIABLES[design.name]
            line = design.lines[rank]
            found[name] = {"shaping": str(int(line.up / 1000)), "speed": f"{line.link}m", "name": line.wan}[field]
        return found

    def setting(self, row: int) -> Row:
        """What getSiteSetting tells."""
        n = self._network
        return {
            "id": named_uuid("setting", n.site_id[row]), "org_id": n.org_id, "site_id": n.site_id[row],
            "for_site": True, "vars": self.variables(row), "created_time": self._created,
            "modified_time": self._created, "persist_config_on_device": False, "device_updown_threshold": 0,
            "gateway_updown_threshold": 0, "vpn_peer_updown_threshold": 0,
        }  # fmt: skip


def _template(network: Network, row: int, created: float) -> Row:
    design = DESIGNS[row]
    ports = {line.port: _port(design, rank, line) for rank, line in enumerate(design.lines)}
    return {
        "id": template_id(network, row), "org_id": network.org_id, "name": design.name, "type": "standalone",
        "port_config": ports | {"ge-0/0/4-5": {"usage": "lan", "networks": ["store"], "speed": "auto"}},
        "path_preferences": {"wan": {
            "strategy": "ordered" if design.order == "paths" else "weighted",
            "paths": [{"type": "wan", "name": ports[line.port]["name"]} for line in design.lines],
        }},
        "networks": [{"name": "store", "subnet": "10.20.0.0/22"}], "created_time": created, "modified_time": created,
    }  # fmt: skip


def _port(design: Design, rank: int, line: Line, *, plain: bool = False) -> Row:
    """A WAN port; `plain`: no variables in it."""
    port: Row = {
        "usage": "wan", "name": line.wan, "wan_type": KINDS[line.kind].wan_type, "ip_config": {"type": "dhcp"},
        "speed": "auto", "critical": rank == 0, "description": line.wan if plain else "{{store}} " + line.wan,
        "traffic_shaping": {"enabled": line.shaped, "max_tx_kbps": int(line.up / 1000) if line.shaped else 0},
    }  # fmt: skip
    if line.kind == "lte":
        port["lte_backup"] = True
    if line.vlan:
        port["vlan_id"] = line.vlan
    path: Row = {"role": "spoke", "bfd_profile": "lte" if line.kind == "lte" else "broadband"}
    if design.order == "vpn":
        path["preference"] = 10 * (rank + 1)
    port["vpn_paths"] = {VPN: path}
    field, which, name = _VARIABLES.get(design.name, ("", -1, ""))
    if which == rank and not plain:
        value = "{{" + name + "}}"
        port["traffic_shaping" if field == "shaping" else field] = (
            {"enabled": True, "max_tx_kbps": value} if field == "shaping" else value
        )
    return port


def _profile(network: Network, created: float) -> Row:
    wan: Row = {
        "usage": "wan", "name": "DC_Internet", "wan_type": "broadband", "critical": True, "speed": "10g",
        "ip_config": {"type": "static", "ip": "198.51.100.10", "netmask": "/24", "gateway": "198.51.100.1"},
        "vpn_paths": {VPN: {"role": "hub", "bfd_profile": "broadband"}},
    }  # fmt: skip
    return {
        "id": profile_id(network), "org_id": network.org_id, "name": "Data centre hub", "type": "gateway",
        "port_config": {HUB_PORT: wan}, "created_time": created, "modified_time": created,
        "path_preferences": {"wan": {"strategy": "ordered", "paths": [{"type": "wan", "name": "DC_Internet"}]}},
    }  # fmt: skip
