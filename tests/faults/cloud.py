"""A small simulated cloud for whole programs: on a thread of the test, calm, its gateways heard every second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from noctui.runtime.thread import LoopThread
from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.server import MistServer, serve
from noctui.sim.world import World
from tests.walk.walk import TOKEN
from tests.whole.terminal import Terminal


@contextmanager
def small_cloud(sites: int = 6, others: tuple[str, ...] = ()) -> Iterator[MistServer]:
    """Listening; `faults` may be changed from the test's thread. `others` are names of more orgs."""
    thread = LoopThread("cloud")
    now = time.time()

    async def begin() -> MistServer:
        world = World(seed=9, sites=sites, anchor=now, incidents=())
        more = [World(seed=10 + i, sites=sites, anchor=now, org_name=name) for i, name in enumerate(others)]
        return await serve(
            world, tokens=(TOKEN,), clock=SimClock(1.0, now), report_seconds=1.0, limit=10**7, others=more
        )

    server = asyncio.run(thread.run(begin()))
    try:
        yield server
    finally:
        asyncio.run(thread.run(server.close()))
        asyncio.run(thread.stop())


def watching(
    server: MistServer,
    home: Path,
    columns: int = 120,
    rows: int = 40,
    env: dict[str, str] | None = None,
    streams: dict[int, Path] | None = None,
) -> Terminal:
    """`noctui` on that cloud in a terminal, a poll every second."""
    words = ["--host", server.url, "--insecure-host", "--poll-seconds", "1", "--data", str(home / "data")]
    variables = {"MIST_API_TOKEN": TOKEN, "NOCTUI_ENRICH": "false"} | (env or {})
    return Terminal(words, home, columns, rows, variables, streams)
