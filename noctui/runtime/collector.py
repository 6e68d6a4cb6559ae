"""The collector: sweeps on time, judges, writes, publishes; the one part of a leader that talks to the source.

It runs on a loop of its own (`LoopThread`). One poll is one transaction of history, published when it is written. When
the source fails it says so, tries again, and lets what is known grow stale instead of repeating it.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from noctui.clock import Clock
from noctui.engine.engine import Engine
from noctui.model.batch import Poll, Sweep, Told
from noctui.model.edges import Note
from noctui.model.inventory import Inventory
from noctui.model.scene import Above, Status
from noctui.model.stores import HistoryError, HistoryWriter
from noctui.model.view import View
from noctui.model.work import PollRecord
from noctui.model.works import NO_WORKS
from noctui.runtime.alarming import Alarming
from noctui.runtime.health import HealthBook
from noctui.runtime.health_words import replaced_words
from noctui.runtime.intake import Intake
from noctui.runtime.odd_news import OddNews
from noctui.runtime.planning import Planning
from noctui.runtime.published import Published
from noctui.runtime.source import Source, SourceError
from noctui.runtime.untold import Untold
from noctui.stores.history.faults import CorruptHistory

log = logging.getLogger("noctui.collector")

BUDGET_SHARE = 0.8
"""Sweeps may use this share of the hourly calls; the rest is for drill-downs and for other users of the token."""
LIVE_FEEDS = ("circuits", "gateways", "paths", "alarms", "events")
"""What every sweep asks for; the rest is asked once an hour and does not set the pace."""
RECALLED = 2 * 86_400.0
"""Seconds: the source is reminded of Mist's alarms of so long, and of those that are open."""
LONGEST_WAIT = 60.0
"""Seconds between tries while the source does not answer."""


