"""One site on its own is exactly what it is within the whole world."""

from __future__ import annotations

import numpy as np
import pytest

from noctui.sim.one import OneSite
from tests.sim.worlds import HOUR, T0, every, lines_of, ordinary

CIRCUIT = ("up", "active", "rx_bps", "tx_bps", "loss", "jitter", "latency", "last_flapped")
GATEWAY = ("connected", "last_seen", "uptime", "cpu", "memory")
PATH = ("path_up", "path_active", "path_latency", "path_jitter", "path_loss", "path_mos")


@pytest.mark.parametrize("site", [0, 7, 120, 239])
def test_every_value_is_the_same(site: int) -> None:
    world, times = ordinary(), every(300.0, T0 - 30 * HOUR, T0 + 2 * HOUR)
    whole, alone = world.sample(times), OneSite(world, site).sample(times)
    lines = lines_of(world, site)
    for names, columns in ((CIRCUIT, lines), (GATEWAY, [site]), (PATH, [2 * c + k for c in lines for k in (0, 1)])):
        for name in names:
            np.testing.assert_array_equal(getattr(alone, name), getattr(whole, name)[:, columns], err_msg=name)


def test_the_whole_world_is_left_as_it_was() -> None:
    world = ordinary()
    before = world.sample(np.array([T0]))
    OneSite(world, 3).sample(np.array([T0]))
    np.testing.assert_array_equal(world.sample(np.array([T0])).rx_bps, before.rx_bps)
    assert world.network.sites == 240
