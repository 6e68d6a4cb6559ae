"""The inbox: what another process wants written lies as a file until the writer takes it in, once, by its id."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from noctui.stores.history.faults import HistoryFault

_NAME = re.compile(r"(?P<order>\d{20})-(?P<key>[0-9a-f]{16})\.(?P<kind>[a-z]{1,16})")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits to be taken in."""

    id: str
    kind: str
    path: Path


def folder_of(data: Path) -> Path:
    return data / "inbox"


def deposit(data: Path, kind: str, payload: bytes) -> str:
    """Leave something for the writer of the data folder; its id. After this it survives a kill and a power cut.

    Raises HistoryFault when the disk is full or the folder cannot be written.
    """
    box = folder_of(data)
    try:
        _make(box)
        order = max((int(w.id[:20]) for w in pending(data)), default=0) + 1
        name = f"{order:020}-{secrets.token_hex(8)}.{kind}"
        if not _NAME.fullmatch(name):
            raise ValueError(f"{kind!r} is no kind: lower-case letters only")
        partial = box / f".{name}.part"
        with partial.open("xb") as file:
            os.fchmod(file.fileno(), 0o644)  # whoever leads may be another user; who gets this far, the folder says
            file.write(payload)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(box / name)
        fd = os.open(box, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError as error:
        raise HistoryFault(f"the inbox cannot be written: {error.strerror}") from error
    return name.rsplit(".", 1)[0]


def _make(box: Path) -> None:
    """Open to the same users as the data folder, whoever is the first to leave something."""
    try:
        box.mkdir(parents=True)
    except FileExistsError:
        return
    box.chmod(box.parent.stat().st_mode & 0o7777)


def pending(data: Path) -> list[Waiting]:
    """What waits, in the order it was left. Half-written files are no part of it."""
    try:
        names = sorted(os.listdir(folder_of(data)))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise HistoryFault(f"the inbox cannot be read: {error.strerror}") from error
    found = ((name, _NAME.fullmatch(name)) for name in names)
    return [Waiting(name.rsplit(".", 1)[0], m["kind"], folder_of(data) / name) for name, m in found if m]


def pending_of(data: Path, kind: str) -> list[Waiting]:
    """What waits of one kind; a look at an empty inbox, often taken, costs some microseconds."""
    end = f".{kind}"
    try:
        if not any(name.endswith(end) for name in os.listdir(folder_of(data))):
            return []
    except FileNotFoundError:
        return []
    except OSError as error:
        raise HistoryFault(f"the inbox cannot be read: {error.strerror}") from error
    return [waiting for waiting in pending(data) if waiting.kind == kind]


def refuse(waiting: Waiting) -> Path:
    """Set aside what cannot be taken in; nothing is deleted."""
    aside = waiting.path.with_name(f"{waiting.path.name}.refused")
    waiting.path.rename(aside)
    return aside
