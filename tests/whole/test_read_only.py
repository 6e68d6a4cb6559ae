"""`--read-only` in a real terminal: it follows, beside a leader and without one, and leaves nothing in the folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from noctui.stores.bus.folder import is_led
from tests.whole.terminal import Terminal

PASSING = ("-shm", "-wal")
"""SQLite's own, which readers share with the writer; they go when the last of them closes."""


@pytest.fixture
def terminals(tmp_path: Path) -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def started(terminals: list[Terminal], home: Path, *args: str) -> Terminal:
    terminal = Terminal(["--demo", "--days", "1", "--sites", "12", *args], home)
    terminals.append(terminal)
    return terminal


def data(home: Path) -> Path:
    """The org's folder."""
    (found,) = home.rglob("history.db")
    return found.parent


def told(folder: Path) -> dict[str, str]:
    """Every file of the data folder, and what it holds."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(PASSING)
    }


def test_it_follows_a_leader_never_takes_over_and_leaves_the_folder_as_it_was(
    terminals: list[Terminal], tmp_path: Path
) -> None:
    leader = started(terminals, tmp_path)
    leader.wait_for(r"live \d+s +leader")
    beside = started(terminals, tmp_path, "--read-only")
    beside.wait_for(r"live \d+s +follows \S+ +read-only")
    assert not psutil.Process(beside.pid).children(), "neither a collector nor a cloud"
    leader.type("q")
    assert leader.wait() == 0
    folder = data(tmp_path)
    before = told(folder.parent)
    alone = started(terminals, tmp_path, "--read-only")
    alone.wait_for(r"follower +read-only[^\n]*\n.*\d+ ok")
    for keys in ("3", "s", "\r", "z", "[", "L"):
        alone.type(keys)
    alone.wait_for(r"› .*›")
    beside.wait_for(r"follower +read-only")  # the lock is free, and stays so
    assert not is_led(folder)
    for reader in (alone, beside):
        reader.type("q")
        assert reader.wait() == 0
        assert "Traceback" not in reader.text
    assert told(folder.parent) == before
    assert (tmp_path / ".local/state/noctui/screen.json").exists(), "what the screen remembers is the reader's own"


def test_without_a_folder_it_is_one_line(terminals: list[Terminal], tmp_path: Path) -> None:
    """It makes none, either."""
    reader = started(terminals, tmp_path, "--read-only")
    assert reader.wait() == 2
    assert "nothing to read: there is no folder" in reader.text
    assert "Traceback" not in reader.text
    assert not list(tmp_path.rglob("*-demo"))
