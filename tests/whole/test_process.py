"""The two processes of a running noctui, in a real terminal: whatever ends the one, the other does what it should."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from noctui.stores.bus.folder import is_led
from noctui.stores.history.schema import meta
from tests.whole.ended import still_running
from tests.whole.terminal import Terminal

COLLECTOR = "noctui.runtime.child"


@pytest.fixture
def terminals(tmp_path: Path) -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def demo(terminals: list[Terminal], home: Path) -> Terminal:
    terminal = Terminal(["--demo", "--days", "1", "--sites", "24"], home)
    terminals.append(terminal)
    return terminal


def children(screen: Terminal) -> list[psutil.Process]:
    found: list[psutil.Process] = psutil.Process(screen.pid).children(recursive=True)
    return found


def collector(screen: Terminal) -> psutil.Process:
    """The one that is up."""
    (found,) = [child for child in children(screen) if COLLECTOR in child.cmdline()]
    return found


def folder(home: Path) -> Path:
    (found,) = home.rglob("history.db")
    return found.parent


def log(home: Path) -> str:
    return "".join(file.read_text() for file in home.rglob("noctui.log"))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT])
def test_however_the_screen_ends_the_collector_ends_too(
    terminals: list[Terminal], tmp_path: Path, number: signal.Signals
) -> None:
    """At once, with the lock free and the history closed in order."""
    screen = demo(terminals, tmp_path)
    screen.wait_for(r"live \d+s")
    theirs = children(screen)
    screen.kill(number)
    screen.wait()
    assert not still_running(theirs, 3)
    assert not is_led(folder(tmp_path))
    with closing(sqlite3.connect(folder(tmp_path) / "history.db")) as db:
        assert meta(db, "clean") == 1, "closed in order"
    assert "Traceback" not in screen.text
    assert "Traceback" not in log(tmp_path)


def test_q_ends_both_in_well_under_a_second(terminals: list[Terminal], tmp_path: Path) -> None:
    screen = demo(terminals, tmp_path)
    screen.wait_for(r"live \d+s")
    theirs = [collector(screen)]
    began = time.monotonic()
    screen.type("q")
    assert screen.wait() == 0
    assert not still_running(theirs, 3)
    assert time.monotonic() - began < 2.0, "generous: others use this machine, too"
    assert "Traceback" not in log(tmp_path)


def test_a_signal_to_all_of_the_terminals_programs_ends_both_quietly(terminals: list[Terminal], tmp_path: Path) -> None:
    screen = demo(terminals, tmp_path)
    screen.wait_for(r"live \d+s")
    theirs = children(screen)
    os.killpg(screen.pid, signal.SIGTERM)
    assert screen.wait() == 0
    assert not still_running(theirs, 3)
    assert "Traceback" not in screen.text + log(tmp_path)


def test_ended_before_it_has_begun_it_ends_quietly(terminals: list[Terminal], tmp_path: Path) -> None:
    """SIGTERM with the first paint: nothing that was about to start complains, and nothing stays."""
    screen = demo(terminals, tmp_path)
    screen.wait_for(r"overview")
    theirs = children(screen)
    screen.kill(signal.SIGTERM)
    assert screen.wait() == 0
    assert not still_running(theirs, 3)
    assert "never awaited" not in screen.raw.decode(errors="replace")
    assert "Traceback" not in screen.text + log(tmp_path)


def test_a_killed_collector_is_said_and_another_one_starts(terminals: list[Terminal], tmp_path: Path) -> None:
    screen = demo(terminals, tmp_path)
    screen.wait_for(r"live \d+s")
    first = collector(screen)
    first.kill()
    screen.wait_for(r"LOST|lost", 10)
    screen.wait_for(r"live \d+s", 15)
    assert collector(screen).pid != first.pid
    assert '"event": "child.ended"' in log(tmp_path)
    screen.type("q")
    assert screen.wait() == 0


def test_a_stopped_screen_does_not_stop_collecting(terminals: list[Terminal], tmp_path: Path) -> None:
    """Suspended for some polls: history goes on, and when it comes back it shows the newest poll."""
    screen = demo(terminals, tmp_path)
    screen.wait_for(r"live \d+s")
    history, before = folder(tmp_path) / "history.db-wal", log(tmp_path).count("poll.run")
    size = history.stat().st_mtime_ns
    screen.kill(signal.SIGSTOP)
    end = time.monotonic() + 20
    changes = 0
    while changes < 2 and time.monotonic() < end:
        screen.read(0.2)
        now = history.stat().st_mtime_ns
        changes += now != size
        size = now
    assert changes == 2
    screen.kill(signal.SIGCONT)
    screen.wait_for(r"live [0-9]s")
    end = time.monotonic() + 10
    while log(tmp_path).count("poll.run") < before + 2 and time.monotonic() < end:
        screen.read(0.2)
    assert log(tmp_path).count("poll.run") >= before + 2, "what was logged meanwhile is in the log"
    screen.type("q")
    assert screen.wait() == 0


def test_settings_that_can_never_work_are_one_line_and_exit_2(terminals: list[Terminal], tmp_path: Path) -> None:
    """A wrong org id: the screen does not stay, and no empty history either."""
    first = demo(terminals, tmp_path)
    first.wait_for(r"live \d+s")
    (cloud,) = [child for child in children(first) if "mist" in child.cmdline()]
    (connection,) = [c for c in cloud.net_connections() if c.status == psutil.CONN_LISTEN]
    url = f"http://127.0.0.1:{connection.laddr.port}"
    other = Terminal(
        ["--host", url, "--insecure-host", "--data", str(tmp_path / "other"), "--org-id", "00000000-1111-2222-3333"],
        tmp_path,
        160,
        env={"MIST_API_TOKEN": "demo-token-one-a41f"},
    )
    terminals.append(other)
    assert other.wait() == 2
    assert "noctui: The token cannot see org 00000000-1111-2222-3333; it sees: " in other.text
    assert not list((tmp_path / "other").rglob("history.db"))


def test_by_hand_the_collector_says_who_starts_it() -> None:
    told = subprocess.run(
        [sys.executable, "-m", COLLECTOR], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (2, "noctui.runtime.child: the screen starts it; run noctui instead\n")
