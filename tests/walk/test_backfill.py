"""A day and a half in which nobody collected, filled from the simulated cloud and held to what was true of the network
meanwhile: states to the second where the cloud tells of them, rates as means of their buckets, and not a word more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import numpy as np
import pytest
import pytest_asyncio

from noctui.model.scene import Range, Stretch
from noctui.model.view import View
from noctui.model.words import State
from noctui.runtime.backfill import Plan, Progress, Result
from noctui.sim.world import World
from tests.walk.filling import bucket_polls, filling, polls_in
from tests.walk.walk import HOUR, MINUTE, T0, Walk, walking

LEFT = T0 + 20 * MINUTE
BACK = LEFT + 30 * HOUR
UNTIL = BACK + 10 * MINUTE
START = T0 - 4 * HOUR
"""The range begins before anybody had ever looked."""
NIGHT = T0 + 20 * HOUR


@dataclass
class Filled:
    """What a back-fill said, and what it found."""

    walk: Walk
    before: dict[float, View]
    plan: Plan
    calls_to_plan: int
    result: Result
    progress: list[Progress] = field(default_factory=list)
    now: float = 0.0

    async def timeline(self, circuit_id: str, start: float, end: float, at: float = 0.0) -> tuple[Stretch, ...]:
        """As it is known at `at` (now)."""
        return await self.walk.history().reader(at or self.now).timeline(circuit_id, Range(start, end))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def filled(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Filled]:
    """20 minutes of polls, thirty hours of none with the sample night in them, ten minutes of polls: then filled."""
    world = World(seed=9, sites=24, anchor=NIGHT)
    async with walking(tmp_path_factory.mktemp("filled"), world) as walk:
        for start, until in ((T0, LEFT), (BACK, UNTIL)):
            walk.clock.move(start - walk.clock.now())
            watch = await walk.watch()
            await walk.clock.run_to(until)
            await walk.close(watch)
        history = walk.history()
        views = {at: view for at, *_ in polls_in(walk.folder) if (view := history.view(at)) is not None}
        calls = walk.server.calls
        async with filling(walk) as backfill:
            plan = await backfill.plan(START, UNTIL)
            planned = walk.server.calls - calls
            progress: list[Progress] = []
            result = await backfill.run(progress.append)
        yield Filled(walk, views, plan, planned, result, progress, walk.clock.now())


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_plan_says_what_will_be_done_and_asks_nobody(filled: Filled) -> None:
    plan = filled.plan
    assert filled.calls_to_plan == 0
    assert [(h.grain.word, h.buckets) for h in plan.holes] == [("1 h", 3), ("1 h", 6), ("10 min", 139)]
    assert (plan.circuits, plan.gateways) == (53, 24)
    assert {c.kind: c.calls for c in plan.calls} == {"traffic": 106, "quality": 106, "events": 4, "alarms": 4}
    assert plan.minutes == pytest.approx(60 * 220 / 1500)
    assert plan.nothing == ""
    assert any("no failovers" in line for line in plan.cannot)


async def test_everything_that_can_be_had_was_put_in(filled: Filled) -> None:
    result = filled.result
    assert (result.outcome, result.failed, result.refused, result.circuits) == ("whole", 0, 0, 53)
    assert filled.plan.left <= result.calls <= filled.plan.left + 5, "and two to say who asks"
    assert result.polls == len(bucket_polls(filled.walk.folder))
    assert result.seconds == filled.plan.seconds
    phases = list(dict.fromkeys(p.phase for p in filled.progress))
    assert phases == ["checking", "fetching", "building", "taking in"]
    assert (filled.progress[-1].done, filled.progress[-1].total) == (filled.progress[-1].total,) * 2
    assert not list((filled.walk.folder / "backfill").glob("*.log")), "what was fetched is not kept any longer"
    assert not list((filled.walk.folder / "inbox").iterdir())


async def test_what_was_polled_is_as_it_was(filled: Filled) -> None:
    """Not a live poll is doubled, moved or painted over: every View that could be shown is shown the same."""
    history = filled.walk.history()
    live = [p for p in polls_in(filled.walk.folder) if p[2] < 600.0]
    assert [p[0] for p in live] == sorted(filled.before)
    for at, before in filled.before.items():
        view = history.view(at)
        assert view is not None
        for name in ("state", "severity", "rx_bps", "loss", "flaps_24h", "avail_24h", "since"):
            ours, theirs = getattr(view.circuits, name), getattr(before.circuits, name)
            np.testing.assert_array_equal(ours, theirs, err_msg=f"{name} at {at}")
    filled_in = [p[0] for p in bucket_polls(filled.walk.folder)]
    assert not any(T0 <= t <= LEFT or t >= BACK for t in filled_in)


async def test_up_and_down_are_the_truth_to_the_second_and_all_of_it(filled: Filled) -> None:
    """The gateways of the simulated cloud tell when their ports change, late where they must: so nothing is said that
    is not true, and what is not said lies in a gateway's silence, or where nothing shows what was before."""
    world = filled.walk.world
    down = truth = unsaid = 0.0
    for row in range(world.network.circuits):
        circuit_id = world.network.circuit_id(row)
        lost = [(a, b) for site, a, b in zip(*_lost(world), strict=True) if site == world.network.circuit_site[row]]
        for start, end in ((START, T0), (LEFT, BACK)):
            was = world.truth_intervals(row, start, end)
            truth += world.truth_down(row, start, end)
            for stretch in await filled.timeline(circuit_id, start, end):
                inside = sum(max(0.0, min(stretch.end, b) - max(stretch.start, a)) for a, b in was)
                if stretch.state == State.DOWN:
                    assert inside == pytest.approx(stretch.end - stretch.start, abs=1e-3), (circuit_id, stretch, was)
                    down += inside
                elif stretch.state == State.UP:
                    assert inside == pytest.approx(0.0, abs=1e-3), (circuit_id, stretch, was)
                elif stretch.state == State.AWAY:
                    assert any(a <= stretch.start + 1 and stretch.end <= b + 1 for a, b in lost), (circuit_id, stretch)
                    unsaid += inside
                else:
                    unsaid += inside
    print(f"{truth:.0f} s down in truth, {down:.0f} s of it filled, {unsaid:.0f} s in silences and at the ends")
    assert down + unsaid == pytest.approx(truth, abs=1.0)
    assert down > 0.9 * truth