class Collector:
    """Polls `source` every `poll_seconds` until it is cancelled."""

    def __init__(
        self,
        source: Source,
        writer: HistoryWriter,
        new_engine: Callable[[], tuple[Engine, str]],
        intake: Intake,
        poll_seconds: float,
        clock: Clock,
        publish: Callable[[Published], None],
        last_at: float = 0.0,
        book: HealthBook | None = None,
        alarming: Alarming | None = None,
        planning: Planning | None = None,
    ) -> None:
        """`book` is where this term notes how it goes; without `alarming` no alarm is judged, without `planning` no
        planned work is known."""
        self._source = source
        self._writer = writer
        self._new_engine = new_engine
        self._intake = intake
        self._interval = self._asked = poll_seconds
        self._asked_anew = False
        self._clock = clock
        self._publish = publish
        self._engine: Engine | None = None
        self._memory_is_old = False
        self.damage = ""
        """What a check of the whole history file found, in one line; said with every poll until the next start."""
        self._memory_text = ""
        self._last_at = last_at
        self._last_tick = int(last_at // poll_seconds) if last_at else -1
        self._status = Status(poll_seconds=poll_seconds, fault="loading")
        self._expected = 0
        self._tries = 0
        self._above: dict[int, tuple[float, Above]] = {}
        self._untold = Untold()
        self._kept = True  # the newest poll stands in history
        self._recalled = False
        self._book = book or HealthBook(clock.now(), 0)
        self._odd = OddNews()
        self._alarming = alarming
        self._planning = planning
        self._view: View | None = None

    async def run(self, once: bool = False) -> None:
        """Poll for ever; ends by cancellation alone. `once`: one poll, and what falls due with it; a sweep that brings
        nothing raises SourceError instead of being tried again."""
        while True:
            now = self._clock.now()
            tick = int(now // self._interval)
            if tick <= self._last_tick:
                wait = (self._last_tick + 1) * self._interval - now
                if wait > 2 * self._interval:
                    self._clock_is_behind(now)
                await self._clock.sleep(min(max(0.01, wait), LONGEST_WAIT))  # clocks are set right, too
                continue
            if self._last_tick >= 0 and tick > self._last_tick + 1:
                log.info("collector.late", extra={"skipped": tick - self._last_tick - 1})
                if self._engine is not None and not self._tries:  # a sweep took too long: nobody was resting
                    self._book.skipped(now, tick - self._last_tick - 1)
            await self._poll(tick, patient=not once)
            if once:
                return

    async def above(self, hours: int, at: float) -> Above | None:
        """Time above thresholds from the engine's ring as of the poll of `at`, worked out once a poll; None when it is
        not the newest one."""
        engine = self._engine
        if engine is None or at != self._last_at:
            return None
        known = self._above.get(hours)
        if known is None or known[0] != at:
            known = self._above[hours] = (at, engine.above(hours))
        return known[1]

    def reload(self, poll_seconds: float) -> None:
        """The rules or the pace have changed: the next poll is judged by an engine that goes on from history."""
        self._memory_is_old = True
        if poll_seconds != self._asked:
            self._asked, self._asked_anew = poll_seconds, True

    async def _poll(self, tick: int, patient: bool) -> None:
        started = self._clock.monotonic()
        if not self._recalled:
            self._recall()
        try:
            sweep = await self._source.sweep(self._progress)
        except SourceError as error:
            if not patient:
                raise
            await self._failed(error, tick)
            return
        retries, self._tries = self._tries, 0
        fetched = self._clock.monotonic() - started
        sweep = await self._intake.named(sweep)
        calls = sum(r.calls for r in sweep.reports)
        self._expected = calls
        if self._last_at and tick - 1 > self._last_tick and sweep.ended - self._last_at > 3 * self._interval:
            # the time nobody looked is unknown, not whatever was known last
            await self._apply(self._intake.silence(sweep.started, tick - 1, self._interval), None)
        self._last_tick = tick
        poll, inventory, replaced = self._intake.take(sweep, tick, self._interval)
        for one in replaced:
            log.info("inventory.replaced", extra={"circuit_id": one.circuit_id, "gateway": one.after.gateway_id})
            self._book.replaced(replaced_words(one, inventory, poll.at))
        budget = self._source.budget()
        self._book.swept(
            sweep.ended, self._clock.monotonic() - started, sweep.reports, self._interval, LIVE_FEEDS, budget.elsewhere
        )  # fmt: skip
        for report, text in self._odd.of(sweep.reports):
            if text:
                self._book.erred(sweep.ended, f"{report.feed}: {text}")
                log.warning("feed.odd", extra={"feed": report.feed, "count": report.odd, "text": text})
            else:
                log.info("feed.sound", extra={"feed": report.feed})
        budget = self._source.budget()
        interval = self._affordable(sum(r.pages + r.pages_lost for r in sweep.reports if r.feed in LIVE_FEEDS))
        self._status = replace(
            self._status,
            fault="" if sweep.whole else "partial",
            fault_since=0.0 if sweep.whole else self._since("partial", sweep.ended),
            fault_text="" if sweep.whole else partial_text(sweep),
            retry_at=0.0,
            api_used=budget.used,
            api_limit=budget.limit,
            notes=budget.notes,
            sweep_took=self._clock.monotonic() - started,
            sweep_calls=calls,
            poll_seconds=interval,  # what the screen may wait for, from now on
            pages_done=sum(r.pages for r in sweep.reports),
            pages_expected=sum(r.pages + r.pages_lost for r in sweep.reports),
        )
        if self._intake.naming is not None:
            self._book.file(self._intake.naming.overlay.text, self._intake.naming.overlay.problems)
        await self._apply(poll, inventory, sweep.told, self._intake.notes)
        log.info(
            "poll.run",
            extra={
                "seq": poll.seq,
                "status": "whole" if sweep.whole else "partial",
                "calls": calls,
                "retry": retries,
                "fetch_ms": round(1000 * fetched, 1),
                "apply_ms": round(1000 * (self._clock.monotonic() - started - fetched), 1),
                "cycle_ms": round(1000 * (self._clock.monotonic() - started), 1),
            },
        )
        self._change_pace(interval)
        await self._tidy()

    async def _apply(
        self,
        poll: Poll | None,
        inventory: Inventory | None,
        told: Told | None = None,
        notes: tuple[Note, ...] = (),
    ) -> None:
        inventory = inventory or self._intake.inventory
        if poll is None or inventory is None:
            return
        engine = self._engine
        if engine is None or self._memory_is_old:
            self._memory_is_old = False
            # A day of 10,000 circuits takes seconds: questions are answered meanwhile.
            anew, self._memory_text = await asyncio.to_thread(self._new_engine)
            engine = self._engine = anew
        planning = self._planning
        works = planning.at(poll.at, inventory) if planning is not None else NO_WORKS
        record = engine.apply(poll, inventory, planning.held if planning is not None else None)
        news = planning.news(poll.at) if planning is not None else ()
        view = replace(record.view, works=works)
        record = replace(record, view=view, told=told or Told(), notes=(*record.notes, *notes, *news))
        if self._alarming is not None:
            record = self._alarming.judge(record, record.told.alarms, self._status)
        self._last_at = poll.at
        text = self._write(self._untold.with_all(record), inventory)
        self._status = replace(
            self._status,
            history_text=text or self._memory_text or self.damage,
            history_since=0.0 if not text or self._kept else self._status.history_since or poll.at,
        )
        self._view = record.view
        self._say(record.view)

    def show_alarms(self) -> None:
        """Publish the newest View with the alarms as they are now: somebody did something about them."""
        if self._view is not None and self._alarming is not None:
            self._view = replace(self._view, alarms=self._alarming.alarms)
            self._say(self._view)

    @property
    def inventory(self) -> Inventory | None:
        """The newest version; None before the first sweep of a new history."""
        return self._intake.inventory

    def show_works(self) -> None:
        """Publish the newest View with planned work as it is known now: a notice came."""
        if self._view is not None and self._planning is not None:
            works = self._planning.at(self._view.at, self._view.inventory)
            if works is not self._view.works:
                self._view = replace(self._view, works=works)
                self._say(self._view)

    def _write(self, record: PollRecord, inventory: Inventory) -> str:
        """Into history; "" or, in one line, why not. What must not be lost waits for the next poll."""
        at, text, self._kept = record.view.at, "", False
        try:
            try:
                self._writer.learn(inventory)
            except CorruptHistory as error:
                if not error.kept:
                    raise
                text = self._erred(at, error)
                self._recalled = False  # everything that was told is told again, to the new file
                self._untold.begun_anew(record.view)
                record = self._untold.with_all(record)
            began = time.perf_counter()
            self._writer.write(record)
            self._book.wrote(at, time.perf_counter() - began)
            self._untold.kept()
            self._kept = True
        except HistoryError as error:
            text = self._erred(at, error)
            if isinstance(error, CorruptHistory):
                self._recalled = False
            if isinstance(error, CorruptHistory) and error.kept:
                self._untold.begun_anew(record.view)
                self._kept = True
            else:
                self._untold.wait_all(record)
        return text

    def _erred(self, at: float, error: HistoryError) -> str:
        self._book.erred(at, f"history: {error}")
        log.error("history.fault", extra={"text": str(error)})
        return str(error)

    async def _tidy(self) -> None:
        """Close hours and days that are over, take in what others left, drop what is too old: a unit at a time."""
        try:
            while self._writer.close_due(self._clock.now()):
                await asyncio.sleep(0)
            taken = self._writer.apply_inbox()
            while taken.more:
                await asyncio.sleep(0)
                more = self._writer.apply_inbox()
                taken = replace(more, history=taken.history or more.history)
            if taken.history:
                self._memory_is_old = True  # the past has changed behind the engine's back
            while self._writer.prune(self._clock.now()):
                await asyncio.sleep(0)
        except HistoryError as error:
            self._status = replace(self._status, history_text=str(error))
            self._say()
            log.error("history.fault", extra={"text": str(error)})

    def _clock_is_behind(self, now: float) -> None:
        """History's newest poll lies in the future: a poll now would be out of order. Nothing but the clock helps."""
        newest = datetime.fromtimestamp(self._last_at, UTC).strftime("%Y-%m-%d %H:%M:%S")
        self._status = replace(
            self._status,
            fault="lost",
            fault_since=self._since("lost", now),
            fault_text=f"This machine's clock is behind the newest poll ({newest} UTC): set it, or wait until then.",
            retry_at=(self._last_tick + 1) * self._interval,
        )
        self._watch_itself()

    async def _failed(self, error: SourceError, tick: int) -> None:
        """Say what is wrong, let the known grow stale, wait."""
        self._tries += 1
        now = self._clock.now()
        wait = min(LONGEST_WAIT, 2.0 ** min(self._tries, 6)) * random.uniform(0.7, 1.0)
        retry_at = error.retry_at if error.retry_at > now else now + wait
        if self._last_tick >= 0:  # one try a tick
            retry_at = max(retry_at, (tick + 1) * self._interval)
        budget = self._source.budget()
        fault = "resting" if error.resting else "lost"
        self._status = replace(
            self._status,
            fault=fault,
            fault_since=self._since(fault, now),
            fault_text=error.text,
            retry_at=retry_at,
            api_used=budget.used,
            api_limit=budget.limit,
            notes=budget.notes,
        )
        self._book.failed(now, error.text)
        log.warning("poll.error", extra={"text": error.text, "retry_at": retry_at, "retry": self._tries})
        if self._last_tick >= 0 and tick > self._last_tick:
            self._last_tick = tick
            await self._apply(self._intake.silence(now, tick, self._interval), None)
        else:
            self._watch_itself()
        await self._clock.sleep(max(0.1, min(retry_at - now, LONGEST_WAIT)))

    def _watch_itself(self) -> None:
        """No poll tells of this fault: the alarms hear of it by themselves."""
        if self._alarming is not None:
            self._alarming.watch_itself(self._status, self._view)
            if self._view is not None and self._view.alarms is not self._alarming.alarms:
                return self.show_alarms()
        return self._say()

    def _say(self, view: View | None = None) -> None:
        """Publish the status, with what the book says by now."""
        health = self._book.told(self._clock.now(), self._source.budget(), self._interval)
        self._status = replace(self._status, health=health)
        self._publish(Published(self._status, view))

    def _since(self, fault: str, now: float) -> float:
        """When this fault began: another one before it does not count."""
        return self._status.fault_since if self._status.fault == fault else now

    def _progress(self, done: int, expected: int) -> None:
        self._status = replace(self._status, pages_done=done, pages_expected=max(expected, self._expected, done))
        if self._engine is None:  # later sweeps are quick and quiet: only the first one is watched
            self._say()

    def _recall(self) -> None:
        """Tell the source what history holds of Mist's alarms: all else is told once more, and stored once."""
        try:
            known = self._writer.alarms(self._clock.now() - RECALLED)
        except HistoryError as error:
            log.error("history.fault", extra={"text": str(error)})
            known = ()
        self._source.recall(known)
        self._recalled = True

    def _affordable(self, calls: int) -> float:
        """Seconds between polls that the tokens can pay for. `calls` are those of a sweep in which nothing has to be
        asked twice: the rest of the budget is there for that too."""
        budget = self._source.budget()
        accounts = budget.accounts or ((calls, budget.limit),)  # of a shared sweep each pays its own
        needed = max((math.ceil(n * 3600 / (BUDGET_SHARE * limit)) for n, limit in accounts if limit), default=0)
        interval = max(self._asked, float(needed))
        # a little less to do is no reason to move the grid again
        moved = interval > self._interval or interval < (1.0 if self._asked_anew else 0.7) * self._interval
        self._asked_anew = False
        return interval if moved else self._interval

    def _change_pace(self, interval: float) -> None:
        """The engine's grid changes with the period."""
        if interval != self._interval:
            log.info("collector.period", extra={"seconds": interval, "asked": self._asked})
            self._interval = interval
            self._memory_is_old = True
            self._last_tick = int(self._clock.now() // interval)  # this poll's own, on the new grid


def partial_text(sweep: Sweep) -> str:
    """What a sweep missed, in one line."""
    had = sum(r.pages for r in sweep.reports)
    torn = [r for r in sweep.reports if not r.sound]
    missing = sum(max(1, r.pages_lost) for r in torn if r.pages_lost or r.error)
    what = "; ".join(f"{r.feed}: {r.error or (f'{r.pages_lost} lost' if r.pages_lost else r.odd_text)}" for r in torn)
    return f"{had} of {had + missing} pages came; {what}"
