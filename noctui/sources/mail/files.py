"""What mailboxes of files have in common: reading a file that anybody may have put there, moving it, waiting."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
from pathlib import Path

from noctui.mail_settings import MailboxSettings
from noctui.sources.mail.box import MOST, GoneError, MailboxError

MOST_NAMES = 1000
"""Files of one name that are told apart by a number."""


class FileBox:
    """The part of `box.Mailbox` that does not depend on how the files lie."""

    def __init__(self, settings: MailboxSettings) -> None:
        self.settings = settings
        self.path = settings.path
        self.moves = settings.after in ("", "move")
        self._woken = threading.Event()

    @property
    def name(self) -> str:
        return self.settings.name

    def wait(self, seconds: float) -> None:
        self._woken.wait(seconds)

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None:
        """Nothing is held open."""

    def fault(self, error: OSError, what: str, path: Path | None = None) -> MailboxError:
        """`mailbox noc: /var/mail/noc cannot be read: Permission denied`."""
        lasting = error.errno in (errno.EACCES, errno.ENOENT, errno.ENOTDIR, errno.EROFS, errno.EPERM)
        return MailboxError(f"mailbox {self.name}: {path or self.path} {what}: {error.strerror}", lasting)


def read_file(path: Path) -> bytes:
    """The first bytes of a plain file; links are not followed: whoever drops mails here must not show us others' files.
    Raises GoneError."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise GoneError(f"{path}: {error.strerror}") from error
    with os.fdopen(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise GoneError(f"{path}: no plain file")
        try:
            return file.read(MOST)
        except OSError as error:
            raise GoneError(f"{path}: {error.strerror}") from error


def move_file(path: Path, folder: Path, name: str) -> None:
    """Into a folder, under a name that nothing has there. One that is gone is none's business. Raises OSError."""
    stem, dot, end = name.partition(".")
    for number in range(MOST_NAMES):
        target = folder / (name if not number else f"{stem}-{number + 1}{dot}{end}")
        try:
            os.link(path, target, follow_symlinks=False)  # unlike a rename it does not replace what is there
        except FileExistsError:
            if target == path or not _same(path, target):
                continue
            # whoever moved it before was ended when it had both names
        except FileNotFoundError:
            return
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK) or target.exists():
                raise
            with contextlib.suppress(FileNotFoundError):  # a file system without links
                path.rename(target)
            return
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        return
    raise OSError(errno.EEXIST, f"{MOST_NAMES} files of this name are there")


def _same(path: Path, target: Path) -> bool:
    """Both are names of one file."""
    try:
        return os.path.samestat(os.lstat(path), os.lstat(target))
    except FileNotFoundError:
        return False
