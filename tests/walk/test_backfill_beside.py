"""A back-fill beside a running collector, on bad days of the cloud, and when what is asked for cannot be."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from noctui.model.scene import Range
from noctui.model.words import State
from noctui.runtime.backfill import BackfillError, Progress
from noctui.sim import incidents as do
from noctui.sim.mist.answers import NotFound, Query
from noctui.sim.mist.faults import Faults
from noctui.sim.mist.paging import Answer
from noctui.stores.bus.folder import FolderLock
from tests.walk.filling import bucket_polls, filling, polls_in
from tests.walk.walk import HOUR, MINUTE, T0, Walk, seconds, walking
from tests.walk.worlds import ids_of, lines_of, site_with, with_only

LEFT, BACK = T0 + 5 * MINUTE, T0 + 3 * HOUR
CUT = (T0 + HOUR, T0 + HOUR + 25 * MINUTE)
SITE = site_with(2)


@pytest.fixture
async def walk(tmp_path: Path) -> AsyncIterator[Walk]:
    """53 circuits; five minutes of polls, three hours of none in which one circuit is cut, five minutes of polls."""
    async with walking(tmp_path, with_only(do.cut(*CUT, lines_of(SITE)[0]))) as made:
        for start in (T0, BACK):
            made.clock.move(start - made.clock.now())
            watch = await made.watch()
            await made.clock.run(5 * MINUTE)
            await made.close(watch)
        yield made


async def down(walk: Walk, circuit_id: str) -> float:
    """Seconds down between the polls, as known now."""
    return seconds(await walk.timeline(circuit_id, LEFT, BACK), State.DOWN)


async def test_a_leader_takes_it_in_with_its_next_poll_and_goes_on(walk: Walk) -> None:
    """The back-fill does not touch the history: it waits until the leader has taken it in. The live view goes on, and
    knows of the past from then on."""
    watch = await walk.watch()
    await walk.clock.run(MINUTE)
    hand, told = walk.clock.hand(), list[Progress]()

    async def fill() -> str:
        async with filling(walk, hand) as backfill:
            await backfill.plan(T0, walk.clock.now())
            try:
                return (await backfill.run(told.append)).outcome
            finally:
                walk.clock.let_go(hand)

    filled = asyncio.create_task(fill())
    await walk.clock.run(3 * MINUTE)
    assert await filled == "whole"
    assert "waiting" in {p.phase for p in told}
    assert {p.text for p in told if p.phase == "waiting"} == {"the leader takes it in"}
    assert len(bucket_polls(walk.folder)) == 17
    before = watch.view.seq
    await walk.clock.run(2 * MINUTE)
    assert watch.view.seq == before + 2
    row = watch.view.inventory.circuit_row[ids_of(SITE)[0]]
    assert await down(walk, ids_of(SITE)[0]) == CUT[1] - CUT[0]
    assert watch.view.circuits.flaps_24h[row] == 2
    at = [p[0] for p in polls_in(walk.folder)]
    assert at == sorted(set(at))


async def test_a_mist_that_was_silent_leaves_a_hole_though_polls_stand_in_it(walk: Walk) -> None:
    """Polls that brought nothing hold nothing: what they left open is filled, around them."""
    watch = await walk.watch()
    await walk.clock.run(2 * MINUTE)
    walk.server.faults = Faults(errors=100)
    began = walk.clock.now()
    await walk.clock.run(40 * MINUTE)
    walk.server.faults = Faults()
    await walk.clock.run(6 * MINUTE)
    await walk.close(watch)
    silent = [p for p in polls_in(walk.folder) if p[3] and p[0] > began + MINUTE]
    assert len(silent) > 20
    async with filling(walk) as backfill:
        plan = await backfill.plan(began, walk.clock.now())
        assert [(h.buckets, h.start < silent[0][0] < h.end) for h in plan.holes] == [(3, True)]
        result = await backfill.run()
    assert result.outcome == "whole"
    assert [p for p in polls_in(walk.folder) if p[3] and p[0] > began + MINUTE] == silent
    series = (
        await walk.history()
        .reader(walk.clock.now())
        .series(ids_of(SITE)[0], ("rx_bps",), Range(plan.holes[0].first, plan.holes[0].last))
    )
    known = ~np.isnan(series.values["rx_bps"])
    assert series.spans[known].tolist()[-3:] == [600.0] * 3


async def test_a_share_of_the_budget_and_no_more(tmp_path: Path) -> None:
    """With 200 calls an hour it is entitled to 60: two hours for 108 calls, and never ahead of an even use by all."""
    async with walking(tmp_path, with_only(), limit=200) as walk:
        for start in (T0, BACK):
            walk.clock.move(start - walk.clock.now())
            watch = await walk.watch(poll_seconds=300.0)
            await walk.clock.run(5 * MINUTE)
            await walk.close(watch)
        hours: Counter[int] = Counter()
        sites = walk.server.cloud.sites
        answer = sites.answer

        def counted(site: int, tail: str, path: str, query: Query) -> Answer:
            hours[int(walk.clock.now() // HOUR)] += 1
            return answer(site, tail, path, query)

        sites.answer = counted  # type: ignore[method-assign]
        told: list[Progress] = []
        async with filling(walk) as backfill:
            plan = await backfill.plan(T0, walk.clock.now())
            assert (plan.an_hour, plan.left) == (1500, 108), "before Mist has said what the limit is"
            result = await backfill.run(told.append)
    assert result.outcome == "whole"
    assert sum(hours.values()) == 106
    assert max(hours.values()) <= 60 + 3, "as many as are asked at a time"
    assert any(p.text == "this hour's share of 60 calls is used" for p in told if p.phase == "waiting")


async def test_throttled_by_mist_it_waits_for_the_next_hour(walk: Walk) -> None:
    walk.server.faults = Faults(throttled=100, only=["/insights/"])
    told: list[Progress] = []
    mended = walk.clock.now() // HOUR * HOUR + HOUR

    def hear(progress: Progress) -> None:
        told.append(progress)
        if progress.until == mended:
            walk.server.faults = Faults()

    async with filling(walk) as backfill:
        await backfill.plan(T0, walk.clock.now())
        result = await backfill.run(hear)
    assert result.outcome == "whole"
    assert walk.clock.now() >= mended
    assert any(p.phase == "waiting" and p.until == mended for p in told)


async def test_what_does_not_come_is_asked_for_again_and_nothing_is_put_in_by_halves(walk: Walk) -> None:
    """One site's series fail: nothing is put in, since nothing can be added to it; a rerun asks for those alone."""
    site_id = walk.world.network.site_id[SITE]
    walk.server.faults = Faults(errors=100, only=[f"/sites/{site_id}/"])
    async with filling(walk) as backfill:
        await backfill.plan(T0, walk.clock.now())
        partial = await backfill.run()
        assert (partial.outcome, partial.failed, partial.polls) == ("partial", 4, 0)
        assert partial.lines[0].startswith("4 questions had no answer, the first: GET /sites/*/insights/")
        assert not bucket_polls(walk.folder)
        walk.server.faults = Faults()
        plan = await backfill.plan(T0, walk.clock.now())
        assert plan.left == 4
        assert any(line.startswith("This goes on with the back-fill of 2025-11-23 00:00") for line in plan.cannot)
        whole = await backfill.run()
    assert whole.outcome == "whole"
    assert whole.calls == 4
    assert len(bucket_polls(walk.folder)) == whole.polls == 17
    assert await down(walk, ids_of(SITE)[0]) == CUT[1] - CUT[0]


