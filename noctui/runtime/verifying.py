"""A month in the warehouse held against history here, day by day; what differs can be sent once more.

Hours, days, weeks and months by what they add up to; what happened, was planned and was promised row by row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from noctui.clock import Clock
from noctui.model.figures import Grain
from noctui.promise_settings import NOTHING, PromiseSettings
from noctui.runtime.headless import Step, Tell
from noctui.runtime.sync import Sync
from noctui.runtime.sync_sla import SlaOutbox
from noctui.sla.versions import REOPEN
from noctui.stores.history import HistoryReader
from noctui.stores.history.schema import meta
from noctui.stores.warehouse import checks, checks_rows, migrate
from noctui.stores.warehouse.checks import Way
from noctui.stores.warehouse.checks_rows import Kind, Told
from noctui.stores.warehouse.connect import Session, connected
from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.login import Login
from noctui.stores.warehouse.outbox import ALL, END, Outbox, Span
from noctui.stores.warehouse.outboxes import chosen, outboxes
from noctui.stores.warehouse.state import Mark
from noctui.stores.warehouse.tables_events import FAILOVERS, OUTAGES
from noctui.stores.warehouse.tables_periods import CIRCUITS, REGIONS
from noctui.stores.warehouse.tables_works import SLA, WORKS
from noctui.stores.warehouse.texts import hour_key

DAY = 86_400.0
HOURS = "hours"
"""The feed whose days are sent again one by one; of others the whole month is."""
MOST_HELD = 300_000
"""Circuit-hours that are held at once, about, and a day's at least."""
KINDS = {
    FAILOVERS.name: Kind(FAILOVERS.tables[0], "EVENT_TIMESTAMP"),
    OUTAGES.name: Kind(OUTAGES.tables[0], "BEGIN_OUTAGE"),
    WORKS.name: Kind(WORKS.tables[0], "BEGIN_WINDOW", aside=("CIRCUIT_ID",)),
    SLA.name: Kind(SLA.tables[0], "PERIOD_START", until="PERIOD_END"),
}
"""Feeds that are compared row by row."""
_WEEKS, _MONTHS = ({feeds[grain].name for feeds in (CIRCUITS, REGIONS)} for grain in (Grain.WEEK, Grain.MONTH))


@dataclass(frozen=True, slots=True)
class Differing:
    """A day (or week, or month, by its key) of a table that is not the same here and there. `text` says in what, `feed`
    is what sends it."""

    day: str
    table: str
    text: str
    feed: str = HOURS


@dataclass(frozen=True, slots=True)
class Found:
    """`rows` are circuit-hours of history here that were compared, `days` how many it holds anything of, `others` rows
    of all other tables."""

    days: int
    rows: int
    differing: tuple[Differing, ...]
    not_ours: int = 0
    """Hours that another history knows more of."""
    others: int = 0


