"""A hole that is filled in two parts: a circuit is down across the seam, and every bucket counts (docs/backfill.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from noctui.model.figures import GAUGE
from noctui.model.scene import Range
from noctui.model.words import State
from noctui.sim.incidents import cut
from tests.walk.filling import filling
from tests.walk.walk import HOUR, MINUTE, T0, Walk, walking
from tests.walk.worlds import ids_of, lines_of, site_with, with_only

LEFT = T0 + 20 * MINUTE
SEAM = T0 + 14 * HOUR
BACK = T0 + 20 * HOUR
UNTIL = BACK + 10 * MINUTE
SITE = site_with(2)
CUT, MENDED = SEAM - 50 * MINUTE, SEAM + 70 * MINUTE


async def watched(walk: Walk, start: float, until: float) -> None:
    walk.clock.move(start - walk.clock.now())
    watch = await walk.watch()
    await walk.clock.run_to(until)
    await walk.close(watch)


@pytest.mark.parametrize("parts", [((LEFT, SEAM), (SEAM, BACK)), ((SEAM, BACK),)], ids=["both halves", "the second"])
async def test_nothing_is_lost_at_the_seam(tmp_path: Path, parts: tuple[tuple[float, float], ...]) -> None:
    """Down to the second over the seam; and the first bucket of the second part has its average in the hours."""
    world = with_only(cut(CUT, MENDED, lines_of(SITE)[0]))
    async with walking(tmp_path, world) as walk:
        await watched(walk, T0, LEFT)
        await watched(walk, BACK, UNTIL)
        for start, end in parts:
            async with filling(walk) as backfill:
                await backfill.plan(start, end)
                assert (await backfill.run()).outcome == "whole"
        now = walk.clock.now()
        read = walk.history().reader(now)
        lost, other = ids_of(SITE)
        line = await read.timeline(lost, Range(SEAM, BACK))
        ((start, end),) = [(s.start, s.end) for s in line if s.state == State.DOWN]
        assert start == SEAM
        assert end == pytest.approx(MENDED, abs=1.0)
        found = await read.figures(Range(SEAM, SEAM + HOUR), (other,))
        assert found.up[0] == HOUR
        assert found.known[0, GAUGE["rx_bps"]] == HOUR, "the first bucket counts"
