"""One sync of a history with the warehouse: what waits is read, sent and marked, batch by batch.

Blocking, for a thread of its own. Nothing is connected to before there is something to send; the next batch is read
while one is under way. Ended anywhere, by a signal, a fault or kill -9, the next run goes on at the last mark.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from noctui.clock import Clock
from noctui.model.stores import HistoryError
from noctui.promise_settings import PromiseSettings
from noctui.runtime.headless import Step, Tell
from noctui.runtime.sync_cost import BYTES_A_ROW, ROWS_A_SECOND, a_day, credits_of
from noctui.runtime.sync_sla import SlaOutbox
from noctui.stores.history import HistoryReader
from noctui.stores.history.schema import meta
from noctui.stores.warehouse import migrate, state
from noctui.stores.warehouse.connect import Session, open_session
from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.login import Login
from noctui.stores.warehouse.outbox import ALL, Outbox, Span, Waiting
from noctui.stores.warehouse.outbox_hours import MOST_ROWS
from noctui.stores.warehouse.outboxes import chosen, outboxes
from noctui.stores.warehouse.refusals import explained
from noctui.stores.warehouse.sender import Batch, Sender, nothing
from noctui.stores.warehouse.state import Mark, State, SyncLock, Told
from noctui.stores.warehouse.tables_periods import CIRCUITS, REGIONS

ENDS_ALL = ("usage", "authentication", "network", "suspended", "busy", "state")
"""Kinds of faults after which no other table need be tried."""
VERSIONED = ("hours", *(feed.name for feeds in (CIRCUITS, REGIONS) for feed in feeds.values()))
"""Feeds whose marks begin with a version of the history."""


@dataclass
class Outcome:
    """`sent` rows by feed, `changed` rows by table (new or other than before). `faults` are (feed, why)."""

    sent: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    bytes: int = 0
    seconds: float = 0.0
    connected: bool = False
    credits: float = 0.0
    credits_a_day: float | None = None
    damaged: list[str] = field(default_factory=list)
    faults: list[tuple[str, WarehouseFault]] = field(default_factory=list)
    ended: bool = False

    @property
    def rows(self) -> int:
        return sum(self.sent.values())

    @property
    def status(self) -> str:
        return "partial" if self.faults or self.damaged or self.ended else "whole"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would send, about."""

    rows: dict[str, int]
    oldest: float | None
    bytes: int
    seconds: float
    credits: float


