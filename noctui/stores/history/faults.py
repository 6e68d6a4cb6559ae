"""What can go wrong with a history, said in one line each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from noctui.model.stores import HistoryError


class HistoryFault(HistoryError):  # noqa: N818 - a fault is what the screen calls it
    """The history cannot do what was asked; the text is one clear line. The caller goes on without it."""


class DamagedBlock(HistoryFault):
    """A stored block does not match its checksum: it is named, never believed."""

    def __init__(self, name: object, why: str) -> None:
        super().__init__(f"history block {name} is damaged: {why}")
        self.name = str(name)


class DamagedFigures(DamagedBlock):
    """A block of a version of a day, week or month, whose row is `row`: what it is made of may say the same."""

    def __init__(self, block: DamagedBlock, row: int) -> None:
        HistoryFault.__init__(self, str(block))
        self.name, self.row = block.name, row


@contextmanager
def figures_of(row: int) -> Iterator[None]:
    """Whatever block is damaged inside is one of that version's."""
    try:
        yield
    except DamagedFigures:
        raise
    except DamagedBlock as error:
        raise DamagedFigures(error, row) from error


class CorruptHistory(HistoryFault):
    """The file is no sound database any more; it has to be set aside. `kept`: it was, and what was to be written stands
    in a new one."""

    kept = False


_CORRUPT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def fault_of(error: sqlite3.Error) -> HistoryFault:
    """The fault that an SQLite error means."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return HistoryFault("the disk is full: history is not written until there is room")
    if code in _CORRUPT:
        return CorruptHistory(f"the history file is corrupt: {error}")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return HistoryFault("the history file is locked by another program")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return HistoryFault(f"the history file cannot be opened or written: {error}")
    return HistoryFault(f"history: {error}")


@contextmanager
def faults() -> Iterator[None]:
    """Turn SQLite's errors inside into `HistoryFault`s."""
    try:
        yield
    except sqlite3.Error as error:
        raise fault_of(error) from error
