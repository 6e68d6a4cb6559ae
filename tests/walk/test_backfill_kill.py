"""kill -9 of a real back-fill against a real cloud: a rerun asks for the rest alone and puts nothing in twice."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from noctui.sim.mist.answers import Query
from noctui.sim.mist.paging import Answer
from noctui.sim.world import World
from noctui.stores.history.history import quick_check
from noctui.stores.history.inbox import pending
from tests.walk.filling import bucket_polls, filling, polls_in
from tests.walk.walk import HOUR, MINUTE, T0, TOKEN, Walk, walking

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
LEFT, BACK = T0 + 20 * MINUTE, T0 + 20 * MINUTE + 30 * HOUR
"""Over midnight: two days, so two chunks."""


@dataclass
class Killable:
    walk: Walk

    async def run(self, chunks: int = 0) -> Process:
        """A back-fill as a process, which kills itself once it has left so many chunks in the inbox."""
        clock = self.walk.clock.now()
        words = [str(self.walk.data), self.walk.folder.name, self.walk.server.url, TOKEN, repr(clock), repr(T0),
                 repr(clock), *([str(chunks)] if chunks else [])]  # fmt: skip
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.walk.filler", *words, stdout=PIPE, cwd=ROOT
        )

    async def ended(self, process: Process) -> tuple[int, list[str]]:
        """What it ended with, and what it printed."""
        async with asyncio.timeout(PATIENCE):
            out, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode().split()

    def insights(self) -> int:
        """How often the cloud was asked for a series."""
        return sum(count for path, count in self.walk.server.by_path.items() if "/insights/" in path)

    async def sound(self, polls: int) -> None:
        """Every bucket is there once, and the file is whole."""
        found = bucket_polls(self.walk.folder)
        assert len(found) == len({at for at, *_ in found}) == polls
        assert quick_check(self.walk.folder / "history.db") == ""
        assert not pending(self.walk.folder)
        calls = self.walk.server.calls
        async with filling(self.walk) as backfill:
            plan = await backfill.plan(T0, self.walk.clock.now())
        assert plan.nothing
        assert self.walk.server.calls == calls


@pytest.fixture
async def field(tmp_path: Path) -> AsyncIterator[Killable]:
    world = World(seed=9, sites=24, anchor=T0 + 20 * HOUR)
    async with walking(tmp_path, world) as walk:
        for start in (T0 + 17 * MINUTE, BACK):
            walk.clock.move(start - walk.clock.now())
            watch = await walk.watch()
            await walk.clock.run(3 * MINUTE)
            await walk.close(watch)
        yield Killable(walk)


async def test_killed_while_it_fetches(field: Killable) -> None:
    """At the 30th series; what came before it is not asked again."""
    process = await field.run()
    sites, seen = field.walk.server.cloud.sites, 0
    answer = sites.answer

    def last_words(site: int, tail: str, path: str, query: Query) -> Answer:
        nonlocal seen
        seen += tail.startswith("insights/")
        if seen == 30:
            process.kill()
        return answer(site, tail, path, query)

    sites.answer = last_words  # type: ignore[method-assign]
    code, _ = await field.ended(process)
    assert code == -signal.SIGKILL
    assert not bucket_polls(field.walk.folder)
    sites.answer = answer  # type: ignore[method-assign]
    first = field.insights()
    code, said = await field.ended(await field.run())
    assert (code, said[0]) == (0, "whole")
    again = field.insights() - first
    assert 212 - 30 <= again <= 212 - 30 + 5, "53 circuits, two grains, two kinds: less what was kept"
    await field.sound(int(said[2]))


@pytest.mark.parametrize("chunks", [1, 2])
async def test_killed_while_it_hands_over(field: Killable, chunks: int) -> None:
    """One of two chunks lies in the inbox, or both: the rerun leaves the rest there, and asks for no series again."""
    code, _ = await field.ended(await field.run(chunks))
    assert code == -signal.SIGKILL
    assert len(pending(field.walk.folder)) == chunks
    asked = field.insights()
    code, said = await field.ended(await field.run())
    assert (code, said[0]) == (0, "whole")
    assert field.insights() == asked
    await field.sound(int(said[2]))


async def test_killed_while_it_hands_over_and_taken_in_by_a_leader_before_the_rerun(field: Killable) -> None:
    code, _ = await field.ended(await field.run(1))
    assert code == -signal.SIGKILL
    watch = await field.walk.watch()
    await field.walk.clock.run(2 * MINUTE)
    await field.walk.close(watch)
    assert not pending(field.walk.folder)
    taken = len(bucket_polls(field.walk.folder))
    assert taken > 0
    code, said = await field.ended(await field.run())
    assert (code, said[0]) == (0, "whole")
    assert taken < int(said[2])
    await field.sound(int(said[2]))
    assert [at for at, *_ in polls_in(field.walk.folder)] == sorted({at for at, *_ in polls_in(field.walk.folder)})