class Verifying:
    """Of one history (`folder`). Blocking. Raises WarehouseFault, HistoryFault."""

    def __init__(
        self, folder: Path, reader: HistoryReader, login: Login, clock: Clock, tell: Tell,
        promises: PromiseSettings = NOTHING,
    ) -> None:  # fmt: skip
        """Without `promises` none are compared."""
        self._folder, self._reader, self._login, self._clock, self._tell = folder, reader, login, clock, tell
        self._promises = promises

    def compare(self, start: float, end: float, tables: str = "") -> Found:
        """What begins in [start, end), UTC epoch seconds. `tables` as of a sync: feeds or tables; "" is all."""
        org_id, source = self._names()
        boxes = [box for box in self._boxes(tables) if checks.way_of(box.feed) or box.feed.name in KINDS]
        days, rows, not_ours, others = set[str](), 0, 0, 0
        differing: list[Differing] = []
        with connected(self._login) as session:
            migrate.check(session)
            for box in boxes:
                way = checks.way_of(box.feed)
                if way is None:
                    found, many = self._rows(session, box, org_id, source, start, end)
                    others += many
                else:
                    summed = self._sums(session, box, way, org_id, source, start, end)
                    found, many = summed.differing, summed.rows
                    if box.feed.name == HOURS:
                        days, rows, not_ours = days | summed.days, many, summed.not_ours
                    else:
                        others += many
                differing += found
        return Found(len(days), rows, tuple(differing), not_ours, others)

    def repair(self, differing: Sequence[Differing], start: float, end: float) -> int:
        """Send once more what differs: of hours those days, of all else what touches [start, end); how many rows that
        were."""
        sync = Sync(self._folder, self._reader, self._login, self._clock, self._tell, promises=self._promises)
        sent = 0
        for feed in dict.fromkeys(one.feed for one in differing):
            spans = [Span(start, end)]
            if feed == HOURS:
                days = sorted({one.day for one in differing if one.feed == HOURS})
                spans = [Span(begin, begin + DAY) for begin in map(_begin, days)]
            sent += sync.repair(spans, feed).rows
        return sent

    def _boxes(self, tables: str) -> tuple[Outbox, ...]:
        every: tuple[Outbox, ...] = outboxes(self._reader)
        if self._promises.promises:
            every = (*every, SlaOutbox(self._reader, self._promises))
        return chosen(every, tables)

    def _sums(
        self, session: Session, box: Outbox, way: Way, org_id: str, source: str, start: float, end: float
    ) -> _Summed:
        first, last = _keys(box.feed.name, start, end)
        given = org_id, source, first, last
        not_ours = {t.name: checks.others(session, box.feed, way, t, *given) for t in box.feed.tables}
        there = {t.name: checks.there(session, box.feed, way, t, *given) for t in box.feed.tables}
        here = checks.Here(box.feed, way, not_ours, first, last)
        for span, word in _spans(box.feed.name, start, end, self._days_at_once()):
            for file in _files(box, span):
                here.add(file)
            here.day_done()
            self._tell(Step("reading", f"reading {box.feed.name} {word}"))
        ours = here.days
        days = {day for table in ours.values() for day in table}
        beyond = set() if box.feed.name == HOURS else {day for table in there.values() for day in table}
        differing = [
            Differing(day, table, text, box.feed.name)
            for table, of_day in ours.items()
            for day in sorted(days | beyond)
            if (text := of_day.get(day, checks.Sums()).differs(there[table].get(day, checks.Sums())))
        ]
        rows = sum(sums.rows for sums in ours[box.feed.tables[0].name].values())
        return _Summed(days, rows, differing, sum(len(keys) for keys in not_ours.values()))

    def _rows(
        self, session: Session, box: Outbox, org_id: str, source: str, start: float, end: float
    ) -> tuple[list[Differing], int]:
        """What is there before history here begins is older than what it can tell."""
        kind, told = KINDS[box.feed.name], Told(box.feed, KINDS[box.feed.name])
        for file in _files(box, ALL if box.feed is not SLA else Span(start, end)):
            told.add(file)
        self._tell(Step("reading", f"reading {box.feed.name}"))
        there, others, double = checks_rows.there(session, box.feed, kind, org_id, source, start, end)
        begins, day_of = 1000 * (self._reader.begins() or end), checks_rows.day_of(kind)
        at = kind.key.index(kind.at)
        until = [c.name for c in kind.columns(box.feed)].index(kind.until) if kind.until else -1
        over = 1000 * ((self._reader.latest() or start) - REOPEN)

        def wanted(key: checks_rows.Row, row: checks_rows.Row) -> bool:
            began = int(key[at])
            within = 1000 * start <= began < 1000 * end and key not in others
            return within and (began >= begins if until < 0 else begins < int(row[until]) < over)

        def mine(rows: checks_rows.Rows) -> checks_rows.Rows:
            return {key: row for key, row in rows.items() if wanted(key, row)}

        here = mine(told.rows())
        found = checks_rows.differing(here, mine(there), day_of)
        made = [Differing(day, kind.table.name, text, box.feed.name) for day, text in found.items()]
        if double:
            made.append(
                Differing(f"{hour_key(start)[:6]}", kind.table.name, f"{double:,} rows twice there", box.feed.name)
            )
        return made, len(here)

    def _days_at_once(self) -> int:
        """Hours of an old month lie in tiles of a whole one: each look at some days reads all of it."""
        newest = self._reader.inventory(END)
        return max(1, MOST_HELD // (24 * max(1, 0 if newest is None else len(newest.circuits))))

    def _names(self) -> tuple[str, str]:
        """The org's id, and by which name the warehouse knows this history."""
        with self._reader.snapshot() as db:
            if db is None:
                raise WarehouseFault(f"no history in {self._folder}", "state")
            return str(meta(db, "org_id") or ""), str(meta(db, "history_id") or "")


@dataclass(frozen=True, slots=True)
class _Summed:
    days: set[str]
    rows: int
    differing: list[Differing]
    not_ours: int


def _files(box: Outbox, span: Span) -> Iterator[bytes]:
    mark: Mark = ()
    while (batch := box.next(mark, span)) is not None:
        mark = batch.mark
        yield from batch.files


def _spans(feed: str, start: float, end: float, days: int) -> Iterator[tuple[Span, str]]:
    """Of hours some days at a time are held, of all else a month is little."""
    if feed != HOURS:
        yield Span(start, end), f"{datetime.fromtimestamp(start, UTC):%Y-%m}"
        return
    for begin in np.arange(start, end, days * DAY).tolist():
        yield Span(begin, min(begin + days * DAY, end)), hour_key(begin)[:8]


def _keys(feed: str, start: float, end: float) -> tuple[str, str]:
    """The first and the last key of a feed's rows that begin in [start, end)."""
    first, last = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end - 3600.0, UTC)
    if feed == HOURS:
        return hour_key(start), hour_key(end - 3600.0)
    if feed in _MONTHS:
        return f"{first:%Y%m}", f"{last:%Y%m}"
    if feed in _WEEKS:
        mondays = [
            day for day in np.arange(start, end, DAY).tolist() if datetime.fromtimestamp(day, UTC).weekday() == 0
        ]
        weeks = [datetime.fromtimestamp(day, UTC).isocalendar() for day in mondays]
        return f"{weeks[0].year}{weeks[0].week:02}", f"{weeks[-1].year}{weeks[-1].week:02}"
    return f"{first:%Y%m%d}", f"{last:%Y%m%d}"


def _begin(day: str) -> float:
    return datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).timestamp()
