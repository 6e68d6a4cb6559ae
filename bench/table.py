"""All circuits in a real pty, beside DataTable with the same rows: key to paint, bytes, taking a poll in."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.rows import How, Row, budget, median, quantile
from bench.terminal import PAINT, Terminal

DOWN, UP = b"\x1b[B", b"\x1b[A"
REPS = 3
STRIDE = 16
"""Keys down, then as many up: the cursor stays in the window."""
A_CLOCK = 300
"""Bytes of a paint that only moves the clock on: none of the data."""
PATIENCE = 90.0
"""Seconds of keys: a table that takes a second for each, as DataTable does of 100,000 rows, is pressed less often."""
FEWEST = 20
CLOCK = "Idle, noctui sends its clock every second."


@dataclass(frozen=True, slots=True)
class Found:
    """Of one program, at one size: milliseconds and bytes."""

    apply: float
    inside_p95: float
    inside_bytes: float
    scroll_p99: float
    refresh_bytes: float
    whole_bytes: float
    whole_paints: int
    idle_bytes: float  # a second
    idle_work: float  # milliseconds of processor time a minute


def measure(sizes: Sequence[int], how: How) -> Iterator[Row]:
    for size in sizes:
        ours, peer = _run("noctui", size, how), _run("datatable", size, how)
        name = "DataTable"
        yield Row("key → paint inside the window, 5 % changing every 2 s, p95", size, ours.inside_p95, "ms",
                  budget(size, 16, 20), name, peer.inside_p95)  # fmt: skip
        yield Row("held key scrolling, 5 % changing every 2 s, p99", size, ours.scroll_p99, "ms",
                  budget(size, 14, 14), name, peer.scroll_p99)  # fmt: skip
        yield Row("apply 5 % and sort", size, ours.apply, "ms", budget(size, 2, 12), name, peer.apply,
                  budget(size, 30, 50))  # fmt: skip
        yield Row("bytes a key in the window", size, ours.inside_bytes, "B", 1_000, name, peer.inside_bytes)
        yield Row(
            "bytes a poll that changes 5 %, order unchanged",
            size,
            ours.refresh_bytes,
            "B",
            1_500,
            name,
            peer.refresh_bytes,
        )
        yield Row("bytes when the whole network changed", size, ours.whole_bytes, "B", 16_000, name, peer.whole_bytes)
        yield Row("paints when the whole network changed", size, ours.whole_paints, "", 1)
        yield Row("bytes a second, idle", size, ours.idle_bytes, "B", 200, note=CLOCK)
        yield Row("processor time an idle minute", size, ours.idle_work, "ms", None, name, peer.idle_work)


def _run(kind: str, size: int, how: How) -> Found:
    with Terminal(["-m", "bench.table_app", kind, str(size)], how.folder, control=True) as screen:
        screen.ask("share", share=0.0)  # answered when all rows are there
        screen.settle()
        if kind == "noctui":
            screen.key(b"3")
            screen.settle()
        screen.ask("sort", column="rx")
        apply = screen.ask("apply", share=0.05, times=how.times(9))
        screen.settle()
        screen.listen(how.seconds(8))  # what is imported ahead, once, is done
        seconds = how.seconds(6)
        before = screen.worked()
        idle = len(screen.listen(seconds)) / seconds
        idle_work = (screen.worked() - before) * 60.0 / seconds
        screen.ask("show", share=1.0)
        whole = screen.heard + screen.settle(0.5)  # a quick machine paints before the answer is read
        screen.ask("sort", column="name")
        screen.settle()
        polls = 1 if how.quick else 5
        screen.ask("share", share=0.05)
        refresh = len(screen.listen(2.0 * polls)) / polls
        screen.ask("sort", column="rx")
        screen.settle()
        inside: list[tuple[float, int]] = []
        scroll: list[list[float]] = []
        end = time.monotonic() + PATIENCE
        for _ in range(1 if how.quick else REPS):
            for _ in range(1 if how.quick else 4):
                if time.monotonic() > end and inside:
                    break
                inside += [screen.key(DOWN) for _ in range(how.times(STRIDE))]
                inside += [screen.key(UP) for _ in range(how.times(STRIDE))]
            if time.monotonic() > end and scroll:
                break
            scroll.append([])
            for _ in range(how.times(150)):
                if time.monotonic() < end or len(scroll[-1]) < FEWEST:
                    scroll[-1].append(screen.key(DOWN)[0])
            screen.key(b"\x1b[H")
            screen.settle(0.1, 1)
        return Found(
            apply=median(apply),
            inside_p95=quantile([ms for ms, _ in inside], 0.95),
            inside_bytes=median([sent for _, sent in inside]),
            scroll_p99=median([quantile(run, 0.99) for run in scroll]),
            refresh_bytes=refresh,
            whole_bytes=len(whole),
            whole_paints=sum(len(paint) > A_CLOCK for paint in whole.split(PAINT)[1:]),
            idle_bytes=idle,
            idle_work=idle_work,
        )
