"""Rows of the live feeds, built for one page at a time from the latest reports."""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType
from numpy.typing import NDArray

from noctui.sim.mist.reports import Reports
from noctui.sim.mist.statics import LAN_PORTS, hub_site_id
from noctui.sim.network import HUB_PORT, Network, hub_mac
from noctui.sim.noise import F8
from noctui.sim.places import HUBS
from noctui.sim.world import World

Rows = NDArray[np.int64]
Figure = float | UnsetType


class PortRow(msgspec.Struct, gc=False):
    mac: str
    site_id: str
    org_id: str
    port_id: str
    port_mac: str
    port_usage: str
    port_desc: str
    up: bool
    active: bool
    speed: int
    rx_bps: int | None
    tx_bps: int | None
    rx_bytes: int
    tx_bytes: int
    rx_pkts: int
    tx_pkts: int
    last_flapped: float
    latency: Figure = UNSET
    jitter: Figure = UNSET
    loss: Figure = UNSET
    type: str = "gateway"
    disabled: bool = False
    unconfigured: bool = False
    full_duplex: bool = True
    rx_errors: int = 0
    tx_errors: int = 0


class PeerRow(msgspec.Struct, gc=False):
    mac: str
    site_id: str
    org_id: str
    port_id: str
    router_name: str
    peer_mac: str
    peer_port_id: str
    peer_router_name: str
    peer_site_id: str
    type: str
    up: bool
    is_active: bool
    last_seen: float
    latency: Figure = UNSET
    jitter: Figure = UNSET
    loss: Figure = UNSET
    mos: Figure = UNSET
    uptime: int | UnsetType = UNSET
    mtu: int | UnsetType = UNSET


def _figures(values: F8, kept: NDArray[np.bool_]) -> list[Figure]:
    """Numbers, and UNSET (the field is absent) for what is not kept or NaN."""
    return [v if k and not math.isnan(v) else UNSET for v, k in zip(values.tolist(), kept.tolist(), strict=True)]


class PortFeed:
    """Port rows by gateway: its circuits, then its LAN ports. Feed rows 0 … total - 1."""

    def __init__(self, world: World) -> None:
        self._network = n = world.network
        lan, lines = len(LAN_PORTS), np.diff(n.site_first)
        starts = n.site_first[:-1] + lan * np.arange(n.sites)
        self.total = n.circuits + lan * n.sites
        self.circuit = np.full(self.total, -1, np.int64)  # -1: a LAN port
        self.circuit[np.arange(n.circuits) + lan * n.circuit_site] = np.arange(n.circuits)
        self.site = np.repeat(np.arange(n.sites), lines + lan)
        self.lan = np.arange(self.total) - starts[self.site] - lines[self.site]  # which LAN port, where it is one
        self.port = [n.line[c].port if c >= 0 else LAN_PORTS[k] for c, k in zip(self.circuit, self.lan, strict=True)]
        self._port_mac = [
            f"{n.mac[s][:10]}{(int(n.mac[s][10:], 16) + 1 + i) % 256:02x}"
            for s, i in zip(self.site.tolist(), (np.arange(self.total) - starts[self.site]).tolist(), strict=True)
        ]

    def rows(self, reports: Reports, rows: Rows) -> list[PortRow]:
        """The rows now."""
        wan = self.circuit[rows] >= 0
        built = {int(r): row for r, row in zip(rows[wan], self._wan(reports, rows[wan]), strict=True)}
        built |= {int(r): row for r, row in zip(rows[~wan], self._lan(reports, rows[~wan]), strict=True)}
        return [built[r] for r in rows.tolist()]

    def _wan(self, reports: Reports, rows: Rows) -> Iterable[PortRow]:
        n, seen = self._network, reports.seen
        c, up = self.circuit[rows], seen.up[0, self.circuit[rows]] > 0
        quality = n.port_quality[c]
        for row, site, circuit, is_up, active, rx, tx, rxb, txb, flapped, latency, jitter, loss, null in zip(
            rows.tolist(), self.site[rows].tolist(), c.tolist(), up.tolist(), (seen.active[0, c] > 0).tolist(),
            reports.rx_bps[c].astype(np.int64).tolist(), reports.tx_bps[c].astype(np.int64).tolist(),
            reports.rx_bytes[c].astype(np.int64).tolist(), reports.tx_bytes[c].astype(np.int64).tolist(),
            np.round(seen.last_flapped[0, c], 1).tolist(), _figures(seen.latency[0, c], quality),
            _figures(seen.jitter[0, c], quality), _figures(seen.loss[0, c], quality), n.no_rate[c].tolist(),
            strict=True,
        ):  # fmt: skip
            line = n.line[circuit]
            yield PortRow(
                n.mac[site], n.site_id[site], n.org_id, line.port, self._port_mac[row], "wan", "", is_up, active,
                line.link, None if null else rx, None if null else tx, rxb, txb, rxb // 900, txb // 700, flapped,
                latency, jitter, loss,
            )  # fmt: skip

    def _lan(self, reports: Reports, rows: Rows) -> Iterable[PortRow]:
        """The first LAN port carries what the lines carry, the other way round; the second has nothing plugged in."""
        n, sites = self._network, self.site[rows]
        used = self.lan[rows] == 0
        sums = [
            (np.add.reduceat(of_lines, n.site_first[:-1])[sites] * used).astype(np.int64).tolist()
            for of_lines in (reports.tx_bps, reports.rx_bps, reports.tx_bytes, reports.rx_bytes)
        ]
        ports_up = np.round(reports.booted()[sites] + 45.0, 1).tolist()
        for row, site, up, rx, tx, rxb, txb, flapped in zip(
            rows.tolist(), sites.tolist(), used.tolist(), *sums, ports_up, strict=True
        ):
            yield PortRow(
                n.mac[site], n.site_id[site], n.org_id, self.port[row], self._port_mac[row], "lan", "", up, up, 1000,
                rx, tx, rxb, txb, rxb // 800, txb // 900, flapped,
            )  # fmt: skip


