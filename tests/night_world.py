"""The sample night: Lumen lost Mountain at 02:51, it is 03:14:07 UTC on 23 November 2026. Fixed to the last digit.

Eight regions, forty sites, about a hundred circuits. In it: primaries of Lumen down at every Mountain site that has
one, a dark site, a gateway that is away, a secondary at 93.4 % that carries its site (0417), stale rows, a maintenance
window, LTE backups, and names that want to do harm. `view(at)` is the network at the poll of that instant.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

import numpy as np

from noctui.engine.regions import fold_regions
from noctui.engine.sites import fold_sites
from noctui.model.batch import FeedReport
from noctui.model.inventory import Attachment, Circuit, Gateway, Inventory, PeerPath, Site
from noctui.model.view import (
    TREND_NONE,
    TREND_OUTAGE,
    TREND_SLOTS,
    CircuitTable,
    GatewayTable,
    PathTable,
    View,
)
from noctui.model.words import THRESHOLDS, BandwidthSource, Metric, QualitySource, Role, RoleSource, Severity, State


def utc(hour: int, minute: int, second: int = 0, day: int = 23) -> float:
    """That time of the night as epoch seconds."""
    return dt.datetime(2026, 11, day, hour, minute, second, tzinfo=dt.UTC).timestamp()


NOW = utc(3, 14, 7)
POLL = utc(3, 13, 55)
SEQ = 18_205
INTERVAL = 60.0
LOST = utc(2, 51, 22)
"""When Lumen lost Mountain."""

REGIONS = (
    "Mid-Atlantic",
    "Midwest",
    "Mountain",
    "Northeast",
    "South Central",
    "Southeast",
    "Southwest",
    "West",
)
_TOWNS = {
    "Mid-Atlantic": ("Norfolk VA", "Frederick MD", "Camden NJ", "Reading PA"),
    "Midwest": ("Lansing MI", "Fargo ND", "Madison WI", "Canton OH", "Toledo OH"),
    "Mountain": ("Grand Junction CO", "Pueblo CO", "Casper WY", "Boise ID", "Ogden UT", "Billings MT", "Laramie WY"),
    "Northeast": ("Hartford CT", "Buffalo NY", "Nashua NH", "Yonkers NY", "[red]Boston[/] MA"),
    "South Central": ("Tulsa OK", "Plano TX", "Waco TX", "Wichita KS", "Little Rock AR"),
    "Southeast": ("Knoxville TN", "Dothan AL", "Ocala FL", "Macon GA", "Tampa FL", "=cmd|' /C calc'!A1"),
    "Southwest": ("Yuma AZ", "Mesa AZ", "El Paso TX", "Las Cruces NM"),
    "West": ("Chico CA", "Eugene OR", "Stockton CA", "東京ストア渋谷駅前 CA", "Salem\x1b[31m OR"),
}
_CARRIERS = ("Comcast", "AT&T", "Spectrum", "Frontier", "Verizon", "Cox", "Zayo", "Starlink")
_PROVENANCE = (BandwidthSource.FILE, BandwidthSource.SHAPING, BandwidthSource.SPEEDTEST, BandwidthSource.LINK)
HOT = "s0417:ge-0/0/1"
"""Comcast at 0417 Grand Junction: the secondary that carries its site at 93.4 %."""


def _circuit(number: int, site: str, port: str, carrier: str, role: Role, bps: float, gateway: str) -> Circuit:
    lte = port.startswith("lte")
    hot = f"{site}:{port}" == HOT
    source = BandwidthSource.SPEEDTEST if hot else BandwidthSource.LINK if lte else _PROVENANCE[number % 4]
    return Circuit(
        circuit_id=f"{site}:{port}",
        circuit_no=number,
        site_id=site,
        port_id=port,
        wan_name=f"wan{number % 3}",
        carrier=carrier,
        carrier_circuit_id="" if lte else f"90.HCGS.{2000 + number}",
        role=role,
        role_source=RoleSource.LTE if lte else RoleSource.PATH_ORDER,
        down_bps=bps,
        up_bps=bps,
        bandwidth_source=source,
        link_bps=1e9,
        wan_type="lte" if lte else "broadband",
        speed_test_at=utc(2, 58, day=17) if source is BandwidthSource.SPEEDTEST else 0.0,
        **(_on_file(gateway, port) if hot else {"attachments": (Attachment(gateway_id=gateway, port_id=port),)}),
    )


def _on_file(gateway: str, port: str) -> dict[str, Any]:
    """What the inventory file says of the hot circuit, and the gateway that it was plugged into before."""
    swapped = utc(16, 20, day=3)
    return {
        "description": "Comcast Business, rack 2 [b]port 1[/]", "sla": "Comcast gold 99.50",
        "protection_group": "GJT-A",
        "monthly_cost": 1240.0, "currency": "USD", "turn_up": "2023-05-14", "carrier_from_file": True,
        "attachments": (
            Attachment(gateway_id="02aa0000ff01", port_id=port, since=utc(8, 0, day=1), until=swapped),
            Attachment(gateway_id=gateway, port_id=port, since=swapped),
        ),
    }  # fmt: skip


@lru_cache(maxsize=1)
def inventory() -> Inventory:
    """The forty sites and their circuits."""
    sites: list[Site] = []
    gateways: list[Gateway] = []
    circuits: list[Circuit] = []
    paths: list[PeerPath] = []
    for r, region in enumerate(REGIONS):
        for t, town in enumerate(_TOWNS[region]):
            n = len(sites)
            number = "0417" if (region, t) == ("Mountain", 0) else f"{1000 + r * 700 + t * 37:04d}"
            site = f"s{number}"
            mac = f"02aa0000{n:04x}"
            sites.append(
                Site(
                    site_id=site,
                    name=f"{number} {town}",
                    number=number,
                    region=region,
                    store_type=("super", "express", "depot")[n % 3],
                    timezone="America/Denver" if region == "Mountain" else "America/New_York",
                )
            )
            gateways.append(Gateway(gateway_id=mac, site_id=site, name=f"gw-{number}", model="SRX380"))
            first = "Lumen" if region == "Mountain" and t != 3 else _CARRIERS[n % 8]
            second = "Comcast" if number == "0417" else _CARRIERS[(n * 3 + 1) % 8]
            lines = [("ge-0/0/0", first, Role.PRIMARY, 5e8), ("ge-0/0/1", second, Role.SECONDARY, 3e8)]
            if n % 2 == 0 or number == "0417":
                lines.append(("lte-0/0/0", "Verizon LTE", Role.BACKUP, 5e7))
            if n % 13 == 5:
                lines.append(("ge-0/0/2", "Starlink", Role.UNKNOWN, 0.0))
            for port, carrier, role, bps in lines:
                circuits.append(_circuit(len(circuits), site, port, carrier, role, bps, mac))
                if bps:
                    for hub in ("hub-den-1", "hub-dfw-1"):
                        paths.append(
                            PeerPath(
                                path_id=f"{site}:{port}>{hub}:0",
                                path_no=len(paths),
                                circuit_id=f"{site}:{port}",
                                hub=hub,
                                hub_port="ge-0/0/7",
                            )
                        )
    order = sorted(range(len(sites)), key=lambda i: sites[i].name)
    return Inventory(
        org_id="o1",
        org_name="Acme Retail",
        rev=7,
        event_time=utc(0, 0),
        known_at=utc(0, 0),
        sites=tuple(sites[i] for i in order),
        gateways=tuple(gateways),
        circuits=tuple(circuits),
        paths=tuple(paths),
    )


def _since(severity: Severity, row: int, at: float) -> float:
    age = {Severity.CRITICAL: 1080.0, Severity.HIGH: 9480.0, Severity.WARN: 720.0, Severity.OK: 950_000.0}
    return float(np.floor(at - age.get(severity, 1260.0) - row * 7))


def _judge(row: int, circuit: Circuit, region: str, at: float) -> tuple[State, Severity]:
    """State and severity of one circuit at `at`, by the story of the night."""
    site = circuit.site_id
    lost = at >= LOST
    if region == "Mountain" and site == "s2474" and lost:
        return State.DOWN, Severity.DOWN  # dark: Lumen took all of 2474 Casper
    if region == "Mountain" and circuit.carrier == "Lumen" and lost:
        return State.DOWN, Severity.DOWN
    if site == "s3837" or row == 61:
        return (State.AWAY, Severity.AWAY) if site == "s3837" else (State.DOWN, Severity.DOWN)
    if row in (8, 45):
        return State.UNKNOWN, Severity.UNKNOWN
    if row in (27, 28):
        return State.UP, Severity.MAINTENANCE
    if row == 90:
        return State.DISABLED, Severity.DISABLED
    if circuit.circuit_id == HOT:
        return State.UP, Severity.CRITICAL if lost else Severity.OK
    odd = {7: Severity.CRITICAL, 33: Severity.CRITICAL, 12: Severity.HIGH, 51: Severity.HIGH, 70: Severity.HIGH}
    warn = {3, 18, 40, 57, 66, 88}
    return State.UP, odd.get(row, Severity.WARN if row in warn else Severity.OK)


def _numbers(row: int, circuit: Circuit, severity: Severity, at: float) -> dict[str, float]:
    """The metrics of one circuit that is up; they wiggle from poll to poll, the same way every time."""
    rng = np.random.default_rng([row, int(at // INTERVAL)])
    if circuit.circuit_id == HOT and severity == Severity.CRITICAL:
        return {"rx_pct": 93.4, "tx_pct": 41.8, "loss": 0.62, "jitter": 11.8, "latency": 47.2, "mos": 4.31}
    base = {Severity.CRITICAL: 96.0, Severity.HIGH: 83.0, Severity.WARN: 73.0}.get(severity, 8.0 + (row * 17) % 42)
    if circuit.role == Role.BACKUP and severity >= Severity.UNKNOWN:
        base = 0.4
    rx = base + float(rng.normal(0, 0.4))
    known = circuit.down_bps > 0
    return {
        "rx_pct": max(0.0, rx) if known else np.nan,
        "tx_pct": max(0.0, rx * 0.31) if known else np.nan,
        "loss": round(abs(float(rng.normal(0, 0.02))), 2),
        "jitter": 1.0 + (row * 7) % 5,
        "latency": 9.0 + (row * 13) % 38,
        "mos": 4.38,
    }


def _trend(
    row: int, severity: Severity, value: float, at: float, since: float
) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    level = 0 if np.isnan(value) else int(value)
    trend = np.array([max(0, min(250, level - (row * 5 + q * 3) % 7)) for q in range(TREND_SLOTS)], np.uint8)
    quarter = int(at // 900)
    for q in range(TREND_SLOTS):
        end = (quarter - 11 + q + 1) * 900
        if severity in (Severity.DOWN, Severity.AWAY):
            trend[q] = TREND_OUTAGE if end > since else 20 + (row * 11) % 30
        elif severity == Severity.CRITICAL:
            trend[q] = level if end > since else min(level, 20 + q)
    if severity == Severity.DISABLED:
        trend[:] = TREND_NONE
    return trend


@lru_cache(maxsize=64)
def view(at: float = POLL) -> View:
    """The network at the poll of `at`."""
    inv = inventory()
    n = len(inv.circuits)
    floats = {
        name: np.full(n, np.nan, np.float32)
        for name in (
            "age",
            "rx_bps",
            "tx_bps",
            "rx_pct",
            "tx_pct",
            "loss",
            "jitter",
            "latency",
            "mos",
            "avail_24h",
            "coverage_24h",
        )
    }
    severity, state = np.zeros(n, np.uint8), np.zeros(n, np.uint8)
    since, levels = np.zeros(n), np.zeros(n, np.uint8)
    trend, quarters = np.full((n, TREND_SLOTS), TREND_NONE, np.uint8), np.zeros(n, np.uint16)
    region_of = {s.site_id: s.region for s in inv.sites}
    for i, circuit in enumerate(inv.circuits):
        region = region_of[circuit.site_id]
        st, sev = _judge(i, circuit, region, at)
        state[i], severity[i] = st, sev
        since[i] = LOST + i % 3 if region == "Mountain" and st == State.DOWN else _since(sev, i, at)
        floats["age"][i] = 12 + i % 30 if st != State.UNKNOWN else 840
        floats["avail_24h"][i] = 98.402 if st == State.DOWN else 99.93 if i % 9 == 0 else 100.0
        floats["coverage_24h"][i] = 97.1 if i % 17 == 0 else 100.0
        numbers: dict[str, float] = {}
        if st in (State.UP, State.UNKNOWN):
            numbers = _numbers(i, circuit, sev, at)
            for name, value in numbers.items():
                floats[name][i] = value
            floats["rx_bps"][i] = numbers["rx_pct"] * circuit.down_bps / 100
            floats["tx_bps"][i] = numbers["tx_pct"] * circuit.up_bps / 100
            for m, name in enumerate(("rx_pct", "loss", "jitter", "latency")):
                levels[i] |= int(np.searchsorted(THRESHOLDS[Metric(m)], numbers[name], side="right")) << (2 * m)
        trend[i] = _trend(i, sev, numbers.get("rx_pct", np.nan), at, float(since[i]))
        if sev <= Severity.HIGH:
            quarters[i] = sum(1 << q for q in range(TREND_SLOTS) if (int(at // 900) - 11 + q + 1) * 900 > since[i])
    active = np.zeros(n, np.bool_)
    for rows in inv.site_circuits:
        up = [i for i in rows if state[i] == State.UP]
        if up:
            active[up[0]] = True
    circuits = CircuitTable(
        severity=severity,
        state=state,
        since=since,
        stale=state == State.UNKNOWN,
        active=active,
        active_since=np.where(active, np.maximum(since, LOST + 22), since),
        suspect=np.zeros(n, np.bool_),
        no_path=np.zeros(n, np.bool_),
        quality=np.full(n, QualitySource.PORT, np.uint8),
        levels=levels,
        flaps_24h=np.array([1 if s == State.DOWN else 19 if i == 33 else 0 for i, s in enumerate(state)], np.uint16),
        trend=trend,
        bad_quarters=quarters,
        **floats,
    )
    at_row = inv.path_circuit
    up = (state[at_row] == State.UP).astype(np.float32)
    lane = {
        name: np.where(up == 1, floats[name][at_row], np.nan).astype(np.float32)
        for name in ("latency", "jitter", "loss", "mos")
    }
    lane["latency"][1::2] += np.float32(13.8)
    sites = fold_sites(inv, circuits)
    gateways = np.array([0.0 if g.site_id == "s3837" else 1.0 for g in inv.gateways], np.float32)
    return View(
        seq=SEQ + round((at - POLL) / INTERVAL),
        at=at,
        interval=INTERVAL,
        inventory=inv,
        circuits=circuits,
        gateways=GatewayTable(
            connected=gateways,
            age=np.full(len(gateways), 12, np.float32),
            uptime=np.full(len(gateways), 212 * 86400.0, np.float32),
            cpu=np.full(len(gateways), 11, np.float32),
            memory=np.full(len(gateways), 43, np.float32),
        ),
        paths=PathTable(up=up, active=up, age=np.full(len(up), 12, np.float32), **lane),
        sites=sites,
        regions=fold_regions(inv, circuits, sites),
        reports=(
            FeedReport(feed="circuits", calls=14, rows=n, pages=14, took=8.2),
            FeedReport(feed="gateways", calls=4, rows=len(gateways), pages=4, took=2.1),
            FeedReport(feed="paths", calls=14, rows=len(up), pages=14, took=6.4),
        ),
    )
