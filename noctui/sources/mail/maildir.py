"""A Maildir, as mail servers and fetchers keep it. What was read is moved to a Maildir++ folder of it, its flags with
it: nothing is marked as seen."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from noctui.mail_settings import MailboxSettings
from noctui.model.notices import Outcome
from noctui.sources.mail.box import GoneError, Letter, succeeded
from noctui.sources.mail.files import FileBox, move_file, read_file

PARTS = ("new", "cur")


class MaildirMailbox(FileBox):
    """See `box.Mailbox`. A place is the file's name without its flags, which other programs change."""

    def __init__(self, settings: MailboxSettings) -> None:
        super().__init__(settings)
        self._lies: dict[str, Path] = {}  # place → where it was seen last

    def new(self) -> Iterator[Letter]:
        found: list[tuple[int, Letter]] = []
        lies: dict[str, Path] = {}
        for part in PARTS:
            folder = self.path / part
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        letter = _letter(entry)
                        if letter is not None:
                            lies[letter.place] = folder / entry.name
                            found.append((letter.arrived or 0, letter))
            except OSError as error:
                raise self.fault(error, "cannot be read", folder) from error
        self._lies = lies
        found.sort(key=lambda f: (f[0], f[1].place))
        yield from (letter for _, letter in found)

    def fetch(self, letter: Letter) -> bytes:
        return read_file(self._where(letter))

    def mark(self, letter: Letter, outcome: Outcome) -> None:
        if not self.moves:
            return
        ours, other = self.settings.success, self.settings.exception
        ours, other = (ours, other) if succeeded(outcome) else (other, ours)
        folder = self.path / f".{ours}"
        try:
            where = self._where(letter, self.path / f".{other}")
            for part in ("tmp", *PARTS):
                (folder / part).mkdir(parents=True, exist_ok=True)
            (folder / "maildirfolder").touch(exist_ok=True)
            move_file(where, folder / where.parent.name, where.name)
        except GoneError:
            return
        except OSError as error:
            raise self.fault(error, f"cannot be moved to {folder.name}", self.path / letter.place) from error

    def _where(self, letter: Letter, other: Path | None = None) -> Path:
        """Raises GoneError. Another program may have moved it from `new` to `cur`, or changed its flags; before it was
        read anew it was moved to the `other` folder."""
        known = self._lies.get(letter.place)
        if known is not None and known.exists():
            return known
        for folder in (self.path, other) if other is not None else (self.path,):
            for part in PARTS:
                try:
                    for name in os.listdir(folder / part):
                        if name.partition(":")[0] == letter.place:
                            return folder / part / name
                except OSError:
                    continue
        raise GoneError(f"{letter.place} is gone from {self.path}")


def _letter(entry: os.DirEntry[str]) -> Letter | None:
    if entry.name.startswith("."):
        return None
    try:
        about = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(about.st_mode):
        return None
    return Letter(entry.name.partition(":")[0], "", about.st_size, int(about.st_mtime))
