"""What is asked on drill-down: one question, a few calls of their own, cached, within a capped share of the budget.

The same question asked twice at once is one job. A job that takes longer than an answer may goes on and fills the
cache; until then the answer holds what came so far, and says so.
"""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

from noctui.clock import Clock
from noctui.model.batch import Found
from noctui.model.cloud import SleTable
from noctui.model.detail import (
    INSIGHT_WINDOWS,
    Answer,
    AskInsights,
    AskPorts,
    AskSle,
    AskStream,
    Question,
    refused,
)
from noctui.sources.mist.detail_ahead import Ahead
from noctui.sources.mist.detail_ask import Asker, PortsOf, Work
from noctui.sources.mist.detail_cache import Kept
from noctui.sources.mist.detail_insights import InsightsWork
from noctui.sources.mist.detail_ports import PortsWork
from noctui.sources.mist.detail_sle import SleWork
from noctui.sources.mist.join import Joiner
from noctui.sources.mist.planner import Share
from noctui.sources.mist.session import MistSession
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.stream import Stream

log = logging.getLogger("noctui.mist")

ANSWER_SECONDS = 5.0
"""Somebody is waiting: what has not come by then is shown when it is asked for again."""
SLOW_SECONDS = 5.0
"""A job that takes longer is a warning in the log."""
JOB_SECONDS = 30.0
"""What one question may take in all, in the background."""
FAILED_SECONDS = 15.0
"""How long an answer with an error is kept: long enough that a screen that repaints does not ask again and again."""
MOST_ANSWERS = 128
"""Kept answers; the largest, a week of a port in seven series, takes about 40 kB."""
MOST_SELDOM = 8192
"""Kept thresholds and lists of metrics: one or two short texts each."""
MOST_JOBS = 64
"""At work at once: a screen asks two or three questions."""
MOST_HOURS = 31 * 24

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")
_MAC = re.compile(r"[0-9a-f]{12}")


class Details:
    """Answers questions about one circuit or site. Use it on one event loop; call nothing after `close`."""

    def __init__(
        self, session: MistSession, joiner: Joiner, settings: MistSettings, clock: Clock,
        ports_of: PortsOf | None = None, limit: float = ANSWER_SECONDS,
    ) -> None:  # fmt: skip
        """`limit`: seconds after which an answer holds what is there."""
        self.share = Share(session.book, clock)
        self._session = session
        self._joiner = joiner
        self._clock = clock
        self._ports_of = ports_of
        self._limit = limit
        self._asker = Asker(session, self.share, clock, settings.concurrency, JOB_SECONDS)
        self._ahead = Ahead(self.share, clock)
        self._stream = Stream(settings, session.book, session.skew, joiner.circuit_of, clock)
        self._answers: Kept[Answer] = Kept(clock, MOST_ANSWERS)
        self._seldom: Kept[Any] = Kept(clock, MOST_SELDOM)
        self._jobs: dict[Question, tuple[Work, asyncio.Task[Answer]]] = {}
        self._circuits: tuple[Found, ...] = ()
        self._by_id: dict[str, Found] = {}

    async def answer(self, question: Question) -> Answer:
        """Never raises for what Mist refuses: the answer's `error` says it."""
        if isinstance(question, AskStream):
            return self._stream.ask(question.site_id)
        if isinstance(question, AskSle):
            self._ahead.looked()
        kept = self._answers.get(question)
        if kept is not None:
            return kept
        job = self._jobs.get(question)
        if job is None:
            work = self._work(question)
            if isinstance(work, str):
                return refused(question, work)
            job = self._begin(question, work)
        work, task = job
        done, _ = await asyncio.wait({task}, timeout=self._limit)
        if done:
            return task.result()
        return work.answer(f"Mist has not answered within {self._limit:g} s; it is still asked.")

    def swept(self, table: SleTable | None) -> None:
        """After each sweep, with the service levels of all sites when it brought them: begin to ask for the worst
        site whose answer is not there, one a sweep."""
        if table is not None:
            self._ahead.learn(table)
        for site_id in self._ahead.sites:
            question = AskSle(site_id)
            if self._answers.get(question) is None and question not in self._jobs:
                work = self._work(question)
                if not isinstance(work, str):
                    self._begin(question, work)
                return

    async def close(self) -> None:
        """Give up what is under way."""
        await self._stream.close()
        tasks = [task for _, task in self._jobs.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, question: Question, work: Work) -> tuple[Work, asyncio.Task[Answer]]:
        task = asyncio.create_task(self._run(question, work), name="mist-detail")
        job = self._jobs[question] = work, task
        task.add_done_callback(lambda done: self._end(question, done))
        return job

    async def _run(self, question: Question, work: Work) -> Answer:
        began = self._clock.monotonic()
        await work.run(self._asker)
        answer = work.answer()
        seconds = min(work.seconds, FAILED_SECONDS) if work.errors else work.seconds
        if seconds > 0:
            self._answers.put(question, answer, seconds)
        took = self._clock.monotonic() - began
        log.log(
            logging.WARNING if took > SLOW_SECONDS else logging.INFO,
            "mist.detail",
            extra={"ask": type(question).__name__, "took": round(took, 3), "why": "; ".join(work.errors)},
        )
        return answer

    def _end(self, question: Question, task: asyncio.Task[Answer]) -> None:
        self._jobs.pop(question, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("mist.detail_broke", exc_info=error, extra={"ask": type(question).__name__})

    def _work(self, question: Question) -> Work | str:
        """What will answer it, or why nothing can."""
        if len(self._jobs) >= MOST_JOBS:
            return "Too many questions wait for Mist already."
        now, skew = self._clock.now(), self._session.skew
        match question:
            case AskInsights(circuit_id, window):
                found = self._circuit(circuit_id)
                if found is None:
                    return "Mist does not list this circuit now."
                if window not in INSIGHT_WINDOWS:
                    return f"A window is one of {', '.join(INSIGHT_WINDOWS)}."
                if not _ID.fullmatch(found.site_id) or not _MAC.fullmatch(found.gateway_id):
                    return "Mist gives this circuit's gateway an id that cannot be asked for."
                return InsightsWork(question, found.site_id, found.gateway_id, found.port_id, now, skew)
            case AskSle(site_id, hours):
                if not _ID.fullmatch(site_id):
                    return "This is no site of Mist's."
                if not 1 <= hours <= MOST_HOURS:
                    return f"Service levels are told of 1 to {MOST_HOURS} hours."
                return SleWork(question, now, skew, self._seldom)
            case AskPorts():
                return PortsWork(question, self._joiner, self._ports_of)
            case AskStream():
                raise AssertionError("the stream answers by itself")

    def _circuit(self, circuit_id: str) -> Found | None:
        """Where the circuit is plugged in by the newest sweep."""
        circuits = self._joiner.joined.circuits
        if circuits is not self._circuits:
            self._circuits, self._by_id = circuits, {f.circuit_id: f for f in circuits}
        return self._by_id.get(circuit_id)
