"""A month in the warehouse held against history here, day by day; what differs can be sent once more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np

from noctui.clock import Clock
from noctui.runtime.headless import Step, Tell
from noctui.runtime.sync import Sync
from noctui.stores.history import HistoryReader
from noctui.stores.history.schema import meta
from noctui.stores.warehouse import checks, migrate
from noctui.stores.warehouse.connect import Session, connected
from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.login import Login
from noctui.stores.warehouse.outbox import Outbox, Span
from noctui.stores.warehouse.outboxes import outboxes
from noctui.stores.warehouse.state import Mark
from noctui.stores.warehouse.texts import hour_key

T = TypeVar("T")

DAY = 86_400.0
HOURS = "hours"
"""The feed that is verified: what all other figures are made from."""


@dataclass(frozen=True, slots=True)
class Differing:
    """A day of a table that is not the same here and there. `text` says in what."""

    day: str
    table: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """`rows` are those of history here that were compared, `days` how many it holds anything of."""

    days: int
    rows: int
    differing: tuple[Differing, ...]
    not_ours: int = 0
    """Hours that another history knows more of."""


class Verifying:
    """Of one history (`folder`). Blocking. Raises WarehouseFault, HistoryFault."""

    def __init__(self, folder: Path, reader: HistoryReader, login: Login, clock: Clock, tell: Tell) -> None:
        self._folder, self._reader, self._login, self._clock, self._tell = folder, reader, login, clock, tell

    def compare(self, start: float, end: float) -> Found:
        """Hours that begin in [start, end), UTC epoch seconds."""
        org_id, source = self._names()
        first, last = hour_key(start), hour_key(end - 3600.0)
        (box,) = (box for box in outboxes(self._reader) if box.feed.name == HOURS)
        with connected(self._login) as session:
            migrate.check(session)
            not_ours = self._each(session, box, checks.others, org_id, source, first, last)
            there = self._each(session, box, checks.there, org_id, source, first, last)
        here = checks.Here(box.feed, not_ours)
        for begin in np.arange(start, end, DAY).tolist():
            mark: Mark = ()
            while (batch := box.next(mark, Span(begin, begin + DAY))) is not None:
                mark = batch.mark
                for file in batch.files:
                    here.add(file)
            here.day_done()
            self._tell(Step("reading", f"reading {hour_key(begin)[:8]}"))
        ours = here.days
        days = {day for table in ours.values() for day in table}
        differing = [
            Differing(day, table, text)
            for table, of_day in ours.items()
            for day in sorted(days)
            if (text := of_day.get(day, checks.Sums()).differs(there[table].get(day, checks.Sums())))
        ]
        rows = sum(sums.rows for sums in ours[box.feed.tables[0].name].values())
        return Found(len(days), rows, tuple(differing), sum(len(keys) for keys in not_ours.values()))

    def repair(self, differing: Sequence[Differing]) -> int:
        """Send the days that differ once more; how many rows that were."""
        days = sorted({found.day for found in differing})
        spans = [Span(begin, begin + DAY) for begin in map(_begin, days)]
        sync = Sync(self._folder, self._reader, self._login, self._clock, self._tell)
        return sync.repair(spans, HOURS).rows

    def _names(self) -> tuple[str, str]:
        """The org's id, and by which name the warehouse knows this history."""
        with self._reader.snapshot() as db:
            if db is None:
                raise WarehouseFault(f"no history in {self._folder}", "state")
            return str(meta(db, "org_id") or ""), str(meta(db, "history_id") or "")

    def _each(self, session: Session, box: Outbox, of: Callable[..., T], *given: str) -> dict[str, T]:
        return {table.name: of(session, box.feed, table, *given) for table in box.feed.tables}


def _begin(day: str) -> float:
    return datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).timestamp()
