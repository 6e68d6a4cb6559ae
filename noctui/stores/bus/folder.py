"""Leadership on one host: whoever holds the lock of the data folder polls and writes; all others follow."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from pathlib import Path

import msgspec

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds the folder, or held it last."""

    pid: int
    host: str
    epoch: int

    @property
    def text(self) -> str:
        return f"{self.host}:{self.pid}"


class FolderLock:
    """An exclusive lock on `folder/lock`, given back by the kernel when its process ends, however it ends.

    Every taking raises `epoch`, so that what an earlier leader left can be told from the present one's.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "lock"
        self.epoch = 0
        self._fd: int | None = None

    @property
    def held(self) -> bool:
        """This object holds the lock."""
        return self._fd is not None

    def try_acquire(self) -> bool:
        """Take the lock if nobody has it; True when held. Never waits. OSError when the folder cannot be written."""
        if self._fd is not None:
            return True
        self.folder.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            before = _holder(os.pread(fd, 4096, 0))
            epoch = before.epoch + 1 if before else 1
            self._put(fd, Holder(pid=os.getpid(), host=socket.gethostname(), epoch=epoch))
        except BlockingIOError:
            os.close(fd)
            return False
        except BaseException:
            os.close(fd)
            raise
        self._fd, self.epoch = fd, epoch
        return True

    def raise_epoch(self, least: int) -> int:
        """Make the epoch higher than `least` (the highest one seen in the history); the new epoch."""
        if self._fd is None:
            raise RuntimeError("the folder's lock is not held")
        if self.epoch <= least:
            self.epoch = least + 1
            self._put(self._fd, Holder(pid=os.getpid(), host=socket.gethostname(), epoch=self.epoch))
        return self.epoch

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def holder(self) -> Holder | None:
        """Who wrote the lock file last; None when nobody ever did, or it cannot be read. It may be dead: only
        `try_acquire` knows."""
        try:
            with self.path.open("rb") as file:
                return _holder(file.read(4096))
        except OSError:
            return None

    @staticmethod
    def _put(fd: int, holder: Holder) -> None:
        # One write of fixed length: a reader sees the old or the new line, never a mix of lengths.
        line = msgspec.json.encode(holder).ljust(255) + b"\n"
        try:
            os.pwrite(fd, line, 0)
            os.fsync(fd)
        except OSError as error:  # the kernel has the lock; a full disk only costs others the name of its holder
            if error.errno not in _FULL:
                raise


def _holder(line: bytes) -> Holder | None:
    try:
        return msgspec.json.decode(line.strip(), type=Holder)
    except msgspec.DecodeError:
        return None


def is_led(folder: Path) -> bool:
    """Somebody holds the folder's lock right now. Leaves no trace."""
    try:
        fd = os.open(folder / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def holder(folder: Path) -> str:
    """Who leads from this folder, or led it last, as `host:pid`; "" when nobody ever did."""
    found = FolderLock(folder).holder()
    return found.text if found else ""
