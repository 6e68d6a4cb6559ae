"""A wrong clock, here or there: what Mist dates is as old as it is, and somebody is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.server import serve
from noctui.sim.world import World
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.skew import ABSURD, IGNORED, Skew
from noctui.sources.mist.source import MistSource
from noctui.sources.mist.structs import DeviceRow, EventRow, PeerRow, PortRow
from tests.sources.mist.cloud import TOKENS


def settled(*measured: float) -> Skew:
    skew = Skew()
    for one in measured:
        skew.measure(one)
        skew.settle()
    return skew


def test_a_small_difference_is_none() -> None:
    assert settled(IGNORED).seconds == 0
    assert settled(-IGNORED).text == ""


def test_it_is_held_until_it_is_clearly_another() -> None:
    """Else the same report would get another time with every poll, and would look like news."""
    assert settled(600, 604, 593).seconds == 600
    assert settled(600, 620).seconds == 620
    assert settled(600, 3).seconds == 0


def test_a_slow_answer_is_no_wrong_clock() -> None:
    skew = Skew()
    for one in (0.4, 28.0, 1.2):
        skew.measure(one)
    assert not skew.settle()


def test_another_world_is_no_wrong_clock() -> None:
    assert settled(ABSURD + 1).seconds == 0


@given(st.floats(-ABSURD, ABSURD), st.floats(1e9, 2e9))
def test_a_time_of_mist_comes_out_as_ours_and_goes_back(seconds: float, mists: float) -> None:
    skew = settled(seconds)
    rows = DeviceRow(last_seen=mists), PortRow(last_flapped=mists), PeerRow(last_seen=mists), EventRow(timestamp=mists)
    skew.correct([rows[0]], [rows[1]], [rows[2]], [rows[3]])
    assert rows[0].last_seen == rows[1].last_flapped == rows[2].last_seen == rows[3].timestamp == mists + skew.seconds
    assert skew.mists(mists + skew.seconds) == pytest.approx(mists, abs=1e-3)


def test_no_time_stays_none() -> None:
    rows = DeviceRow(), PortRow(last_flapped=0.0), PeerRow(), EventRow()
    settled(600).correct([rows[0]], [rows[1]], [rows[2]], [rows[3]])
    assert (rows[0].last_seen, rows[1].last_flapped, rows[2].last_seen, rows[3].timestamp) == (None, 0.0, None, None)


@pytest.mark.parametrize(("ahead", "says"), [(600.0, "10m00s ahead of"), (-600.0, "10m00s behind"), (0.0, "")])
async def test_values_are_as_old_as_they_are_whatever_our_clock_says(ahead: float, says: str) -> None:
    world = World(sites=12)
    theirs = SimClock(0, world.anchor)
    ours = SimClock(0, world.anchor + ahead)
    server = await serve(world, tokens=TOKENS, clock=theirs)
    source = MistSource(MistSettings(tokens=TOKENS, host=server.url, insecure_host=True), ours)
    try:
        sweep = await source.sweep()
        assert sweep.circuits is not None
        age = ours.now() - sweep.circuits.observed_at
        assert np.nanmin(age) >= -1
        assert np.nanmedian(age) < 2 * world.report_seconds
        assert bool(source.status.notes) == bool(says)
        assert says in "".join(source.status.notes)
        assert all(event.event_time <= ours.now() + 1 for event in sweep.events)
    finally:
        await source.close()
        await server.close()
