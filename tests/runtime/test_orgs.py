"""Several orgs below one data folder: listed worst first, shown one at a time, each by its own history."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import msgspec

from noctui.clock import SystemClock
from noctui.model.words import Severity
from noctui.runtime.desk import Desk
from noctui.runtime.orgs import Orgs, listed, org_of
from noctui.settings import Settings
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import kept_for, open_writer
from tests.stores.made import World, network


def collected(data: Path, org_id: str, name: str, circuits: int = 6, polls: int = 2) -> None:
    """A history as a collector left it."""
    folder = data / org_id
    folder.mkdir(parents=True)
    lock = FolderLock(folder)
    assert lock.try_acquire()
    with closing(open_writer(folder, org_id, lock, kept_for(40.0, 7.0, "UTC"))) as writer:
        world = World(msgspec.structs.replace(network(circuits), org_id=org_id, org_name=name))
        writer.learn(world.inventory)
        for record in world.polls(polls):
            writer.write(record)
    lock.release()


def desk(data: Path, org_id: str) -> Desk:
    return Desk(data, org_id, 60.0, SystemClock(), None, Settings().thresholds)


async def several(data: Path) -> Orgs:
    """Three orgs, of which this one watches the first."""
    for number in (1, 2, 3):
        collected(data, f"org-{number}", f"Shop {number}", circuits=4 * number)
    orgs = Orgs(desk(data, "org-1"), data, SystemClock(), lambda org_id: desk(data, org_id))
    seen = asyncio.Event()
    orgs.subscribe(seen.set)
    await orgs.start()
    await seen.wait()
    return orgs


async def test_each_is_a_line_and_one_is_on_screen(tmp_path: Path) -> None:
    orgs = await several(tmp_path)
    try:
        lines = {line.org_id: line for line in await orgs.orgs()}
        assert [lines[f"org-{n}"].circuits for n in (1, 2, 3)] == [4, 8, 12]
        assert lines["org-2"].shown == "Shop 2"
        assert [o for o, line in lines.items() if line.here] == ["org-1"]
        assert all(sum(line.counts) == line.circuits and len(line.counts) == len(Severity) for line in lines.values())
        scene = orgs.live()
        assert scene is not None
        assert lines["org-1"].counts == tuple(scene.view.counts().tolist())
    finally:
        await orgs.stop()


async def test_another_one_is_shown_and_the_own_one_again(tmp_path: Path) -> None:
    """No picture of the one under the name of the other: the old one stays until there is a new one."""
    orgs = await several(tmp_path)
    shown: list[str] = []
    orgs.subscribe(lambda: shown.append(org_of(orgs)))
    try:
        assert await orgs.choose("org-3") == ""
        scene = orgs.live()
        assert scene is not None
        assert (scene.view.inventory.org_id, len(scene.view.circuits)) == ("org-3", 12)
        assert await orgs.step(scene.at, -1) is not None
        assert [line.org_id for line in await orgs.orgs() if line.own] == ["org-1"]
        assert await orgs.choose("org-2") == ""
        assert await orgs.choose("org-1") == ""
        assert await orgs.choose("org-1") == "This org is on screen."
        assert [one for n, one in enumerate(shown) if n == 0 or one != shown[n - 1]][-3:] == ["org-3", "org-2", "org-1"]
    finally:
        await orgs.stop()


async def test_one_of_which_nothing_is_kept_is_not_shown(tmp_path: Path) -> None:
    orgs = await several(tmp_path)
    orgs.FIRST = 0.05
    try:
        said = await orgs.choose("org-9")
        assert said.startswith("Org org-9 cannot be shown: ")
        assert org_of(orgs) == "org-1"
    finally:
        await orgs.stop()


def test_what_cannot_be_read_is_said_first(tmp_path: Path) -> None:
    collected(tmp_path, "org-1", "Shop 1")
    (tmp_path / "org-2").mkdir()
    (tmp_path / "org-2" / "history.db").write_bytes(b"not a database at all, of some length" * 100)
    first, second = listed(tmp_path)
    assert first.org_id == "org-2"
    assert first.fault
    assert "\n" not in first.fault
    assert second.fault == ""


def test_nothing_is_listed_where_nothing_is(tmp_path: Path) -> None:
    assert listed(tmp_path / "nowhere") == ()
