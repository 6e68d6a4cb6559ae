"""A program in a real pty: when it painted after a key, and how many bytes it sent."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

ROOT = Path(__file__).parents[1]
COLUMNS, ROWS = 160, 50
PAINT = b"\x1b[?2026h"
"""What a terminal that can hold frames back is told before each: one a paint."""
_CAN_YOU, _I_CAN = b"\x1b[?2026$p", b"\x1b[?2026;2$y"


class BrokenError(RuntimeError):
    """The program ended, or did not do what it should have in time."""


class Terminal:
    """`python WORDS` in a pty. With `control` the program finds a socket in `BENCH_CONTROL`: a JSON line each way."""

    def __init__(
        self, words: Sequence[str], home: Path, *, control: bool = False, env: Mapping[str, str] | None = None
    ) -> None:
        self.heard = b""
        self._socket, theirs = socket.socketpair()
        self._control = self._socket.makefile("rw", encoding="utf-8")
        self.fd, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        # An installed program finds its modules compiled.
        left = ("NOCTUI_", "MIST_", "XDG_", "REDIS_", "PYTHONDONTWRITEBYTECODE")
        variables = {k: v for k, v in os.environ.items() if not k.startswith(left)}
        variables |= {"HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        variables |= {"PYTHONPATH": str(ROOT), "BENCH_CONTROL": str(theirs.fileno())} | dict(env or {})
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=home,
            env=variables,
            pass_fds=(theirs.fileno(),) if control else (),
            start_new_session=True,
        )
        os.close(slave)
        theirs.close()
        self.raw = b""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._control.close()
        self._socket.close()
        os.close(self.fd)

    def ask(self, what: str, timeout: float = 300.0, **more: Any) -> Any:
        """Tell the program something and wait for its answer; `heard` is what it sent to the terminal meanwhile."""
        self.heard = b""
        self._control.write(json.dumps({"what": what, **more}) + "\n")
        self._control.flush()
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if select.select([self._socket], [], [], 0)[0]:
                line = self._control.readline()
                if not line:
                    break
                return json.loads(line)
            self.heard += self.listen(0.02)
        raise BrokenError(f"no answer to {what!r}: {self.raw[-2000:].decode(errors='replace')}")

    def _take(self) -> bytes:
        try:
            data = os.read(self.fd, 1 << 18)
        except OSError:
            data = b""
        if not data and self.process.poll() is not None:
            raise BrokenError(f"it ended with {self.process.returncode}: {self.raw[-2000:].decode(errors='replace')}")
        if _CAN_YOU in data:
            os.write(self.fd, _I_CAN)
        self.raw = (self.raw + data)[-400_000:]
        return data

    def listen(self, seconds: float) -> bytes:
        """All it sends in so many seconds."""
        got = b""
        end = time.monotonic() + seconds
        while True:
            left = end - time.monotonic()
            if not select.select([self.fd], [], [], max(0.0, left))[0]:
                return got
            got += self._take()
            if left <= 0:
                return got

    def wait_for(self, text: bytes, timeout: float = 120.0) -> float:
        """Seconds from the start of the program until it sent `text`."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if text in self.raw:
                return time.monotonic() - self.started
            if select.select([self.fd], [], [], 0.5)[0]:
                self._take()
        raise BrokenError(f"never painted {text!r}: {self.raw[-2000:].decode(errors='replace')}")

    def worked(self) -> float:
        """Milliseconds of processor time that the program has taken so far."""
        spent = psutil.Process(self.process.pid).cpu_times()
        return 1000.0 * float(spent.user + spent.system)

    def settle(self, quiet: float = 0.3, timeout: float = 30.0) -> bytes:
        """All it sends until it has been quiet for a moment."""
        got = b""
        end = time.monotonic() + timeout
        while time.monotonic() < end and select.select([self.fd], [], [], quiet)[0]:
            got += self._take()
        return got

    def key(self, key: bytes, period: float = 1 / 30) -> tuple[float, int]:
        """Press a key, as one that is held down: (milliseconds until the first byte, bytes until the next key)."""
        self.listen(0)
        began = time.monotonic()
        os.write(self.fd, key)
        if not select.select([self.fd], [], [], 30)[0]:
            return 30_000.0, 0
        took = time.monotonic() - began
        sent = len(self._take())
        sent += len(self.listen(max(0.004, period - took)))
        return 1000 * took, sent
