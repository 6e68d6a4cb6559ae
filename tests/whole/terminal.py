"""A program in a real pty: type, read what it painted, kill it."""

from __future__ import annotations

import codecs
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
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.cells import cell_len

_TOKEN = re.compile(
    r"\x1b\[(?P<values>[0-?]*)[ -/]*(?P<final>[@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\"
    r"|\x1b[@-OQ-Z\\^_]|[\r\n\x08]|[^\x1b\r\n\x08]+"
)
ROOT = Path(__file__).parents[2]


class Screen:
    """As much of a terminal as it takes to know which text stands where: cursor moves, erasing, printing."""

    def __init__(self, columns: int, rows: int) -> None:
        self._cells = [[" "] * columns for _ in range(rows)]
        self._columns, self._rows = columns, rows
        self._x = self._y = 0
        self._rest = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    @property
    def text(self) -> str:
        return "\n".join("".join(row).rstrip() for row in self._cells)

    def feed(self, data: bytes) -> None:
        whole = self._rest + self._decoder.decode(data)
        cut = whole.rfind("\x1b")  # an escape may not have come in full
        complete = cut < 0 or _TOKEN.match(whole[cut:]) is not None
        whole, self._rest = (whole, "") if complete else (whole[:cut], whole[cut:])
        for token in _TOKEN.finditer(whole):
            if token["final"]:
                self._control(token["final"], token["values"])
            elif token[0] == "\r":
                self._x = 0
            elif token[0] == "\n":
                self._y = min(self._y + 1, self._rows - 1)
            elif token[0] == "\x08":
                self._x = max(0, self._x - 1)
            elif not token[0].startswith("\x1b"):
                self._print(token[0])

    def _control(self, final: str, values: str) -> None:
        numbers = [int(n) if n.isdecimal() else 0 for n in values.split(";")]
        first = max(1, numbers[0])
        if final in "Hf":
            self._y = min(first, self._rows) - 1
            self._x = min(max(1, numbers[1]) if len(numbers) > 1 else 1, self._columns) - 1
        elif final == "G":
            self._x = min(first, self._columns) - 1
        elif final == "d":
            self._y = min(first, self._rows) - 1
        elif final in "AB":
            self._y = min(max(0, self._y + (first if final == "B" else -first)), self._rows - 1)
        elif final in "CD":
            self._x = min(max(0, self._x + (first if final == "C" else -first)), self._columns - 1)
        elif final == "K":
            self._cells[self._y][self._x :] = [" "] * (self._columns - self._x)
        elif final == "X":
            end = min(self._x + first, self._columns)
            self._cells[self._y][self._x : end] = [" "] * (end - self._x)
        elif final == "J":
            self._cells = [[" "] * self._columns for _ in range(self._rows)]

    def _print(self, text: str) -> None:
        for char in text:
            if self._x < self._columns:
                self._cells[self._y][self._x] = char
                wide = cell_len(char)
                if wide == 2 and self._x + 1 < self._columns:
                    self._cells[self._y][self._x + 1] = ""
                self._x += wide


class Terminal:
    """`noctui ARGS` in a pty of `columns` x `rows`; `streams` (0 input, 1 output, 2 errors) may be files instead.

    `deaf`: it ignores hang-ups, as under `nohup`, or hears of none, as in a session of its own.
    """

    def __init__(
        self, args: Sequence[str], home: Path, columns: int = 120, rows: int = 40, env: Mapping[str, str] | None = None,
        streams: Mapping[int, Path] | None = None, deaf: bool = False,
    ) -> None:  # fmt: skip
        words = [sys.executable, "-m", "noctui", *args]
        foreign = ("NOCTUI_", "MIST_", "XDG_", "REDIS_", "COLUMNS", "LINES", "NO_COLOR")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
        variables = inherited | {
            "HOME": str(home),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
        }
        variables |= {"PYTHONPATH": str(ROOT)} | dict(env or {})
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:  # the child; it must not begin with another size
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.chdir(home)
            for number, path in (streams or {}).items():
                os.dup2(os.open(path, os.O_RDWR | os.O_CREAT), number)
            # whoever runs the tests may ignore it
            signal.signal(signal.SIGHUP, signal.SIG_IGN if deaf else signal.SIG_DFL)
            os.execvpe(words[0], words, variables)
        self.raw = b""
        self.screen = Screen(columns, rows)
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
            self.screen.feed(data)

    @property
    def text(self) -> str:
        """What the terminal shows now, a line a row."""
        return self.screen.text

    def wait_for(self, pattern: str, seconds: float = 20.0) -> float:
        """Seconds since the start when `pattern` (a regular expression) is on the screen; fails when it never is."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if re.search(pattern, self.text):
                return time.monotonic() - self.started
            self.read(0.05)
        raise AssertionError(f"{pattern!r} was not painted within {seconds} s; the screen:\n{self.text}")

    def type(self, keys: str) -> None:
        os.write(self.fd, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """The window has another size now."""
        self.screen = Screen(columns, rows)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def until(self, holds: Callable[[], bool], seconds: float = 20.0) -> None:
        """Take in what is painted until something else holds."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"not within {seconds} s; the screen:\n{self.text}"
            self.read(0.05)

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
