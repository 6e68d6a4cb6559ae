"""What Mist tells beyond samples, gathered in a sweep: its alarms, its events, its service levels."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from noctui.model.batch import FeedReport, PortEvent, Told
from noctui.model.cloud import MistAlarm, SleTable
from noctui.sources.mist.alarms import DAY, OLDEST, AlarmLog, CircuitOf
from noctui.sources.mist.cadence import DAY_OF_ALARMS, OLD_ALARMS, SLE, Cadence
from noctui.sources.mist.events import EventLog
from noctui.sources.mist.feeds import Feeds, Fetched
from noctui.sources.mist.odd import NameOf, settle_times
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.skew import Skew
from noctui.sources.mist.sle import settle_shares, sle_table, tells
from noctui.sources.mist.structs import AlarmRow, EventRow, SleRow

ALARMS = "alarms"
_ALARM_TIMES = ("timestamp", "last_seen", "acked_time", "resolved_time")
TRY_AGAIN = 120.0
"""Seconds until service levels that did not come are asked for again."""
ONE_PAGE = 0.8
"""A day of alarms that fills less than this share of a page is asked for with every sweep."""


@dataclass(slots=True)
class Heard:
    """What one sweep brought. Of the searches for alarms the first is the sweep's own."""

    at: float  # when it was asked, by our clock
    whole_day: bool  # the sweep's own search for alarms was of 24 h
    events: Fetched[EventRow]
    alarms: list[Fetched[AlarmRow]]
    old: list[tuple[MistAlarm, Fetched[AlarmRow]]] = field(default_factory=list)
    sle: Fetched[SleRow] | None = None

    @property
    def alarm_rows(self) -> list[AlarmRow]:
        found = (*self.alarms, *(fetched for _, fetched in self.old))
        return [row for fetched in found for row in fetched.rows]

    def settle(self, now: float) -> None:
        """Times that cannot be become unknown, and what cannot be true is counted; `now` is ours."""
        events = self.events
        settle_times(events.rows, ("timestamp",), now, events.odd)
        for event in events.rows:
            if not event.type:
                events.odd.empty(event)
        for found in (*self.alarms, *(fetched for _, fetched in self.old)):
            settle_times(found.rows, _ALARM_TIMES, now, found.odd)
            for alarm in found.rows:
                if not alarm.id or not alarm.type:
                    found.odd.empty(alarm, named=bool(alarm.id))
        if self.sle is not None:
            for site in self.sle.rows:
                settle_shares(site, self.sle.odd)

    def counted(self, name_of: NameOf) -> None:
        """Put what was counted into the reports."""
        for found in (self.events, *self.alarms, *(fetched for _, fetched in self.old), self.sle):
            if found is not None:
                found.counted(name_of)

    @property
    def live(self) -> list[FeedReport]:
        """Reports of what every sweep asks for."""
        return [self.events.report, *(r for r in (self.alarms[0].report,) if r.feed == ALARMS)]

    @property
    def seldom(self) -> list[FeedReport]:
        """Reports of the rest; looks at single alarms as one."""
        reports = [fetched.report for fetched in self.alarms if fetched.report.feed != ALARMS]
        if self.old:
            reports.append(_summed(OLD_ALARMS, [fetched.report for _, fetched in self.old]))
        if self.sle is not None:
            reports.append(self.sle.report)
        return reports


