"""The garbage collector holds up every thread while it looks: it must not look through the inventory at each poll."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from noctui.clock import SystemClock
from noctui.runtime.desk import Desk
from noctui.runtime.folders import org_folder
from noctui.runtime.garbage import THRESHOLDS, look_seldom, not_yet
from noctui.settings import Thresholds
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import open_writer
from tests.stores.made import ORG, World, network


@pytest.fixture
def thawed() -> Iterator[None]:
    thresholds = gc.get_threshold()
    gc.unfreeze()
    yield
    gc.unfreeze()
    gc.enable()
    gc.set_threshold(*thresholds)


@pytest.mark.usefixtures("thawed")
async def test_what_an_inventory_is_made_of_is_looked_through_once(tmp_path: Path) -> None:
    folder = org_folder(tmp_path, ORG)
    lock = FolderLock(folder)
    assert lock.try_acquire()
    writer = open_writer(folder, ORG, lock)
    inventory = network(2_000)
    writer.learn(inventory)
    writer.write(World(inventory).poll())
    desk = Desk(tmp_path, ORG, 60.0, SystemClock(), None, Thresholds())
    shown = asyncio.Event()
    desk.subscribe(lambda: shown.set() if desk.live() else None)
    try:
        await desk.start()
        await asyncio.wait_for(shown.wait(), 10)
        scene = desk.live()
        assert scene is not None
        examined = {id(thing) for thing in gc.get_objects()}
        assert gc.get_threshold() == THRESHOLDS
        assert not any(id(circuit) in examined for circuit in scene.view.inventory.circuits)
    finally:
        await desk.stop()
        writer.close()
        lock.release()


@pytest.mark.usefixtures("thawed")
def test_what_a_start_makes_is_never_looked_through() -> None:
    not_yet()
    made = [[n] for n in range(10)]
    assert not gc.isenabled()
    look_seldom()
    assert gc.isenabled()
    examined = {id(thing) for thing in gc.get_objects()}
    assert not any(id(thing) in examined for thing in made)
    later: list[object] = []
    later.append(later)
    assert id(later) in {id(thing) for thing in gc.get_objects()}


@pytest.mark.usefixtures("thawed")
def test_a_desk_that_starts_where_the_collector_always_looked_freezes_nothing() -> None:
    before = gc.get_freeze_count()
    look_seldom()
    assert gc.get_freeze_count() == before