async def test_nearly_all_of_the_time_is_known(filled: Filled) -> None:
    known = total = 0.0
    for row in range(filled.walk.world.network.circuits):
        for start, end in ((START, T0), (LEFT, BACK)):
            line = await filled.timeline(filled.walk.world.network.circuit_id(row), start, end)
            known += sum(s.end - s.start for s in line if s.state in (State.UP, State.DOWN))
            total += end - start
    assert known > 0.98 * total


async def test_rates_are_the_means_of_their_buckets(filled: Filled) -> None:
    """Of five instants in each, as the simulated cloud has it: within what the traffic swings in the bucket, and over
    the whole hole within one percent of the truth."""
    world = filled.walk.world
    reader = filled.walk.history().reader(filled.now)
    for hole in filled.plan.holes[1:]:
        grid = np.arange(hole.first, hole.last, 30.0) + 15.0
        rx, _ = world.rates(grid.reshape(-1, 1))
        each = round(hole.grain.seconds / 30.0)
        off = []
        for row in range(world.network.circuits):
            circuit_id = world.network.circuit_id(row)
            series = await reader.series(circuit_id, ("rx_bps",), Range(hole.first, hole.last))
            ends = series.times[series.times > hole.first + 1.0]
            assert np.array_equal(ends, hole.first + hole.grain.seconds * np.arange(1, hole.buckets + 1))
            assert set(series.spans[series.times > hole.first + hole.grain.seconds]) == {hole.grain.seconds}
            values = series.values["rx_bps"][-hole.buckets :]
            parts = rx[:, row].reshape(hole.buckets, each)
            known = ~np.isnan(values)
            assert (values[known] >= parts.min(axis=1)[known] - 1).all()
            assert (values[known] <= parts.max(axis=1)[known] + 1).all()
            whole = known & (parts.min(axis=1) > 0)
            if whole.any():
                off.append(abs(values[whole].mean() / parts[whole].mean() - 1))
        assert len(off) > 40
        assert np.median(off) < 0.01


async def test_where_the_gateway_was_not_heard_there_is_no_value(filled: Filled) -> None:
    world, history = filled.walk.world, filled.walk.history()
    gaps = 0
    for site, start, end in zip(*_lost(world), strict=True):
        for at, _, interval, _ in bucket_polls(filled.walk.folder):
            if start <= at - interval and at <= end:
                view = history.view(at, corrected=True)
                assert view is not None
                rows = np.flatnonzero(
                    view.inventory.circuit_site == view.inventory.site_row[world.network.site_id[site]]
                )
                assert np.isnan(view.circuits.rx_bps[rows]).all()
                assert not (view.circuits.state[rows] == State.UP).any()
                gaps += 1
    assert gaps > 3


async def test_what_was_not_known_then_does_not_appear_as_known_then(filled: Filled) -> None:
    """Polls, edges, events and alarms are known since the back-fill: the past does not show them, the corrected past
    does."""
    world, middle = filled.walk.world, LEFT + 20 * HOUR
    history = filled.walk.history()
    row = max(range(world.network.circuits), key=lambda r: world.truth_down(r, LEFT, middle))
    range_ = Range(LEFT, middle)
    circuit_id = world.network.circuit_id(row)
    assert world.truth_down(row, LEFT, middle) > 0
    then = await history.reader(middle).timeline(circuit_id, range_)
    corrected = await history.reader(middle, corrected=True).timeline(circuit_id, range_)
    assert not any(s.state == State.DOWN for s in then)
    assert any(s.state == State.DOWN for s in corrected)
    edges = await history.reader(middle).edges(range_)
    assert not any(e.source == "back-fill" for e in edges)
    late = [e for e in await history.reader(filled.now).edges(range_) if e.source == "back-fill"]
    assert late
    assert all(UNTIL <= e.known_at <= filled.now and e.until is not None for e in late)
    assert not len((await history.reader(middle).series(circuit_id, ("rx_bps",), range_)).times)
    assert len((await history.reader(middle, corrected=True).series(circuit_id, ("rx_bps",), range_)).times) > 80
    shown = history.view(middle)
    assert shown is not None
    assert shown.at == LEFT, "the last poll that anybody saw then"
    assert history.step(LEFT, 1, corrected=False) == BACK
    assert await history.reader(middle).device_events(range_) == ()
    assert len(await history.reader(filled.now).device_events(range_, limit=10)) == 10


