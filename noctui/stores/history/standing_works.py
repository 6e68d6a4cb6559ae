"""Planned work beside the circuits that were known: what no stored version holds, worked out when it is read."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from noctui.model.inventory import Inventory
from noctui.model.works import NO_WORKS, OVER, Work, Works
from noctui.stores.history.versions import NOW
from noctui.stores.history.work_rows import near, newest_row

if TYPE_CHECKING:
    from noctui.planned.providers import Provider
    from noctui.planned.standing import Standing

SHAPES = 8
"""Kinds of questions whose answers are kept."""
MOST_KEPT = 20_000
"""Versions."""
WHOLE = 60 * 86_400.0
"""Seconds: of a range up to this long all works are looked at for conflicts, of a longer one those asked for."""


class StandingWorks:
    """For one reader of a history, from any of its threads. What was worked out for the same works and circuits is
    kept: for what is near an instant, and for questions by how long their ranges are."""

    def __init__(self, providers: Iterable[Provider] | None = None) -> None:
        """`providers`: carriers and their names, None: those that noctui knows."""
        self._providers = providers
        self._guard = threading.Lock()
        self._made: OrderedDict[str, Standing] = OrderedDict()
        self._had: dict[tuple[str, str, int], Work] = {}
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
            if len(self._made) > SHAPES:
                self._made.popitem(last=False)
        self._made.move_to_end(word)
        return self._made[word]

    def forget(self) -> None:
        """Another file has other versions."""
        with self._guard:
            self._made.clear()
            self._had.clear()
            self._seen = (0, -1, 0.0)

    def asked(self, works: Iterable[Work], inventory: Inventory | None, word: str = "") -> tuple[Work, ...]:
        """In their order, matched to the circuits of an inventory. `word` is the same for questions that are alike."""
        those = tuple(works)
        if not those or inventory is None:
            return those
        with self._guard:
            return self._standing(f"asked {word}").of(self._same(those), inventory)

    def _same(self, works: tuple[Work, ...]) -> tuple[Work, ...]:
        """Versions that were here already stay the same objects: what was worked out of them is known by them."""
        if len(self._had) > MOST_KEPT:
            self._had.clear()
        return tuple(self._had.setdefault((*w.maintenance.key, w.version), w) for w in works)

    def then(self, db: sqlite3.Connection, at: float, known: float, inventory: Inventory, said: set[str]) -> Works:
        """Near a past instant, by what was known at `known`."""
        rows = near(db, at, known, said)
        if not rows:
            return NO_WORKS
        with self._guard:
            return Works(at=at, works=self._standing("then").of(self._same(rows), inventory))

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
                self._rows = () if db is None or not newest else self._same(near(db, at, NOW, said))
                self._seen = file, newest, hour
            if not self._rows:
                return NO_WORKS
            works = self._standing("now").of(self._rows, inventory)
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
