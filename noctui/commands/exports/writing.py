"""Where an export goes: standard output as it is made, or a file that is there whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

PART_ROWS = 500
"""Rows that are written at a time: the first ones are there while the rest is made into text."""


class Sink(Protocol):
    def __call__(self, text: str) -> None:
        """Write some more. Raises OSError."""
        ...


@contextmanager
def sink(out: Path | None) -> Iterator[Sink]:
    """Standard output, or the file `out`, which takes its name when everything is written. Raises OSError.

    What is no plain file (a pipe, `/dev/null`) is written as it comes; a link's target is what is replaced.
    """
    if out is None:
        yield _standard()
        return
    target = Path(os.path.realpath(out))
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            yield lambda text: _all(file.fileno(), text)
        return
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name[:64]}-", suffix=".tmp", dir=target.parent)
    try:
        try:
            yield lambda text: _all(handle, text)
            os.fchmod(handle, _mode(target))
            os.fsync(handle)
        finally:
            os.close(handle)
        Path(temporary).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


def _standard() -> Sink:
    if sys.stdout is None:
        raise OSError(0, "standard output is closed")
    stream = sys.stdout.buffer

    def write(text: str) -> None:
        stream.write(text.encode())
        stream.flush()

    return write


def _all(handle: int, text: str) -> None:
    left = memoryview(text.encode())
    while left:
        left = left[os.write(handle, left) :]


def _mode(target: Path) -> int:
    """Who may read it: as the file that is replaced, else as any new file."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def stamp(at: float) -> str:
    """ISO 8601, UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def let_go() -> None:
    """Nobody reads any more: what is left in the buffer must not be tried again when Python ends."""
    with suppress(OSError, ValueError, AttributeError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
