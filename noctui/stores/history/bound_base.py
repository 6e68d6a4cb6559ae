"""How a Reader bound to an instant runs its questions: on the history's threads, each in one moment of the file."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from noctui.model.scene import Range
from noctui.stores.history.blocks import Go
from noctui.stores.history.catalog import Catalog
from noctui.stores.history.known import EVER

if TYPE_CHECKING:
    from noctui.stores.history.reader import HistoryReader

T = TypeVar("T")


class CancelledReadError(Exception):
    """The one who asked has gone."""


class Bound:
    """An instant, and whether what was learned later counts too. `live`: what people did since counts as well."""

    def __init__(self, history: HistoryReader, at: float, corrected: bool, live: bool = False) -> None:
        self._history, self._at, self._corrected, self._live = history, at, corrected, live

    async def _run(self, work: Callable[[sqlite3.Connection, Catalog, Go], T], empty: T) -> T:
        stop = threading.Event()

        def go() -> None:
            if stop.is_set():
                raise CancelledReadError

        def run() -> T:
            go()
            with self._history.snapshot() as db:
                return empty if db is None else work(db, self._history.catalog, go)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._history.pool, run)
        finally:
            stop.set()

    def _until(self, range_: Range) -> Range:
        return Range(range_.start, min(range_.end, self._at), range_.word)

    @property
    def _counts(self) -> float:
        """When what counts was known at the latest."""
        return EVER if self._corrected else self._at

    def _known(self) -> tuple[str, tuple[float, ...]]:
        return ("1", ()) if self._corrected else ("known_at <= ?", (self._at,))
