"""How long the screen's loop is blocked while polls land and somebody moves about."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

from bench.rows import How, Row, budget, live_sizes, quantile
from bench.sweep import TOKENS, cloud
from bench.terminal import BrokenError, Terminal

KEYS = (
    b"2",
    b"\x1b[B",
    b"\x1b[B",
    b"3",
    b"\x1b[B",
    b"\x1b[6~",
    b"\x1b[B",
    b"\r",
    b"\x1b",
    b"1",
    b"\x1b[B",
    b"\r",
    b"1",
)
"""Sites, circuits, one circuit and its chart, the overview, a region: a key every half second."""


def measure(sizes: Sequence[int], how: How) -> Iterator[Row]:
    for size in live_sizes(sizes):
        seconds = 1.5 if how.quick else 600.0 if how.long else 60.0
        period = 1.0 if how.quick else budget(size, 10.0, 30.0)
        with cloud(size) as url, live(how, f"loop-{size}", url, period) as screen:
            landed(screen, 1)
            screen.ask("watch")
            keys = itertools.cycle(KEYS)
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                screen.key(next(keys), 0.5)
            found: dict[str, Any] = screen.ask("report")
            polls = screen.ask("landed")
        _name(found["blocks"])
        for generation in (0, 1, 2):
            times = [took for which, took in found["pauses"] if which == generation]
            _say(f"garbage collector, generation {generation}: {len(times)}× up to {max(times, default=0.0):.0f} ms")
        late, worked = found["late"], found["worked"]
        note = (
            f"Event loop at {size:,} circuits: {len(late):,} beats in {seconds:.0f} s, a poll every {period:.0f} s "
            f"({polls} landed), a key every half second, the collector a process of its own; "
            f"{len(found['blocks'])} blocks above 25 ms. Its own work is the "
            "processor time of its thread between two beats: the rest of a block is other threads and programs."
        )
        yield Row("event loop blocked, p99.9", size, quantile(late, 0.999), "ms", budget(size, 16, 25), note=note)
        yield Row("event loop blocked, worst", size, max(late), "ms", budget(size, 60, 100))
        yield Row("of it its own work, p99.9", size, quantile(worked, 0.999), "ms")
        yield Row("of it its own work, worst", size, max(worked), "ms")


def _name(blocks: list[tuple[str, float, float]]) -> None:
    """The causes of blocks above 25 ms, the costliest first."""
    by_cause: dict[str, list[tuple[float, float]]] = {}
    for cause, late, worked in blocks:
        by_cause.setdefault(cause, []).append((late, worked))
    for cause, times in sorted(by_cause.items(), key=lambda item: -sum(late for late, _ in item[1])):
        late, worked = max(late for late, _ in times), max(worked for _, worked in times)
        _say(f"{len(times)}× up to {late:.0f} ms ({worked:.0f} ms of work): {cause}")


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr)


def live(how: How, name: str, url: str, period: float, day: str = "empty") -> Terminal:
    """The program in a pty over the cloud at `url`."""
    words = ["-m", "bench.live_app", str(how.folder / name), url, str(period), day, *TOKENS]
    return Terminal(words, how.folder, control=True)


def landed(screen: Terminal, polls: int, timeout: float = 300.0) -> None:
    """Wait until so many polls are on the screen."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        screen.listen(0.2)
        if screen.ask("landed") >= polls:
            return
    raise BrokenError(f"{polls} polls did not land in {timeout:.0f} s")