async def test_a_filled_view_shows_the_network_of_then(filled: Filled) -> None:
    """In the corrected past: severities and levels by the engine; the last 24 hours' figures of the timeline as it is
    known now."""
    history, at = filled.walk.history(), filled.plan.holes[2].first + 10 * HOUR
    view = history.view(at, corrected=True)
    assert view is not None
    assert view.at == at
    assert view.interval == 600.0
    assert [r.feed for r in view.reports] == ["back-fill"]
    assert not view.silent
    for row, circuit in enumerate(view.inventory.circuits):
        line = await filled.timeline(circuit.circuit_id, at - 24 * HOUR, at)
        up, down = (sum(s.end - s.start for s in line if s.state == state) for state in (State.UP, State.DOWN))
        assert view.circuits.coverage_24h[row] == pytest.approx(100 * (up + down) / 86_400, abs=0.01)
        if up + down:
            assert view.circuits.avail_24h[row] == pytest.approx(100 * up / (up + down), abs=0.01)


async def test_a_second_run_finds_nothing_to_do(filled: Filled) -> None:
    calls, polls = filled.walk.server.calls, polls_in(filled.walk.folder)
    async with filling(filled.walk) as backfill:
        plan = await backfill.plan(START, UNTIL)
        assert plan.nothing.startswith("Nothing to fill from 2025-11-22 20:00 UTC to 2025-11-24 06:30 UTC: the longest")
        assert (await backfill.run()).outcome == "nothing"
        plan = await backfill.plan(T0 + MINUTE, LEFT)
        assert plan.nothing.endswith("history holds polls all through.")
    assert filled.walk.server.calls == calls
    assert polls_in(filled.walk.folder) == polls


async def test_the_figures_of_a_filled_day_are_those_of_the_network(filled: Filled) -> None:
    """The first calendar day of the history, of which twenty minutes were polled: states by the ledger, the average by
    what buckets there are, with the coverage said."""
    world, day = filled.walk.world, Range(T0, T0 + 24 * HOUR)
    found = await filled.walk.history().reader(filled.now).figures(day)
    grid = np.arange(day.start, day.end, 60.0) + 30.0
    grid = grid[(grid < LEFT) | (grid > filled.plan.holes[1].first)]  # between lies what no whole bucket covers
    rx, _ = world.rates(grid.reshape(-1, 1))
    gauge = found.gauge("rx_bps")
    off, known = [], []
    for row in range(world.network.circuits):
        at = found.ids.index(world.network.circuit_id(row))
        line = await filled.timeline(world.network.circuit_id(row), day.start, day.end)
        for state, figure in ((State.UP, found.up), (State.DOWN, found.down)):
            said = sum(s.end - s.start for s in line if s.state == state)
            assert figure[at] == pytest.approx(said, abs=0.01)
        assert found.up[at] + found.down[at] + found.unknown[at] == pytest.approx(86_400.0, abs=0.01)
        site = np.searchsorted(world.network.site_first, row, "right") - 1
        mates = range(int(world.network.site_first[site]), int(world.network.site_first[site + 1]))
        quiet = all(world.truth_down(mate, day.start, day.end) == 0 for mate in mates)  # nor does it stand in for one
        if found.known[at, gauge] > 20 * HOUR and quiet:
            off.append(found.average[at, gauge] / rx[:, row].mean() - 1)
        known.append(found.known[at, gauge] / 86_400.0)
    print(f"{len(off)} circuits of quiet sites: averages off by {np.abs(off).max():.3%}, {np.median(known):.1%} known")
    assert len(off) > 10
    assert np.median(np.abs(off)) < 0.005
    assert np.abs(off).max() < 0.02, "some gateways were silent for a while"
    assert np.median(known) > 0.95


async def test_the_figures_of_a_day_were_made_anew_and_the_past_keeps_the_old_ones(filled: Filled) -> None:
    """The day was over, and made, before it was filled: who looks as of then sees what was made then, and percentiles
    of no other samples."""
    day = Range(T0, T0 + 24 * HOUR)
    then, now = [
        await filled.walk.history().reader(at).figures(day, (), ("rx_bps",)) for at in (BACK + 5 * MINUTE, filled.now)
    ]
    for found in (then, now):
        rx = found.gauge("rx_bps")
        assert not (found.p95[:, rx] > found.highest[:, rx]).any()
    assert np.nanmax(then.coverage) < 3.0
    assert np.nanmin(now.coverage) > 90.0


def _lost(world: World) -> tuple[list[int], list[float], list[float]]:
    lost = world.lost_spans(START, UNTIL)
    return lost.row.tolist(), lost.start.tolist(), lost.end.tolist()
