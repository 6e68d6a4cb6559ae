"""A night's figures against a plain reading of the same polls, which they must equal, and against what was true of the
network in between, which they may miss by no more than sampling allows."""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio

from noctui.model.scene import Range
from noctui.model.view import View
from noctui.model.words import Metric, State
from noctui.sim.world import World
from tests.engine.compare import EXACT, SUMMED, edges_by_circuit
from tests.reference.answers import RefPoll
from tests.reference.reference import Reference
from tests.walk.walk import HOUR, MINUTE, POLL, T0, Walk, Watch, polls_of, seconds, walking

NIGHT = T0 + 40 * MINUTE
UNTIL = T0 + 2.5 * HOUR


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def night(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Walk, Watch]]:
    """Two and a half hours around the sample night: cuts, flaps, silences, reboots, resets, congestion, loss."""
    world = World(seed=9, sites=24, anchor=NIGHT)
    async with walking(tmp_path_factory.mktemp("night"), world) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(UNTIL)
        yield walk, watch


pytestmark = pytest.mark.asyncio(loop_scope="module")


def same(view: View, told: RefPoll) -> None:
    """Every column of circuits and sites."""
    rows = [told.circuits[c.circuit_id] for c in view.inventory.circuits]
    for name in EXACT:
        ours = getattr(view.circuits, name)
        theirs = np.array([getattr(row, name) for row in rows]).astype(ours.dtype)
        np.testing.assert_array_equal(ours, theirs, err_msg=f"{name} at {view.at}")
    for name in SUMMED:
        theirs = np.array([getattr(row, name) for row in rows], np.float32)
        np.testing.assert_allclose(getattr(view.circuits, name), theirs, rtol=1e-6, err_msg=f"{name} at {view.at}")
    assert view.silent == told.silent
    for row, site in enumerate(view.inventory.sites):
        expected = told.sites[site.site_id]
        for name in ("severity", "dark", "failed_over", "since"):
            assert np.array_equal(getattr(view.sites, name)[row], getattr(expected, name), equal_nan=True), site.name
        assert view.sites.counts[row].tolist() == expected.counts


async def test_every_figure_of_every_poll_is_the_one_that_plain_reading_gives(night: tuple[Walk, Watch]) -> None:
    """What was shown, the ledger in the file, and the windows of both the engine and the file."""
    walk, watch = night
    reference = Reference()
    told = []
    for poll, view in zip(polls_of(watch), watch.views, strict=True):
        told.append(reference.poll(poll, view.inventory))
        same(view, told[-1])

    scene = watch.desk.live()
    assert scene is not None
    ever = Range(0.0, UNTIL)
    written = await walk.history().reader(UNTIL).edges(ever)
    expected = [e for answer in told for e in answer.edges]
    assert len(written) == len(expected)
    ours, theirs = edges_by_circuit(written), edges_by_circuit(expected)
    assert {i: sorted(map(repr, e)) for i, e in ours.items()} == {i: sorted(map(repr, e)) for i, e in theirs.items()}
    failovers = await walk.history().reader(UNTIL).failovers(ever)
    assert set(failovers) == {f for answer in told for f in answer.failovers}

    for hours in (3, 12, 24):
        plain = reference.above(hours)
        for read in (scene.read, walk.history().reader(UNTIL)):
            above = await read.above(hours)
            for row, circuit in enumerate(watch.view.inventory.circuits):
                for metric in Metric:
                    of_circuit = plain[circuit.circuit_id][metric]
                    assert above.known[row, metric] == of_circuit.known
                    assert [tuple(pair) for pair in zip(above.total[row, metric].tolist(),
                                                        above.longest[row, metric].tolist(), strict=True)] == [
                        of_circuit.levels[n] for n in (1, 2, 3)
                    ]  # fmt: skip
    kinds = {e.source for e in expected}
    print(
        f"{len(told)} polls of {len(watch.view.circuits)} circuits, {len(expected)} edges ({', '.join(sorted(kinds))})"
    )
    assert {"poll", "event", "gateway", "refold"} <= kinds


