"""Rows as Mist sends them, in the least words."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
SITE = "83c31971-ad70-4419-ae20-7f2b90748986"
MAC = "90ec77710609"
LAST_SEEN = 1_763_858_380.0


def site(n: int = 0, **more: Any) -> Row:
    return {"id": site_id(n), "name": f"{417 + n:04d} Grand Junction CO", "timezone": "America/Denver", **more}


def site_id(n: int) -> str:
    return SITE if n == 0 else f"83c31971-ad70-4419-ae20-{n:012x}"


def mac(n: int) -> str:
    return MAC if n == 0 else f"90ec77{n:06x}"


def interface(port: str = "ge-0/0/0", name: str = "wan0", org: str = "Example ISP", **more: Any) -> Row:
    servp = {"servp_info": {"org": org, "asn": "64500"}} if org else {}
    return {
        "port_id": port,
        "port_usage": "wan",
        "wan_name": name,
        "wan_type": "broadband",
        "up": True,
        **servp,
        **more,
    }


def gateway(n: int = 0, interfaces: Row | None = None, **more: Any) -> Row:
    return {
        "mac": mac(n), "site_id": site_id(n), "name": f"GW-{n}", "type": "gateway", "model": "SSR130",
        "version": "6.2.6", "status": "connected", "uptime": 581259, "last_seen": LAST_SEEN,
        "cpu_stat": {"idle": 86, "user": 9},
        "memory_stat": {"usage": 39}, "if_stat": interfaces if interfaces is not None else {"ge-0/0/0.0": interface()},
        **more,
    }  # fmt: skip


def port(n: int = 0, port_id: str = "ge-0/0/0", **more: Any) -> Row:
    return {
        "mac": mac(n), "site_id": site_id(n), "port_id": port_id, "port_usage": "wan", "type": "gateway", "up": True,
        "active": True, "disabled": False, "speed": 1000, "rx_bps": 48211034, "tx_bps": 9634301,
        "rx_bytes": 8515104416, "tx_bytes": 211217389682, "latency": 23, "jitter": 1.5, "loss": 0,
        "last_flapped": 1763801122.4, **more,
    }  # fmt: skip


def peer(n: int = 0, port_id: str = "ge-0/0/0", hub: int = 900, hub_port: str = "DC_Internet", **more: Any) -> Row:
    return {
        "mac": mac(n), "site_id": site_id(n), "port_id": port_id, "peer_mac": mac(hub), "peer_port_id": hub_port,
        "peer_router_name": f"HUB-{hub}", "type": "svr", "up": True, "is_active": True, "latency": 91, "jitter": 2,
        "loss": 0.5, "mos": 4, "uptime": 1527128, "last_seen": LAST_SEEN + 5, **more,
    }  # fmt: skip


def inventory(n: int = 0, **more: Any) -> Row:
    return {"mac": mac(n), "site_id": site_id(n), "name": f"GW-{n}", "model": "SSR130", "connected": True, **more}
