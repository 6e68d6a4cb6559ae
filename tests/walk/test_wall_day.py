"""A wall that nobody touches for a day: its pages turn, polls land, and memory stays what it was."""

from __future__ import annotations

import gc
from pathlib import Path

import psutil
import pytest

from noctui.runtime import garbage
from noctui.sim.world import World
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.options import Wall
from tests.walk.walk import HOUR, MINUTE, T0, walking

START = T0 - 5 * HOUR
HOURS = 25
SETTLED = 6
"""Hours after which what is kept for quick answers is there: above all SQLite's pages of a growing file."""
PAGES = ("overview", "incidents", "alarms")


def resident() -> float:
    """MB that the process holds: without what is free already, and without the pages of history that are mapped."""
    gc.collect()
    garbage.give_back()
    held = psutil.Process().memory_info()
    return float(held.rss - held.shared) / 1e6


@pytest.mark.soak
async def test_a_day_on_the_wall_takes_no_more_memory(tmp_path: Path) -> None:
    """Screen, collector, history and the simulated cloud in one process: less than 5 % more after 19 hours."""
    sizes: list[float] = []
    shown: set[str] = set()
    async with walking(tmp_path, World(seed=9, sites=60, anchor=START + 2 * MINUTE), start=START) as walk:
        watch = await walk.watch(start=False)
        app = NoctuiApp(watch.desk, watch.hand, Options(wall=Wall(PAGES, seconds=20.0)))
        async with app.run_test(size=(200, 60)) as pilot:
            await watch.until(lambda: watch.desk.live() is not None)
            for third in range(HOURS * 180):
                await walk.clock.run(MINUTE / 3)
                await app.beat()
                await pilot.pause(0)
                shown.add(app.place.kind)
                watch.scenes.clear()
                watch.said.clear()
                watch.sweeps.clear()
                if third % 180 == 179:
                    sizes.append(resident())
    print("resident MB after each hour:", " ".join(f"{size:.0f}" for size in sizes))
    assert len(shown) == len(PAGES), shown
    settled, last = sizes[SETTLED - 1], sizes[-1]
    assert last < 1.05 * settled, f"{settled:.0f} MB after {SETTLED} hours, {last:.0f} MB after {HOURS}"
