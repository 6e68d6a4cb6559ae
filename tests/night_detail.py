"""What Mist would answer on drill-down in the sample night: its own series, service levels, ports, the live stream."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.detail import (
    INSIGHT_WINDOWS,
    NOT_NOW,
    Answer,
    AskInsights,
    AskPorts,
    AskSle,
    AskStream,
    GatewayFacts,
    Insights,
    PortFacts,
    Ports,
    Question,
    SiteSle,
    SleMetric,
    SleShare,
    SpeedTest,
    Streamed,
    StreamPort,
    refused,
)
from noctui.model.words import BandwidthSource, State
from tests.night_world import HOT, LOST, inventory, utc, view

DAY = 86_400.0
_MODES = {"lte": "dhcp", "wan0": "static", "wan1": "dhcp", "wan2": "pppoe"}


def detail_at(at: float, question: Question, live: bool = True) -> Answer:
    """The answer at this instant; in the past the cloud is not asked."""
    if not live:
        return refused(question, NOT_NOW)
    match question:
        case AskInsights(circuit_id, window):
            return _insights(at, circuit_id, window)
        case AskSle(site_id, hours):
            return _sle(at, site_id, hours)
        case AskPorts(site_id):
            return _ports(at, site_id)
        case AskStream(site_id):
            return _stream(at, site_id)


def _insights(at: float, circuit_id: str, window: str) -> Insights:
    """Mist's view of a circuit: as ours, read one minute in ten differently, and holding on a while after a fall."""
    inv = inventory()
    row = inv.circuit_row[circuit_id]
    circuit = inv.circuits[row]
    back, step = INSIGHT_WINDOWS[window]
    start = at // step * step - back
    middle = start + (np.arange(back // step) + 0.5) * step
    day = 0.5 - 0.5 * np.cos((middle % DAY - 4 * 3600) / DAY * 2 * np.pi)
    hot = (circuit_id == HOT) & (middle >= LOST + 22)
    rx = np.where(hot, 60 + 33.4 * np.minimum(1, (middle - LOST) / 500), 4 + row % 9 + 40 * day**3 + 1.5)
    bps = rx * 0.97 * (circuit.down_bps or 1e8) / 100
    now = view(utc(3, 13, 55))
    if now.circuits.state[row] == State.DOWN:
        bps = np.where(middle > float(now.circuits.since[row]), np.nan, bps)
    quality = np.arange(max(back // 3600, 1))
    return Insights(
        circuit_id=circuit_id, window=window, start=start, interval=float(step),
        values={
            "rx_bps": _told(bps), "tx_bps": _told(bps * 0.44), "max_rx_bps": _told(bps * 1.2),
            "max_tx_bps": _told(bps * 0.53), "avg_latency": _told(31.2 + quality % 3),
            "avg_jitter": _told(3.4 + quality % 2), "avg_loss": _told(0.01 * (quality % 5)),
        },
        quality_start=start, quality_interval=3600.0 if back >= 3600 else float(back), asked_at=at - 41,
    )  # fmt: skip


def _told(values: NDArray[np.floating[Any]]) -> tuple[float, ...]:
    return tuple(float(v) for v in values)


def _sle(at: float, site_id: str, hours: int) -> SiteSle:
    start = at // 3600 * 3600 - (hours - 1) * 3600
    lost = site_id == "s0417" and at >= LOST
    flat = tuple(99.2 if i % 5 else 98.1 for i in range(hours))
    wan = tuple(62.4 if lost and i >= hours - 1 else 98.5 - i % 4 * 0.6 for i in range(hours))
    ports = [inventory().circuits[r].port_id for r in inventory().site_circuits[inventory().site_row[site_id]]]
    return SiteSle(
        site_id=site_id, hours=hours, asked_at=at - 41,
        metrics=(
            SleMetric(metric="gateway-health", percent=99.2, start=start, trend=flat, threshold="CPU 80 %",
                      classifiers=(SleShare("gateway-restart", 0.6, 520.0), SleShare("cpu", 0.2, 170.0))),
            SleMetric(metric="wan-link-health", percent=62.4 if lost else 98.1, start=start, trend=wan,
                      threshold="jitter 30 ms",
                      classifiers=(SleShare("interface-port-down", 31.0, 1360.0), SleShare("network-loss", 4.4, 190.0),
                                   SleShare("[red]isp[/]\x1b[31m", 2.2, 95.0)),
                      interfaces=tuple(SleShare(p, 31.0 / (i + 1), 1360.0 / (i + 1)) for i, p in enumerate(ports[:2])),
                      gateways=(SleShare(f"gw-{site_id[1:]}", 37.6, 1645.0),)),
            SleMetric(metric="application-health", percent=math.nan, start=start, trend=(math.nan,) * hours),
        ),
    )  # fmt: skip


def _ports(at: float, site_id: str) -> Ports:
    """What template, device and gateway say of a site's ports. 1000's words want to do harm."""
    inv, now = inventory(), view(utc(3, 13, 55))
    gateways = tuple(
        GatewayFacts(
            gateway_id=g.gateway_id, name=g.name, model=g.model, version="23.4R2-S3", serial=f"CX{4000 + i}",
            external_address=f"203.0.113.{i + 1}", ha=g.site_id == "s0417",
            cluster_state="node0 primary" if g.site_id == "s0417" else "",
            config_from="template Store-2WAN" if i % 3 else "device profile hub", overridden=g.site_id == "s0417",
        )
        for i, g in enumerate(inv.gateways)
        if site_id in ("", g.site_id)
    )  # fmt: skip
    ports: list[PortFacts] = []
    tests: list[SpeedTest] = []
    for row, c in enumerate(inv.circuits):
        if site_id not in ("", c.site_id):
            continue
        mode = _MODES.get(c.wan_type, _MODES[c.wan_name])
        hostile = c.site_id == "s1000"
        ports.append(
            PortFacts(
                circuit_id=c.circuit_id, gateway_id=c.attachments[-1].gateway_id, port_id=c.port_id,
                wan_name=c.wan_name, description="=HYPERLINK(\"x\")" if hostile else f"{c.carrier} uplink",
                enabled=now.circuits.state[row] != State.DISABLED, up=now.circuits.state[row] == State.UP,
                address=f"198.51.{row}.2/30" if mode == "static" else f"10.{row}.0.9/24",
                next_hop=f"198.51.{row}.1", vlan="\x1b[31m@12" if hostile else "100" if row % 4 == 0 else "",
                address_mode=mode, overridden=c.circuit_id == HOT,
                paths=sum(p.circuit_id == c.circuit_id for p in inv.paths),
                sources={"address": "gateway", "description": "template Store-2WAN",
                         "vlan": "device" if c.circuit_id == HOT else "template Store-2WAN"},
            )
        )  # fmt: skip
        if c.bandwidth_source == BandwidthSource.SPEEDTEST:
            tests.append(SpeedTest(circuit_id=c.circuit_id, at=at - 6 * DAY - 900, down_bps=3.0e8, up_bps=2.8e8,
                                   latency=12.4))  # fmt: skip
            tests.append(SpeedTest(circuit_id=c.circuit_id, at=at - 13 * DAY, down_bps=math.nan, up_bps=math.nan,
                                   failed=True))  # fmt: skip
    return Ports(site_id=site_id, gateways=gateways, ports=tuple(ports), speed_tests=tuple(tests), asked_at=at - 300)


def _stream(at: float, site_id: str) -> Streamed:
    """Only 0417 is on the stream."""
    if site_id != "s0417":
        return Streamed(site_id=site_id)
    now = view(utc(3, 13, 55)).circuits
    inv = inventory()
    return Streamed(
        site_id=site_id, state="live", at=at - 2, connected=True, cpu=12.0, memory=44.0,
        ports=tuple(
            StreamPort(
                circuit_id=inv.circuits[r].circuit_id, up=bool(now.state[r] == State.UP),
                rx_bps=float(now.rx_bps[r]) * 1.01, tx_bps=float(now.tx_bps[r]) * 0.99,
            )
            for r in inv.site_circuits[inv.site_row[site_id]]
        ),
    )  # fmt: skip
