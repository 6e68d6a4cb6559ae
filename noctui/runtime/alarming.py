"""Alarms in a leader: judged with every poll, acted upon within a second, told to whoever watches.

One loop, the collector's. The book (`engine.alarms`) judges; this hands it what it judges and has what comes of it
written.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import msgspec

from noctui.alarm_settings import AlarmSettings, Roles
from noctui.clock import Clock
from noctui.engine.alarms.book import AlarmBook
from noctui.engine.self_watch import own_conditions
from noctui.model.alarms import ACTS, Act, Alarm, Alarms, AuditEntry, Message
from noctui.model.claims import CLAIM_ACTS
from noctui.model.cloud import MistAlarm
from noctui.model.edges import Edge, Note
from noctui.model.estate import Estate, taken_over
from noctui.model.mails import MAIL_ACTS
from noctui.model.scene import Status
from noctui.model.stores import HistoryError, HistoryWriter
from noctui.model.view import View
from noctui.model.work import PollRecord
from noctui.runtime.alarm_rules import rules_of
from noctui.runtime.filing import Filing
from noctui.runtime.limits import LimitsKept
from noctui.runtime.mirroring import Mirror
from noctui.runtime.notifying import Notifier
from noctui.runtime.people import Person, role_of
from noctui.runtime.planning import Planning
from noctui.runtime.source import Source

log = logging.getLogger("noctui.alarms")

OURS = (*ACTS, *CLAIM_ACTS)
"""What is done here, or only noted."""
LOOK_SECONDS = 0.5
"""How often the inbox is looked at for what people did."""
TOLD_KEPT = 3600.0
"""Seconds of messages that are left to the next leader, beside those about what is open."""
BROKE = "noctui broke at it: the log has the details"
RECALLED = 2 * 86_400.0
"""Seconds: alarms that cleared so lately are remembered after a restart, so that their return is one."""


class Alarming:
    """The book of one term as leader."""

    def __init__(self, settings: AlarmSettings, roles: Roles, clock: Clock, zone: str = "UTC") -> None:
        self._settings, self._roles = settings, roles
        self.limits: LimitsKept | None = None  # the thresholds that texts name; None: the defaults everywhere
        self.filing: Filing | None = None  # who does what is done about mails; None: nobody
        self.planning: Planning | None = None  # whose windows hold alarms; None: nobody's
        self._clock = clock
        self._mirror = Mirror(clock)
        self._notifier = Notifier(settings, clock, zone, settings.settle)
        self._book: AlarmBook | None = None
        self._unwritten = _Unwritten()
        self._handed: list[tuple[tuple[Act, ...], asyncio.Future[None]]] = []  # what came by the bus
        self._woken = asyncio.Event()
        self._estate = Estate()
        self.into: Callable[[Status], Status] = lambda status: status
        """Adds to a status how this process stands on the bus."""
        self._told_before: tuple[MistAlarm, ...] = ()  # what the cloud told before this term, for the first poll

    @property
    def alarms(self) -> Alarms:
        return self._book.alarms if self._book is not None else Alarms()

    def reload(self, settings: AlarmSettings, roles: Roles) -> None:
        """Other rules from the next poll on; what is open stays."""
        self._settings, self._roles = settings, roles
        self._notifier.use(settings)
        if self._book is not None:
            self._book.use(rules_of(settings))

    def watch(
        self,
        writer: Callable[[], HistoryWriter | None],
        get_source: Callable[[], Awaitable[Source]],
        done: Callable[[], None],
    ) -> tuple[asyncio.Task[None], ...]:
        """Begin to look at the inbox, to send and to mirror; `done` is called when people did something."""
        return (
            asyncio.create_task(self._look(writer, done), name="acts"),
            asyncio.create_task(self._notifier.run(writer), name="notifications"),
            asyncio.create_task(self._mirror.run(get_source, writer), name="mirror"),
        )

    def hand_over(self, acts: Sequence[Act]) -> asyncio.Future[None]:
        """Have it done what people did elsewhere: it is once what came of it is in history. Who did it is who they say:
        their `origin` has to tell so."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        mails = tuple(act for act in acts if act.kind in MAIL_ACTS)
        if mails and self.filing is not None:
            self.filing.hand_over(mails, done)
            if len(mails) == len(acts):
                return done
            others = self.hand_over([act for act in acts if act.kind not in MAIL_ACTS])
            return asyncio.ensure_future(_both(done, others))
        self._handed.append((tuple(acts), done))
        self._woken.set()
        return done

    def inherit(self, estate: Estate) -> None:
        """Go on with what a leader on another host left: before `warm`."""
        self._estate = estate
        self._notifier.inherit(estate.messages)

    @property
    def tellings(self) -> int:
        """A number that rises when more was told."""
        return self._notifier.changes

    def told(self, writer: HistoryWriter) -> Sequence[Message]:
        """What was told of the open alarms, and what of late, for the next leader. Raises HistoryError."""
        return writer.messages_known(self._clock.now() - TOLD_KEPT, [a.alarm_id for a in self.alarms.alarms])

    def warm(self, writer: HistoryWriter, edges: Sequence[Edge]) -> None:
        """Begin with what history holds, `edges` those of the last hours: what flapped before goes on to be damped.
        Raises HistoryError."""
        book = AlarmBook(rules_of(self._settings))
        now = self._clock.now()
        known, inherited = taken_over(self._estate, writer.alarms_known(now - RECALLED))
        self._unwritten = self._unwritten.with_more((), inherited, (), ())
        self._told_before = tuple(writer.alarms(now - RECALLED))
        book.warm(known, edges, now, writer.highest_incident())
        self._notifier.warm(writer, known)
        self._book = book

    def judge(self, record: PollRecord, mist: Sequence[MistAlarm], status: Status) -> PollRecord:
        """The record with what this poll does to alarms, and the View with those that are open now."""
        if self._book is None:
            self._book = AlarmBook(rules_of(self._settings))
        view = record.view
        if self.limits is not None:
            view = replace(view, limits=self.limits.of(view.inventory))
        own = (*own_conditions(self.into(status), view, view.at), *self._notifier.conditions())
        mist, self._told_before = (*self._told_before, *mist), ()
        plan = self.planning
        if plan is None:
            judged = self._book.judge(view, record.edges, mist, own, {}, view.at)
        else:
            own = (*own, *plan.conditions)
            judged = self._book.judge(view, record.edges, mist, own, plan.holds, view.at, plan.over)
        self._notifier.plan(self._book.alarms, [a for a in judged.changed if not a.open], view.inventory)
        return replace(
            record,
            view=replace(record.view, alarms=self._book.alarms),
            alarms=judged.changed,
            notes=(*record.notes, *judged.notes),
        )

    def watch_itself(self, status: Status, view: View | None) -> None:
        """While there is nothing to judge (the source does not begin to answer, the clock is behind, the collector
        broke), what noctui says of itself is told all the same."""
        if self._book is None:
            return
        own = (*own_conditions(self.into(status), view, self._clock.now()), *self._notifier.conditions())
        judged = self._book.watch_itself(own, self._clock.now())
        inventory = view.inventory if view is not None else None
        self._notifier.plan(self._book.alarms, [a for a in judged.changed if not a.open], inventory)
        if judged.changed or judged.notes:
            self._unwritten = self._unwritten.with_more((), judged.changed, (), judged.notes)

    async def _look(self, writer: Callable[[], HistoryWriter | None], done: Callable[[], None]) -> None:
        """For ever. What cannot be written waits in the inbox."""
        said = ""
        while True:
            # the machine's own time: a clock that a test holds must not be moved by a look
            with contextlib.suppress(TimeoutError):  # not wait_for: Python 3.11's may forget that it is cancelled
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._woken.wait()
            self._woken.clear()
            history = writer()
            try:
                if history is not None and self.act(history):
                    done()
                said = ""
            except HistoryError as error:
                if str(error) != said:
                    said = str(error)
                    log.error("history.fault", extra={"text": said})
            except Exception as error:  # the boundary: what people do must be done as long as anybody leads
                if repr(error) != said:
                    said = repr(error)
                    log.exception("alarms.acts_broke")

    def act(self, writer: HistoryWriter) -> bool:
        """Do what people left in the inbox; True when anything was there. Raises HistoryError: then it stays there, and
        what came of it is written with the next look."""
        handed = list(self._handed)
        acts = (*writer.acts(), *_not_done(handed, writer))
        known = {act.act_id for act in self._unwritten.acts}
        # what is about mails is filed
        new = list({act.act_id: act for act in acts if act.act_id not in known and act.kind in OURS}.values())
        if self._book is None:
            return False
        if not (new or self._unwritten):
            self._settle(handed)
            return False
        if new:
            self._unwritten = self._unwritten.with_more(new, *self._done(self._book, new))
        done = self._unwritten
        writer.write_acts(done.acts, done.changed, done.audit, done.notes)
        self._unwritten = _Unwritten()
        self._settle(handed)
        if done.acts:
            log.info("alarms.acts", extra={"acts": len(done.acts), "changed": len(done.changed)})
        return True

    def _settle(self, handed: Sequence[tuple[tuple[Act, ...], asyncio.Future[None]]]) -> None:
        for one in handed:
            self._handed.remove(one)
            if not one[1].done():
                one[1].set_result(None)

    def _done(
        self, book: AlarmBook, acts: Sequence[Act]
    ) -> tuple[Sequence[Alarm], Sequence[AuditEntry], Sequence[Note]]:
        now = self._clock.now()
        changed: list[Alarm] = []
        audit: list[AuditEntry] = []
        notes: list[Note] = []
        for act in acts:
            person = Person(act.who, role_of(act.who, self._roles), act.origin)
            if not person.may(act.kind):
                audit.extend(_entry(act, alarm_id, now, person, person.why_not(act.kind)) for alarm_id in act.alarm_ids)
                continue
            if act.kind in CLAIM_ACTS:
                audit.extend(_entry(act, about, now, person, "done") for about in act.alarm_ids)
                continue
            try:
                acted = book.act((msgspec.structs.replace(act, role=person.role),), now)
            except Exception:  # the boundary: one act that breaks us must not keep everybody else's waiting
                log.exception("alarms.act_broke", extra={"act": act.act_id})
                audit.extend(_entry(act, alarm_id, now, person, BROKE) for alarm_id in act.alarm_ids)
                continue
            if self._settings.ack_to_mist:
                self._mirror.add((act,), acted.changed)
            changed.extend(acted.changed)
            audit.extend(acted.audit)
            notes.extend(acted.notes)
        return changed, audit, notes


