"""What is known of gateways and WAN ports beyond the inventory, merged: the gateway's own word first for addresses,
configuration for what was meant. Pure: from memory alone.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable

from noctui.model.batch import Found
from noctui.model.detail import GatewayFacts, PortFacts, Ports, SpeedTest
from noctui.sources.mist.bandwidth import time_of
from noctui.sources.mist.config import Config, resolved
from noctui.sources.mist.gates import NO_NET, NO_WAN, Gate, Net
from noctui.sources.mist.join import Joiner, Line
from noctui.sources.mist.ports import as_mac
from noctui.sources.mist.structs import PortConfig, SpeedTestRow
from noctui.sources.mist.text import clean

GATEWAY = "gateway"
_MODES = {"dynamic": "dhcp", "static": "static", "dhcp": "dhcp", "pppoe": "pppoe"}
_NOTHING = PortConfig()
Said = tuple[str, str]
"""A value and where it comes from; ("", "") for nothing."""


class Facts:
    """Answers from what the joiner and the answers of sites hold now."""

    def __init__(self, joiner: Joiner) -> None:
        self._joiner = joiner

    def ports(self, site_id: str) -> Ports:
        """Of one site; of all with "". `asked_at` is when the oldest answer about the site was had (0: never)."""
        joiner = self._joiner
        gateways = [g for g in joiner.joined.gateways if site_id in ("", g.site_id)]
        circuits = [c for c in joiner.joined.circuits if site_id in ("", c.site_id)]
        paths = Counter(p.circuit_id for p in joiner.joined.paths)
        sites = [site_id] if site_id else sorted({c.site_id for c in circuits})
        macs = tuple(sorted(g.gateway_id for g in gateways))
        return Ports(
            site_id=site_id,
            gateways=tuple(self._gateway(g.gateway_id) for g in gateways),
            ports=tuple(self._port(c, paths[c.circuit_id]) for c in circuits),
            speed_tests=tuple(self._tests(sites)),
            asked_at=joiner.owns.site_asked_at(site_id, macs) if site_id else 0.0,
        )

    def _gateway(self, mac: str) -> GatewayFacts:
        gate, config = self._joiner.gates[mac], self._joiner.config(mac)
        stock = self._joiner.statics.inventory.get(mac)
        return GatewayFacts(
            gateway_id=mac,
            name=gate.gateway.name,
            model=gate.gateway.model,
            version=gate.gateway.version,
            serial=gate.extra.serial or clean(stock.serial if stock else None),
            external_address=gate.extra.external_address,
            ha=gate.extra.ha,
            cluster_state=gate.extra.cluster_state,
            config_from=config.name,
            overridden=config.overridden,
        )

    def _port(self, circuit: Found, paths: int) -> PortFacts:
        mac, port = circuit.gateway_id, circuit.port_id
        gate, config = self._joiner.gates.get(mac), self._joiner.config(mac)
        line = self._joiner.line(mac, port) or Line(circuit.site_id)
        net = (gate.nets.get(port) if gate else None) or NO_NET
        told = _said(config, port, net, gate, line)
        return PortFacts(
            circuit_id=circuit.circuit_id,
            gateway_id=mac,
            port_id=port,
            enabled=not line.disabled,
            up=line.up,
            overridden=port in config.own,
            paths=paths,
            sources={name: source for name, (value, source) in told.items() if value and source},
            **{name: value for name, (value, _) in told.items()},
        )

    def _tests(self, sites: Iterable[str]) -> list[SpeedTest]:
        found = []
        for site_id in sites:
            for row in self._joiner.owns.tests(site_id):
                circuit_id = self._joiner.circuit_of(as_mac(row.mac), clean(row.port_id))
                if circuit_id:
                    found.append(_test(circuit_id, row))
        return sorted(found, key=lambda t: -t.at)


def _said(config: Config, port: str, net: Net, gate: Gate | None, line: Line) -> dict[str, Said]:
    """The texts of a port, each with its source."""
    meant, source = config.port(port) or _NOTHING, config.source(port)
    ip = meant.ip_config
    wan = (gate.wans.get(port) if gate else None) or NO_WAN
    vlan = meant.vlan_id
    return {
        "wan_name": _first((wan.name, GATEWAY), (resolved(meant.name), source)),
        "description": _first((resolved(meant.description), source), (clean(line.desc).strip(), GATEWAY)),
        "address": _first((net.address, GATEWAY), (_static(meant), source)),
        "next_hop": _first((resolved(ip.gateway if ip else None), source)),
        "vlan": _first((net.vlan, GATEWAY), (resolved(vlan) if isinstance(vlan, str) else str(vlan or ""), source)),
        "address_mode": _first((_mode(net.mode), GATEWAY), (_mode(resolved(ip.type if ip else None)), source)),
    }


def _first(*said: Said) -> Said:
    return next((one for one in said if one[0]), ("", ""))


def _mode(word: str) -> str:
    return _MODES.get(word.lower(), word.lower())


def _static(port: PortConfig) -> str:
    """The configured address with its prefix: netmasks are written `/24`, `24` or `255.255.255.0`."""
    ip = port.ip_config
    address, mask = resolved(ip.ip if ip else None), resolved(ip.netmask if ip else None).lstrip("/")
    if not address or not mask or "/" in address:
        return address
    try:
        return ipaddress.ip_interface(f"{address}/{mask}").with_prefixlen
    except ValueError:
        return address


def _test(circuit_id: str, row: SpeedTestRow) -> SpeedTest:
    def number(value: float | None, unit: float = 1.0) -> float:
        return float("nan") if value is None else value * unit

    return SpeedTest(
        circuit_id=circuit_id,
        at=time_of(row),
        down_bps=number(row.rx_mbps, 1e6),
        up_bps=number(row.tx_mbps, 1e6),
        latency=number(row.latency),
        failed=bool(row.failed),
    )
