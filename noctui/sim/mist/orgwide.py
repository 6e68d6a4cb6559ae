"""Endpoints of an org that no sweep needs every time: the inventory, rollups, device search, service levels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from noctui.sim.designs import DESIGNS
from noctui.sim.idents import named_uuid
from noctui.sim.mist.answers import Query
from noctui.sim.mist.cloud import Cloud
from noctui.sim.mist.paging import Answer, BadRequest, limit_of, span_of
from noctui.sim.mist.sle import METRICS, SiteLevels
from noctui.sim.mist.statics import site_row
from noctui.sim.mist.told import split

Row = dict[str, Any]
SEARCH_SECONDS = 3600


def _org_stats(cloud: Cloud, _path: str, query: Query) -> Answer:
    n, now = cloud.world.network, cloud.clock.now()
    connected = int(np.sum(cloud.reports().connected()))
    levels = SiteLevels(cloud.world, *span_of(query, now))
    return cloud.answers.object("stats", cloud.statics.org | {
        "msp_id": named_uuid("msp", n.org_id), "alarmtemplate_id": named_uuid("alarmtemplate", n.org_id),
        "num_sites": n.sites, "num_devices": n.sites, "num_devices_connected": connected,
        "num_devices_disconnected": n.sites - connected, "num_inventory": n.sites + len(cloud.statics.spares),
        "sle": [{"path": name, "user_minutes": {"ok": ok, "total": total}}
                for name in METRICS for ok, total in (levels.minutes(name),)],
    })  # fmt: skip


def site_stats(cloud: Cloud, row: int, connected: bool) -> Row:
    """A site with its rollup."""
    n = cloud.world.network
    city = n.site_city[row]
    return site_row(n, row, cloud.statics.created) | {
        "lat": city.latitude, "lng": city.longitude, "num_ap": 0, "num_ap_connected": 0, "num_switch": 0,
        "num_switch_connected": 0, "num_gateway": 1, "num_gateway_connected": int(connected), "num_devices": 1,
        "num_devices_connected": int(connected), "num_clients": 12 + row % 40, "tzoffset": -360,
    }  # fmt: skip


def _site_stats(cloud: Cloud, _path: str, query: Query) -> Answer:
    connected = cloud.reports().connected()
    return cloud.answers.list(
        "stats/sites", query, cloud.world.network.sites,
        lambda a, b: [site_stats(cloud, row, bool(connected[row])) for row in range(a, b)],
    )  # fmt: skip


def _inventory(cloud: Cloud, _path: str, query: Query) -> Answer:
    """Placed gateways, then those in boxes; `vc=true` adds the second nodes of clusters."""
    found = cloud.recent.rows("inventory", query, lambda: _stock(cloud, query))
    return cloud.answers.list("inventory", query, len(found), lambda a, b: found[a:b])


def _stock(cloud: Cloud, query: Query) -> list[Row]:
    """What the inventory's filters leave."""
    connected = cloud.reports().connected()
    statics = cloud.statics
    rows: list[Row] = []
    if query.get("type", "") in ("", "gateway"):
        away = _number(query, "disconnected_before")
        for item, is_connected, seen in zip(
            statics.inventory, connected.tolist(), cloud.reports().at.tolist(), strict=True
        ):
            if away is None or (not is_connected and seen < away):
                rows.append(item | {"connected": bool(is_connected)})
        rows += _second_nodes(rows) if query.get("vc", "").lower() == "true" else []
        rows += statics.spares if away is None else []
    fits = _filter(query)
    return [row for row in rows if fits(row)]


def _second_nodes(rows: list[Row]) -> list[Row]:
    return [
        row | {"mac": mac, "id": f"00000000-0000-0000-1000-{mac}", "serial": row["serial"] + "N1"}
        for row in rows
        if "vc_mac" in row
        for mac in (f"{int(row['mac'], 16) + 1:012x}",)
    ]


def _filter(query: Query) -> Callable[[Row], bool]:
    unassigned, after = query.get("unassigned", "").lower(), _number(query, "modified_after")
    wanted = [(name, some) for name in ("mac", "site_id", "serial", "model") if (some := split(query.get(name, "")))]

    def fits(row: Row) -> bool:
        if unassigned in ("true", "false") and (row["site_id"] is None) != (unassigned == "true"):
            return False
        if after is not None and row["modified_time"] <= after:
            return False
        return all(row[name] in some for name, some in wanted)

    return fits


