"""Rows of device stats: gateways with their interfaces, from the latest reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from noctui.sim.carriers import CARRIERS, KINDS
from noctui.sim.designs import DESIGNS
from noctui.sim.idents import device_id
from noctui.sim.mist.reports import Reports
from noctui.sim.mist.rows import PeerRow, PortRow
from noctui.sim.mist.statics import LAN_PORTS, serial, version
from noctui.sim.network import Network
from noctui.sim.world import World


class Interface(msgspec.Struct, gc=False):
    """A value of `if_stat`."""

    port_id: str
    port_usage: str
    up: bool
    rx_bytes: int
    tx_bytes: int
    wan_name: str | msgspec.UnsetType = msgspec.UNSET
    wan_type: str | msgspec.UnsetType = msgspec.UNSET
    address_mode: str = "Dynamic"
    ips: list[str] = []
    vlan: int = 0
    servp_info: dict[str, str] | msgspec.UnsetType = msgspec.UNSET


class DeviceRow(msgspec.Struct, gc=False):
    id: str
    mac: str
    name: str
    hostname: str
    model: str
    serial: str
    version: str
    org_id: str
    site_id: str
    status: str
    uptime: int
    last_seen: float
    ext_ip: str
    is_ha: bool
    cpu_stat: dict[str, float]
    memory_stat: dict[str, float]
    if_stat: dict[str, Interface]
    type: str = "gateway"
    deviceprofile_id: str | None = None
    config_status: str = "SYNC"
    node_name: str | msgspec.UnsetType = msgspec.UNSET
    cluster_stat: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    ports: list[PortRow] | msgspec.UnsetType = msgspec.UNSET  # these four only when `fields` asks for them
    vpn_peers: list[PeerRow] | msgspec.UnsetType = msgspec.UNSET
    tunnels: list[dict[str, Any]] | msgspec.UnsetType = msgspec.UNSET
    bgp_peers: list[dict[str, Any]] | msgspec.UnsetType = msgspec.UNSET


class GatewayFeed:
    """One row a gateway; HA clusters are one row."""

    def __init__(self, world: World) -> None:
        self._network = n = world.network
        self.total = n.sites
        self._provider = [{"org": c.name, "asn": str(c.asn)} for c in CARRIERS]
        self._wan = [_wan_facts(n, c) for c in range(n.circuits)]

    def rows(self, reports: Reports, rows: Iterable[int]) -> list[DeviceRow]:
        """The rows now; a gateway that is not heard keeps what it said last."""
        connected = reports.connected()
        return [self._row(reports, row, bool(connected[row])) for row in rows]

    def _row(self, reports: Reports, row: int, connected: bool) -> DeviceRow:
        n, seen = self._network, reports.seen
        design = DESIGNS[int(n.site_design[row])]
        cpu = float(seen.cpu[0, row])
        facts = DeviceRow(
            device_id(n.mac[row]), n.mac[row], n.gateway_name[row], n.gateway_name[row], design.model, serial(n, row),
            version(design), n.org_id, n.site_id[row], "connected" if connected else "disconnected",
            int(seen.uptime[0, row]), round(float(reports.at[row]), 3), _address(int(n.site_first[row])), design.ha,
            {"idle": 100.0 - cpu, "user": cpu - 2.0, "system": 2.0, "usage": cpu},
            {"usage": float(seen.memory[0, row])}, self._interfaces(reports, row),
        )  # fmt: skip
        if design.ha:
            facts.node_name, facts.cluster_stat = "node0", {"state": "GREEN"}
        return facts

    def _interfaces(self, reports: Reports, row: int) -> dict[str, Interface]:
        n, found = self._network, {}
        for c in range(int(n.site_first[row]), int(n.site_first[row + 1])):
            key, name, kind, address = self._wan[c]
            up = bool(reports.seen.up[0, c])
            found[key] = Interface(
                n.line[c].port, "wan", up, int(reports.rx_bytes[c]), int(reports.tx_bytes[c]), name, kind,
                "Dynamic", [address] if up else [], n.line[c].vlan, self._provider[int(n.circuit_carrier[c])],
            )  # fmt: skip
        found[f"{LAN_PORTS[0]}.0"] = Interface(
            LAN_PORTS[0], "lan", True, 0, 0, address_mode="Static", ips=["10.20.0.1/22"]
        )
        return found


def _wan_facts(network: Network, circuit: int) -> tuple[str, str, str, str]:
    """Key of `if_stat`, WAN name, WAN type, address."""
    line = network.line[circuit]
    return f"{line.port}.{line.vlan}", line.wan, KINDS[line.kind].wan_type, f"{_address(circuit)}/24"


def _address(circuit: int) -> str:
    """From the shared address space of carriers, so that it is nobody's."""
    return f"100.{64 + circuit // 65_536 % 64}.{circuit // 256 % 256}.{circuit % 256}"


def inventory_rows(items: list[dict[str, Any]], reports: Reports, rows: Iterable[int]) -> list[dict[str, Any]]:
    """Inventory rows with `connected` as it is now."""
    connected = reports.connected()
    return [{**items[row], "connected": bool(connected[row])} for row in rows]