class Sync:
    """Of one history (`folder`) to the warehouse that `login` names. `done` is told of each step, `most`
    are the rows of a batch; without `promises` none are scored."""

    def __init__(
        self, folder: Path, reader: HistoryReader, login: Login, clock: Clock, tell: Tell,
        done: Callable[[str], None] = nothing, most: int = MOST_ROWS, promises: PromiseSettings | None = None,
    ) -> None:  # fmt: skip
        self._most, self._promises = most, promises
        self._folder, self._reader, self._login, self._clock = folder, reader, login, clock
        self._tell, self._done = tell, done
        self._stop = threading.Event()
        self._session: Session | None = None
        self._org_id = ""
        self._state = State(history="")
        self.begun = False
        """The run stands in `sync.json`: marks that were to be forgotten are."""
        self.sending = False
        """A batch is under way that the warehouse may have in part, until it is marked."""
        self.target = f"{login.account or login.place} {login.tables}"

    def stop(self) -> None:
        """End after the batch that is under way; from any thread."""
        self._stop.set()

    def plan(self, tables: str = "", anew: bool = False, since: float | None = None) -> Plan:
        """What `run` would do with the same. Raises WarehouseFault, HistoryError."""
        self._take_up(anew)
        boxes = self._chosen(tables)
        waiting = [(o.feed.name, o.waiting(self._state.mark(self.target, o.feed.name))) for o in boxes]
        if since is not None:
            waiting += [(o.feed.name, again) for o in boxes for again in _again(o, Span(since))]
        rows: dict[str, int] = {}
        for name, found in waiting:
            if found.rows:
                rows[name] = rows.get(name, 0) + found.rows
        total = sum(rows.values())
        seconds = total / ROWS_A_SECOND
        oldest = min((w.oldest for _, w in waiting if w.oldest is not None), default=None)
        return Plan(rows, oldest, round(total * BYTES_A_ROW), seconds, credits_of(seconds) if total else 0.0)

    def run(
        self, tables: str = "", since: float | None = None, anew: bool = False, every: float | None = None
    ) -> Outcome:
        """Send what waits; `since`: also what ended after then, whatever was sent. `anew`: forget the marks. `every`:
        how often it is run. Raises WarehouseFault, HistoryError: nothing can be sent (any more)."""
        with self._alone():
            self._take_up(anew)
            return self._told(self._chosen(tables), since, every, everything=not tables)

    def repair(self, spans: Sequence[Span], tables: str = "hours") -> Outcome:
        """Send once more what lies in these spans, whatever was sent, and nothing else; no mark is moved and no state
        told. Raises as `run` does."""
        with self._alone():
            self._take_up(anew=False)
            outcome, started = Outcome(), time.monotonic()
            for box in self._chosen(tables):
                for span in spans:
                    self._feed(box, outcome, span)
            outcome.seconds = time.monotonic() - started
            return outcome

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = SyncLock(self._folder)
        lock.acquire()
        try:
            yield
        finally:
            self._disconnect()
            lock.release()

    # what it is part of

    def _take_up(self, anew: bool) -> None:
        with self._reader.snapshot() as db:
            if db is None:
                raise WarehouseFault(f"no history in {self._folder}", "state")
            history, version = str(meta(db, "history_id") or ""), int(meta(db, "version") or 0)
            self._org_id = str(meta(db, "org_id") or "")
        if not history:
            raise WarehouseFault("the history has no name yet: run noctui collect once, with this version", "state")
        found = state.load(self._folder)
        if found is None or anew:
            self._state = State(history=history, last=found.last if found else None)
            return
        path = self._folder / state.FILE
        if found.history != history:
            text = "says how far another history was sent, not this one: noctui sync --anew sends all of this one"
            raise WarehouseFault(f"{path} {text}", "state")
        marks = found.marks.get(self.target, {})
        if any(mark and mark[0] > version for name, mark in marks.items() if name in VERSIONED):
            text = "is ahead of the history, which was put back from a copy: noctui sync --anew sends all of it"
            raise WarehouseFault(f"{path} {text}", "state")
        self._state = found

    def _chosen(self, tables: str) -> tuple[Outbox, ...]:
        all_: tuple[Outbox, ...] = outboxes(self._reader, self._most)
        if self._promises is not None:
            all_ = (*all_, SlaOutbox(self._reader, self._promises))
        return chosen(all_, tables)

    # how it went, for whoever looks

    def _told(self, boxes: tuple[Outbox, ...], since: float | None, every: float | None, everything: bool) -> Outcome:
        outcome, began = Outcome(), self._clock.now()
        before = self._state.last
        pace = every or (began - before.began if before is not None else None)
        last = Told(began=began, pid=os.getpid(), every=every)
        self._save(last)
        self.begun = True
        started = time.monotonic()
        fault: WarehouseFault | HistoryError | None = None
        try:
            self._all(boxes, since, outcome)
            if outcome.faults and not outcome.sent:
                fault = outcome.faults[0][1]
        except (WarehouseFault, HistoryError) as error:
            fault = error
        outcome.seconds = time.monotonic() - started
        outcome.credits = credits_of(outcome.seconds if outcome.connected else 0.0)
        outcome.credits_a_day = a_day(outcome.credits, pace) if outcome.connected else None
        why = fault or (outcome.faults[0][1] if outcome.faults else None)
        kind = "" if why is None else why.kind if isinstance(why, WarehouseFault) else "history"
        waiting = [] if isinstance(fault, HistoryError) else self._waiting(boxes)
        last = msgspec.structs.replace(
            last,
            ended=self._clock.now(),
            status="failed" if fault is not None else outcome.status,
            kind=kind,
            text="" if why is None else str(why),
            rows=outcome.changed,
            sent=outcome.bytes,
            seconds=round(outcome.seconds, 3),
            credits=round(outcome.credits, 4),
            credits_a_day=outcome.credits_a_day,
            waiting=sum(w.rows for w in waiting),
            oldest=min((w.oldest for w in waiting if w.oldest is not None), default=None),
        )
        whole = everything and last.status == "whole"
        self._state = msgspec.structs.replace(self._state, whole_at=last.ended if whole else self._state.whole_at)
        try:
            self._save(last)
        except WarehouseFault as error:
            fault = fault or error
        if fault is not None:
            raise fault
        return outcome

    def _waiting(self, boxes: tuple[Outbox, ...]) -> list[Waiting]:
        try:
            return [box.waiting(self._state.mark(self.target, box.feed.name)) for box in boxes]
        except HistoryError:
            return []

    def _save(self, last: Told) -> None:
        self._state = msgspec.structs.replace(self._state, last=last)
        state.save(self._folder, self._state)

    # sending

    def _all(self, boxes: tuple[Outbox, ...], since: float | None, outcome: Outcome) -> None:
        for box in boxes:
            try:
                if since is not None:
                    self._feed(box, outcome, Span(since))
                self._feed(box, outcome, ALL)
            except WarehouseFault as fault:
                if fault.kind in ENDS_ALL or self._session is None:
                    raise
                outcome.faults.append((box.feed.name, fault))
            if self._stop.is_set():
                outcome.ended = True
                return

    def _feed(self, box: Outbox, outcome: Outcome, span: Span) -> None:
        name, again = box.feed.name, span is not ALL
        mark: Mark = () if again else self._state.mark(self.target, name)
        with ThreadPoolExecutor(1, thread_name_prefix="sync") as reading:
            following = reading.submit(box.next, mark, span)
            while (batch := following.result()) is not None:
                if self._stop.is_set():
                    return
                following = reading.submit(box.next, batch.mark, span)
                outcome.damaged += batch.damaged
                if batch.rows:
                    self._count(outcome, batch, self._sent(batch, again, outcome))
                if not again:
                    self._state = self._state.moved(self.target, name, batch.mark)
                    self._done("mark")
                    state.save(self._folder, self._state)
                    self._done("marked")
                self.sending = False

    def _count(self, outcome: Outcome, batch: Batch, changed: dict[str, int]) -> None:
        name = batch.feed.name
        outcome.sent[name] = outcome.sent.get(name, 0) + batch.rows
        outcome.bytes += batch.size
        for table, rows in changed.items():
            outcome.changed[table] = outcome.changed.get(table, 0) + rows
        rows = outcome.sent[name]
        self._tell(Step("sending", f"sending {name}: {rows:,} rows, {outcome.bytes / 1e6:.1f} MB", rows))

    def _sent(self, batch: Batch, again: bool, outcome: Outcome) -> dict[str, int]:
        """When the session is lost in the middle, another one sends the whole batch once more."""
        try:
            return self._once(batch, again, outcome)
        except WarehouseFault as fault:
            if fault.kind != "network":
                raise
            self._tell(Step("waiting", f"{fault.text}; trying again"))
        self._disconnect()
        return self._once(batch, again, outcome)

    def _once(self, batch: Batch, again: bool, outcome: Outcome) -> dict[str, int]:
        session = self._connected(outcome)
        sender = Sender(session.raw, self._org_id, self._state.history, self._clock.now, self._done)
        self.sending = True
        try:
            return sender.send(batch, again)
        except Exception as error:
            self.sending = False
            raise explained(error, self._login) from None

    def _connected(self, outcome: Outcome) -> Session:
        if self._session is None:
            self._tell(Step("connecting", f"logging in to Snowflake at {self._login.place}"))
            session = open_session(self._login)
            outcome.connected = True
            try:
                migrate.check(session)
                self._recognise(migrate.made(session))
            except WarehouseFault:
                session.close()
                raise
            self._session = session
        return self._session

    def _recognise(self, made: str) -> None:
        """Tables that were dropped and made anew hold nothing of what the marks say was sent. Raises WarehouseFault."""
        had = self._state.made.get(self.target)
        if made and had and made != had:
            text = f"{self.target}: its tables were made anew since the last sync: noctui sync --anew sends all of it"
            raise WarehouseFault(f"Snowflake: {text}", "state")
        if made and not had:
            self._state = msgspec.structs.replace(self._state, made={**self._state.made, self.target: made})

    def _disconnect(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def _again(box: Outbox, span: Span) -> Iterator[Waiting]:
    """What of a span goes once more: it has to be read to be counted."""
    mark: Mark = ()
    while (batch := box.next(mark, span)) is not None:
        mark = batch.mark
        yield Waiting(batch.rows, batch.oldest)


def told(folder: Path) -> State | None:
    """What the newest run said, for whoever shows it; None: there was none, or its file cannot be read."""
    try:
        return state.load(folder)
    except WarehouseFault:
        return None


__all__ = ["Outcome", "Plan", "Sync", "told"]