def _number(query: Query, name: str) -> float | None:
    text = query.get(name, "")
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise BadRequest(f"{name} must be a time") from None


def device_search(cloud: Cloud, path: str, query: Query, rows: list[int]) -> Answer:
    """A page of the device search over these gateways."""
    n = cloud.world.network

    def found(a: int, b: int) -> list[Row]:
        return [
            {"mac": d.mac, "type": "gateway", "model": d.model, "hostname": [d.hostname], "last_hostname": d.hostname,
             "version": d.version, "ip": d.ext_ip, "ext_ip": d.ext_ip, "org_id": d.org_id, "site_id": d.site_id,
             "uptime": d.uptime, "timestamp": d.last_seen, "last_config_status": "SYNC", "managed": True,
             "clustered": d.is_ha, "num_members": 2 if d.is_ha else 1, "role": "spoke", "time_drifted": False}
            for d in cloud.device_rows(rows[a:b])
        ]  # fmt: skip

    wanted = split(query.get("model", ""))
    rows = [r for r in rows if not wanted or DESIGNS[int(n.site_design[r])].model in wanted]
    name = query.get("hostname", "").lower().strip("*")
    rows = [r for r in rows if name in n.gateway_name[r].lower()]
    return cloud.answers.search("devices/search", path, query, span_of(query, cloud.clock.now()), len(rows), found)


def _device_search(cloud: Cloud, path: str, query: Query) -> Answer:
    return device_search(cloud, path, query, cloud.gateways_of(query))


def _org_events(cloud: Cloud, path: str, query: Query) -> Answer:
    """Certificates and the like: nothing that a WAN screen needs."""
    row: Row = {"type": "ORG_CA_CERT_ADDED", "timestamp": cloud.statics.created, "org_id": cloud.world.network.org_id,
                "text": "CA certificate added"}  # fmt: skip
    span = span_of(query, cloud.clock.now())
    found = [row] if span[0] <= row["timestamp"] < span[1] else []
    return cloud.answers.search("events/search", path, query, span, len(found), lambda a, b: found[a:b])


def _level_rows(cloud: Cloud, query: Query) -> tuple[tuple[float, float], list[Row]]:
    sle = query.get("sle", "wan")
    if sle not in ("wan", "wifi", "wired"):
        raise BadRequest("sle must be wan, wifi or wired")
    now = cloud.clock.now()
    span = span_of(query, now)
    if sle != "wan":
        return span, []
    rows = cloud.recent.rows("sle", query, lambda: SiteLevels(cloud.world, span[0], min(span[1], now)).rows())
    return span, list(rows)


def _sites_sle(cloud: Cloud, _path: str, query: Query) -> Answer:
    """Numbered pages, told in the body."""
    span, rows = _level_rows(cloud, query)
    return _body_page(cloud, "insights/sites-sle", query, span, rows)


def _worst_sites(cloud: Cloud, _path: str, query: Query) -> Answer:
    """The worst first, on one page."""
    span, rows = _level_rows(cloud, query)
    rows.sort(key=lambda row: min(row.get(m, 1.0) for m in METRICS))
    if cloud.answers.rewrite:
        rows = cloud.answers.rewritten("insights/worst-sites-by-sle", rows)
    return cloud.answers.object("insights/worst-sites-by-sle envelope", {
        "start": int(span[0]), "end": int(span[1]), "interval": SEARCH_SECONDS, "limit": limit_of(query),
        "results": rows[: limit_of(query)],
    })  # fmt: skip


def _body_page(cloud: Cloud, feed: str, query: Query, span: tuple[float, float], rows: list[Row]) -> Answer:
    limit, page = limit_of(query), int(query.get("page", "1") or "1")
    if cloud.answers.rewrite:
        rows = cloud.answers.rewritten(feed, rows)
    return cloud.answers.object(f"{feed} envelope", {
        "start": int(span[0]), "end": int(span[1]), "interval": SEARCH_SECONDS, "limit": limit, "page": page,
        "total": len(rows), "results": rows[(page - 1) * limit : page * limit],
    })  # fmt: skip


ENDPOINTS: dict[str, Callable[[Cloud, str, Query], Answer]] = {
    "stats": _org_stats,
    "stats/sites": _site_stats,
    "inventory": _inventory,
    "devices/search": _device_search,
    "events/search": _org_events,
    "insights/sites-sle": _sites_sle,
    "insights/worst-sites-by-sle": _worst_sites,
}
"""Path below `/orgs/{id}` → endpoint."""
