"""An async Reader bound to an instant: nothing later than it, and nothing learned later, comes out of here."""

from __future__ import annotations

import sqlite3

import msgspec
import numpy as np

from noctui.model.cloud import DeviceEvent, MistAlarm, SleTable
from noctui.model.detail import NOT_NOW, Answer, Question, refused
from noctui.model.edges import Edge, Failover, Note
from noctui.model.figures import NetworkSeries
from noctui.model.scene import Above, Range, Series, Stretch
from noctui.stores.history.above import read_above
from noctui.stores.history.blocks import Go
from noctui.stores.history.bound_alarms import BoundAlarms
from noctui.stores.history.bound_base import CancelledReadError
from noctui.stores.history.bound_works import BoundWorks
from noctui.stores.history.catalog import Catalog
from noctui.stores.history.figures_bound import BoundFigures
from noctui.stores.history.hourly import hours_series
from noctui.stores.history.network_hours import network_series
from noctui.stores.history.rows import select_edges, select_failovers, select_notes
from noctui.stores.history.series import polls_series
from noctui.stores.history.timeline import paint
from noctui.stores.history.told import select_alarms, select_events, select_sle


class BoundReader(BoundFigures, BoundAlarms, BoundWorks):
    """Implements `model.scene.Reader`. Reads run on the history's threads; a cancelled one stops between blocks."""

    async def series(self, circuit_id: str, metrics: tuple[str, ...], range_: Range) -> Series:
        """Raises ValueError for a metric that does not exist, HistoryFault."""
        range_ = self._until(range_)
        kept = self._at - self._history.retention.raw * 86400.0

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> Series:
            slot = _slot(db, circuit_id)
            if slot is None:
                return empty
            if range_.start < kept:
                then = self._hours_then(db, catalog, go, range_, slot)
                return hours_series(db, circuit_id, slot, metrics, range_, go, then)
            return polls_series(db, catalog, circuit_id, slot, metrics, range_, go, self._counts)

        none = np.empty(0, np.float32)
        empty = Series(circuit_id, range_, np.empty(0), none, dict.fromkeys(metrics, none))
        return await self._run(work, empty)

    async def timeline(self, circuit_id: str, range_: Range) -> tuple[Stretch, ...]:
        range_ = self._until(range_)
        known, values = self._known()

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> tuple[Stretch, ...]:
            where = f"c.id = ? AND e.event_time <= ? AND {known}"
            return paint(select_edges(db, where, (circuit_id, range_.end, *values)), range_.start, range_.end)

        return await self._run(work, paint((), range_.start, range_.end))

    async def edges(self, range_: Range, circuit_ids: tuple[str, ...] = ()) -> tuple[Edge, ...]:
        """Oldest first."""
        range_ = self._until(range_)
        known, values = self._known()
        only, ids = _among("c.id", circuit_ids)

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> tuple[Edge, ...]:
            where = f"e.event_time >= ? AND e.event_time <= ? AND {known} AND {only}"
            found = select_edges(db, where, (range_.start, range_.end, *values, *ids))
            return tuple(sorted(found, key=lambda e: e.event_time))

        return await self._run(work, ())

    async def failovers(self, range_: Range, site_id: str = "") -> tuple[Failover, ...]:
        """Oldest first."""
        range_ = self._until(range_)
        known, values = self._known()
        only, ids = _among("site_id", (site_id,) if site_id else ())

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> tuple[Failover, ...]:
            where = f"event_time >= ? AND event_time <= ? AND {known} AND {only}"
            return select_failovers(db, where, (range_.start, range_.end, *values, *ids))

        return await self._run(work, ())

    async def notes(self, range_: Range, limit: int = 100, circuit_ids: tuple[str, ...] = ()) -> tuple[Note, ...]:
        """Newest first, at most `limit`."""
        range_ = self._until(range_)
        known, values = self._known()
        only, ids = _among("circuit_id", circuit_ids)

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> tuple[Note, ...]:
            where = f"event_time >= ? AND event_time <= ? AND {known} AND {only}"
            return select_notes(db, where, (range_.start, range_.end, *values, *ids), limit)

        return await self._run(work, ())

    async def above(self, hours: int) -> Above:
        none = np.empty((0, 4, 3), np.float32)

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> Above:
            return read_above(db, catalog, self._at, hours, go, self._counts)

        return await self._run(work, Above(hours, none, none, np.empty((0, 4), np.float32)))

    async def network(self, range_: Range) -> NetworkSeries:
        """Raises DamagedBlock."""
        range_ = self._until(range_)
        none = np.empty(0)
        empty = NetworkSeries(range_, none, none, none, none, none, none, np.empty(0, np.int64))

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> NetworkSeries:
            states = self._states_then(db, catalog, go, range_)
            return network_series(db, range_, go, self._hours_then(db, catalog, go, range_), states)

        return await self._run(work, empty)

    async def mist_alarms(self, range_: Range, limit: int = 1000, site_id: str = "") -> tuple[MistAlarm, ...]:
        """Newest `last_seen` first. Raises HistoryFault, DamagedBlock."""
        range_ = self._until(range_)
        known = None if self._corrected else self._at

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> tuple[MistAlarm, ...]:
            return select_alarms(db, range_.start, range_.end, known, limit, site_id)

        return await self._run(work, ())

    async def device_events(
        self, range_: Range, limit: int = 200, site_id: str = "", circuit_id: str = ""
    ) -> tuple[DeviceEvent, ...]:
        """Newest first."""
        range_ = self._until(range_)
        known, values = self._known()
        of_site, site = _among("site_id", (site_id,) if site_id else ())
        of_circuit, circuit = _among("circuit_id", (circuit_id,) if circuit_id else ())

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> tuple[DeviceEvent, ...]:
            where = f"event_time >= ? AND event_time <= ? AND {known} AND {of_site} AND {of_circuit}"
            return select_events(db, where, (range_.start, range_.end, *values, *site, *circuit), limit)

        return await self._run(work, ())

    async def sle(self) -> SleTable | None:
        """The newest table at or before the instant. Raises DamagedBlock."""

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> SleTable | None:
            return select_sle(db, self._at)

        return await self._run(work, None)

    async def detail(self, question: Question) -> Answer:
        """History asks no cloud."""
        return refused(question, NOT_NOW)


def _slot(db: sqlite3.Connection, circuit_id: str) -> int | None:
    row = db.execute("SELECT no FROM circuits WHERE id = ?", (circuit_id,)).fetchone()
    return None if row is None else int(row[0])


def _among(column: str, ids: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """A condition for any of `ids`; no ids: no condition."""
    if not ids:
        return "1", ()
    return f"{column} IN (SELECT value FROM json_each(?))", (_json(ids),)


def _json(ids: tuple[str, ...]) -> str:
    return msgspec.json.encode(ids).decode()


__all__ = ["BoundReader", "CancelledReadError"]
