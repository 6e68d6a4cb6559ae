"""The bus over Redis: what a poll costs its leader, how long it is under way, and what it costs a follower.

The leader is this process, the follower and the server are two others, all on one machine, by a unix socket.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bench import bus_many
from bench.bus_follower import END
from bench.made import network, records
from bench.rows import How, Row, budget, live_sizes, median, quantile
from bench.terminal import ROOT, BrokenError
from noctui.model.status import Status
from noctui.model.view import View
from noctui.sim.world import DEFAULT_ANCHOR
from noctui.stores.bus.redis_address import parse_url
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_publish import Publisher
from noctui.stores.bus.redis_server import Server, ServerError

MADE, POLLS, NEWS = 6, 100, 200
PAUSE = 0.05
"""Seconds between two polls: the follower sleeps again when the next one comes."""


@dataclass(frozen=True, slots=True)
class _Ran:
    took: list[float]  # ms of each poll, on the clock
    cpu: list[float]  # ms of each poll, of the leader
    size: int  # bytes of a poll
    sent: dict[str, float]  # what → CLOCK_MONOTONIC before it was handed to the bus
    got: dict[str, float]  # what → when the follower had it
    cpu_each: float  # ms of the follower per poll
    first: float  # ms: from the follower's connecting to its first View
    memory: float  # MB of the server for two hours


def measure(sizes: Sequence[int], how: How) -> Iterator[Row]:
    for size in sizes:
        try:
            with Server() as server:
                ran = asyncio.run(_run(server, _views(size), how))
        except ServerError as error:
            raise BrokenError(str(error)) from error
        late = [1000 * (at - ran.sent[what]) for what, at in ran.got.items() if what[0] == "p" and what in ran.sent]
        woken = [1000 * (at - ran.sent[what]) for what, at in ran.got.items() if what[0] == "n" and what in ran.sent]
        note = (
            f"Bus: {size:,} circuits with their peer paths; {len(late)} polls to one follower by {server.program.name}."
        )
        yield Row("bus: publish a poll", size, median(ran.took), "ms", budget(size, 5, 20), note=note)
        yield Row("bus: publish a poll, CPU of the leader", size, median(ran.cpu), "ms")
        yield Row("bus: View → follower View, p50", size, quantile(late, 0.5), "ms")
        yield Row("bus: View → follower View, p99", size, quantile(late, 0.99), "ms", budget(size, 50, 80))
        yield Row("bus: a follower wakes, p50", size, quantile(woken, 0.5), "ms")
        yield Row("bus: a follower wakes, p99", size, quantile(woken, 0.99), "ms", 5.0)
        yield Row("bus: CPU of a follower, a poll", size, ran.cpu_each, "ms")
        yield Row("bus: a new follower's first View", size, ran.first, "ms", 300.0 if size <= 20_000 else None)
        yield Row("bus: bytes of a poll", size, ran.size / 1000, "kB")
        yield Row("bus: memory of the server, 2 h of polls", size, ran.memory, "MB")
    for size in live_sizes(sizes):
        yield from bus_many.measure(size, how)


def _views(size: int) -> list[View]:
    world, inventory = network(size, DEFAULT_ANCHOR)
    return [record.view for record in records(world, inventory, DEFAULT_ANCHOR, MADE)]


def _follower(url: str, org: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "bench.bus_follower", url, org]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)


async def _run(server: Server, views: list[View], how: How) -> _Ran:
    client = parse_url(server.url).client()
    org = views[0].inventory.org_id
    lease = Lease(client, org, "the bus", seconds=600)
    assert await lease.acquire()
    leader = Publisher(lease)
    sent: dict[str, float] = {}
    took, cpu, size, seq = [], [], 0, 1
    await leader.poll(replace(views[0], seq=seq), Status())
    child = await asyncio.to_thread(_follower, server.url, org)
    assert child.stdout is not None
    try:
        first = json.loads(await asyncio.to_thread(child.stdout.readline) or "{}")
        if not first:
            raise BrokenError("the follower ended before it had heard anything")
        for number in range(how.times(NEWS)):
            await asyncio.sleep(0.01)
            sent[f"n{number}"] = time.monotonic()
            await leader.say(Status(api_used=number))
        for number in range(how.times(POLLS)):
            await asyncio.sleep(PAUSE)
            seq += 1
            view = replace(views[number % len(views)], seq=seq)
            began, spent = time.monotonic(), time.process_time()
            sent[f"p{seq}"] = began
            size = await leader.poll(view, Status())
            took.append(1000 * (time.monotonic() - began))
            cpu.append(1000 * (time.process_time() - spent))
        await leader.say(Status(fault=END))
        told = json.loads(await asyncio.to_thread(child.stdout.readline) or "{}")
        if not told:
            raise BrokenError("the follower ended before all was published")
        used = float((await client.info("memory"))["used_memory"])
        entries = await client.xlen(lease.keys.polls)
    finally:
        child.kill()
        child.communicate()
        await client.aclose()
    return _Ran(took, cpu, size, sent, told["got"], told["cpu"], first["first"], used / entries * 120 / 1e6)