async def test_put_in_as_it_is_when_that_is_asked_for(walk: Walk) -> None:
    walk.server.faults = Faults(errors=100, only=[f"/sites/{walk.world.network.site_id[SITE]}/"])
    async with filling(walk) as backfill:
        await backfill.plan(T0, walk.clock.now())
        result = await backfill.run(as_is=True)
    assert (result.outcome, result.failed, result.circuits) == ("partial", 4, 52)
    reader = walk.history().reader(walk.clock.now())
    missing, there = ids_of(SITE)[0], ids_of(site_with(2, 1))[0]
    for circuit_id, some in ((missing, False), (there, True)):
        series = await reader.series(circuit_id, ("rx_bps",), Range(LEFT + 20 * MINUTE, BACK - 10 * MINUTE))
        assert np.isfinite(series.values["rx_bps"]).any() == some
    assert await down(walk, missing) == CUT[1] - CUT[0], "events tell of it all the same"


async def test_a_cloud_that_does_not_answer_is_said_in_one_line_and_costs_nothing(walk: Walk) -> None:
    walk.server.faults = Faults(errors=100, only=["/insights/"])
    async with filling(walk) as backfill:
        await backfill.plan(T0, walk.clock.now())
        with pytest.raises(BackfillError, match=r"Mist does not answer: .*500.* What came is kept: run it again\."):
            await backfill.run()
        walk.server.faults = Faults()
        plan = await backfill.plan(T0, walk.clock.now())
        assert {c.kind: c.had for c in plan.calls} == {"traffic": 0, "quality": 0, "events": 1, "alarms": 1}
        assert (await backfill.run()).outcome == "whole"


