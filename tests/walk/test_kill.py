"""kill -9 of a real leader that polls a real cloud: at most the poll in flight is lost, and the next one goes on."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from noctui.runtime.lead import FIRST_SEQ
from noctui.sim import incidents as do
from noctui.sim.mist.paging import Answer
from noctui.sim.mist.server import MistServer, serve
from noctui.stores.history import open_reader
from noctui.stores.history.blocks import DAYS, HOURS
from noctui.stores.history.history import quick_check
from tests.walk.leader import FastClock
from tests.walk.walk import HOUR, MINUTE, T0, TOKEN
from tests.walk.worlds import lines_of, site_with, with_only

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Real seconds after which a test gives up."""


@dataclass
class Leader:
    """A running leader, and the polls that it told of: (seq, at)."""

    process: Process
    told: list[tuple[int, float]] = field(default_factory=list)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Read on until what was told makes it so, or it has ended."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while not holds():
                line = await self.process.stdout.readline()
                if not line:
                    return
                seq, at = line.split()
                self.told.append((int(seq), float(at)))

    def kill(self) -> None:
        if self.process.returncode is None:
            os.kill(self.process.pid, signal.SIGKILL)

    async def ended(self) -> int:
        """What it ended with; everything that it told is read."""
        await self.until(lambda: False)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


@dataclass
class Field:
    """A cloud, a data folder, and time that runs faster than ours."""

    server: MistServer
    data: Path
    poll: float
    clock: FastClock
    leaders: list[Leader] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.data / self.server.world.network.org_id

    async def leader(self, statement: str = "", times: int = 0) -> Leader:
        """Start one; it kills itself at the so-many-th statement that begins so."""
        words = [str(self.data), self.server.url, TOKEN, str(self.poll), str(self.clock.speed), repr(self.clock.start),
                 *([statement, str(times)] if statement else [])]  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.walk.leader", *words, stdin=PIPE, stdout=PIPE, cwd=ROOT
        )
        assert process.stdin is not None
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            assert await process.stdout.readline() == b"ready\n"
        self.clock.began = min(self.clock.began, time.time())  # time begins with the first one
        process.stdin.write(f"{self.clock.began!r}\n".encode())
        self.leaders.append(Leader(process))
        return self.leaders[-1]

    def polls(self) -> list[tuple[int, float]]:
        """What the file holds: (seq, at)."""
        with closing(sqlite3.connect(self.folder / "history.db")) as db:
            return [(int(seq), float(at)) for seq, at in db.execute("SELECT seq, at FROM polls ORDER BY seq")]

    def sound(self, told: list[tuple[int, float]]) -> None:
        """Everything told is there and reads back, nothing is missing between, the file is whole."""
        held = self.polls()
        assert [seq for seq, _ in held] == list(range(FIRST_SEQ, FIRST_SEQ + len(held)))
        assert [at for _, at in held] == sorted({at for _, at in held})
        assert set(told) <= set(held)
        assert quick_check(self.folder / "history.db") == ""
        reader = open_reader(self.folder)
        try:
            for seq, at in held:
                view = reader.view(at)
                assert view is not None
                assert view.seq == seq
        finally:
            reader.close()

    async def goes_on(
        self, before: list[tuple[int, float]], polls: int = 3, done: Callable[[], bool] = lambda: True
    ) -> None:
        """A new leader on the same folder takes over at once and counts on, until it has also `done` something."""
        self.sound(before)
        held = self.polls()
        last = held[-1][0] if held else FIRST_SEQ - 1
        again = await self.leader()
        try:
            await again.until(lambda: len(again.told) >= polls and done())
        finally:
            again.kill()
            await again.ended()
        assert again.told[0][0] - last <= 2  # a poll that says nobody looked, and its first own
        assert not held or again.told[0][1] > held[-1][1]
        self.sound([*before, *again.told])


@asynccontextmanager
async def fielded(data: Path, *, speed: float, start: float, poll: float) -> AsyncIterator[Field]:
    cut = do.cut(start + 5 * poll, start + 15 * poll, *lines_of(site_with(2)))
    clock = FastClock(speed, start)
    server = await serve(with_only(cut), tokens=(TOKEN,), clock=clock, report_seconds=poll, limit=10**7)
    made = Field(server, data, poll, clock)
    try:
        yield made
    finally:
        for leader in made.leaders:
            leader.kill()
            await leader.process.wait()
        await server.close()


def killing(leader: Leader, server: MistServer, feed: str, times: int) -> None:
    """Kill the leader while it waits for its so-many-th answer of that feed."""
    answer = server.cloud.lists[feed]
    seen = 0

    def last_words(path: str, query: object) -> Answer:
        nonlocal seen
        seen += 1
        if seen == times:
            leader.kill()
        return answer(path, query)  # type: ignore[arg-type]

    server.cloud.lists[feed] = last_words


async def test_killed_during_a_sweep(tmp_path: Path) -> None:
    """Real seconds, a poll each: in the middle of the fourth sweep it is gone."""
    async with fielded(tmp_path, speed=1.0, start=time.time(), poll=1.0) as field_:
        leader = await field_.leader()
        killing(leader, field_.server, "stats/vpn_peers/search", 4)
        assert await leader.ended() == -signal.SIGKILL
        assert len(leader.told) == 3
        assert field_.polls() == leader.told
        await field_.goes_on(leader.told)


async def test_killed_during_the_very_first_sweep(tmp_path: Path) -> None:
    async with fielded(tmp_path, speed=600.0, start=T0, poll=60.0) as field_:
        leader = await field_.leader()
        killing(leader, field_.server, "stats/ports/search", 1)
        assert await leader.ended() == -signal.SIGKILL
        assert leader.told == []
        await field_.goes_on([])


@pytest.mark.parametrize(
    ("statement", "times", "start", "closes"),
    [
        ("INSERT INTO tiles", 2, T0 + 54 * MINUTE, HOURS),
        ("UPDATE periods SET day", 1, T0 + 23 * HOUR + 54 * MINUTE, DAYS),
    ],
    ids=["closing an hour", "closing a day"],
)
async def test_killed_while_it_closes(tmp_path: Path, statement: str, times: int, start: float, closes: int) -> None:
    """Ten simulated minutes a second. What was begun is gone on with: afterwards the hour, or the day, is closed."""
    async with fielded(tmp_path, speed=600.0, start=start, poll=60.0) as field_:
        leader = await field_.leader(statement, times)
        assert await leader.ended() == -signal.SIGKILL
        assert leader.told
        held = field_.polls()
        assert held == leader.told or held[:-1] == leader.told
        with closing(sqlite3.connect(field_.folder / "history.db")) as db:
            ready = "SELECT 1 FROM periods WHERE kind = ? AND ready"
            await field_.goes_on(leader.told, 5, lambda: db.execute(ready, (closes,)).fetchone() is not None)


@pytest.mark.soak
async def test_killed_forty_times_at_random(tmp_path: Path) -> None:
    """The same folder again and again, a real poll a second, some kills within milliseconds of one another."""
    dice = random.Random(1)
    told: list[tuple[int, float]] = []
    async with fielded(tmp_path, speed=1.0, start=time.time(), poll=1.0) as field_:
        for _ in range(40):
            leader = await field_.leader()
            asyncio.get_running_loop().call_later(dice.uniform(0.3, 4.0), leader.kill)
            assert await leader.ended() == -signal.SIGKILL
            told += leader.told
            if field_.folder.exists():
                field_.sound(told)
    print(f"{len(told)} polls over 40 kills, all there")
