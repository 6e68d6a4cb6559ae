"""Files that somebody named, as a mailbox: read once, never moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from noctui.model.notices import Outcome
from noctui.sources.mail.box import MOST, GoneError, Letter


class GivenMailbox:
    """See `box.Mailbox`. Unlike in a folder that others fill, links are followed: who names a file may read it."""

    name = "by hand"

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = tuple(files)
        self.missing: list[str] = []

    def new(self) -> Iterator[Letter]:
        for path in self._files:
            try:
                about = path.stat()
            except OSError as error:
                self.missing.append(f"{path}: cannot be read: {error.strerror}")
                continue
            yield Letter(str(path), f"{about.st_size}-{about.st_mtime_ns}", about.st_size, int(about.st_mtime))

    def fetch(self, letter: Letter) -> bytes:
        try:
            with Path(letter.place).open("rb") as file:
                return file.read(MOST)
        except OSError as error:
            self.missing.append(f"{letter.place}: cannot be read: {error.strerror}")
            raise GoneError(self.missing[-1]) from error

    def mark(self, letter: Letter, outcome: Outcome) -> None:
        """They stay as they are."""

    def wait(self, seconds: float) -> None:
        """There is nothing to wait for."""

    def wake(self) -> None:
        """Nobody waits."""

    def close(self) -> None:
        """Nothing is held open."""
