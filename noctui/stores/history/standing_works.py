"""Planned work beside the circuits that were known: what no stored version holds, worked out when it is read."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from noctui.model.inventory import Inventory
from noctui.model.works import NO_WORKS, OVER, Work, Works
from noctui.stores.history.versions import NOW
from noctui.stores.history.work_rows import near, newest_row

if TYPE_CHECKING:
    from noctui.planned.providers import Provider
    from noctui.planned.standing import Standing

WHOLE = 60 * 86_400.0
"""Seconds: of a range up to this long all works are looked at for conflicts, of a longer one those asked for."""


class StandingWorks:
    """For one reader of a history, from any of its threads. What was worked out for the same works and circuits is
    kept: once for what is near an instant, once for questions."""

    def __init__(self, providers: Iterable[Provider] | None = None) -> None:
        """`providers`: carriers and their names, None: those that noctui knows."""
        self._providers = providers
        self._guard = threading.Lock()
        self._made: dict[str, Standing] = {}
        self._seen: tuple[int, int, float] = (0, -1, 0.0)  # file, newest row, the day it was read for
        self._rows: tuple[Work, ...] = ()

    @property
    def providers(self) -> tuple[Provider, ...] | None:
        return None if self._providers is None else tuple(self._providers)

    def _standing(self, word: str) -> Standing:
        """Imported by who has planned work to look at: no screen needs it before its first paint."""
        if word not in self._made:
            from noctui.planned.providers import DEFAULT
            from noctui.planned.standing import Standing

            self._made[word] = Standing(DEFAULT if self._providers is None else self._providers)
        return self._made[word]

    def asked(self, works: Iterable[Work], inventory: Inventory | None) -> tuple[Work, ...]:
        """In their order, matched to the circuits of an inventory."""
        those = tuple(works)
        if not those or inventory is None:
            return those
        with self._guard:
            return self._standing("asked").of(those, inventory)

    def then(self, db: sqlite3.Connection, at: float, known: float, inventory: Inventory, said: set[str]) -> Works:
        """Near a past instant, by what was known at `known`."""
        rows = near(db, at, known, said)
        if not rows:
            return NO_WORKS
        with self._guard:
            return Works(at=at, works=self._standing("near").of(rows, inventory))

    def now(
        self,
        db: sqlite3.Connection | None,
        file: int,
        at: float,
        inventory: Inventory,
        said: set[str],
        before: Works | None = None,
    ) -> Works:
        """Near `at` as known now; `before` itself while nothing has changed. `file` says which file `db` reads."""
        with self._guard:
            newest = -1 if db is None else newest_row(db)
            hour = at // 3600
            if (file, newest, hour) != self._seen:
                rows = () if db is None or not newest else near(db, at, NOW, said)
                self._rows = _kept(self._rows, rows)
                self._seen = file, newest, hour
            if not self._rows:
                return NO_WORKS
            works = self._standing("near").of(self._rows, inventory)
        if before is not None and before.works is works and not turned(works, before.at, at):
            return before
        return Works(at=at, works=works)


def turned(works: Iterable[Work], before: float, at: float) -> bool:
    """A window began or ended in (before, at], or one ended so long ago that it is no longer told of."""
    if not before <= at:
        return True
    return any(
        before < mark <= at
        for work in works
        for window in work.maintenance.windows
        for mark in (window.start, window.end, window.end + OVER + 1)
    )


def _kept(before: Sequence[Work], now: tuple[Work, ...]) -> tuple[Work, ...]:
    """Versions that were here already stay the same objects: what was worked out of them is known by them."""
    had = {(w.maintenance.key, w.version): w for w in before}
    return tuple(had.get((w.maintenance.key, w.version), w) for w in now)