@dataclass(frozen=True, slots=True)
class _Unwritten:
    """What was done, or became so between polls, and is not in history yet."""

    acts: tuple[Act, ...] = ()
    changed: tuple[Alarm, ...] = ()
    audit: tuple[AuditEntry, ...] = ()
    notes: tuple[Note, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.acts or self.changed or self.audit or self.notes)

    def with_more(
        self, acts: Sequence[Act], changed: Sequence[Alarm], audit: Sequence[AuditEntry], notes: Sequence[Note]
    ) -> _Unwritten:
        return _Unwritten((*self.acts, *acts), (*self.changed, *changed), (*self.audit, *audit), (*self.notes, *notes))


async def _both(one: asyncio.Future[None], other: asyncio.Future[None]) -> None:
    await asyncio.gather(one, other)


def _not_done(handed: Sequence[tuple[tuple[Act, ...], object]], writer: HistoryWriter) -> tuple[Act, ...]:
    """What came by the bus and is not done yet: a leader that ended may have done it and not said so."""
    return tuple(act for those, _ in handed for act in those if not writer.acted(act.act_id))


def _entry(act: Act, alarm_id: str, now: float, person: Person, outcome: str) -> AuditEntry:
    return AuditEntry(
        at=act.at, known_at=now, who=act.who, role=person.role, origin=act.origin, action=act.kind, subject=alarm_id,
        detail=act.why, outcome=outcome, act_id=act.act_id,
    )  # fmt: skip
