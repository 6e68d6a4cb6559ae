"""Alarms: judging a poll, keeping its versions, and a day of 10,393 of them read as the screen reads it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from bench.made import network, polls
from bench.rows import ANY, How, Row, median, milliseconds
from noctui.engine.alarms.book import AlarmBook
from noctui.engine.engine import Engine
from noctui.model.alarms import Alarm
from noctui.model.scene import Range
from noctui.sim.world import DEFAULT_ANCHOR
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import Retention, open_reader, open_writer

DAY = 86_400.0
A_DAY = 10_393
"""Alarms of 24 h that the largest org so far had."""
POLLS = 21
VERSIONS = 400
NOTE = f"A day of {A_DAY:,} alarms, a twentieth of them open, over a network of 500 circuits."
KINDS = ("gw_port_down", "vpn_path_down")
TEXT = "ifIndex 564, ifOperStatus down(2)"


def measure(sizes: Sequence[int], how: How) -> Iterator[Row]:
    for size in sizes:
        took = _judged(size, how)
        yield Row("alarms: judge a poll", size, median(took[3:] or took), "ms")
        yield Row("alarms: judge the first poll", size, took[0], "ms")
    yield from _kept(how)


def _judged(size: int, how: How) -> list[float]:
    """Beside what happens in the simulated network: some hundreds of alarms are open."""
    world, inventory = network(size, DEFAULT_ANCHOR)
    engine, book = Engine(), AlarmBook()
    took = []
    for poll in polls(world, inventory, DEFAULT_ANCHOR, how.times(POLLS)):
        record = engine.apply(poll, inventory)
        took.append(milliseconds(lambda r=record: book.judge(r.view, r.edges)))  # type: ignore[misc]
    return took


def _kept(how: How) -> Iterator[Row]:
    folder = Path(how.folder / "alarms")
    folder.mkdir()
    world, inventory = network(500, DEFAULT_ANCHOR)
    lock = FolderLock(folder)
    assert lock.try_acquire()
    writer = open_writer(folder, inventory.org_id, lock, Retention())
    engine = Engine()
    records = [engine.apply(p, inventory) for p in polls(world, inventory, DEFAULT_ANCHOR, 4)]
    writer.learn(inventory)
    end = records[-1].view.at
    sites, circuits = inventory.sites, inventory.circuits
    pick = random.Random(1)
    made = [
        _alarm(i, end - pick.random() * DAY, pick, [c.circuit_id for c in circuits], [s.site_id for s in sites])
        for i in range(A_DAY)
    ]
    writer.write(replace(records[0], alarms=tuple(made)))
    writer.write(records[1])
    plain = milliseconds(lambda: writer.write(records[2]))
    newer = tuple(_again(a, end) for a in made[:VERSIONS])
    with_alarms = milliseconds(lambda: writer.write(replace(records[3], alarms=newer)))
    yield Row(f"alarms: write {VERSIONS} versions", ANY, max(0.0, with_alarms - plain), "ms", note=NOTE)
    reader = open_reader(folder)
    try:
        range_ = Range(end - DAY, end)
        read = reader.reader(end)
        took = [milliseconds(lambda: asyncio.run(read.alarms(range_, 20_000))) for _ in range(how.times(5))]
        yield Row("alarms: a day of 10,393, read", ANY, median(took), "ms")
        known = reader.alarms_now(None)
        looks = [milliseconds(lambda: reader.alarms_now(known)) for _ in range(how.times(9))]
        yield Row("alarms: look whether any changed", ANY, median(looks), "ms")
    finally:
        reader.close()
        writer.close()
        lock.release()


def _alarm(i: int, opened: float, pick: random.Random, circuits: list[str], sites: list[str]) -> Alarm:
    return Alarm(
        alarm_id=f"mist/{i}@{opened:.0f}", key=f"mist/{i}", source="mist", type=pick.choice(KINDS), text=TEXT,
        severity=pick.choice((2, 5, 7)), opened=opened, changed=opened, known_at=opened + 30,
        cleared=None if i % 20 == 0 else opened + 20, site_id=pick.choice(sites), circuit_ids=(pick.choice(circuits),),
    )  # fmt: skip


def _again(alarm: Alarm, at: float) -> Alarm:
    return structs.replace(alarm, known_at=at, text="again")
