"""One leader that collects, and twenty followers, each a process: what the followers cost, and whom.

All share one machine here, so that the followers take each other's time; on hosts of their own they do not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from redis import Redis

from bench.rows import How, Row, budget, median, quantile
from bench.sweep import TOKENS, cloud
from bench.terminal import ROOT, BrokenError, Terminal
from noctui.stores.bus.redis_server import Server

FOLLOWERS, POLLS, PERIOD = 20, 12, 5.0
SCREENS = 5
DATA = b"worst first"
"""On a screen once the regions have rows."""


@dataclass(frozen=True, slots=True)
class _Ran:
    polls: list[dict[str, Any]]  # of the leader
    got: list[dict[int, float]]  # of each follower: poll → when it had it, CLOCK_MONOTONIC
    cpu: list[float]  # of each follower, ms a poll
    first: list[float]  # ms
    sent: float  # bytes by the server, a poll
    shown: float  # ms from a screen's start to its first data; NaN: there was none


def measure(size: int, how: How) -> Iterator[Row]:
    """Rows for a network of this size; it is collected, so it has to be one that can be."""
    followers, period = (3, 1.0) if how.quick else (FOLLOWERS, PERIOD)
    polls = how.times(POLLS)
    with cloud(size, report_seconds=period) as url:
        alone = _run(url, how.folder / f"alone-{size}", period, polls, 0, how)
        many = _run(url, how.folder / f"many-{size}", period, polls, followers, how)
    published = {int(one["seq"]): float(one["at"]) for one in many.polls}
    late = [1000 * (got[seq] - published[seq]) for got in many.got for seq in _after_first(got) if seq in published]
    last = max(published)
    missed = sum(seq not in got for got in many.got for seq in range(min(got) + 1, last))
    who = f"bus, {followers} followers: "
    note = (
        f"Bus: {followers} followers of a leader that polls every {period:g} s, {size:,} circuits, all here; "
        f"{len(late):,} Views arrived, {missed} were skipped for a newer one."
    )
    yield Row(f"{who}leader View → follower View, p50", size, quantile(late, 0.5), "ms", note=note)
    yield Row(f"{who}leader View → follower View, p99", size, quantile(late, 0.99), "ms")
    yield Row(f"{who}a new one's first View, with all it imports", size, median(many.first), "ms")
    yield Row("process start → first data, by the bus", size, many.shown, "ms")
    yield Row(f"{who}bytes a poll, to all", size, many.sent / 1000, "kB")
    yield Row(f"{who}CPU of a follower, a poll", size, median(many.cpu), "ms")
    yield Row(
        f"{who}CPU of the leader, a poll", size, _cpu(many.polls), "ms", peer="alone", peer_value=_cpu(alone.polls)
    )
    yield Row(
        f"{who}API calls a poll", size, _calls(many.polls), "", budget(size, _calls(alone.polls), _calls(alone.polls)),
        peer="alone", peer_value=_calls(alone.polls),
    )  # fmt: skip


def _after_first(got: dict[int, float]) -> list[int]:
    """The first View is the snapshot: as old as it may be."""
    return sorted(got)[1:]


def _cpu(polls: list[dict[str, Any]]) -> float:
    """Median of what lies between two polls, ms."""
    times = [one["cpu"] for one in polls]
    return median([1000 * (b - a) for a, b in pairwise(times)])


def _calls(polls: list[dict[str, Any]]) -> float:
    """Of the live feeds; the first polls ask what is asked once an hour."""
    return median([float(one["calls"]) for one in polls[1:]])


def _screen(server: Server | None, how: How) -> float:
    """A screen on another host, in a pty: until it shows regions."""
    if server is None:
        return float("nan")
    home = how.folder / "elsewhere"
    home.mkdir(exist_ok=True)
    took: list[float] = []
    for _ in range(how.times(SCREENS) + 1):
        with Terminal(["-m", "noctui", "--bus", server.url, "--data", str(home / "data")], home) as screen:
            took.append(1000 * screen.wait_for(DATA))
    return median(took[1:])


def _run(url: str, folder: Path, period: float, polls: int, followers: int, how: How) -> _Ran:
    with ExitStack() as stack:
        server = stack.enter_context(Server()) if followers else None
        bus = server.url if server is not None else ""
        leader = _started(stack, "bench.bus_leader", url, str(folder), str(period), bus, *TOKENS)
        seen = [_line(leader)]
        shown = _screen(server, how)
        screens = [_started(stack, "bench.bus_screens", bus) for _ in range(followers)]
        first = [float(_line(one)["first"]) for one in screens]
        before = _sent(server)
        until = time.monotonic() + period * (polls + 1)
        newest = _line(leader)
        while time.monotonic() < until:
            seen.append(newest)
            newest = _line(leader)
        sent = (_sent(server) - before) / max(1, len(seen) - 1)
        told = [_ended(one) for one in screens]
        _ended(leader)
    each = [1000 * one["cpu"] / max(1.0, one["seconds"] / period) for one in told]
    got = [{int(seq): float(at) for seq, at in one["got"].items()} for one in told]
    return _Ran(seen, got, each, first, sent, shown)


def _started(stack: ExitStack, module: str, *words: str) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-m", module, *words], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    stack.callback(_killed, child)
    return child


def _killed(child: subprocess.Popen[str]) -> None:
    child.kill()
    child.communicate()


def _line(child: subprocess.Popen[str]) -> dict[str, Any]:
    assert child.stdout is not None
    line = child.stdout.readline()
    if not line:
        raise BrokenError("a leader or a follower of the bus ended; what it said stands above")
    found: dict[str, Any] = json.loads(line)
    return found


def _ended(child: subprocess.Popen[str]) -> dict[str, Any]:
    """What it says in the end."""
    out, _ = child.communicate("\n", timeout=60)
    lines = out.splitlines()
    found: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    return found


def _sent(server: Server | None) -> float:
    """Bytes that the server has sent so far."""
    if server is None:
        return 0.0
    with Redis(unix_socket_path=str(server.socket)) as client:
        found: dict[str, Any] = client.info("stats")
        return float(found["total_net_output_bytes"])