def _peer_port(network: Network, circuit: int) -> str:
    """What peer rows call a port: its id, but the tagged unit of a VLAN, and an SSR's modem by its WAN name."""
    line = network.line[circuit]
    if line.vlan:
        return f"{line.port}.{line.vlan}"
    return line.wan if line.port.startswith("cl-") else line.port


class PeerFeed:
    """Peer rows: two paths a circuit."""

    def __init__(self, world: World) -> None:
        self._network = n = world.network
        self.total = n.paths
        self.port = [_peer_port(n, c) for c in range(n.circuits)]
        self.site = n.circuit_site[n.path_circuit].astype(np.int64)
        self._hub = [(hub_mac(h), name, hub_site_id(n, h)) for h, name in enumerate(HUBS)]
        self.type = ["svr" if line.wan[:3] in ("ISP", "Lte") else "ipsec" for line in n.line]

    def rows(self, reports: Reports, rows: Rows) -> list[PeerRow]:
        """The rows now."""
        n, seen = self._network, reports.seen
        kept = n.path_quality[rows]
        at = reports.at[self.site[rows]]
        uptime = at - seen.last_flapped[0, rows // 2]
        return [
            PeerRow(
                n.mac[site], n.site_id[site], n.org_id, self.port[row // 2], n.gateway_name[site], hub[0], HUB_PORT,
                hub[1], hub[2], self.type[row // 2], up, active, seen_at, latency, jitter, loss, mos,
                int(age) if up and keep else UNSET, 1500 if keep else UNSET,
            )
            for row, site, hub, up, active, seen_at, latency, jitter, loss, mos, age, keep in zip(
                rows.tolist(), self.site[rows].tolist(), [self._hub[h] for h in n.path_hub[rows].tolist()],
                (seen.path_up[0, rows] > 0).tolist(), (seen.path_active[0, rows] > 0).tolist(), at.tolist(),
                _figures(seen.path_latency[0, rows], kept), _figures(seen.path_jitter[0, rows], kept),
                _figures(seen.path_loss[0, rows], kept), _figures(seen.path_mos[0, rows], kept), uptime.tolist(),
                kept.tolist(), strict=True,
            )
        ]  # fmt: skip
