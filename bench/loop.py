"""How long the screen's loop is blocked while polls land and somebody moves about."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

from bench.rows import How, Row, budget, quantile
from bench.sweep import TOKENS, cloud
from bench.terminal import Broken, Terminal

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
    for size in sizes:
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
        for what, times, worst in found["causes"]:
            print(f"  above 25 ms: {times}× up to {worst:.0f} ms: {what}", file=sys.stderr)
        late = found["late"]
        above = sum(times for _, times, _ in found["causes"])
        note = (
            f"Event loop at {size:,} circuits: {len(late):,} beats in {seconds:.0f} s, a poll every {period:.0f} s "
            f"({polls} landed), a key every half second; {above} blocks above 25 ms."
        )
        yield Row("event loop blocked, p99.9", size, quantile(late, 0.999), "ms", budget(size, 16, 25), note=note)
        yield Row("event loop blocked, worst", size, max(late), "ms", budget(size, 60, 100))


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
    raise Broken(f"{polls} polls did not land in {timeout:.0f} s")
