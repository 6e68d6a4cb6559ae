"""What every part of an answer about figures is asked from: one snapshot of the file, one instant, and what is kept."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from noctui.stores.history.blocks import Go, never
from noctui.stores.history.catalog import Catalog
from noctui.stores.history.settings import Retention

T = TypeVar("T")
MOST_BYTES = 64_000_000
"""At 10,000 circuits an hour of samples is 13 MB, accounts of any stretch 2 MB, a day's averages of a gauge 12 MB."""


class Kept:
    """What was worked out and may be wanted again: at the next poll, or by the next circuit. The least used goes first.

    What is kept never changes; whoever takes it out checks that it still holds (by the numbers of what it was made
    from). Shared by the reader threads of a process.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.bytes = 0
        self.damaged: frozenset[int] = frozenset()
        """Rows of figures that cannot be read: what they are made of tells instead."""
        self._most = most_bytes
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, key: Hashable) -> Any:
        """None when it is not there."""
        with self._guard:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: T, size: int) -> T:
        """`size` in bytes; what alone is more than a half of all there may be is not kept."""
        if size > self._most // 2:
            return value
        with self._guard:
            had = self._kept.pop(key, None)
            self.bytes += size - (had[1] if had is not None else 0)
            self._kept[key] = value, size
            while self.bytes > self._most:
                _, (_, dropped) = self._kept.popitem(last=False)
                self.bytes -= dropped
        return value

    def of(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """What is kept under `key`, or made now: for what never changes."""
        found: T | None = self.get(key)
        return found if found is not None else self.put(key, value := make(), size(value))


@dataclass(frozen=True, slots=True)
class Ask:
    """`at` is the instant, `known` when what counts was known at the latest (inf: now). `size` is how many slots the
    file has; `slots` are the circuits asked about, None for all: rows of answers are slots then. `own` is what this one
    question has read and may need again."""

    db: sqlite3.Connection
    catalog: Catalog
    kept: Kept
    retention: Retention
    at: float
    known: float
    size: int
    slots: NDArray[np.int32] | None = None
    go: Go = never
    own: dict[Hashable, Any] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return self.size if self.slots is None else len(self.slots)


def slots_of(db: sqlite3.Connection) -> int:
    """How many slots circuits have been given."""
    return int(db.execute("SELECT coalesce(max(no) + 1, 0) FROM circuits").fetchone()[0])
