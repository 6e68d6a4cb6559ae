"""The questions about alarms, and about what people and noctui did about them, that a bound Reader answers."""

from __future__ import annotations

import sqlite3

from noctui.model.alarms import Alarm, AuditEntry, Message
from noctui.model.scene import Range
from noctui.stores.history.alarm_rows import as_of, select_alarms, select_versions
from noctui.stores.history.audit_rows import select_audit
from noctui.stores.history.blocks import Go
from noctui.stores.history.bound_base import Bound
from noctui.stores.history.catalog import Catalog
from noctui.stores.history.message_rows import select_messages
from noctui.stores.history.versions import NOW


class BoundAlarms(Bound):
    """Every answer ends at the instant and at what was known then; of a live Scene at now, since what people do does
    not wait for a poll. Rows that are damaged are left out, and named in the log once."""

    async def alarms(
        self, range_: Range, limit: int = 1000, *, site_id: str = "", circuit_id: str = "", parent: str = ""
    ) -> tuple[Alarm, ...]:
        """Newest `opened` first. What became known later, where that counts, still ends at the instant: what came of an
        alarm after it is not told."""
        start, end = range_.start, self._end(range_)
        known = self._moment

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> tuple[Alarm, ...]:
            found = select_alarms(
                db, start, end, known, limit, self._history.said, site_id=site_id, circuit_id=circuit_id, parent=parent,
                go=go,
            )  # fmt: skip
            return tuple(as_of(a, self._at) for a in found) if self._corrected and not self._live else found

        return await self._run(work, ())

    async def alarm_versions(self, alarm_id: str) -> tuple[Alarm, ...]:
        """Oldest first."""
        known = NOW if self._live else self._at

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> tuple[Alarm, ...]:
            return select_versions(db, alarm_id, known, self._history.said)

        return await self._run(work, ())

    async def audit(
        self, range_: Range, limit: int = 1000, subject: str = "", act_id: str = ""
    ) -> tuple[AuditEntry, ...]:
        """Newest first. The range is of when they were applied: clocks of people's machines may be wrong."""
        start, end = range_.start, self._end(range_)

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> tuple[AuditEntry, ...]:
            return select_audit(db, start, end, limit, subject, act_id)

        return await self._run(work, ())

    async def messages(self, range_: Range, limit: int = 1000, alarm_id: str = "") -> tuple[Message, ...]:
        """Newest first; in their state at the instant, even where what became known later counts."""
        start, end = range_.start, self._end(range_)
        known = NOW if self._live else self._at

        def work(db: sqlite3.Connection, catalog: Catalog, go: Go) -> tuple[Message, ...]:
            return select_messages(db, start, end, known, limit, alarm_id, self._history.said)

        return await self._run(work, ())

    def _end(self, range_: Range) -> float:
        """A live Scene's instant is its newest poll; what was done since is asked for up to the range's own end."""
        return range_.end if self._live else min(range_.end, self._at)

    @property
    def _moment(self) -> float:
        """The versions in force then count."""
        return NOW if self._corrected or self._live else self._at
