"""Unpacked columns of open polls, kept for the next circuit or the next look at the same one.

The newest polls lie in blocks of many circuits, of which all is unpacked for one. Blocks never change; what is kept is
bounded in bytes, the least used goes first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

from noctui.stores.history.codec import Values

MOST_BYTES = 4_000_000
"""A frame of a poll, all columns of a chart, is 0.1 MB; strips hold all polls but some ten."""
Key = tuple[str, int, float, int]
"""(table, row id, a time that tells a reused id, frame)"""


class Unpacked:
    """Shared by the reader threads of a process."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.bytes = 0
        self._most = most_bytes
        self._kept: OrderedDict[Key, dict[int, Values]] = OrderedDict()
        self._guard = threading.Lock()

    def columns(
        self, key: Key, numbers: Iterable[int], unpack: Callable[[list[int]], dict[int, Values]]
    ) -> Mapping[int, Values]:
        """The columns of a block, by metric number; `unpack` gives those that are missing."""
        numbers = list(numbers)
        with self._guard:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            found = {} if kept is None else {n: kept[n] for n in numbers if n in kept}
        missing = [n for n in numbers if n not in found]
        if missing:
            new = unpack(missing)
            found |= new
            self._keep(key, new)
        return found

    def _keep(self, key: Key, new: dict[int, Values]) -> None:
        with self._guard:
            kept = self._kept.setdefault(key, {})
            self._kept.move_to_end(key)
            for number, values in new.items():
                if number not in kept:
                    kept[number] = values
                    self.bytes += values.nbytes
            while self.bytes > self._most and len(self._kept) > 1:
                _, oldest = self._kept.popitem(last=False)
                self.bytes -= sum(values.nbytes for values in oldest.values())
