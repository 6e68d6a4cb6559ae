"""Questions that cost calls of their own, and their answers: asked on drill-down, cached, within a share of the budget.

Questions and answers travel between processes, so they are plain structs. An answer with an `error` holds what little
is known; unknown numbers are NaN. Times are UTC epoch seconds; `asked_at` is when the cloud was asked (a cached answer
keeps it).
"""

from __future__ import annotations

import msgspec

INSIGHT_WINDOWS: dict[str, tuple[int, int]] = {
    "1h": (3600, 60), "6h": (21600, 120), "24h": (86400, 600), "7d": (604800, 3600),
}  # fmt: skip
"""Word → (seconds back, seconds a bucket). 10 min buckets are kept for a day by Mist, hours for 14 days."""


class AskInsights(msgspec.Struct, frozen=True, tag="insights"):
    """Mist's own series of one port: `/sites/{}/insights/gateway/{}/stats` and `…/device/{mac}/wan_link_health`."""

    circuit_id: str
    window: str = "24h"  # of INSIGHT_WINDOWS


class AskSle(msgspec.Struct, frozen=True, tag="sle"):
    """SLE of one site: trend, classifiers, impacted interfaces and gateways, over the last `hours`."""

    site_id: str
    hours: int = 24


class AskPorts(msgspec.Struct, frozen=True, tag="ports"):
    """What configuration and gateways say of a site's WAN ports (`""`: of all sites, what is known without a call)."""

    site_id: str = ""


class AskStream(msgspec.Struct, frozen=True, tag="stream"):
    """The newest word of the live stream for a site; asking keeps the site subscribed for a minute."""

    site_id: str


Question = AskInsights | AskSle | AskPorts | AskStream


class Insights(msgspec.Struct, frozen=True, kw_only=True, tag="insights"):
    """Bucket i covers [start + i·interval, start + (i+1)·interval). Names: rx_bps, tx_bps, max_rx_bps, max_tx_bps
    (bits/s), avg_latency, avg_jitter (ms), avg_loss (percent); a name that Mist did not give is absent."""

    circuit_id: str
    window: str
    start: float = 0.0
    interval: float = 0.0
    values: dict[str, tuple[float, ...]] = {}
    quality_start: float = 0.0  # latency, jitter and loss have buckets of their own
    quality_interval: float = 0.0
    asked_at: float = 0.0
    error: str = ""


class SleShare(msgspec.Struct, frozen=True):
    """A classifier, interface or gateway and what it took: percent of the metric's time that it degraded."""

    name: str
    percent: float
    seconds: float = 0.0


class SleMetric(msgspec.Struct, frozen=True, kw_only=True):
    """One SLE metric of a site: 100·(Σtotal − Σdegraded) / Σtotal; NaN without samples."""

    metric: str  # gateway-health, wan-link-health, application-health
    percent: float
    start: float = 0.0
    interval: float = 3600.0
    trend: tuple[float, ...] = ()  # percent per bucket
    classifiers: tuple[SleShare, ...] = ()  # worst first
    interfaces: tuple[SleShare, ...] = ()
    gateways: tuple[SleShare, ...] = ()
    threshold: str = ""  # in words, as the site has it


class SiteSle(msgspec.Struct, frozen=True, kw_only=True, tag="sle"):
    site_id: str
    hours: int = 24
    metrics: tuple[SleMetric, ...] = ()
    asked_at: float = 0.0
    error: str = ""


class GatewayFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one gateway beyond the inventory."""

    gateway_id: str
    name: str = ""
    model: str = ""
    version: str = ""
    serial: str = ""
    external_address: str = ""
    ha: bool = False
    cluster_state: str = ""  # as Mist words it
    config_from: str = ""  # `template NAME`, `device profile NAME`, "": unknown
    overridden: bool = False  # the device has settings of its own


class PortFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One WAN port, merged: runtime first for addresses, configuration for intent. `sources` names where each field of
    note came from: `device`, `template NAME`, `device profile NAME`, `gateway`."""

    circuit_id: str
    gateway_id: str
    port_id: str
    wan_name: str = ""
    description: str = ""
    enabled: bool = True
    up: bool | None = None
    address: str = ""  # WAN address with its prefix, a.b.c.d/nn
    next_hop: str = ""
    vlan: str = ""
    address_mode: str = ""  # dhcp, static, pppoe
    overridden: bool = False
    paths: int = 0
    sources: dict[str, str] = {}


class SpeedTest(msgspec.Struct, frozen=True, kw_only=True):
    """One speed test of a circuit: bits/s, ms."""

    circuit_id: str
    at: float
    down_bps: float
    up_bps: float
    latency: float = float("nan")
    failed: bool = False


class Ports(msgspec.Struct, frozen=True, kw_only=True, tag="ports"):
    site_id: str
    gateways: tuple[GatewayFacts, ...] = ()
    ports: tuple[PortFacts, ...] = ()
    speed_tests: tuple[SpeedTest, ...] = ()  # newest first
    asked_at: float = 0.0
    error: str = ""


class StreamPort(msgspec.Struct, frozen=True, kw_only=True):
    """A circuit as the stream tells it: rates from counters over the time between two messages."""

    circuit_id: str
    up: bool | None = None
    rx_bps: float = float("nan")
    tx_bps: float = float("nan")


class Streamed(msgspec.Struct, frozen=True, kw_only=True, tag="stream"):
    """`state`: `off` (not enabled), `connecting`, `live`, `lost`. `at` is the newest message's own time."""

    site_id: str
    state: str = "off"
    at: float = 0.0
    connected: bool | None = None
    cpu: float = float("nan")
    memory: float = float("nan")
    ports: tuple[StreamPort, ...] = ()
    error: str = ""


Answer = Insights | SiteSle | Ports | Streamed


def refused(question: Question, why: str) -> Answer:
    """The answer that says in one line why there is none."""
    match question:
        case AskInsights(circuit_id, window):
            return Insights(circuit_id=circuit_id, window=window, error=why)
        case AskSle(site_id, hours):
            return SiteSle(site_id=site_id, hours=hours, error=why)
        case AskPorts(site_id):
            return Ports(site_id=site_id, error=why)
        case AskStream(site_id):
            return Streamed(site_id=site_id, error=why)


NOT_NOW = "Only live: this Scene asks the cloud nothing."
