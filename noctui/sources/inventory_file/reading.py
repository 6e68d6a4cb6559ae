"""The file on disk: read anew when it has changed; a version that cannot be used leaves the last good one in force."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from contextlib import suppress
from pathlib import Path

from noctui.sources.inventory_file.parse import parse
from noctui.sources.inventory_file.rows import FileError, InventoryFile

LARGEST = 64_000_000
SETTLED = 2.0
"""Seconds after which an unchanged time and size mean an unchanged file: clocks of file systems are coarse."""


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises FileError: not there, not a file, not ours to read, too large."""
    try:
        with path.open("rb") as file:
            if stat.S_ISDIR(os.fstat(file.fileno()).st_mode):
                raise IsADirectoryError
            data = file.read(LARGEST + 1)
    except IsADirectoryError:
        raise FileError("is a folder; name the file in it") from None
    except FileNotFoundError:
        raise FileError("is not there; see inventory.file") from None
    except (OSError, ValueError) as error:
        raise FileError(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(data) > LARGEST:
        raise FileError(f"is larger than {LARGEST // 1_000_000} MB: this is another file")
    return data


def as_text(data: bytes) -> str:
    """The text. Raises FileError with line and column of the first byte that is not UTF-8."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileError("is UTF-16 text; save it as CSV UTF-8")
    if data.startswith(b"PK\x03\x04"):
        raise FileError("is a spreadsheet; save it as CSV UTF-8")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        raise FileError(
            f"line {line}, column {column}: not UTF-8 (byte {data[error.start]:#04x}, perhaps Latin-1);"
            " save it as CSV UTF-8"
        ) from None


def read(path: Path) -> InventoryFile:
    """What the file says now. Raises FileError."""
    return parse(as_text(read_bytes(path)))


class Kept:
    """The newest good version of one file, and what is wrong with the newest of all. Blocking; one thread at a time.

    With `copy` (a file in the data folder) the last good version outlives a restart.
    """

    def __init__(self, path: Path, copy: Path | None = None) -> None:
        self.path = path
        self.file: InventoryFile | None = None
        self.error = ""
        """Why the newest version is not used; "" while it is."""
        self.from_copy = False
        self._copy = copy
        self._stamp: tuple[int, int, int] | None = None
        self._looked = 0.0
        self._hash = b""

    def look(self) -> bool:
        """Read the file if it has changed; True when `file` or `error` is another than before."""
        stamp = self._stamped()
        if stamp is not None and stamp == self._stamp and stamp[0] / 1e9 < self._looked - SETTLED:
            return False
        before = (self.file, self.error)
        self._looked, self._stamp = time.time(), stamp
        try:
            data = read_bytes(self.path)
        except FileError as error:
            self._hash = b""
            self._failed(error)
        else:
            found = hashlib.blake2b(data, digest_size=16).digest()
            if found != self._hash:
                self._hash = found
                self._take(data)
        return self.file is not before[0] or self.error != before[1]

    def _take(self, data: bytes) -> None:
        try:
            self.file = parse(as_text(data))
        except FileError as error:
            self._failed(error)
        else:
            self.error, self.from_copy = "", False
            self._keep(data)

    def _failed(self, error: FileError) -> None:
        self.error = f"{self.path} {error}"
        if self.file is None:
            self._from_copy()

    def _stamped(self) -> tuple[int, int, int] | None:
        try:
            found = os.stat(self.path)
        except (OSError, ValueError):
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _keep(self, data: bytes) -> None:
        if self._copy is None:
            return
        partial = self._copy.with_name(f".{self._copy.name}.part")
        with suppress(OSError):  # a full disk: the next start then goes without it
            partial.write_bytes(data)
            partial.replace(self._copy)

    def _from_copy(self) -> None:
        if self._copy is not None and self._copy.is_file():
            with suppress(FileError):
                self.file = parse(as_text(read_bytes(self._copy)))
                self.from_copy = True
