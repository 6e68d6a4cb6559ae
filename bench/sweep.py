"""One sweep over HTTP, from the first call to the View: CPU of this process. The simulated cloud is another process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from bench.made import sites_for
from bench.rows import How, Row, budget, live_sizes, median
from bench.terminal import ROOT
from noctui.clock import SystemClock
from noctui.engine.engine import Engine
from noctui.runtime.intake import Intake
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.source import MistSource

TOKENS = tuple(f"bench-token-{n}" for n in range(40))
SWEEPS = 5


def measure(sizes: Sequence[int], how: How) -> Iterator[Row]:
    for size in live_sizes(sizes):
        with cloud(size) as url:
            first, later, wall, calls = asyncio.run(_sweeps(url, how.times(SWEEPS)))
        note = f"A sweep of {size:,} circuits is {calls} calls; it took {wall:.1f} s on the clock beside its server."
        yield Row("sweep, HTTP to View, CPU", size, median(later), "s", budget(size, 0.5, 5), note=note)
        yield Row("first sweep, with what is asked once an hour, CPU", size, first, "s")


def cloud(circuits: int, report_seconds: float = 5.0) -> AbstractContextManager[str]:
    """A simulated cloud of about so many circuits; its URL."""
    return cloud_of_sites(sites_for(circuits), report_seconds)


@contextmanager
def cloud_of_sites(sites: int, report_seconds: float = 5.0) -> Iterator[str]:
    """A simulated cloud of so many sites; its URL."""
    words = ["mist", "--sites", str(sites), "--report-seconds", str(report_seconds), "--until-eof"]
    tokens = [word for token in TOKENS for word in ("--token", token)]
    child = subprocess.Popen(
        [sys.executable, "-m", "noctui", "sim", *words, *tokens],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        yield child.stdout.readline().split()[0]
    finally:
        child.stdin.close()
        child.stdout.close()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:  # in the middle of making a world
            child.kill()
            child.wait()


async def _sweeps(url: str, times: int) -> tuple[float, list[float], float, int]:
    """CPU seconds of the first sweep and of each later one, median wall seconds, calls of the last."""
    source = MistSource(MistSettings(tokens=TOKENS, host=url, insecure_host=True), SystemClock())
    numbers: dict[tuple[str, str], int] = {}
    counts = {"circuits": 0, "paths": 0, "gateways": 0}

    def number(kind: str, ident: str) -> int:
        if (kind, ident) not in numbers:
            numbers[kind, ident] = counts[kind]
            counts[kind] += 1
        return numbers[kind, ident]

    intake, engine = Intake(None, number, 0), Engine()
    took: list[float] = []
    walls: list[float] = []
    calls = 0
    try:
        await source.open()
        for tick in range(times + 1):
            began, wall = time.process_time(), time.monotonic()
            sweep = await source.sweep()
            poll, inventory, _ = intake.take(sweep, tick, 60.0)
            engine.apply(poll, inventory)
            took.append(time.process_time() - began)
            walls.append(time.monotonic() - wall)
            calls = sum(report.calls for report in sweep.reports)
    finally:
        await source.close()
    return took[0], took[1:], median(walls[1:]), calls
