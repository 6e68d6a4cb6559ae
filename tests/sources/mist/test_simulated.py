"""The source against the simulated cloud: what it discovers and measures is what is true in the simulated world."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
from numpy.testing import assert_array_equal

from noctui.model.words import BandwidthSource
from noctui.sim.discovery import discovery
from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.server import MistServer, serve
from noctui.sim.world import World
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.source import MistSource
from tests.sources.mist.cloud import TOKENS
from tests.sources.mist.enrich_cloud import HeldClock


@asynccontextmanager
async def watched(world: World) -> AsyncIterator[tuple[MistServer, MistSource]]:
    """A cloud over `world` whose time stands still at its anchor, and a source with pages of 200 rows."""
    clock = SimClock(0, world.anchor)
    server = await serve(world, tokens=TOKENS, clock=clock)
    given = MistSettings(tokens=TOKENS, host=server.url, insecure_host=True, page_limit=200)
    source = MistSource(given, clock)
    try:
        yield server, source
    finally:
        await source.close()
        await server.close()


async def test_the_network_is_discovered_in_every_detail() -> None:
    """Units of VLANs, modems named by their WAN alone, shaping, path orders, VPN preferences, LAN ports beside WAN
    ports, gateways in boxes: all of it is in the 13 designs of the simulated chain."""
    world = World()
    async with watched(world) as (_, source):
        found = (await source.sweep()).discovery
    true = discovery(world.network, file=False)

    assert {c.circuit_id: c for c in found.circuits} == {c.circuit_id: c for c in true.circuits}
    assert {p.path_id: p for p in found.paths} == {p.path_id: p for p in true.paths}
    assert {g.gateway_id: g for g in found.gateways} == {g.gateway_id: g for g in true.gateways}
    assert {s.site_id: s for s in found.sites} == {s.site_id: s for s in true.sites}
    assert (found.org_id, found.org_name, found.whole) == (true.org_id, true.org_name, True)


async def test_what_is_measured_is_what_is_true_when_the_gateway_last_spoke() -> None:
    world = World()
    async with watched(world) as (_, source):
        sweep = await source.sweep()

    network, batch, stats = world.network, sweep.circuits, sweep.gateways
    assert sweep.whole
    assert batch is not None
    assert stats is not None
    seen = world.evaluate(world.last_report(np.array([[world.anchor]])))
    rows = [batch.ids.index(network.circuit_id(c)) for c in range(network.circuits)]
    gates = [stats.ids.index(mac) for mac in network.mac]
    assert_array_equal(batch.columns["up"][rows], seen.up[0])
    assert_array_equal(batch.columns["active"][rows], seen.active[0])
    now = world.evaluate(np.array([[world.anchor]]))
    assert_array_equal(stats.columns["connected"][gates], now.connected[0])
    assert_array_equal(batch.observed_at[rows], stats.observed_at[gates][network.circuit_site])


async def test_a_page_that_never_comes_leaves_the_rest() -> None:
    world = World()
    async with watched(world) as (server, source):
        whole = await source.sweep()
        server.faults.lost_pages = {"stats/vpn_peers/search": 3}
        sweep = await source.sweep()

    assert whole.paths is not None
    assert sweep.paths is not None
    assert (len(whole.paths.ids), len(sweep.paths.ids)) == (world.network.paths, 400)
    assert not sweep.paths.whole
    lost = next(r for r in sweep.reports if r.feed == "paths")
    assert (lost.pages, lost.pages_lost) == (2, 4)
    assert len(sweep.discovery.paths) == world.network.paths


async def test_enriched_the_network_is_told_as_it_is_set_up() -> None:
    """Variables resolved, devices' own ports over their templates, speed tests where gateways run them (SSR)."""
    world = World(sites=40)
    server = await serve(world, tokens=TOKENS, clock=SimClock(0, world.anchor))
    clock = HeldClock(world.anchor)
    given = MistSettings(tokens=TOKENS, host=server.url, insecure_host=True, enrich=True)
    source = MistSource(given, clock)
    try:
        await source.sweep()
        await clock.rounds(3 * 40)
        found = {c.circuit_id: c for c in (await source.sweep()).discovery.circuits}
        known = source.status.enriched
    finally:
        await source.close()
        await server.close()

    assert (known.known, known.total, known.text) == (40, 40, "all is known")
    network, configs = world.network, server.cloud.configs
    tested = 0
    for row in range(network.circuits):
        circuit, line, site = found[network.circuit_id(row)], network.line[row], int(network.circuit_site[row])
        own = configs.own_kinds.get(site) if row == int(network.site_first[site]) else None
        assert circuit.wan_name == line.wan
        if own == "name":
            assert circuit.description == f"{line.wan}, moved to the new building"
        assert "{{" not in circuit.description
        if line.shaped:
            assert (circuit.up_source, circuit.up_bps) == (BandwidthSource.SHAPING, line.up)
        if circuit.bandwidth_source is BandwidthSource.SPEEDTEST:
            tested += 1
            assert 0.85 * line.down <= circuit.down_bps <= 1.1 * line.link * 1e6
            assert circuit.speed_test_at > world.anchor - 90 * 86400.0
        else:
            assert (circuit.bandwidth_source, circuit.down_bps) == (BandwidthSource.LINK, line.link * 1e6)
    assert tested > 5
