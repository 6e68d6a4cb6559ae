"""Numbers of circuits, gateways and paths: given once, never reused, never leaving this file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from noctui.stores.history.columns import TABLE_WORDS
from noctui.stores.history.faults import HistoryFault


class Registry:
    """One of the three registries. Numbers are given in memory and reach the file with the version that uses them."""

    def __init__(self, db: sqlite3.Connection, table: int) -> None:
        self._db = db
        self._word = TABLE_WORDS[table]
        self.numbers: dict[str, int] = {
            key: no
            for no, key in db.execute(f"SELECT no, id FROM {self._word}")  # rows are never deleted
        }
        self._ids = {no: key for key, no in self.numbers.items()}
        self._given: dict[str, int] = {}  # not yet in the file for sure
        self._next = max(self._ids, default=-1) + 1

    @property
    def slots(self) -> int:
        """One more than the highest number given."""
        return self._next

    def give(self, id: str) -> int:
        """The number of `id`, a new one when it was never seen."""
        found = self.numbers.get(id)
        if found is None:
            found = self._next
            self._take(id, found)
        return found

    def keep(self, pairs: Iterable[tuple[str, int]]) -> None:
        """Take over numbers given elsewhere. Raises HistoryFault when one contradicts what is known."""
        pairs = list(pairs)
        for key, no in pairs:
            if self.numbers.get(key, no) != no or self._ids.get(no, key) != key:
                raise HistoryFault(f"{self._word}: number {no} was claimed for two different ones; nothing was written")
        for key, no in pairs:
            if key not in self.numbers:
                self._take(key, no)

    def _take(self, id: str, no: int) -> None:
        self.numbers[id] = self._given[id] = no
        self._ids[no] = id
        self._next = max(self._next, no + 1)

    def flush(self) -> None:
        """Write new numbers, inside the caller's transaction."""
        if self._given:
            self._db.executemany(
                f"INSERT OR IGNORE INTO {self._word} VALUES (?, ?)", [(no, key) for key, no in self._given.items()]
            )

    def committed(self) -> None:
        """The caller's transaction is in the file."""
        self._given.clear()
