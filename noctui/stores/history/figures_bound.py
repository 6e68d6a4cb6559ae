"""The questions about figures that a Reader bound to an instant answers.

What works them out is imported when it is first asked for, on the history's threads: a start, or a command that asks
for none, does without (50 ms).
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from noctui.kpi import calendar
from noctui.model.figures import Baseline, Billing, Daily, Episode, Figures, Grain, Trend
from noctui.model.scene import Range
from noctui.model.view import F4
from noctui.stores.history.blocks import Go
from noctui.stores.history.bound_base import Bound
from noctui.stores.history.catalog import Catalog
from noctui.stores.history.faults import DamagedFigures
from noctui.stores.history.known import came_later

if TYPE_CHECKING:
    from noctui.stores.history.figures_ask import Ask

T = TypeVar("T")
log = logging.getLogger(__name__)


class BoundFigures(Bound):
    """Every answer ends at the instant and at what was known then; raises HistoryFault, ValueError for bad words.

    A version of a day, week or month that is damaged is named in the log, once, and left out: its hours tell.
    """

    async def _ask(self, work: Callable[[Ask], T], nothing: Callable[[], T]) -> T:
        """`nothing` makes the answer while there is no history."""

        def run(db: sqlite3.Connection, catalog: Catalog, go: Go) -> T | None:
            while True:
                ask = self._asking(db, catalog, go)
                try:
                    return work(ask)
                except DamagedFigures as error:
                    if error.row in ask.kept.damaged:
                        raise
                    log.error("history.damaged", extra={"block": error.name, "reason": str(error)})
                    ask.kept.damaged |= {error.row}

        found = await self._run(run, None)
        return nothing() if found is None else found

    def _asking(self, db: sqlite3.Connection, catalog: Catalog, go: Go, slot: int | None = None) -> Ask:
        """From one snapshot: of one slot, or of all."""
        from noctui.stores.history.figures_ask import Ask, slots_of

        history = self._history
        slots = None if slot is None else np.array([slot], np.int32)
        return Ask(db, catalog, history.kept, history.retention, self._at, self._counts, slots_of(db), slots, go)

    def _hours_then(
        self, db: sqlite3.Connection, catalog: Catalog, go: Go, range_: Range, slot: int | None = None
    ) -> Mapping[int, Mapping[str, F4]]:
        """Hours whose stored figures know more than was known at the instant, as they were known; mostly there are
        none."""
        if not came_later(db, self._counts):
            return {}
        from noctui.stores.history.figures_then import hours_then

        return hours_then(self._asking(db, catalog, go, slot), range_.start, range_.end)

    def _states_then(
        self, db: sqlite3.Connection, catalog: Catalog, go: Go, range_: Range
    ) -> Mapping[int, Mapping[str, F4]]:
        """Hours of which an edge tells that was not known at the instant: their states as they were known."""
        late = "SELECT 1 FROM edges WHERE known_at > ? AND event_time < ? LIMIT 1"
        if self._corrected or db.execute(late, (self._at, range_.end)).fetchone() is None:
            return {}
        from noctui.stores.history.figures_then import states_then

        return states_then(self._asking(db, catalog, go), range_.start, range_.end)

    async def figures(
        self, range_: Range, circuit_ids: tuple[str, ...] = (), percentiles: tuple[str, ...] = ()
    ) -> Figures:
        range_ = self._until(range_)

        def work(ask: Ask) -> Figures:
            from noctui.stores.history.figures_circuits import of_circuits

            return of_circuits(ask, range_, circuit_ids, percentiles)

        return await self._ask(work, lambda: _no_figures(range_))

    async def groups(self, by: str, range_: Range, percentiles: tuple[str, ...] = ()) -> Figures:
        range_ = self._until(range_)

        def work(ask: Ask) -> Figures:
            from noctui.stores.history.figures_groups import of_groups

            return of_groups(ask, by, range_, percentiles)

        return await self._ask(work, lambda: _no_figures(range_))

    async def daily(self, gauge: str, days: int) -> Daily:
        def work(ask: Ask) -> Daily:
            from noctui.stores.history.figures_daily import daily

            return daily(ask, gauge, days)

        return await self._ask(work, lambda: _no_days(gauge))

    async def trend(self, gauge: str) -> Trend:
        def work(ask: Ask) -> Trend:
            from noctui.stores.history.figures_circuits import version_at
            from noctui.stores.history.figures_daily import trend

            version = version_at(ask)
            limits = None if version is None else self._history.limits_of(version.inventory)
            return trend(ask, gauge, limits)

        def nothing() -> Trend:
            from noctui.kpi.trend import of_daily

            return of_daily(_no_days(gauge), 0.0)

        return await self._ask(work, nothing)

    async def baseline(self, circuit_id: str, gauge: str) -> Baseline:
        def work(ask: Ask) -> Baseline:
            from noctui.stores.history.figures_baseline import baseline

            return baseline(ask, circuit_id, gauge)

        def nothing() -> Baseline:
            none = np.full(168, np.nan)
            return Baseline(circuit_id, gauge, none, none, np.zeros(168, np.int64), 0, float("nan"), float("nan"))

        return await self._ask(work, nothing)

    async def episodes(self, range_: Range, site_id: str = "") -> tuple[Episode, ...]:
        range_ = self._until(range_)

        def work(ask: Ask) -> tuple[Episode, ...]:
            from noctui.stores.history.figures_episodes import episodes_of

            return episodes_of(ask, range_, site_id)

        return await self._ask(work, lambda: ())

    async def billing(self, month: str) -> Billing:
        period = calendar.by_key(Grain.MONTH, month, self._history.retention.zone)

        def work(ask: Ask) -> Billing:
            from noctui.stores.history.figures_billing import billing

            return billing(ask, month)

        def nothing() -> Billing:
            from noctui.stores.history.figures_billing import nothing

            return nothing(period)

        return await self._ask(work, nothing)


def _no_figures(range_: Range) -> Figures:
    from noctui.stores.history.figures_circuits import empty

    return empty(range_)


def _no_days(gauge: str) -> Daily:
    from noctui.stores.history.figures_daily import nothing

    return nothing(gauge)
