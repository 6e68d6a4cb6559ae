"""What the leader tells of its own work equals what was counted: over sockets, with faults, and after a restart."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from noctui.model.health import Health
from noctui.runtime.health_figures import nearest_ranks
from noctui.sim.mist.faults import Faults
from noctui.sim.world import World
from tests.walk.walk import HOUR, MINUTE, T0, TOKEN, Watch, walking

WORLD = World(seed=5, sites=8, anchor=T0 + 3 * HOUR)


def health(watch: Watch) -> Health:
    found = watch.status.health
    assert found is not None
    return found


async def test_the_leaders_figures_are_the_counted_ones(tmp_path: Path) -> None:
    async with walking(tmp_path, WORLD) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 30 * MINUTE)
        told = health(watch)
        assert told.sweeps == len(watch.sweeps) == 31
        assert (told.failed_24h, told.partial_24h, told.skipped_24h) == (0, 0, 0)
        assert told.since == T0
        assert told.epoch == 1
        token = told.tokens[0]
        assert token.used == watch.status.api_used
        assert token.ending.endswith("7a3c")
        assert told.capacity == 5000
        for feed in told.feeds:
            reports = [r for sweep in watch.sweeps for r in sweep.reports if r.feed == feed.feed]
            (p95,) = nearest_ranks(np.array([r.took for r in reports]), (0.95,))
            assert feed.took_p95 == p95, feed.feed
            assert (feed.rows, feed.calls, feed.failed_24h) == (reports[-1].rows, reports[-1].calls, 0), feed.feed
        last = watch.sweeps[-1].reports
        assert {f.feed for f in told.feeds} >= {r.feed for r in last} >= {"circuits", "gateways", "paths"}
        live = next(line for line in told.plan if line.work == "sweeps")
        assert live.calls > 0
        assert live.text.endswith("every 60 s")
        assert told.history.bytes > 0
        assert math.isfinite(told.history.write_p50)
        assert told.rss > 0


async def test_failures_are_counted_and_named_without_a_token(tmp_path: Path) -> None:
    async with walking(tmp_path, WORLD) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 5 * MINUTE)
        walk.server.faults = Faults(errors=100.0)
        await walk.clock.run_to(T0 + 9 * MINUTE)
        walk.server.faults = Faults()
        await walk.clock.run_to(T0 + 15 * MINUTE)
        told = health(watch)
        assert told.sweeps == len(watch.sweeps) + told.failed_24h
        assert told.failed_24h > 0
        circuits = next(f for f in told.feeds if f.feed == "circuits")
        assert circuits.failed_24h == told.failed_24h
        assert circuits.error == ""  # it answers again
        assert sum(math.isnan(t) for t in circuits.trend) == told.failed_24h
        assert told.errors
        assert TOKEN[4:-4] not in repr(told)


async def test_the_day_goes_on_over_a_restart(tmp_path: Path) -> None:
    async with walking(tmp_path, WORLD) as walk:
        first = await walk.watch()
        await walk.clock.run_to(T0 + 10 * MINUTE)
        before = health(first)
        await walk.close(first)
        second = await walk.watch()
        await walk.clock.run_to(T0 + 14 * MINUTE)
        told = health(second)
        assert (told.epoch, told.sweeps) == (2, before.sweeps + len(second.sweeps))
        assert told.since >= T0 + 10 * MINUTE
        feeds = {f.feed: f for f in told.feeds}
        assert len(feeds["circuits"].trend) == told.sweeps


async def test_a_follower_hears_the_leaders_health(tmp_path: Path) -> None:
    async with walking(tmp_path, WORLD) as walk:
        leader = await walk.watch()
        await walk.clock.run_to(T0 + 2 * MINUTE)
        follower = await walk.watch(tokens=(), org_id=walk.world.network.org_id)
        await walk.clock.run_to(T0 + 5 * MINUTE)
        heard = health(follower)
        assert follower.status.mode == "follower"
        assert (heard.leader, heard.epoch, heard.since) == (health(leader).leader, 1, T0)
