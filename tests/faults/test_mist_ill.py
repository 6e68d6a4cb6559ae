"""Mist slow, 5xx, resets, truncated and absurd JSON. What a poll missed is marked, and never published as whole.

`tests/walk/test_faults.py` has the lost page, what another try mends and what none does;
`tests/walk/test_bad_hour.py` an hour of it all; `tests/sources/mist/test_paging.py` every way in which a page may
break; `test_enrich.py` there the run of enrichment that goes on where it stopped.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from noctui.model.words import State
from noctui.sim.mist.faults import Faults
from tests.faults.shown import header
from tests.walk.walk import HOUR, MINUTE, POLL, T0, Walk, walking
from tests.walk.worlds import calm

PORTS = "stats/ports/search"


def asked(walk: Walk, what: str) -> int:
    """Calls so far of the org's endpoint."""
    return walk.server.by_path[f"/orgs/{walk.world.network.org_id}/{what}"]


@pytest.mark.parametrize(
    "faults",
    [
        Faults(errors=100.0, only=[PORTS]),
        Faults(drops=100.0, only=[PORTS]),
        Faults(truncated=100.0, only=[PORTS]),
        Faults(empty=100.0, only=[PORTS]),
        *(Faults(absurd=100.0, absurd_kinds=[kind], only=[PORTS]) for kind in ("no rows", "null", "html", "not text")),
    ],
    ids=["500", "resets", "truncated", "empty pages", "no rows", "null", "html", "not text"],
)
async def test_a_feed_that_says_nothing_of_use_is_marked_and_its_rows_keep_their_age(
    tmp_path: Path, faults: Faults
) -> None:
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 3 * MINUTE)
        before = watch.view
        walk.server.faults = faults
        await walk.clock.run_to(T0 + 5 * MINUTE + 45)
        view, status = watch.view, watch.status
        assert view.at > before.at
        assert status.fault == "partial"
        assert header(watch).startswith(
            " DATA 2m45s OLD   partial 6/7  leader"
        )  # a whole feed is silent: that is worse
        assert not any(v.whole for v in watch.views if v.at > T0 + 4 * MINUTE)
        assert len(view.circuits) == len(before.circuits)
        np.testing.assert_array_equal(view.circuits.rx_bps, before.circuits.rx_bps)
        np.testing.assert_allclose(view.circuits.age - before.circuits.age, view.at - before.at, atol=0.01)
        walk.server.faults = Faults()
        await walk.clock.run(2 * POLL)
        assert (watch.status.fault, watch.view.whole) == ("", True)
        assert (watch.view.circuits.state == State.UP).all()


async def test_slow_answers_make_a_poll_late_and_nothing_else(tmp_path: Path) -> None:
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + MINUTE)
        walk.server.faults = Faults(slow=50.0, slow_seconds=0.15)
        await walk.clock.run_to(T0 + 5 * MINUTE)
        assert len(watch.views) == 6
        assert all(view.whole for view in watch.views)
        assert watch.status.fault == ""


async def test_tries_are_four_with_growing_pauses_that_differ(tmp_path: Path) -> None:
    """Read off the simulated clock: half a second, one, two, each times 0.5 to 1.5; no two sweeps alike."""
    async with walking(tmp_path, calm()) as walk:
        await walk.watch()
        await walk.clock.run_to(T0 + MINUTE)
        walk.server.faults = Faults(errors=100.0, only=[PORTS])
        seen: list[list[float]] = []
        for poll in range(2, 5):
            await walk.clock.run_to(T0 + poll * MINUTE - 0.05)
            times: list[float] = []
            before = asked(walk, PORTS)
            while len(times) < 4:
                await walk.clock.run(0.05)
                times += [walk.clock.now()] * (asked(walk, PORTS) - before)
                before = asked(walk, PORTS)
            seen.append([later - earlier for earlier, later in pairwise(times)])
        for pauses in seen:
            for pause, first in zip(pauses, (0.5, 1.0, 2.0), strict=True):
                assert 0.5 * first - 0.1 <= pause <= 1.5 * first + 0.1
        assert len({tuple(pauses) for pauses in seen}) == len(seen)


async def test_a_sweep_that_is_cut_off_begins_anew_and_is_whole_when_it_can_be(tmp_path: Path) -> None:
    """Its cursor is stale: page 1 is asked again, not page 2 alone."""
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch(page_limit=60)
        await walk.clock.run_to(T0 + 2 * MINUTE)
        pages = asked(walk, PORTS) // 3
        assert pages > 1
        before = asked(walk, PORTS)
        walk.server.faults = Faults(lost_pages={PORTS: 2})
        await walk.clock.run_to(T0 + 3 * MINUTE)
        once = 1 + 4  # page 1, and four tries of page 2
        while asked(walk, PORTS) <= before + once:
            await walk.clock.run(0.05)
        assert asked(walk, PORTS) == before + once + 2  # at once page 1 again, and page 2, still in vain
        walk.server.faults = Faults()
        await walk.clock.run_to(T0 + 3 * MINUTE + 59)
        assert asked(walk, PORTS) == before + once + pages + 1
        assert watch.view.at > T0 + 3 * MINUTE
        assert (watch.view.whole, watch.status.fault) == (True, "")


async def test_the_hourly_fetch_goes_on_with_what_it_missed(tmp_path: Path) -> None:
    """The inventory cannot be had at the full hour: what was known stays, the next sweep asks for that alone."""
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + HOUR - MINUTE)
        before = watch.view
        groups, inventories = asked(walk, "sitegroups"), asked(walk, "inventory")
        walk.server.faults = Faults(errors=100.0, only=["/inventory"])
        await walk.clock.run_to(T0 + HOUR + 30)
        assert asked(walk, "sitegroups") == groups + 1
        assert watch.view.at > T0 + HOUR - 1
        assert watch.status.fault == "partial"
        assert watch.view.inventory.circuits == before.inventory.circuits
        walk.server.faults = Faults()
        tried = asked(walk, "inventory")
        assert tried >= inventories + 4
        await walk.clock.run_to(T0 + HOUR + 2 * MINUTE)
        assert asked(walk, "inventory") > tried
        assert asked(walk, "sitegroups") == groups + 1
        assert (watch.status.fault, watch.view.whole) == ("", True)
