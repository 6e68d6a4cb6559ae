"""Inside tmux, where screens are left open for weeks: a smaller client attaches, another goes, the session ends."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.whole.ended import still_running
from tests.whole.terminal import ROOT

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here")


class Session:
    """A tmux server of its own, with noctui in its one window."""

    def __init__(self, home: Path, columns: int, rows: int, *args: str) -> None:
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("NOCTUI_", "MIST_", "XDG_", "TMUX", "NO_COLOR"))
        }
        self._env = kept | {"HOME": str(home), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "TMUX_TMPDIR": str(home)}
        words = [sys.executable, "-m", "noctui", *args]
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), *words)
        self.tmux("set", "-g", "window-size", "smallest")
        self.pid = int(self.tmux("display", "-p", "#{pane_pid}"))
        self._clients: list[tuple[subprocess.Popen[bytes], int]] = []

    def tmux(self, *words: str) -> str:
        return subprocess.run(
            ["tmux", "-u", *words], env=self._env, capture_output=True, text=True, check=True, timeout=10
        ).stdout

    @property
    def text(self) -> str:
        return self.tmux("capture-pane", "-p")

    def wait_for(self, pattern: str, seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            assert time.monotonic() < end, f"{pattern!r} was not painted within {seconds} s; the screen:\n{self.text}"
            self.read(0.1)

    def until(self, holds: Callable[[], bool], seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"not within {seconds} s; the screen:\n{self.text}"
            self.read(0.1)

    def read(self, seconds: float) -> None:
        """Take in what the clients are sent: one that reads nothing holds tmux up."""
        for fd in select.select([fd for _, fd in self._clients], [], [], seconds)[0]:
            os.read(fd, 65536)

    def attach(self, columns: int, rows: int) -> None:
        """Another client, of this size."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        child = subprocess.Popen(
            ["tmux", "-u", "attach"], env=self._env | {"TERM": "xterm-256color"}, stdin=theirs, stdout=theirs,
            stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self._clients.append((child, ours))

    def press(self, keys: str) -> None:
        """Type into the last client."""
        os.write(self._clients[-1][1], keys.encode())

    def drop(self) -> None:
        """The line of the last client is lost."""
        child, fd = self._clients.pop()
        os.close(fd)
        child.kill()
        child.wait()

    def close(self) -> None:
        while self._clients:
            self.drop()
        subprocess.run(["tmux", "kill-server"], env=self._env, capture_output=True, check=False, timeout=10)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = Session(tmp_path, 200, 60, "--demo", "--days", "1", "--sites", "12")
    yield made
    made.close()


@pytest.mark.soak  # beside other tests tmux may stay at the size of the client that went
def test_a_smaller_client_makes_it_smaller_and_its_going_whole_again_and_what_is_copied_is_tmuxs(
    session: Session,
) -> None:
    session.wait_for(r"live \d+s")
    session.wait_for(r"utilisation ─")  # what only a large terminal gets
    session.attach(80, 24)
    session.wait_for(r"region +down↓ +crit +high +dark +bad %\s*\n")  # no rules, fewer columns
    assert all(len(line) <= 80 for line in session.text.splitlines())
    session.drop()
    session.attach(200, 60)
    session.press("1")  # the client that was used last says how large it is
    session.wait_for(r"utilisation ─")
    session.tmux("send-keys", "3", "y")
    session.wait_for(r"Copied: ")
    session.until(lambda: "bytes" in session.tmux("list-buffers"))
    assert "ge-0/0/" in session.tmux("show-buffer"), "tmux has it, and asks the terminals around it to take it"
    ours = psutil.Process(session.pid)
    theirs = [ours, *ours.children(recursive=True)]
    session.tmux("kill-session")  # as by closing the window: SIGHUP
    assert not still_running(theirs, 10)
