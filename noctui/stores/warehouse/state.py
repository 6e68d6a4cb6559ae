"""How far a history has been sent: a small file beside it, and the lock that lets one sync run at a time.

The history itself is never written, so that a collector is not in the way of a sync nor a sync in its. The file is
replaced whole; whatever was sent and not marked is sent again, which harms nothing.
"""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path

import msgspec

from noctui.stores.warehouse.faults import WarehouseFault

FILE, LOCK = "sync.json", "sync.lock"
FORMAT = 1
Mark = tuple[float, ...]
"""Where a feed has come to, in its own numbers; () is the begin."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the newest run came to. `status` is `running`, `whole`, `partial` or `failed`; `kind` and `text` say why it
    is not whole (`faults.Kind`). Times are UTC epoch seconds; `rows` are by table, `sent` bytes of files. `credits` is
    what it may have cost, `credits_a_day` at this pace. `oldest` is the earliest hour that waits, of `waiting` rows
    (about)."""

    began: float
    ended: float | None = None
    status: str = "running"
    kind: str = ""
    text: str = ""
    rows: dict[str, int] = {}
    sent: int = 0
    seconds: float = 0.0
    credits: float = 0.0
    credits_a_day: float | None = None
    waiting: int = 0
    oldest: float | None = None
    pid: int = 0
    every: float | None = None  # seconds between runs of a daemon


class State(msgspec.Struct, frozen=True, kw_only=True):
    """`marks` are by target (where it is sent to), then by feed; `made` is when its tables were, by target, as they say
    themselves. `whole_at` is when the newest run ended that sent all there was."""

    format: int = FORMAT
    history: str
    marks: dict[str, dict[str, Mark]] = {}
    made: dict[str, str] = {}
    last: Told | None = None
    whole_at: float | None = None

    def mark(self, target: str, feed: str) -> Mark:
        return self.marks.get(target, {}).get(feed, ())

    def moved(self, target: str, feed: str, mark: Mark) -> State:
        """The same with another mark."""
        marks = {**self.marks, target: {**self.marks.get(target, {}), feed: mark}}
        return msgspec.structs.replace(self, marks=marks)


def load(folder: Path) -> State | None:
    """None: nothing was ever sent. Raises WarehouseFault."""
    path = folder / FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WarehouseFault(f"{path} cannot be read: {error.strerror}", "state") from error
    try:
        found = msgspec.json.decode(data, type=State)
    except msgspec.DecodeError as error:
        text = f"{path} is damaged ({error}): move it away, and all hours are sent once more"
        raise WarehouseFault(text, "state") from error
    if found.format > FORMAT:
        raise WarehouseFault(f"{path} is of a newer noctui: upgrade noctui", "state")
    return found


def save(folder: Path, state: State) -> None:
    """Whole or not at all, also when the power fails. Raises WarehouseFault."""
    path = folder / FILE
    new = path.with_name(f"{FILE}.new")
    try:
        fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o660)
        try:
            with open(fd, "wb", closefd=False) as file:
                file.write(msgspec.json.format(msgspec.json.encode(state), indent=1))
            os.fsync(fd)
        finally:
            os.close(fd)
        os.replace(new, path)
    except OSError as error:
        raise WarehouseFault(f"{path} cannot be written: {error.strerror}", "state") from error


class SyncLock:
    """An exclusive lock on `sync.lock`, given back by the kernel when its process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOCK
        self._fd: int | None = None

    def acquire(self) -> None:
        """Never waits. Raises WarehouseFault: another sync of this history runs."""
        try:
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        except OSError as error:
            raise WarehouseFault(f"{self.path} cannot be written: {error.strerror}", "state") from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            who = os.pread(fd, 64, 0).decode("ascii", "replace").strip()
            os.close(fd)
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise WarehouseFault(f"{self.path} cannot be locked: {error.strerror}", "state") from error
            other = f" (process {who})" if who else ""
            raise WarehouseFault(f"another sync of this history runs{other}", "busy") from error
        self._fd = fd
        with suppress(OSError):  # a full disk costs others its name, no more
            os.pwrite(fd, f"{os.getpid()}".ljust(15).encode() + b"\n", 0)

    def release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def is_syncing(folder: Path) -> bool:
    """A sync of this history runs right now. Leaves no trace."""
    try:
        fd = os.open(folder / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False
