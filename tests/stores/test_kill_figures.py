"""kill -9 while days and weeks are made, and another process that reads meanwhile: nobody ever sees half a version."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from noctui.model.figures import Grain
from noctui.model.scene import Range
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History
from noctui.stores.history.due import mark_above
from noctui.stores.history.history import quick_check
from tests.stores import figurer
from tests.stores.figures_made import live, write
from tests.stores.made import ORG, START, World, network
from tests.stores.recomputed import differences, everything

DAY = 86400.0
NOW = START + 8 * DAY + 21_600.0
HALVES = [
    pytest.param("units", 3, id="between units of a day", marks=pytest.mark.soak),
    pytest.param("units", 60, id="between units of a week"),
    pytest.param("INSERT INTO figures", 2, id="its figures", marks=pytest.mark.soak),
    pytest.param("INSERT INTO sketches", 20, id="its histograms", marks=pytest.mark.soak),
    pytest.param("INSERT INTO group_figures", 8, id="its groups"),
    pytest.param("DELETE FROM due WHERE grain = ", 3, id="before it is done", marks=pytest.mark.soak),
]


@pytest.fixture(scope="module")
def unmade(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a history of eight days whose hours are made, and no day."""
    folder = tmp_path_factory.mktemp("unmade")
    lock = FolderLock(folder)
    assert lock.try_acquire()
    writer = History.create_or_open(folder, ORG).writer(lock)
    write(writer, live(World(network(4), interval=7200.0), np.random.default_rng(2), 8 * 12 + 3), closing=False)
    figurer.finish(writer, NOW)
    with writer.transaction() as db:
        for table in ("figures", "sketches", "group_figures", "due"):
            db.execute(f"DELETE FROM {table}")
        mark_above(writer, Grain.DAY, START, START + 8 * DAY)
    writer.close()
    lock.release()
    return (folder / "history.db").read_bytes()


@pytest.fixture(scope="module")
def right(unmade: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What comes of it when nobody is killed."""
    folder = tmp_path_factory.mktemp("right")
    (folder / "history.db").write_bytes(unmade)
    return finished(folder)


def finished(folder: Path) -> dict[str, Any]:
    lock = FolderLock(folder)
    assert lock.try_acquire()
    writer = History.create_or_open(folder, ORG).writer(lock)
    figurer.finish(writer, NOW)
    found = everything(writer)
    writer.close()
    lock.release()
    return found


def run(folder: Path, what: str, times: int) -> list[str]:
    return [sys.executable, "-m", "tests.stores.figurer", str(folder), str(NOW), what, str(times)]


def halves(folder: Path) -> list[tuple[str, int, int]]:
    """(key, groups, histograms) of the newest versions: a whole one has three groupings, and four gauges' histograms
    of circuits, regions and carriers, which a week has not."""
    query = (
        'SELECT f."key", (SELECT count(*) FROM group_figures g WHERE g.figures = f.id),'
        " (SELECT count(*) FROM sketches s WHERE s.figures = f.sketched) FROM figures f WHERE superseded IS NULL"
    )
    with closing(sqlite3.connect(folder / "history.db")) as db:
        return [row for row in db.execute(query) if "W" not in row[0]]


@pytest.mark.parametrize(("what", "times"), HALVES)
def test_a_killed_one_leaves_whole_versions_and_the_next_goes_on(
    tmp_path: Path, unmade: bytes, right: dict[str, Any], what: str, times: int
) -> None:
    (tmp_path / "history.db").write_bytes(unmade)
    killed = subprocess.run(run(tmp_path, what, times), capture_output=True, text=True, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert quick_check(tmp_path / "history.db") == ""
    assert len({row[1:] for row in halves(tmp_path)}) <= 1
    assert differences(right, finished(tmp_path)) == []


def test_another_process_reads_whole_versions_while_they_are_written(tmp_path: Path, unmade: bytes) -> None:
    """Six versions of one day, one after the other; whoever asks meanwhile is always told the same day."""
    (tmp_path / "history.db").write_bytes(unmade)
    finished(tmp_path)
    reader = History.create_or_open(tmp_path, ORG).reader()
    bound, day = reader.reader(NOW - 3600.0, corrected=True), Range(START, START + DAY)

    async def ask() -> list[np.ndarray[Any, Any]]:
        circuits = await bound.figures(day, (), ("util", "latency"))
        sites = await bound.groups("site", day)
        total = [circuits.down.sum(), sites.down.sum(), circuits.up.sum(), sites.up.sum()]
        return [circuits.average, circuits.p95, circuits.highest, np.array(total)]

    first, asked = asyncio.run(ask()), 0
    seen: set[int] = set()
    with subprocess.Popen(run(tmp_path, "versions", 6), stdout=subprocess.PIPE, text=True) as maker:
        while maker.poll() is None:
            for was, found in zip(first, asyncio.run(ask()), strict=True):
                np.testing.assert_array_equal(found, was)
            with reader.snapshot() as db:
                assert db is not None
                ((version, count),) = db.execute(
                    "SELECT max(version), count(*) FROM figures WHERE grain = 1 AND start = ? AND superseded IS NULL",
                    (START,),
                )
                assert count == 1
                seen.add(version)
            asked += 1
        assert maker.returncode == 0
    assert asked > 3
    assert len(seen) > 2, "it was made anew while it was read"
    reader.close()
