"""The days behind a demo: the world's past, polled every five minutes through the same engine and the same tiles.

Runs as a process of its own at low priority and leaves a file per day in the history's inbox, where the leader takes
it in. The newest days are made first, so that trends are there within seconds.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from noctui.engine.engine import Engine
from noctui.model.inventory import Inventory
from noctui.runtime.lead import FIRST_SEQ
from noctui.sim.polls import past_polls
from noctui.sim.world import World
from noctui.stores.history import open_reader
from noctui.stores.history.inbox import deposit
from noctui.stores.history.past import Chunk, PastBuilder, encode

DAYS = 31
GRAIN = 300.0
DAY = 86_400.0
PATH_DAYS = 1
"""Peer paths are made for this many days. Hour tiles are not made at all: at a demo's size an instant is read from day
tiles in 20 ms, and they would double the disk."""


def fill(folder: Path, seed: int, sites: int, anchor: float, days: int = DAYS) -> int:
    """Make the `days` before the first live poll of the history in `folder`; polls made (0: they are there already)."""
    history = open_reader(folder)
    try:
        first = history.step(0.0, 1)
        inventory = history.inventory(first) if first is not None else None
        if first is None or inventory is None or (history.latest() or first) - first > DAY:
            return 0
        numbers = history.numbers()
    finally:
        history.close()
    end = first // GRAIN * GRAIN
    begin = (end - days * DAY) // GRAIN * GRAIN
    before = msgspec.structs.replace(inventory, rev=0, event_time=begin, known_at=begin)
    world = World(seed, sites, anchor=anchor, report_seconds=GRAIN)
    seq = -int((end - begin) / GRAIN) + FIRST_SEQ
    recent = max(begin, (end // DAY - 1) * DAY)
    made = 0
    for start, stop in ((recent, end), (begin, recent)):
        builder = PastBuilder(numbers, inventory.org_id, instants_from=end, paths_from=end - PATH_DAYS * DAY)
        made += _make(world, before, folder, builder, start, stop, seq + int((start - begin) / GRAIN), start == recent)
    return made


def _make(
    world: World,
    inventory: Inventory,
    folder: Path,
    builder: PastBuilder,
    start: float,
    stop: float,
    seq: int,
    recent: bool,
) -> int:
    engine = Engine()
    made = 0
    warm_up = DAY if recent else 0.0  # the windows of the first poll that is kept look back a day
    for poll in past_polls(world, inventory, start - warm_up, stop, GRAIN, seq - int(warm_up / GRAIN)):
        record = engine.apply(poll, inventory)
        if poll.at >= start:
            made += 1
            for chunk in builder.add(record):
                _leave(folder, chunk)
    for chunk in builder.finish():
        _leave(folder, chunk)
    return made


def _leave(folder: Path, chunk: Chunk) -> None:
    deposit(folder, "history", encode(chunk))


def run(folder: Path, seed: int, sites: int, anchor: float, days: int) -> int:
    """`noctui sim past`: exit code 0."""
    os.nice(10)
    fill(folder, seed, sites, anchor, days)
    return 0
