"""What the simulated cloud answers: paths, shapes and traps of facts/mist.md 2."""

from __future__ import annotations

from collections import Counter
from urllib.parse import quote

import numpy as np
import pytest

from noctui.sim import incidents as do
from tests.sim.mist.cloud import calling
from tests.sim.worlds import HOUR, MINUTE, T0, calm, lines_of, ordinary, site_with, with_only


async def test_the_account_and_its_usage() -> None:
    async with calling(calm()) as call:
        me = (await call.get("/api/v1/self")).body
        assert me["privileges"] == [
            {
                "scope": "org", "role": "read", "org_id": call.server.world.network.org_id,
                "org_name": "Acme Retail", "name": "Acme Retail",
            }
        ]  # fmt: skip
        assert (await call.get("/api/v1/self/usage")).body == {"requests": 2, "request_limit": 5000}


async def test_sites_groups_and_templates_hang_together() -> None:
    async with calling(ordinary()) as call:
        sites = await call.of_org("sites?limit=1000")
        groups = {g["id"]: g for g in await call.of_org("sitegroups?limit=1000")}
        templates = {t["id"]: t for t in await call.of_org("gatewaytemplates?limit=1000")}
        assert [p["name"] for p in await call.of_org("deviceprofiles?type=gateway")] == ["Data centre hub"]
        for site in sites:
            first, second = (groups[g] for g in site["sitegroup_ids"])
            assert site["id"] in first["site_ids"]
            assert second["name"] == f"type:{site['notes']}"
            assert site["gatewaytemplate_id"] in templates
            assert site["timezone"].startswith("America/")
        assert groups[sites[0]["sitegroup_ids"][0]]["name"] == "Mountain"


async def test_a_template_tells_names_types_shaping_and_order() -> None:
    async with calling(calm()) as call:
        listed = next(t for t in await call.of_org("gatewaytemplates") if t["name"] == "Standard SRX triple")
        one = await call.of_org(f"gatewaytemplates/{listed['id']}")
        assert one == listed
        port = one["port_config"]["ge-0/0/0"]
        assert (port["usage"], port["name"], port["critical"]) == ("wan", "wan0", True)
        assert port["traffic_shaping"] == {"enabled": True, "max_tx_kbps": 100_000}
        assert one["port_config"]["lte-0/0/0"]["wan_type"] == "lte"
        order = one["path_preferences"]["wan"]
        assert order["strategy"] == "ordered"
        assert [p["name"] for p in order["paths"]] == ["wan0", "wan1", "lte"]
        assert (await call.get(f"{call.org}/gatewaytemplates/nothing")).status == 404


async def test_inventory_has_every_gateway_and_some_in_boxes() -> None:
    async with calling(calm()) as call:
        rows = await call.of_org("inventory?type=gateway&limit=1000")
        assert sum(r["site_id"] is not None for r in rows) == 60
        boxed = await call.of_org("inventory?type=gateway&unassigned=true")
        assert [r["site_id"] for r in boxed] == [None, None]
        assert await call.of_org("inventory?type=switch") == []


@pytest.mark.parametrize("tail", ["stats/devices", "devices/events/search"])
async def test_the_default_type_is_access_points(tail: str) -> None:
    """Facts 2: always pass gateway."""
    async with calling(ordinary()) as call:
        body = await call.of_org(tail)
        assert (body if isinstance(body, list) else body["results"]) == []


async def test_ports_of_both_kinds_are_listed() -> None:
    world = ordinary()
    async with calling(world) as call:
        rows = await call.search("stats/ports/search?device_type=gateway&limit=1000")
        assert Counter(r["port_usage"] for r in rows) == {"wan": world.network.circuits, "lan": 480}
        assert len({(r["mac"], r["port_id"]) for r in rows}) == len(rows)
        assert (await call.of_org("stats/ports/search?device_type=switch"))["results"] == []


