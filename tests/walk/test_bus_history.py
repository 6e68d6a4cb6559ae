"""A takeover on another host begins with what lies on the bus; a keeper that joins has what its leader had before."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from noctui.clock import SystemClock
from noctui.model.scene import Range
from noctui.runtime.bus_address import SERVER
from noctui.runtime.headless import Step
from noctui.runtime.headless_watch import Watch
from noctui.runtime.mist import mist_source
from noctui.sim.incidents import cut
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.history import HistoryFault, HistoryReader, open_reader
from tests.redis_server import needs_server
from tests.stores.made import difference
from tests.walk.bus_pair import PATIENCE, Pair, pair

pytestmark = needs_server
POLLS = 4


def instants(history: HistoryReader) -> list[float]:
    """Of its polls, oldest first; none while the file is just being made."""
    found: list[float] = []
    with contextlib.suppress(HistoryFault):
        at = history.step(0.0, 1)
        while at is not None:
            found.append(at)
            at = history.step(at, 1)
    return found


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.02)


def same(theirs: HistoryReader, ours: HistoryReader, polls: list[float]) -> None:
    """These polls are in both, as they were shown."""
    for at in polls:
        left, right = theirs.view(at), ours.view(at)
        assert left is not None
        assert right is not None
        assert right.at == left.at
        assert difference(left.circuits, right.circuits) == ""
        assert difference(left.gateways, right.gateways) == ""


async def test_who_takes_over_without_having_kept_has_the_polls_of_the_bus(tmp_path: Path) -> None:
    """A circuit that was down before is down in its timeline, without a gap between the two leaders."""
    now = time.time()
    async with pair(tmp_path, cut(now - 3600, now + 3600, 0)) as two:
        one = two.host(SERVER)
        await one.until(lambda: len(one.views) >= POLLS and bool(one.views[-1].alarms.alarms))
        await one.end()
        last = one.views[-1]
        other = two.host(SERVER)
        await other.until(other.polls)
        theirs, ours = open_reader(one.folder), open_reader(other.folder)
        try:
            before = [at for at in instants(theirs) if at <= last.at]
            assert len(before) >= POLLS
            assert instants(ours)[: len(before)] == before
            same(theirs, ours, before)
            view = other.views[-1]
            rows = [view.inventory.circuit_row[c.circuit_id] for c in last.inventory.circuits]
            assert view.circuits.since[rows].tolist() == last.circuits.since.tolist()
            down = view.inventory.circuits[rows[0]].circuit_id
            line = await ours.reader(view.at, corrected=True).timeline(down, Range(before[0] + 0.001, view.at))
            assert {int(stretch.state) for stretch in line} == {int(last.circuits.state[0])}
        finally:
            for history in (theirs, ours):
                await asyncio.to_thread(history.close)


@asynccontextmanager
async def waiting(two: Pair, folder: Path) -> AsyncIterator[HistoryReader]:
    """A collector that waits, and what it keeps."""
    settings = replace(two.settings(folder), org_id=two.org_id)
    clock = SystemClock()

    def tell(_: Step) -> None:
        return

    watch = Watch(settings, lambda: mist_source(settings, clock), clock, tell)
    running = asyncio.create_task(watch.run())
    history = open_reader(folder / two.org_id)
    try:
        yield history
    finally:
        running.cancel()
        await asyncio.wait({running})
        await asyncio.to_thread(history.close)


async def test_a_collector_that_waits_takes_what_was_polled_before_it_came(tmp_path: Path) -> None:
    """From the bus, and what does not lie there any more from the leader's history."""
    async with pair(tmp_path) as two:
        one = two.host(SERVER)
        await one.until(lambda: len(one.views) >= POLLS)
        theirs = open_reader(one.folder)
        early = instants(theirs)[:POLLS]
        async with waiting(two, tmp_path / "by-bus") as ours:
            await until(lambda: set(early) <= set(instants(ours)))
            same(theirs, ours, early)
        await two.client().delete(Keys(two.org_id).polls)
        async with waiting(two, tmp_path / "by-history") as ours:
            await until(lambda: set(early) <= set(instants(ours)))
            same(theirs, ours, early)
            assert instants(ours)[: len(early)] == early
        await asyncio.to_thread(theirs.close)


async def test_polls_that_the_bus_never_had_are_asked_for(tmp_path: Path) -> None:
    """It hung: the leader polled on alone, and publishes its newest poll when the bus is back."""
    async with pair(tmp_path) as two:
        one = two.host(SERVER)
        await one.until(one.polls)
        theirs = open_reader(one.folder)
        async with waiting(two, tmp_path / "waits") as ours:
            await until(lambda: len(instants(ours)) > 1)
            two.bus.hang()
            try:
                polls = len(one.views)
                await one.until(lambda: one.status.bus == "lost" and len(one.views) >= polls + POLLS)
            finally:
                two.bus.go_on()
            await one.until(lambda: one.status.bus == "ok")
            lost = instants(theirs)
            await until(lambda: set(lost) <= set(instants(ours)))
            assert instants(ours)[: len(lost)] == lost
            same(theirs, ours, lost)
        await asyncio.to_thread(theirs.close)
