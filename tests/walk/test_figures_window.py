"""Figures of windows, live and in the past, over a night of the simulated cloud: what the screen's own polls and the
file's own ledger give by plain reading, and nothing that came later."""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio

from noctui.kpi.hourly import FIVES
from noctui.model.figures import GAUGE
from noctui.model.scene import Range
from noctui.model.words import Metric
from noctui.sim.world import World
from tests.engine.compare import edges_by_circuit
from tests.reference.figures import ms, rank95
from tests.reference.painting import paint, seconds_in
from tests.stores.made import difference
from tests.walk.walk import HOUR, MINUTE, T0, Walk, Watch, walking

NIGHT = T0 + 40 * MINUTE
UNTIL = T0 + 2.5 * HOUR
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def night(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Walk, Watch]]:
    """Two and a half hours around the sample night: cuts, flaps, silences, reboots, resets, congestion, loss."""
    world = World(seed=9, sites=12, anchor=NIGHT)
    async with walking(tmp_path_factory.mktemp("window"), world) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(UNTIL)
        yield walk, watch


async def test_the_windows_of_figures_and_of_the_engine_agree(night: tuple[Walk, Watch]) -> None:
    """Time above thresholds: the engine counts ticks of its clock, figures count milliseconds; 3 h begin before all."""
    _, watch = night
    scene = watch.desk.live()
    assert scene is not None
    found = await scene.read.figures(Range(scene.at - 3 * HOUR, scene.at))
    above = await scene.read.above(3)
    assert len(found) == len(above.known)
    for metric, gauge in ((Metric.UTILISATION, "util"), (Metric.LATENCY, "latency")):
        off = np.abs(found.known[:, GAUGE[gauge]] - above.known[:, metric])
        assert off.max() <= 3 * MINUTE, "a tick at each end of what is known"


async def test_time_in_states_is_what_the_ledger_paints(night: tuple[Walk, Watch]) -> None:
    walk, watch = night
    scene = watch.desk.live()
    assert scene is not None
    range_ = Range(T0 + 17 * MINUTE + 3.5, scene.at)
    found = await scene.read.figures(range_)
    edges = edges_by_circuit(await walk.history().reader(scene.at).edges(Range(0.0, scene.at)))
    some = 0
    for row, circuit_id in enumerate(found.ids):
        painted = paint(edges.get(circuit_id, ()), scene.at)
        for name, state in (("up", 1), ("down", 2)):
            told = seconds_in(painted, state, range_.start, range_.end)  # type: ignore[arg-type]
            assert abs(getattr(found, name)[row] - told) < 0.01, (circuit_id, name)
        some += found.down[row] > 0
    assert some >= 3


async def test_a_percentile_is_of_the_polls_that_a_chart_shows(night: tuple[Walk, Watch]) -> None:
    """Under a day: nearest rank over samples; the series of the same range has the same ones."""
    walk, watch = night
    scene = watch.desk.live()
    assert scene is not None
    range_ = Range(scene.at - HOUR, scene.at)
    found = await scene.read.figures(range_, (), ("latency", "rx_bps"))
    for row, circuit_id in enumerate(found.ids):
        series = await walk.history().reader(scene.at).series(circuit_id, ("latency", "rx_bps"), range_)
        for name, values in series.values.items():
            expected = rank95(float(v) for v in values if v == v)
            np.testing.assert_equal(found.p95[row, GAUGE[name]], expected)


async def test_an_earlier_instant_says_what_its_screen_said(night: tuple[Walk, Watch]) -> None:
    """Asked when it was live, and now as a past: the same, though hours have been rolled and edges learned since."""
    walk, watch = night
    past = [scene for scene in watch.scenes if scene.at > T0 + 50 * MINUTE][::23]
    fresh, learned = walk.history(), 0
    for scene in past:
        range_ = Range(scene.at - 75 * MINUTE, scene.at)
        then = await watch.desk.past(scene.at)
        assert then is not None
        ours = await then.read.figures(range_, (), FIVES)
        assert difference(ours, await fresh.reader(scene.at).figures(range_, (), FIVES)) == ""
        learned += sum(e.known_at > scene.at for e in await fresh.reader(UNTIL).edges(Range(0.0, UNTIL)))
        edges = edges_by_circuit(await fresh.reader(UNTIL).edges(Range(0.0, UNTIL)))
        for row, circuit_id in enumerate(ours.ids):
            painted = paint(edges.get(circuit_id, ()), scene.at)
            up = seconds_in(painted, 1, range_.start, range_.end)  # type: ignore[arg-type]
            assert abs(ms(ours.up[row]) - ms(up)) <= 1, circuit_id
    assert learned > 0, "the later ledger says more"