async def test_port_rows_tell_the_world_as_last_reported() -> None:
    world = ordinary()
    n, network_row = world.network, {}
    for c in range(n.circuits):
        network_row[n.mac[n.circuit_site[c]], n.line[c].port] = c
    async with calling(world) as call:
        rows = [r for r in await call.search("stats/ports/search?limit=1000") if r["port_usage"] == "wan"]
        reports = world.evaluate(world.last_report(np.array([[call.server.clock.now()]])))
        for row in rows:
            c = network_row[row["mac"], row["port_id"]]
            assert row["up"] == (reports.up[0, c] == 1)
            assert row["active"] == (reports.active[0, c] == 1)
            assert row["speed"] == n.line[c].link
            assert (row["rx_bps"] is None) == bool(n.no_rate[c])
            assert ("latency" in row) == bool(n.port_quality[c] and row["up"])
            if "latency" in row:
                assert row["latency"] == reports.latency[0, c]


async def test_filters_narrow_the_port_search() -> None:
    world = ordinary()
    n = world.network
    async with calling(world) as call:
        some = await call.search(f"stats/ports/search?mac={n.mac[0]},{n.mac[5]}&limit=1000")
        assert {r["mac"] for r in some} == {n.mac[0], n.mac[5]}
        down = await call.search("stats/ports/search?up=false&limit=1000")
        assert down
        assert not any(r["up"] for r in down)
        named = await call.search(f"stats/ports/search?port_id={quote('ge-0/0/1', safe='')}&limit=1000")
        assert {r["port_id"] for r in named} == {"ge-0/0/1"}
        site = (await call.get(f"/api/v1/sites/{n.site_id[3]}/stats/ports/search")).body["results"]
        assert {r["mac"] for r in site} == {n.mac[3]}


async def test_peer_rows_have_two_hubs_a_circuit_and_odd_port_names() -> None:
    """Facts 2.1: a port may be told by its WAN name or a VLAN unit, and metrics are absent on some rows."""
    world = ordinary()
    async with calling(world) as call:
        rows = await call.search("stats/vpn_peers/search?limit=1000")
        assert len(rows) == 2 * world.network.circuits
        per_line = Counter((r["mac"], r["port_id"]) for r in rows)
        assert set(per_line.values()) == {2}
        ports = {r["port_id"] for r in rows}
        assert {"Lte", "ge-0/0/0.210", "ge-0/0/1"} <= ports
        bare = [r for r in rows if r["up"] and "latency" not in r]
        assert 0 < len(bare) < 0.12 * len(rows)
        assert all("latency" not in r for r in rows if not r["up"])
        assert {r["type"] for r in rows} == {"ipsec", "svr"}


async def test_interfaces_name_the_carrier_and_the_wan() -> None:
    world = ordinary()
    n = world.network
    async with calling(world) as call:
        rows = {r["mac"]: r for r in await call.of_org("stats/devices?type=gateway&limit=1000")}
        assert len(rows) == 240
        for c in range(n.circuits):
            line = n.line[c]
            stat = rows[n.mac[n.circuit_site[c]]]["if_stat"][f"{line.port}.{line.vlan}"]
            assert (stat["port_id"], stat["port_usage"], stat["wan_name"]) == (line.port, "wan", line.wan)
            assert stat["servp_info"]["org"] == n.carrier(c)
        assert any(r["is_ha"] for r in rows.values())


async def test_a_gateway_that_is_cut_off_keeps_its_last_rows() -> None:
    """Facts 2.1: a dead gateway's rows stay; only last_seen and status tell."""
    lone = lines_of(calm(), site_with(calm(), 1))[0]
    site = int(calm().network.circuit_site[lone])
    world = with_only(do.cut(T0 + 100, T0 + 100 + 20 * MINUTE, lone))
    mac = world.network.mac[site]
    async with calling(world, at=T0) as call:
        seen = []
        for _ in range(26):
            device = (await call.of_org(f"stats/devices?type=gateway&mac={mac}"))[0]
            port = (await call.of_org(f"stats/ports/search?mac={mac}"))["results"][0]
            seen.append((device["status"], device["last_seen"], port["up"], port["rx_bytes"], port["last_flapped"]))
            call.server.clock.move(60)
    gone = [s for s in seen if s[0] == "disconnected"]
    assert 18 <= len(gone) <= 21
    assert len(set(gone)) == 1
    assert gone[0][1] <= T0 + 100
    assert gone[0][2] is True  # the last thing it said
    assert seen[3][0] == "disconnected"  # within two polls of a minute after the report that did not come
    back = seen[-1]
    assert (back[0], back[2], back[4]) == ("connected", True, T0 + 100 + 20 * MINUTE)
    assert back[3] > gone[0][3]


