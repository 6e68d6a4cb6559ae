"""From the start of the process to its first paint, and to the first data out of a warm history, in a real pty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.prepared import prepare
from bench.rows import How, Row, budget, median
from bench.terminal import Terminal

RUNS = 9
FRAME, DATA = b"overview", b"Northeast"
"""Words of the first frame, and of the table of regions once it has rows."""


def measure(sizes: Sequence[int], how: How) -> Iterator[Row]:
    for size in sizes:
        made = prepare(size, how)
        paints: list[float] = []
        data: list[float] = []
        worked: list[float] = []
        for _ in range(how.times(RUNS) + 1):
            with Terminal(["-m", "noctui", "--data", str(made.data)], how.folder) as screen:
                paints.append(1000 * screen.wait_for(FRAME))
                worked.append(screen.worked())
                data.append(1000 * screen.wait_for(DATA))
        yield Row("process start → first paint", size, median(paints[1:]), "ms", 350)
        yield Row("of it processor time", size, median(worked[1:]), "ms")
        yield Row("process start → first data, warm history", size, median(data[1:]), "ms", budget(size, 600, 1500))
