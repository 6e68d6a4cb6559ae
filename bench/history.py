"""Writing polls into a history and reading them: instants, one circuit over its ranges, and the disk that it takes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from math import floor

import msgspec

from bench.made import network
from bench.prepared import DAY, HOUR, PAST_CIRCUITS, day_of, leave, numbers, prepare, shifted, tidy, writing
from bench.rows import ANY, How, Row, budget, median, milliseconds
from noctui.model.inventory import Inventory
from noctui.model.scene import WINDOWS, Range
from noctui.stores.history import HistoryReader, open_reader
from noctui.stores.history.past import Chunk
from noctui.tui.panes.series_rows import METRICS

DISK_CIRCUITS = 1_000
NOTE = (
    f"31 d and 13 months are read from a history of {PAST_CIRCUITS} circuits: its tiles hold 16 circuits × 1 day and "
    "64 circuits × 1 month, whatever the network's size. All reads with a warm page cache."
)


def measure(sizes: Sequence[int], how: How) -> Iterator[Row]:
    for size in sizes:
        made = prepare(size, how)
        yield Row("history: write a poll", size, median(made.write_ms[3:]), "ms", budget(size, 3, 25))
        reader = open_reader(made.folder)
        try:
            newest = _instants(reader, made.end - 1.9 * HOUR, made.end, how)
            yield Row("read the network at an instant, newest 2 h", size, newest, "ms", budget(size, 10, 60))
            if not how.quick:
                earlier = _instants(reader, made.end - 3.1 * HOUR, made.end - 2.2 * HOUR, how)
                yield Row("read the network at an instant, earlier", size, earlier, "ms", budget(size, 30, 300))
            one = _series(reader, made.inventory, made.end, "24h", how)
            yield Row("one circuit: 24 h", size, one, "ms", budget(size, 5, 25), note=_open_hours(made.end))
            if not how.quick:
                closed = _series(reader, made.inventory, floor(made.end / DAY) * DAY, "24h", how)
                yield Row("of a day that is closed", size, closed, "ms", budget(size, 5, 25))
        finally:
            reader.close()
    yield from _long(how)


def _open_hours(end: float) -> str:
    """A day's chart reads one tile of each closed day, and one of each hour of the running one."""
    return f"One circuit, 24 h: {end % DAY / HOUR:.0f} of its hours lay in a day that was not closed (UTC) yet."


def _instants(reader: HistoryReader, start: float, end: float, how: How) -> float:
    count = how.times(15)
    times = [start + (end - start) * (i + 1) / count for i in range(count)]
    reader.view(times[0])
    return median([milliseconds(lambda at=at: reader.view(at)) for at in times])  # type: ignore[misc]


def _series(reader: HistoryReader, inventory: Inventory, end: float, word: str, how: How) -> float:
    """What the chart of a circuit asks for: each time another circuit."""

    async def read() -> float:
        bound = reader.reader(end)
        took: list[float] = []
        for row in range(how.times(15) + 1):
            circuit = inventory.circuits[(37 * row) % min(PAST_CIRCUITS, len(inventory.circuits))]
            began = time.perf_counter()
            series = await bound.series(circuit.circuit_id, METRICS, Range(end - WINDOWS[word], end))
            took.append(1000 * (time.perf_counter() - began))
            assert len(series.times)
        return median(took[1:])

    return asyncio.run(read())


def _long(how: How) -> Iterator[Row]:
    """13 months of few circuits: 31 days of polls, hourly figures before."""
    end = floor(time.time() / DAY) * DAY
    world, inventory = network(30 if how.quick else PAST_CIRCUITS, end)
    inventory = msgspec.structs.replace(inventory, known_at=end - 400 * DAY, event_time=end - 400 * DAY)
    day = day_of(world, inventory, end - DAY, interval=600.0 if how.quick else 60.0)
    folder = how.folder / "long"
    with writing(folder, inventory) as writer:
        for back in reversed(range(33 if how.quick else 396)):  # as they went by: no week or month is made anew
            leave(folder, shifted(_thinned(day, back), -back * DAY))
            tidy(writer, end + HOUR - back * DAY)
    reader = open_reader(folder)
    try:
        last = day.polls[-1].at
        yield Row("one circuit: 31 d", ANY, _series(reader, inventory, last, "31d", how), "ms", 20, note=NOTE)
        yield Row("one circuit: 13 months", ANY, _series(reader, inventory, last, "13mo", how), "ms", 20)
    finally:
        reader.close()
    yield _disk(how, end)


def _thinned(day: Chunk, back: int) -> Chunk:
    """Of earlier days the day tiles alone, and of those before the raw samples one poll and the hours."""
    periods = [] if back > 32 else day.periods[:1]
    polls = day.polls[-1:] if back > 32 else day.polls
    return msgspec.structs.replace(day, polls=polls, periods=periods, quarters=[])


def _disk(how: How, end: float) -> Row:
    day, note = closed_day(1000, 30 if how.quick else DISK_CIRCUITS, how, end)
    return Row("disk per 1,000 circuits and day", ANY, day / 1e6, "MB", note=note)


def closed_day(circuits: int, made: int, how: How, end: float | None = None) -> tuple[float, str]:
    """What a closed day of so many circuits adds to the file, with its hour tiles, peer paths and hourly figures:
    (bytes, how that was found). A day of `made` circuits is really stored and scaled."""
    end = floor(time.time() / DAY) * DAY if end is None else end
    made = 30 if how.quick else made
    world, inventory = network(made, end)
    chunk = day_of(world, inventory, end - DAY, made, 600.0 if how.quick else 60.0)
    folder = how.folder / f"disk-{made}"
    with writing(folder, inventory):
        pass
    before = (folder / "history.db").stat().st_size
    with writing(folder, inventory) as writer:
        leave(folder, chunk)
        tidy(writer, end + HOUR)
    grown = (folder / "history.db").stat().st_size - before
    paths = len(numbers(inventory)[2]) / made
    note = (
        f"Disk: at 60 s polls, {paths:.0f} peer paths a circuit, instants of the day kept in hour tiles too; a day of "
        f"{made:,} circuits was stored" + (f" and scaled to {circuits:,}." if made != circuits else ".")
    )
    return grown * circuits / made, note
