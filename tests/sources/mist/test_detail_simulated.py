"""Drill-down against the simulated cloud: what is told is what is true in the simulated world."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest

from noctui.model.detail import AskInsights, AskPorts, AskSle, AskStream, Insights, Ports, SiteSle, Streamed
from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.faults import Faults
from noctui.sim.mist.server import MistServer, serve
from noctui.sim.world import World
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.source import MistSource
from tests.sources.mist.cloud import TOKENS


@asynccontextmanager
async def watched(world: World, speed: float = 0) -> AsyncIterator[tuple[MistServer, MistSource]]:
    """A cloud over `world` that begins at its anchor, and a source that has swept it once."""
    clock = SimClock(speed, world.anchor)
    server = await serve(world, tokens=TOKENS, clock=clock)
    given = MistSettings(tokens=TOKENS, host=server.url, insecure_host=True, stream=True)
    source = MistSource(given, clock)
    try:
        await source.sweep()
        yield server, source
    finally:
        await source.close()
        await server.close()


@pytest.mark.parametrize("window", ["1h", "6h", "24h", "7d"])
async def test_a_circuits_series_is_whole_and_ends_now(window: str) -> None:
    world = World()
    circuit = world.network.circuit_id(0)
    async with watched(world) as (_, source):
        answer = await source.detail(AskInsights(circuit, window))

    assert isinstance(answer, Insights)
    assert answer.error == ""
    rx = np.array(answer.values["rx_bps"])
    assert {"rx_bps", "tx_bps", "max_rx_bps", "max_tx_bps"} <= answer.values.keys()
    assert world.anchor - answer.interval <= answer.start + answer.interval * (len(rx) - 1) <= world.anchor
    assert np.isfinite(rx).mean() > 0.9
    assert (np.array(answer.values["max_rx_bps"]) >= rx)[np.isfinite(rx)].all()


async def test_a_day_of_traffic_is_that_of_the_world() -> None:
    world = World()
    async with watched(world) as (_, source):
        answer = await source.detail(AskInsights(world.network.circuit_id(0), "24h"))

    assert isinstance(answer, Insights)
    middle = len(answer.values["rx_bps"]) // 2
    begins = answer.start + answer.interval * middle
    true = world.evaluate((begins + np.arange(0, answer.interval, 10.0)).reshape(-1, 1)).rx_bps[:, 0]
    assert true.min() <= answer.values["rx_bps"][middle] <= true.max()


async def test_the_levels_of_a_degraded_site_name_what_was_hit() -> None:
    world = World()
    network = world.network
    async with watched(world) as (_, source):
        answers = [await source.detail(AskSle(network.site_id[s])) for s in range(0, network.sites, 7)]

    levels = [m for a in answers if isinstance(a, SiteSle) for m in a.metrics]
    assert {a.error for a in answers} == {""}
    assert len(levels) == 3 * len(answers)
    hit = [m for m in levels if m.percent < 100]
    assert hit, "the world has incidents"
    for level in levels:
        assert 0 <= level.percent <= 100
        assert len(level.trend) in (24, 25)
        assert bool(level.classifiers) == (level.percent < 100)
    for level in hit:
        assert level.gateways
        taken = sum(c.percent for c in level.classifiers)
        assert taken >= 100 - level.percent - 0.01, "two causes may share a minute; none is missing"
        if level.metric == "wan-link-health":
            assert level.interfaces
            assert level.interfaces[0].percent > 0


async def test_ports_are_told_in_full_for_a_site() -> None:
    world = World()
    network = world.network
    async with watched(world) as (_, source):
        answer = await source.detail(AskPorts(network.site_id[0]))

    assert isinstance(answer, Ports)
    assert answer.error == ""
    mine = {network.circuit_id(c) for c in range(network.circuits) if network.circuit_site[c] == 0}
    assert {p.circuit_id for p in answer.ports} == mine


async def test_the_stream_tells_rates_of_the_site_that_is_looked_at() -> None:
    world = World()
    network = world.network
    site = network.site_id[0]
    async with watched(world, speed=600) as (_, source):
        async with asyncio.timeout(10):
            while True:
                told = await source.detail(AskStream(site))
                assert isinstance(told, Streamed)
                if any(p.rx_bps > 0 for p in told.ports):
                    break
                await asyncio.sleep(0.01)

    mine = {network.circuit_id(c) for c in range(network.circuits) if network.circuit_site[c] == 0}
    assert (told.state, told.connected, told.error) == ("live", True, "")
    assert {p.circuit_id for p in told.ports} <= mine


async def test_a_stream_that_is_refused_and_dropped_says_so() -> None:
    world = World()
    site = world.network.site_id[0]
    async with watched(world) as (server, source):
        server.faults = Faults(stream_refused=1)
        async with asyncio.timeout(10):
            while not (told := await source.detail(AskStream(site))).error:
                await asyncio.sleep(0)

    assert isinstance(told, Streamed)
    assert (told.state, told.error) == ("lost", "Mist has too many streams from here (429).")


async def test_what_drill_down_costs_is_in_the_plan() -> None:
    world = World()
    async with watched(world) as (_, source):
        await source.detail(AskInsights(world.network.circuit_id(0)))
        (line,) = (text for work, _, text in source.status.plan if work == "drill-down")
        (calls,) = (calls for work, calls, _ in source.status.plan if work == "drill-down")

    assert calls == 1500, "three tokens"
    assert line.startswith("at most 10% of 15,000, 2 used this hour")


async def test_who_asks_for_one_bad_site_finds_the_next_ones_answered() -> None:
    world = World()
    sites = world.network.site_id
    bad = {sites[n] for n in (3, 8, 11)}

    def spoil(feed: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [r | {"wan-link-health": 0.6} if r.get("site_id") in bad else r for r in rows] if "sle" in feed else rows

    async with watched(world) as (server, source):
        server.rewrite.append(spoil)
        server.clock.move(600)
        await source.sweep()
        asleep = [p for p in server.by_path if "/sle/" in p]
        await source.detail(AskSle(sites[0]))
        for _ in range(5):
            server.clock.move(60)
            await source.sweep()
        asked = {p.split("/")[2] for p in server.by_path if "/sle/" in p}

    assert asleep == [], "nobody looks: not one call"
    assert asked == {sites[0], *bad}