async def test_without_events_nothing_is_filled(walk: Walk) -> None:
    """Nobody could say what stayed as it was."""
    walk.server.faults = Faults(lost_pages={"devices/events/search": 1})
    async with filling(walk) as backfill:
        await backfill.plan(T0, walk.clock.now())
        assert (await backfill.run()).outcome == "partial"
    assert not bucket_polls(walk.folder)


async def test_a_gateway_that_mist_knows_no_more_is_said_and_stays_unknown(walk: Walk) -> None:
    """Replaced or gone since: its series are refused for good, all others are filled."""
    sites, mac = walk.server.cloud.sites, walk.world.network.mac[SITE]
    answer = sites.answer

    def gone(site: int, tail: str, path: str, query: Query) -> Answer:
        if mac in tail:
            raise NotFound
        return answer(site, tail, path, query)

    sites.answer = gone  # type: ignore[method-assign]
    async with filling(walk) as backfill:
        await backfill.plan(T0, walk.clock.now())
        result = await backfill.run()
    assert (result.outcome, result.refused, result.failed) == ("whole", 4, 0)
    assert any(line.startswith("4 series Mist does not give, the first: 404") for line in result.lines)
    series = (
        await walk.history()
        .reader(walk.clock.now())
        .series(ids_of(SITE)[0], ("rx_bps",), Range(LEFT + 20 * MINUTE, BACK - 10 * MINUTE))
    )
    assert not np.isfinite(series.values["rx_bps"]).any()


async def test_a_refused_token_is_said_at_once(walk: Walk) -> None:
    walk.server.faults = Faults(revoked=["walk-token-0123456789abcdef-7a3c"])
    async with filling(walk) as backfill:
        await backfill.plan(T0, walk.clock.now())
        with pytest.raises(BackfillError, match=r"Token 1 \(…7a3c\) was refused: 401"):
            await backfill.run()


async def test_two_at_once_are_one_too_many(walk: Walk) -> None:
    other = FolderLock(walk.folder / "backfill")
    assert other.try_acquire()
    async with filling(walk) as backfill:
        await backfill.plan(T0, walk.clock.now())
        with pytest.raises(BackfillError, match="Another back-fill runs in"):
            await backfill.run()
    other.release()


async def test_what_can_never_work_is_said_in_one_line(walk: Walk) -> None:
    now, calls = walk.clock.now(), walk.server.calls
    async with filling(walk) as backfill:
        for start, end, line in (
            (T0 + 60, T0, r"--start \(2025-11-23 00:01 UTC\) must be before --end \(2025-11-23 00:00 UTC\)\."),
            (now + 60, now + 120, "lies in the future: nothing happened there yet"),
            (T0 - 20 * 24 * HOUR, T0 - 15 * 24 * HOUR, "cannot be filled: Mist keeps hours of a port for 14 days, that "
                                                       "is since 2025-11-09 03:05 UTC"),
            (float("nan"), T0, "must be times"),
        ):  # fmt: skip
            with pytest.raises(BackfillError, match=line) as told:
                await backfill.plan(start, end)
            assert told.value.usage
        plan = await backfill.plan(T0 - 20 * 24 * HOUR, now)
        assert plan.cannot[0] == (
            "2025-11-03 00:00 UTC to 2025-11-09 03:05 UTC cannot be filled: Mist keeps hours of a port for 14 days."
        )
    assert walk.server.calls == calls


async def test_without_a_history_there_is_nothing_to_fill(tmp_path: Path) -> None:
    async with walking(tmp_path, with_only()) as walk:
        async with filling(walk) as backfill:
            with pytest.raises(BackfillError, match="run `noctui collect` once") as told:
                await backfill.plan(T0 - HOUR, T0)
        assert not told.value.usage
        assert not walk.folder.exists(), "a plan writes nothing"


async def test_a_range_after_the_newest_poll_waits_for_the_next_one(walk: Walk) -> None:
    walk.clock.move(5 * HOUR)
    async with filling(walk) as backfill:
        plan = await backfill.plan(BACK + 10 * MINUTE, walk.clock.now())
    assert plan.nothing.endswith("history ends 2025-11-23 03:05 UTC; run `noctui collect` first.")
