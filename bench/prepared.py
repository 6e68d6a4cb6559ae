"""Histories to read from, made quickly: the newest hours by the writer itself, the days before from one made day.

The newest `LIVE_HOURS` hold every circuit. What is earlier holds the first `PAST_CIRCUITS` of them: the tiles that one
circuit is read from are as large as in a whole history, only fewer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import floor
from pathlib import Path

import msgspec
import numpy as np

from bench.made import first_circuits, network, polls, records
from bench.rows import How
from noctui.engine.engine import Engine
from noctui.model.inventory import Inventory
from noctui.runtime.folders import org_folder
from noctui.sim.world import World
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import PastBuilder, Writer, open_writer
from noctui.stores.history.catalog import pack_times, unpack_times
from noctui.stores.history.inbox import deposit
from noctui.stores.history.past import Chunk, encode

INTERVAL, HOUR, DAY = 60.0, 3600.0, 86_400.0
LIVE_HOURS = 3.25
"""So that a whole hour is older than the newest 2 h, and closed."""
PAST_CIRCUITS = 256


@dataclass(frozen=True, slots=True)
class Prepared:
    """`data` is what `noctui --data` wants, `folder` the org's in it; polls end at `end`."""

    data: Path
    folder: Path
    inventory: Inventory
    end: float
    write_ms: tuple[float, ...]  # of each live poll


_there: dict[Path, Prepared] = {}


def prepare(circuits: int, how: How) -> Prepared:
    """A history of so many circuits that ends now, with the last day of one circuit at full length."""
    data = how.folder / f"data-{circuits}"
    if data in _there:
        return _there[data]
    now = floor(time.time() / INTERVAL) * INTERVAL
    world, inventory = network(circuits, now)
    folder = org_folder(data, inventory.org_id)
    hours = 0.2 if how.quick else LIVE_HOURS
    start = now - hours * HOUR
    took: list[float] = []
    with writing(folder, inventory) as writer:
        for record in records(world, inventory, start, round(hours * HOUR / INTERVAL) + 1):
            began = time.perf_counter()
            writer.write(record)
            took.append(1000 * (time.perf_counter() - began))
        if not how.quick:
            chunk = day_of(world, inventory, floor(now / DAY) * DAY - DAY)
            for shift in (0.0, DAY):  # yesterday, and today up to the first live poll
                leave(folder, until(shifted(chunk, shift), start - INTERVAL))
        tidy(writer, now)
    found = _there[data] = Prepared(data, folder, inventory, now, tuple(took))
    return found


@contextmanager
def writing(folder: Path, inventory: Inventory) -> Iterator[Writer]:
    """The folder's writer, with the inventory learned."""
    lock = FolderLock(folder)
    assert lock.try_acquire()
    writer = open_writer(folder, inventory.org_id, lock)
    try:
        writer.learn(inventory)
        yield writer
    finally:
        writer.close()
        lock.release()


def tidy(writer: Writer, now: float) -> None:
    """All that is due."""
    while writer.apply_inbox(1000.0).more:
        pass
    while writer.close_due(now):
        pass


def numbers(inventory: Inventory) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Registries of circuits, gateways and paths, as a new history numbers them."""
    return (
        {c.circuit_id: c.circuit_no for c in inventory.circuits},
        {g.gateway_id: i for i, g in enumerate(inventory.gateways)},
        {p.path_id: p.path_no for p in inventory.paths},
    )


def day_of(
    world: World, inventory: Inventory, start: float, circuits: int = PAST_CIRCUITS, interval: float = INTERVAL
) -> Chunk:
    """One whole day of the first circuits at live polls, with hour tiles and paths."""
    few = first_circuits(inventory, circuits)
    known = numbers(inventory)
    gateways = {g.gateway_id: known[1][g.gateway_id] for g in few.gateways}
    builder = PastBuilder((numbers(few)[0], gateways, numbers(few)[2]), inventory.org_id)
    engine = Engine()
    chunks: list[Chunk] = []
    for poll in polls(world, few, start, round(DAY / interval), interval):
        chunks += builder.add(engine.apply(poll, few))
    chunks += builder.finish()
    (chunk,) = chunks
    return msgspec.structs.replace(chunk, inventories=[])  # the whole version is known already


def shifted(chunk: Chunk, by: float) -> Chunk:
    """The same day at another time, without what must be told once: edges, failovers and notes."""
    ticks = round(by / INTERVAL)
    moved = [
        msgspec.structs.replace(
            p,
            start=p.start + by,
            first=p.first + by,
            last=p.last + by,
            times=pack_times(*_later(p.times, by)),
        )
        for p in chunk.periods
    ]
    return msgspec.structs.replace(
        chunk,
        polls=[msgspec.structs.replace(p, at=p.at + by, tick=p.tick + ticks, seq=p.seq + ticks) for p in chunk.polls],
        periods=moved,
        quarters=[(q + round(by / 900), data) for q, data in chunk.quarters],
        hours=[msgspec.structs.replace(hour, start=hour.start + by) for hour in chunk.hours],
        edges=[] if by else chunk.edges,
        failovers=[] if by else chunk.failovers,
        notes=[] if by else chunk.notes,
    )


def _later(times: bytes, by: float) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
    at, intervals = unpack_times(times, "a made day")
    return at + by, intervals


def until(chunk: Chunk, end: float) -> Chunk:
    """The part of a day that is over by `end`: its whole hours."""
    if chunk.polls[-1].at <= end:
        return chunk
    hours = chunk.periods[1:]
    kept = [msgspec.structs.replace(p, day=None) for p in hours if p.last <= end]
    last = kept[-1].last if kept else 0.0
    return msgspec.structs.replace(
        chunk,
        polls=[p for p in chunk.polls if p.at <= last],
        periods=kept,
        quarters=[],
        hours=[hour for hour in chunk.hours if hour.start + HOUR <= last + INTERVAL],
    )


def leave(folder: Path, chunk: Chunk) -> None:
    """Into the inbox."""
    if chunk.polls or chunk.hours:
        deposit(folder, "history", encode(chunk))
