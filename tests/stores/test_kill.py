"""kill -9 anywhere loses at most the poll in flight; the lock is free again, and what was begun is gone on with."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from noctui.stores.bus.folder import FolderLock, holder
from noctui.stores.history import History
from noctui.stores.history.history import quick_check
from tests.stores.made import ORG, World, difference, network

WRITE = "INSERT INTO open"
POINTS = [
    ("write", WRITE, 20, 12),
    ("write, after its rows", "INSERT OR REPLACE INTO quarters", 9, 12),
    ("hour close, first tiles", "INSERT INTO tiles", 1, 40),
    ("hour close, later tiles", "INSERT INTO tiles", 5, 40),
    ("hour close, last step", "UPDATE periods SET ready", 2, 40),
    ("hour close, what is closed to", "INSERT INTO meta", 2, 40),
    ("figures of an hour", "INSERT INTO rollups", 2, 60),
    ("day close, its hours", "UPDATE periods SET day", 3, 320),
    ("dropping open columns", "DELETE FROM open", 2, 60),
]


def run(folder: Path, polls: int, statement: str = "", times: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.stores.victim", str(folder), str(polls), statement, str(times)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(("statement", "times", "polls"), [p[1:] for p in POINTS], ids=[p[0] for p in POINTS])
def test_only_the_poll_in_flight_is_lost(tmp_path: Path, statement: str, times: int, polls: int) -> None:
    killed = run(tmp_path, polls, statement, times)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    told = [float(line) for line in killed.stdout.split()]
    reader = History.create_or_open(tmp_path, ORG).reader()
    assert reader.latest() == told[-1]
    assert quick_check(reader.path) == ""

    again = run(tmp_path, polls)
    assert again.returncode == 0, again.stderr
    told += [float(line) for line in again.stdout.split()]
    world = World(network(5), interval=300.0)
    written = {record.view.at: record for record in world.polls(polls)}
    assert told == sorted(written)
    for at in told:
        found = reader.view(at)
        assert found is not None
        assert difference(written[at].view, found) == ""
    reader.close()


def test_a_second_process_follows_and_takes_over(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.stores.victim", str(tmp_path), "100000", "", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as leader:
        assert leader.stdout is not None
        first = float(leader.stdout.readline())
        reader = History.create_or_open(tmp_path, ORG).reader()
        before = reader.version()
        mine = FolderLock(tmp_path)
        assert not mine.try_acquire()
        assert holder(tmp_path).endswith(f":{leader.pid}")
        later = float(leader.stdout.readline())
        while reader.version() == before:
            later = float(leader.stdout.readline())
        latest = reader.latest()
        assert latest is not None
        assert latest >= later > first
        leader.kill()
        leader.wait()
        assert mine.try_acquire()
        assert mine.epoch == 2
        writer = History.create_or_open(tmp_path, ORG).writer(mine)
        assert writer.unclean
        writer.close()
        mine.release()
        reader.close()


def test_the_epoch_rises_over_what_the_history_has_seen(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    assert lock.try_acquire()
    writer = History.create_or_open(tmp_path, ORG).writer(lock)
    writer.db.execute("UPDATE meta SET value = 41 WHERE name = 'epoch'")
    writer.close()
    lock.release()
    (tmp_path / "lock").unlink()  # somebody tidied up
    assert lock.try_acquire()
    again = History.create_or_open(tmp_path, ORG).writer(lock)
    assert again.epoch == 42
    again.close()
    lock.release()


def test_the_lock_is_exclusive_within_a_process_too(tmp_path: Path) -> None:
    one, other = FolderLock(tmp_path), FolderLock(tmp_path)
    assert one.holder() is None
    assert one.try_acquire()
    assert one.try_acquire()
    assert not other.try_acquire()
    one.release()
    assert other.try_acquire()
    found = other.holder()
    assert found is not None
    assert found.epoch == 2
    other.release()