async def test_a_silent_gateway_has_no_port_events() -> None:
    world = with_only(do.silent(T0, T0 + 10 * MINUTE, 3))
    async with calling(world, at=T0 + 5 * MINUTE) as call:
        kinds = [r["type"] for r in await call.search("devices/events/search?device_type=gateway")]
        assert kinds == ["GW_DISCONNECTED"]
        assert (await call.of_org("stats/devices?type=gateway&status=disconnected"))[0]["mac"] == world.network.mac[3]
        call.server.clock.move(10 * MINUTE)
        kinds = [r["type"] for r in await call.search("devices/events/search?device_type=gateway")]
        assert kinds == ["GW_CONNECTED", "GW_DISCONNECTED"]


async def test_events_are_told_newest_first_within_the_asked_time() -> None:
    async with calling(ordinary()) as call:
        start, end = T0 - HOUR, T0 - 10 * MINUTE
        rows = await call.search(f"devices/events/search?device_type=gateway&limit=7&start={start:.0f}&end={end:.0f}")
        times = [r["timestamp"] for r in rows]
        assert len(rows) > 14
        assert times == sorted(times, reverse=True)
        assert start <= min(times)
        assert max(times) < end
        ports = await call.search("devices/events/search?device_type=gateway&type=GW_PORT_DOWN,GW_PORT_UP&limit=1000")
        assert {r["type"] for r in ports} == {"GW_PORT_DOWN", "GW_PORT_UP"}
        assert all(r["port_id"] and f"ifName {r['port_id']}" in r["text"] for r in ports)


async def test_alarms_open_and_resolve() -> None:
    world = with_only(do.cut(T0, T0 + 10 * MINUTE, 0))
    async with calling(world, at=T0 + 5 * MINUTE) as call:
        (alarm,) = (await call.of_org("alarms/search"))["results"]
        assert (alarm["type"], alarm["severity"], alarm["status"]) == ("gw_port_down", "warn", "open")
        assert alarm["gateways"] == [world.network.mac[0]]
        assert (await call.of_org("alarms/count"))["results"] == [{"type": "gw_port_down", "count": 1}]
        call.server.clock.move(10 * MINUTE)
        (alarm,) = (await call.of_org("alarms/search?status=resolved"))["results"]
        assert alarm["resolved_time"] == T0 + 10 * MINUTE
        assert (await call.of_org("alarms/search?severity=critical"))["results"] == []


async def test_taking_an_alarm_needs_a_token_that_may_write() -> None:
    world = with_only(do.cut(T0, T0 + 10 * MINUTE, 0))
    async with calling(world, at=T0 + 5 * MINUTE) as call:
        assert (await call.post(f"{call.org}/alarms/ack", {"alarm_ids": ["x"]})).status == 403
    async with calling(world, at=T0 + 5 * MINUTE, role="write") as call:
        ident = (await call.of_org("alarms/search"))["results"][0]["id"]
        assert (await call.post(f"{call.org}/alarms/{ident}/ack", {"note": "seen"})).status == 200
        (alarm,) = (await call.of_org("alarms/search?acked=true"))["results"]
        assert (alarm["acked"], alarm["note"]) == (True, "seen")
        await call.post(f"{call.org}/alarms/unack", {"alarm_ids": [ident]})
        assert (await call.of_org("alarms/search?acked=true"))["results"] == []


async def test_constants_are_there() -> None:
    async with calling(calm()) as call:
        assert "gateway_down" in {d["key"] for d in (await call.get("/api/v1/const/alarm_defs")).body}
        assert "GW_PORT_DOWN" in {d["key"] for d in (await call.get("/api/v1/const/device_events")).body}
        assert (await call.get("/api/v1/const/nothing")).status == 404


async def test_one_gateway_of_one_site() -> None:
    n = calm().network
    async with calling(calm()) as call:
        path = f"/api/v1/sites/{n.site_id[2]}/stats/devices/00000000-0000-0000-1000-{n.mac[2]}"
        assert (await call.get(path)).body["mac"] == n.mac[2]
        assert (await call.get("/api/v1/sites/nowhere/stats/ports/search")).status == 404
