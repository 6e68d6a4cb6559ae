"""A folder into which mails are dropped as files: `.eml`, `.txt`, `.ics`. What was read is moved to a folder below it.

A file that is still being written waits: its last change has to be some seconds old.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from noctui.model.notices import Outcome
from noctui.sources.mail.box import Letter, succeeded
from noctui.sources.mail.files import FileBox, move_file, read_file

ENDS = (".eml", ".txt", ".ics")
SETTLED = 2.0
"""Seconds without a change after which a file is taken to be whole."""


class FolderMailbox(FileBox):
    """See `box.Mailbox`."""

    def new(self) -> Iterator[Letter]:
        found: list[tuple[int, Letter]] = []
        now = time.time()
        try:
            with os.scandir(self.path) as entries:
                for entry in entries:
                    if not entry.name.lower().endswith(ENDS) or entry.name.startswith("."):
                        continue
                    try:
                        about = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue
                    if stat.S_ISREG(about.st_mode) and not 0 <= now - about.st_mtime < SETTLED:
                        letter = Letter(entry.name, _stamp(about), about.st_size, int(about.st_mtime))
                        found.append((about.st_mtime_ns, letter))
        except OSError as error:
            raise self.fault(error, "cannot be read") from error
        found.sort(key=lambda f: (f[0], f[1].place))
        yield from (letter for _, letter in found)

    def fetch(self, letter: Letter) -> bytes:
        return read_file(self.path / letter.place)

    def mark(self, letter: Letter, outcome: Outcome) -> None:
        if not self.moves:
            return
        ours, other = self.settings.success, self.settings.exception
        ours, other = (ours, other) if succeeded(outcome) else (other, ours)
        folder = self.path / ours
        try:
            folder.mkdir(exist_ok=True)
            where = self._where(letter, self.path / other)
            if where is not None:
                move_file(where, folder, letter.place)
        except OSError as error:
            raise self.fault(error, f"cannot be moved to {folder.name}", self.path / letter.place) from error

    def _where(self, letter: Letter, other: Path) -> Path | None:
        """Where the very file lies that was read: here, or in the folder that it was moved to before it was read anew.
        None: it is gone, or another one lies in its place, which is still to be read."""
        here = self.path / letter.place
        if not letter.stamp:
            return here
        for path in (here, other / letter.place):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                if _stamp(path.stat(follow_symlinks=False)) == letter.stamp:
                    return path
        return None


def _stamp(about: os.stat_result) -> str:
    return f"{about.st_size}-{about.st_mtime_ns}"
