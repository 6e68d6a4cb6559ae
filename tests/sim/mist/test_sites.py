"""Single sites: configuration, series, service levels and speed tests tell the same world as the org's feeds."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import numpy as np
import pytest

from noctui.sim import incidents as do
from noctui.sim.designs import DESIGNS
from noctui.sim.mist.configs import OWN_KINDS
from noctui.sim.network import Network
from tests.sim.mist.cloud import Caller, calling
from tests.sim.worlds import DAY, HOUR, MINUTE, T0, calm, lines_of, ordinary, site_with, with_only


def device(n: Network, site: int) -> str:
    return f"00000000-0000-0000-1000-{n.mac[site]}"


def sle_path(n: Network, site: int, metric: str, what: str) -> str:
    return f"sle/site/{n.site_id[site]}/metric/{metric}/{what}"


async def test_variables_of_templates_are_resolved_by_the_sites_settings() -> None:
    """A name, a speed and a rate: each with the value that the line truly has."""
    n = ordinary().network
    async with calling(ordinary()) as call:
        templates = {t["id"]: t for t in await call.of_org("gatewaytemplates")}
        sites = {s["id"]: s for s in await call.of_org("sites?limit=1000")}
        seen: dict[str, str] = {}
        for site in range(n.sites):
            ports = templates[sites[n.site_id[site]]["gatewaytemplate_id"]]["port_config"]
            said = str(ports)
            for name, value in (await call.of_site(site, "setting"))["vars"].items():
                assert name == "region" or f"{{{{{name}}}}}" in said
                said = said.replace(f"{{{{{name}}}}}", value)
                seen[name] = value
            assert "{{" not in said
        assert seen.keys() == {"store", "region", "up_kbps", "uplink_speed", "second_wan"}
        assert (seen["up_kbps"], seen["uplink_speed"], seen["second_wan"]) == ("100000", "100m", "wan1")


async def test_some_gateways_have_settings_of_their_own() -> None:
    n = ordinary().network
    async with calling(ordinary()) as call:
        own = call.server.cloud.configs.own_kinds
        assert set(own.values()) == set(OWN_KINDS)
        assert 0.02 < len(own) / n.sites < 0.12
        for site in range(n.sites):
            config = await call.of_site(site, f"devices/{device(n, site)}")
            assert ("port_config" in config) == (site in own)
            if own.get(site) == "shaping":
                line = DESIGNS[int(n.site_design[site])].lines[0]
                shaping = config["port_config"][line.port]["traffic_shaping"]
                assert shaping == {"enabled": True, "max_tx_kbps": line.up / 1000}


async def test_device_stats_hold_ports_and_paths_when_asked() -> None:
    n = calm().network
    async with calling(calm()) as call:
        bare = (await call.of_org(f"stats/devices?type=gateway&mac={n.mac[5]}"))[0]
        assert not {"ports", "vpn_peers", "tunnels", "bgp_peers"} & bare.keys()
        full = (await call.of_org(f"stats/devices?type=gateway&mac={n.mac[5]}&fields=ports,vpn_peers"))[0]
        assert full["ports"] == (await call.of_org(f"stats/ports/search?mac={n.mac[5]}"))["results"]
        assert full["vpn_peers"] == (await call.of_org(f"stats/vpn_peers/search?mac={n.mac[5]}"))["results"]
        assert "tunnels" in (await call.of_site(5, f"stats/devices/{device(n, 5)}"))


async def test_the_inventory_is_narrowed_by_its_filters() -> None:
    async with calling(ordinary()) as call:
        rows = await call.of_org("inventory?limit=1000")
        since = T0 - 60 * DAY
        changed = await call.of_org(f"inventory?limit=1000&modified_after={since:.0f}")
        assert 0 < len(changed) < len(rows)
        assert {r["mac"] for r in changed} == {r["mac"] for r in rows if r["modified_time"] > since}
        ssr = await call.of_org("inventory?model=SSR130&unassigned=false&limit=1000")
        assert {r["mac"] for r in ssr} == {r["mac"] for r in rows if r["model"] == "SSR130" and r["site_id"]}
        assert len(await call.of_org(f"inventory?serial={rows[3]['serial']}")) == 1
        nodes = await call.of_org("inventory?vc=true&limit=1000")
        assert len(nodes) - len(rows) == sum("vc_mac" in r for r in rows) > 0
        away = await call.of_org(f"inventory?disconnected_before={T0:.0f}&limit=1000")
        assert {r["connected"] for r in away} == {False}


async def series(call: Caller, site: int, query: str) -> dict[str, Any]:
    n = call.server.world.network
    found: dict[str, Any] = await call.of_site(site, f"insights/gateway/{device(n, site)}/stats?{query}")
    return found


async def test_a_series_has_an_array_for_each_metric_and_is_the_worlds_mean() -> None:
    world = calm()
    site = site_with(world, 2)
    row, port = lines_of(world, site)[1], quote(world.network.line[lines_of(world, site)[1]].port, safe="")
    async with calling(world) as call:
        found = await series(
            call, site, f"metrics=rx_bps,max_rx_bps&port_id={port}&interval=10m&duration=6h&limit=1000"
        )
        start, rates, peaks = found["start"], found["rx_bps"], found["max_rx_bps"]
        assert found["interval"] == 600
        assert len(rates) == len(peaks) == 37  # six hours that begin within a bucket
        for i in (1, 12, 30):
            truth = world.sample(np.arange(start + 600 * i, start + 600 * i + 600, 10.0)).rx_bps[:, row]
            assert rates[i] == pytest.approx(truth.mean(), rel=0.02)
        assert all(p is not None and r is not None and p >= r for p, r in zip(peaks, rates, strict=True))


async def test_ten_minutes_are_kept_for_a_day_and_hours_for_two_weeks() -> None:
    async with calling(calm()) as call:
        fine = await series(call, 3, "metrics=tx_bps&interval=600&duration=3d&limit=1000")
        known = [v is not None for v in fine["tx_bps"]]
        assert (len(known), sum(known)) == (433, 144)
        coarse = await series(call, 3, "metrics=tx_bps&interval=3600&duration=20d&limit=1000")
        known = [v is not None for v in coarse["tx_bps"]]
        assert (len(known), sum(known)) == (481, 14 * 24)
        assert len((await series(call, 3, "metrics=tx_bps&interval=600"))["tx_bps"]) == 100  # the default limit clips


async def test_while_a_gateway_is_unheard_its_series_has_gaps() -> None:
    world = with_only(do.silent(T0 - 2 * HOUR, T0 - HOUR, 3))
    async with calling(world) as call:
        found = await series(call, 3, "metrics=rx_bps&interval=600&duration=4h&limit=1000")
        start = found["start"]
        gaps = [start + 600 * i for i, v in enumerate(found["rx_bps"]) if v is None]
        assert gaps
        assert all(T0 - 2 * HOUR - 600 < t < T0 - HOUR for t in gaps)
        assert len(gaps) == 5  # those that lie wholly within


async def test_link_health_wants_the_mac_and_gateway_stats_the_id() -> None:
    n = ordinary().network
    probed = next(s for s in range(n.sites) if n.port_quality[lines_of(ordinary(), s)].any())
    bare = next(s for s in range(n.sites) if not n.port_quality[lines_of(ordinary(), s)].any())
    async with calling(ordinary()) as call:
        site = f"/api/v1/sites/{n.site_id[probed]}/insights"
        assert (await call.get(f"{site}/device/{device(n, probed)}/wan_link_health")).status == 404
        assert (await call.get(f"{site}/gateway/{n.mac[probed]}/stats?metrics=rx_bps")).status == 404
        assert (await call.get(f"{site}/gateway/{device(n, probed)}/stats")).status == 400  # metrics is required
        found = await call.of_site(probed, f"insights/device/{n.mac[probed]}/wan_link_health?duration=1h")
        assert len(found["avg_latency"]) == len(found["avg_loss"]) == 7
        none = await call.of_site(bare, f"insights/device/{n.mac[bare]}/wan_link_health")
        assert (none["avg_latency"], none["avg_jitter"], none["avg_loss"]) == ([], [], [])


async def test_service_levels_count_what_was_spoilt() -> None:
    """One of two lines down for 36 minutes of a day: 36 of 2,880 minutes."""
    site = site_with(calm(), 2)
    row = lines_of(calm(), site)[1]
    world = with_only(do.cut(T0 - 2 * HOUR, T0 - 2 * HOUR + 36 * MINUTE, row))
    n = world.network
    async with calling(world) as call:
        (level,) = [r for r in (await call.of_org("insights/sites-sle?sle=wan&limit=1000"))["results"]
                    if r["site_id"] == n.site_id[site]]  # fmt: skip
        assert level["wan-link-health"] == pytest.approx(1 - 36 / 2880)
        worst = (await call.of_org("insights/worst-sites-by-sle?sle=wan"))["results"]
        assert worst[0]["site_id"] == n.site_id[site]
        trend = await call.of_site(site, sle_path(n, site, "wan-link-health", "summary-trend"))
        samples = trend["sle"]["samples"]
        assert sum(samples["degraded"]) == pytest.approx(36)
        down = next(c for c in trend["classifiers"] if c["name"] == "interface-port-down")
        assert down["samples"]["degraded"] == samples["degraded"]
        (interface,) = (await call.of_site(site, sle_path(n, site, "wan-link-health", "impacted-interfaces")))[
            "interfaces"
        ]
        assert (interface["interface_name"], interface["gateway_mac"]) == (n.line[row].port, n.mac[site])
        assert interface["degraded"] == pytest.approx(36)
        other = sle_path(n, site, "wan-link-health", "impacted-interfaces?classifier=network-loss")
        assert (await call.of_site(site, other))["total_count"] == 0


async def test_a_site_whose_gateway_is_away_keeps_a_stale_level() -> None:
    world = with_only(do.silent(T0 - 6 * HOUR, T0 + HOUR, 3), do.cut(T0 - HOUR, T0, lines_of(calm(), 3)[0]))
    async with calling(world) as call:
        level = (await call.of_org("insights/sites-sle?sle=wan"))["results"][3]
        assert level["wan-link-health"] == 1.0  # the cut came after the last word
        assert level["gateway-health"] == pytest.approx(0.75)


async def test_both_spellings_of_application_health_are_there() -> None:
    async with calling(calm()) as call:
        keys = {k for r in (await call.of_org("insights/sites-sle?sle=wan"))["results"] for k in r}
        assert {"application_health", "application-health"} <= keys
        n = calm().network
        reply = await call.get(f"/api/v1/sites/{n.site_id[0]}/{sle_path(n, 0, 'application-health', 'summary')}")
        assert reply.status == 400


async def test_speed_tests_measure_the_contract_some_are_old_and_some_failed() -> None:
    n = ordinary().network
    async with calling(ordinary()) as call:
        ages, failed = [], 0
        for site in range(n.sites):
            rows = (await call.of_site(site, "synthetic_test/search?type=speedtest&duration=60d&limit=1000"))["results"]
            ssr = DESIGNS[int(n.site_design[site])].model.startswith("SSR")
            assert bool(rows) == ssr
            lines = {n.line[c].port: n.line[c] for c in lines_of(ordinary(), site)}
            for row in rows:
                failed += row["failed"]
                if not row["failed"]:
                    assert row["rx_mbps"] * 1e6 == pytest.approx(lines[row["port_id"]].down, rel=0.15)
            ages += [T0 - max(r["timestamp"] for r in rows if r["port_id"] == port) for port in lines if rows]
        assert failed > 0
        assert min(ages) < DAY
        assert max(ages) > 7 * DAY


async def test_rollups_agree_with_the_rows() -> None:
    world = with_only(do.silent(T0 - HOUR, T0 + HOUR, 3, 8))
    async with calling(world) as call:
        stats = await call.of_org("stats")
        assert (stats["num_sites"], stats["num_devices_connected"], stats["num_devices_disconnected"]) == (60, 58, 2)
        sites = await call.of_org("stats/sites?limit=1000")
        assert [i for i, s in enumerate(sites) if not s["num_gateway_connected"]] == [3, 8]
        found = (await call.of_site(3, "devices/search?type=gateway"))["results"]
        assert [r["mac"] for r in found] == [world.network.mac[3]]


async def test_traffic_is_steered_to_the_active_paths() -> None:
    world = calm()
    site = site_with(world, 2)
    async with calling(world) as call:
        rows = (await call.of_site(site, "wan_usages/search"))["results"]
        first, second = (world.network.line[c].port for c in lines_of(world, site))
        assert {(r["port_id"], r["path_weight"]) for r in rows} == {(first, 100), (second, 0)}
        assert "next" not in await call.of_site(site, "wan_usages/search?limit=1")