class Teller:
    """Remembers what was told; `fetch` and `take` belong to one sweep."""

    def __init__(self, settings: MistSettings, cadence: Cadence, skew: Skew) -> None:
        self.events = EventLog(settings.events_overlap, settings.events_first)
        self._alarms = AlarmLog(settings.events_overlap)
        self._cadence = cadence
        self._skew = skew
        self._few = int(settings.page_limit * ONE_PAGE)
        self._day_is_short = False
        self._looked_for_old = False
        self._sle_wanted = True

    def recall(self, alarms: Iterable[MistAlarm]) -> None:
        """`alarms` are kept somewhere; whatever else was told may be lost, and is told again."""
        self._alarms.recall(alarms)
        self.events.again()
        self._sle_wanted = True

    async def fetch(self, feeds: Feeds, now: float) -> Heard:
        """Ask for all that is due at `now` (our time)."""
        mists, alarms = self._skew.mists, self._alarms
        whole_day = alarms.first or self._day_is_short or self._cadence.due(DAY_OF_ALARMS, now)
        since = now - DAY if whole_day else alarms.start(now)
        old = alarms.old(now) if self._cadence.due(OLD_ALARMS, now) else []
        if whole_day:
            self._cadence.began(DAY_OF_ALARMS, now)
        if old:
            self._cadence.began(OLD_ALARMS, now)
        async with asyncio.TaskGroup() as group:
            events = group.create_task(feeds.events(mists(self.events.start(now)), mists(now)))
            searches = [group.create_task(feeds.alarms(ALARMS, mists(since), mists(now)))]
            if not self._looked_for_old:
                searches.append(group.create_task(feeds.open_alarms(OLD_ALARMS, mists(now - OLDEST), mists(now - DAY))))
            slices = [
                (a, group.create_task(feeds.alarms(OLD_ALARMS, mists(a.opened) - 1, mists(a.opened) + 1))) for a in old
            ]
            sle = None
            if self._sle_wanted or self._cadence.due(SLE, now):
                self._sle_wanted = False
                self._cadence.began(SLE, now)
                sle = group.create_task(feeds.sle())
        heard = Heard(now, whole_day, events.result(), [s.result() for s in searches])
        own = heard.alarms[0].report
        if whole_day and own.pages + own.pages_lost > 1:  # more than every sweep costs
            heard.alarms[0].report = replace(own, feed=DAY_OF_ALARMS)
        heard.old = [(alarm, task.result()) for alarm, task in slices]
        heard.sle = None if sle is None else sle.result()
        return heard

    def _learn(self, heard: Heard) -> None:
        """What this round cost, and what must be asked again."""
        own, now = heard.alarms[0], heard.at
        if own.whole:
            self._alarms.asked(now)
        if heard.whole_day:
            self._day_is_short = own.whole and len(own.rows) <= self._few
            self._cadence.cost(DAY_OF_ALARMS, 0 if self._day_is_short else own.report.calls)
            if not own.whole:
                self._cadence.again(DAY_OF_ALARMS, now)
        if len(heard.alarms) > 1:
            self._looked_for_old = heard.alarms[1].pages.pages > 0
        if heard.old:
            self._cadence.cost(OLD_ALARMS, len(heard.old))
        if heard.sle is not None:
            self._cadence.cost(SLE, heard.sle.report.calls)
            if not heard.sle.whole:
                self._cadence.again(SLE, now, TRY_AGAIN)

    def take(self, heard: Heard, known_at: float, circuit_of: CircuitOf, placed: bool) -> Told:
        """What of it is news. `placed`: all circuits are known. `known_at` is when the sweep was complete."""
        events = self.events.tell(heard.events.rows, known_at, circuit_of, heard.events.whole and placed)
        told = self._alarms.take(heard.alarm_rows, known_at, circuit_of)
        gone = tuple(
            self._alarms.gone(alarm, known_at)
            for alarm, fetched in heard.old
            # with two clocks an alarm may lie outside of the seconds that were searched
            if fetched.sure and not self._skew.seconds and all(row.id != alarm.alarm_id for row in fetched.rows)
        )
        self._learn(heard)
        return Told(told + gone, events, self._sle(heard, known_at))

    def port_events(self, heard: Heard, circuit_of: CircuitOf, placed: bool) -> tuple[PortEvent, ...]:
        """What of it the engine takes; after `take`."""
        return self.events.take(heard.events.rows, heard.at, circuit_of, heard.events.whole and placed)

    @staticmethod
    def _sle(heard: Heard, at: float) -> SleTable | None:
        """A table that lost a page, or says nothing, would show its sites as unknown: the one before is better."""
        found = heard.sle
        if found is None or not found.whole or not any(map(tells, found.rows)):
            return None
        return sle_table(found.rows, at)


def _summed(feed: str, reports: list[FeedReport]) -> FeedReport:
    return FeedReport(
        feed,
        calls=sum(r.calls for r in reports),
        rows=sum(r.rows for r in reports),
        pages=sum(r.pages for r in reports),
        pages_lost=sum(r.pages_lost for r in reports),
        took=max(r.took for r in reports),
        error=next((r.error for r in reports if r.error), ""),
        odd=sum(r.odd for r in reports),
        odd_text=next((r.odd_text for r in reports if r.odd), ""),
    )
