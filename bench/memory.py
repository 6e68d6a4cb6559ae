"""Resident memory of the whole program, both its processes, when its windows of 24 h are full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import psutil

from bench.loop import landed, live
from bench.rows import How, Row, budget, live_sizes
from bench.sweep import cloud


def measure(sizes: Sequence[int], how: How) -> Iterator[Row]:
    for size in live_sizes(sizes):
        with cloud(size) as url:
            period = 1.0 if how.quick else 60.0  # the windows are as large as they are fine
            with live(how, f"memory-{size}", url, period) as screen:
                landed(screen, 1)  # now history holds a View that the day can be made for
            with live(how, f"memory-{size}", url, period, "full") as screen:
                landed(screen, 2)  # what history showed, and a poll of its own
                for key in (b"2", b"3", b"\r", b"1"):
                    screen.key(key, 0.5)
                landed(screen, 3)
                screen.listen(how.seconds(8.0))  # what a poll sets off is done, too
                whole = psutil.Process(screen.process.pid)
                rss = [process.memory_info().rss / 1e6 for process in (whole, *whole.children())]
        yield Row("resident memory with full windows of 24 h", size, sum(rss), "MB", budget(size, 200, 700))
        yield Row("of it the screen", size, rss[0], "MB")
        yield Row("of it the collector", size, sum(rss[1:]), "MB")
