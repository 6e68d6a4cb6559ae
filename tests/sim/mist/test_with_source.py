"""The real Mist source against the simulated cloud: it must discover exactly the network that the world is made of."""

from __future__ import annotations

import numpy as np

from noctui.sim.discovery import discovery
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.source import MistSource
from tests.sim.mist.cloud import TOKEN, calling
from tests.sim.worlds import ordinary


async def test_the_source_discovers_the_whole_network_and_reads_its_reports() -> None:
    world = ordinary()
    async with calling(world) as call:
        clock = call.server.clock
        source = MistSource(MistSettings(tokens=(TOKEN,), host=call.server.url, insecure_host=True), clock)
        try:
            await source.open()
            sweep = await source.sweep(None)
        finally:
            await source.close()
        seen, made = sweep.discovery, discovery(world.network, file=False)
        assert sweep.whole
        assert sorted(seen.sites, key=lambda s: s.site_id) == sorted(made.sites, key=lambda s: s.site_id)
        assert set(seen.gateways) == set(made.gateways)
        assert set(seen.circuits) == set(made.circuits)
        assert set(seen.paths) == set(made.paths)
        truth = world.evaluate(world.last_report(np.array([[clock.now()]])))
        assert sweep.circuits is not None
        row = {world.network.circuit_id(c): c for c in range(world.network.circuits)}
        at = [row[i] for i in sweep.circuits.ids]
        assert np.array_equal(sweep.circuits.column("up"), truth.up[0, at])
        assert np.array_equal(sweep.circuits.observed_at, truth.t[0, world.network.circuit_site[at]])
