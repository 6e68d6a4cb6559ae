"""A program in a real pty: type, read what it painted, kill it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|P[^\x1b]*\x1b\\|[@-_])")
ROOT = Path(__file__).parents[2]


class Terminal:
    """`noctui ARGS` in a pty of `columns` x `rows`."""

    def __init__(
        self, args: Sequence[str], home: Path, columns: int = 120, rows: int = 40, env: Mapping[str, str] | None = None
    ) -> None:
        words = [sys.executable, "-m", "noctui", *args]
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("NOCTUI_", "MIST_", "XDG_", "REDIS_"))}
        variables = inherited | {
            "HOME": str(home),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
        }
        variables |= {"PYTHONPATH": str(ROOT)} | dict(env or {})
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:  # the child
            os.chdir(home)
            os.execvpe(words[0], words, variables)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.raw = b""
        self.status: int | None = None

    def read(self, seconds: float) -> None:
        """Take in what is painted within `seconds`, or until the program ends."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self.fd], [], [], left)
            if not ready:
                return
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            if not data:
                return
            self.raw += data

    @property
    def text(self) -> str:
        """All that was painted so far, without escape sequences."""
        return _ESCAPES.sub(b"", self.raw).decode("utf-8", "replace")

    def wait_for(self, pattern: str, seconds: float = 20.0) -> float:
        """Seconds since the start when `pattern` (a regular expression) was painted; fails when it never is."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if re.search(pattern, self.text):
                return time.monotonic() - self.started
            self.read(0.05)
        raise AssertionError(
            f"{pattern!r} was not painted within {seconds} s; the end of what was:\n{self.text[-3000:]}"
        )

    def forget(self) -> None:
        """Look only at what is painted from here on."""
        self.raw = b""

    def type(self, keys: str) -> None:
        os.write(self.fd, keys.encode())

    def kill(self, number: int = signal.SIGKILL) -> None:
        os.kill(self.pid, number)

    def wait(self, seconds: float = 10.0) -> int:
        """The exit status (negative: the signal that ended it)."""
        end = time.monotonic() + seconds
        while self.status is None and time.monotonic() < end:
            self.read(0.05)  # a program that cannot write cannot end
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        if self.status is None:
            raise AssertionError("the program did not end")
        return self.status

    def close(self) -> None:
        if self.status is None:
            self.kill()
            self.wait()
        os.close(self.fd)