async def test_down_time_and_flaps_are_the_truth_to_within_an_interval_per_edge(night: tuple[Walk, Watch]) -> None:
    """What no poll saw cannot be known: at each end of an outage up to one interval. But gateways tell when their ports
    changed, so that it is the truth to the second, short flaps between two polls too. Only what lies in a gateway's
    silence that has not ended is unknown, and says so."""
    walk, watch = night
    world, flaps = walk.world, watch.view.circuits.flaps_24h
    worst, total, bounds, outages, counted = 0.0, 0.0, 0.0, 0, 0
    for row in range(world.network.circuits):
        circuit_id = world.network.circuit_id(row)
        line = await walk.timeline(circuit_id, T0, UNTIL)
        truth = world.truth_intervals(row, T0, UNTIL)
        missed = sum(
            min(s.end, b) - max(s.start, a)
            for s in line if s.state in (State.UNKNOWN, State.AWAY)
            for a, b in truth if s.start < b and s.end > a
        )  # fmt: skip
        edges = sum((a > T0) + (b < UNTIL) for a, b in truth)
        bound = POLL * edges + sum(2 * POLL for _, b in truth if b == UNTIL)
        difference = abs(seconds(line, State.DOWN) + missed - world.truth_down(row, T0, UNTIL))
        assert difference <= bound + 1e-6, (circuit_id, truth, line)
        worst, total, bounds, outages = max(worst, difference), total + difference, bounds + bound, outages + len(truth)
        if not missed:
            assert flaps[watch.view.inventory.circuit_row[circuit_id]] == edges, (circuit_id, truth)
            counted += edges
    print(
        f"{outages} outages: {total:.1f} s off in all, {worst:.1f} s the worst circuit; sampling allows {bounds:.0f} s;"
        f" {counted} flaps, all counted"
    )
    assert outages >= 15
    assert total < 1.0


async def test_mean_utilisation_is_the_truth_to_within_what_it_swings_between_two_polls(
    night: tuple[Walk, Watch],
) -> None:
    """A sample stands for the interval before it, though its gateway measured up to a report earlier. So it can be off
    by as much as the traffic swings in that time, and no more; nor is a mean of such."""
    walk, watch = night
    world, inventory = walk.world, watch.view.inventory
    step = 5.0
    grid = np.arange(T0 - 10 * MINUTE, UNTIL + step, step)
    rx, tx = world.rates(grid.reshape(-1, 1))
    reader = walk.history().reader(UNTIL)
    off, allowed = [], []
    for row in range(world.network.circuits):
        circuit = inventory.circuits[inventory.circuit_row[world.network.circuit_id(row)]]
        series = await reader.series(circuit.circuit_id, ("rx_pct", "tx_pct"), Range(T0, UNTIL))
        for name, rates, bps in (("rx_pct", rx, circuit.down_bps), ("tx_pct", tx, circuit.up_bps)):
            truth = 100.0 * rates[:, row] / bps
            told = bound = mean = known = 0.0
            for t, span, value in zip(series.times, series.spans.astype(float), series.values[name], strict=True):
                if np.isnan(value):
                    continue
                inside = truth[(grid > t - span) & (grid <= t)]
                around = truth[(grid >= t - span - 2 * POLL) & (grid <= t)]
                told += float(value) * span
                mean += float(inside.mean()) * span
                bound += float(around.max() - around.min()) * span
                known += span
            if known:
                off.append(abs(told - mean) / known)
                allowed.append(bound / known)
                assert off[-1] <= allowed[-1] + 1e-3, (circuit.circuit_id, name)
    print(f"{len(off)} means: {np.mean(off):.3f} points off on average, {max(off):.3f} at worst; "
          f"sampling allows {np.mean(allowed):.3f} and {max(allowed):.3f}")  # fmt: skip
    assert len(off) > 100
