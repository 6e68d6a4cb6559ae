"""The questions about figures that a Reader bound to an instant answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from noctui.kpi import calendar
from noctui.kpi.trend import of_daily
from noctui.model.figures import Baseline, Billing, Daily, Episode, Figures, Grain, Trend
from noctui.model.scene import Range
from noctui.stores.history.blocks import Go
from noctui.stores.history.bound_base import Bound
from noctui.stores.history.catalog import Catalog
from noctui.stores.history.figures_ask import Ask, slots_of
from noctui.stores.history.figures_baseline import baseline
from noctui.stores.history.figures_billing import billing, nothing
from noctui.stores.history.figures_circuits import empty, of_circuits, version_at
from noctui.stores.history.figures_daily import daily, trend
from noctui.stores.history.figures_daily import nothing as no_days
from noctui.stores.history.figures_episodes import episodes_of
from noctui.stores.history.figures_groups import of_groups

T = TypeVar("T")


class BoundFigures(Bound):
    """Every answer ends at the instant and at what was known then; raises HistoryFault, ValueError for bad words."""

    async def _ask(self, work: Callable[[Ask], T], nothing: T) -> T:
        known = float("inf") if self._corrected else self._at

        def run(db: sqlite3.Connection, catalog: Catalog, go: Go) -> T:
            history = self._history
            return work(Ask(db, catalog, history.kept, history.retention, self._at, known, slots_of(db), None, go))

        return await self._run(run, nothing)

    async def figures(
        self, range_: Range, circuit_ids: tuple[str, ...] = (), percentiles: tuple[str, ...] = ()
    ) -> Figures:
        range_ = self._until(range_)
        return await self._ask(lambda ask: of_circuits(ask, range_, circuit_ids, percentiles), empty(range_))

    async def groups(self, by: str, range_: Range, percentiles: tuple[str, ...] = ()) -> Figures:
        range_ = self._until(range_)
        return await self._ask(lambda ask: of_groups(ask, by, range_, percentiles), empty(range_))

    async def daily(self, gauge: str, days: int) -> Daily:
        return await self._ask(lambda ask: daily(ask, gauge, days), no_days(gauge))

    async def trend(self, gauge: str) -> Trend:
        def work(ask: Ask) -> Trend:
            version = version_at(ask)
            limits = None if version is None else self._history.limits_of(version.inventory)
            return trend(ask, gauge, limits)

        return await self._ask(work, of_daily(no_days(gauge), 0.0))

    async def baseline(self, circuit_id: str, gauge: str) -> Baseline:
        none = np.full(168, np.nan)
        empty = Baseline(circuit_id, gauge, none, none, np.zeros(168, np.int64), 0, float("nan"), float("nan"))
        return await self._ask(lambda ask: baseline(ask, circuit_id, gauge), empty)

    async def episodes(self, range_: Range, site_id: str = "") -> tuple[Episode, ...]:
        range_ = self._until(range_)
        return await self._ask(lambda ask: episodes_of(ask, range_, site_id), ())

    async def billing(self, month: str) -> Billing:
        period = calendar.by_key(Grain.MONTH, month, self._history.retention.zone)
        return await self._ask(lambda ask: billing(ask, month), nothing(period))
