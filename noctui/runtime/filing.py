"""Mails in a leader: each mailbox is read on a thread of its own, what is read is stored on the collector's loop, and
what people ask to be read again, or fill in, is done.

The loop waits for a short transaction at a time, never for a mailbox or a message.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from msgspec import structs

from noctui.alarm_settings import Roles
from noctui.clock import Clock
from noctui.mail_settings import MailboxSettings, MailSettings
from noctui.model.alarms import Act, AuditEntry
from noctui.model.health import MailboxHealth
from noctui.model.inventory import Inventory
from noctui.model.mails import FILL, MAIL_ACTS, Filed, MailIn, Place
from noctui.model.notices import Outcome
from noctui.model.stores import HistoryError, HistoryWriter
from noctui.model.works import Mail, Work
from noctui.planned.providers import of_sender, of_settings
from noctui.runtime.cmp_reader import beside
from noctui.runtime.ingest import Anew, Ingest, Tally
from noctui.runtime.judging import Judge, filled
from noctui.runtime.mail_reader import MailReader, Reads
from noctui.runtime.people import Person, role_of
from noctui.sources.mail.box import MailboxError
from noctui.sources.mail.opening import open_mailbox

log = logging.getLogger("noctui.mail")

LOOK_SECONDS = 0.5
"""How often the inbox is looked at for what people did."""
LONGEST_REST = 600.0
"""Seconds between tries at a mailbox that cannot be read."""
GRACE = 60.0
"""Seconds that mails wait for the first inventory of a new history."""
GONE = "no such mail, or it is older than is kept"
AT_ONCE = 20
"""Mails read again at a time."""
LOOKED_AT = 200
"""Mails of nobody that are looked at at a time."""
LOOKED = 64 * 1024
"""Bytes of a mail of nobody in which a carrier of the settings is looked for: a forward's sender stands in its text."""

_T = TypeVar("_T")


class Filing:
    """What one term as leader does about mails. All of it on the collector's loop, but the mailboxes' threads."""

    def __init__(
        self,
        settings: MailSettings,
        roles: Roles,
        clock: Clock,
        *,
        writer: Callable[[], HistoryWriter | None],
        inventory: Callable[[], Inventory | None] = lambda: None,
        learned: Callable[[Iterable[Work]], None] = lambda works: None,
        erred: Callable[[str], None] = lambda text: None,
        told: Callable[[Iterable[MailboxHealth]], None] = lambda boxes: None,
    ) -> None:
        """`learned` is given new versions of planned work, `erred` each new fault of a mailbox, `told` how all stand
        after each look."""
        self._settings, self._clock = settings, clock
        self.roles = roles
        self._writer, self._inventory, self._learned, self._erred = writer, inventory, learned, erred
        self._told = told
        self._boxes: dict[str, MailboxHealth] = {}
        self.reader: Reads = beside(MailReader(settings.providers))
        self.judge = Judge(settings, inventory)
        self._ingests: dict[str, Ingest] = {}
        self._again: dict[str, deque[Anew]] = {one.name: deque() for one in settings.mailboxes}
        self._threads: list[threading.Thread] = []
        self.handed: list[tuple[tuple[Act, ...], asyncio.Future[None]]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looking: asyncio.Task[None] | None = None
        self._judged_rev = -1
        self._nobodys: deque[Mail] | None = None  # mails of nobody that are still to be looked at; None: all
        self._own = _names(settings)
        self._begun = time.monotonic()
        self.tallies: dict[str, Tally] = {}

    def begin(self) -> None:
        """Begin to read the mailboxes, and to look at the inbox."""
        self._loop = asyncio.get_running_loop()
        now = self._clock.now()
        self._boxes = {
            one.name: MailboxHealth(name=one.name, since=now, every=one.seconds) for one in self._settings.mailboxes
        }
        self._told(self._boxes.values())
        for settings in self._settings.mailboxes:
            # daemons: a server that does not answer must not keep the program from ending
            thread = threading.Thread(target=self._keep, args=(settings,), name=f"mail {settings.name}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._looking = asyncio.create_task(self._look(), name="mail acts")

    async def stop(self, seconds: float = 2.0) -> None:
        """End the threads; one that hangs in its mailbox is left behind, and stores nothing any more."""
        self._loop = None
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait({self._looking})
        for ingest in tuple(self._ingests.values()):
            ingest.stop()
        for thread in self._threads:
            await asyncio.to_thread(thread.join, seconds)
        await asyncio.to_thread(self.reader.rest)

    def hand_over(self, acts: Sequence[Act], done: asyncio.Future[None]) -> None:
        """Have it done what people did elsewhere; `done` is set once what came of it is in history."""
        self.handed.append((tuple(acts), done))

    # -- a mailbox's thread

    def _keep(self, settings: MailboxSettings) -> None:
        """For ever: a round, then a rest."""
        rest, said = settings.seconds, ""
        try:
            box = open_mailbox(settings)
        except MailboxError as error:
            self._say(settings.name, error.text)
            self._looked(settings.name, error.text)
            return
        self._wait_for_circuits()
        again = self._again[settings.name]
        ingest = Ingest(box, self.reader, self._places, self._store, self.judge.notice, self._clock.now, again)
        self._ingests[settings.name] = ingest
        while self._loop is not None:
            fault, unread = "", None
            try:
                tally = ingest.round()
                self.tallies[settings.name] = tally
                fault, unread = tally.fault or tally.unmarked, tally.fault
                if tally.read:
                    words = {"mailbox": settings.name, "read": tally.read, "new": tally.new, "waits": tally.waits}
                    log.info("mail.read", extra=words)
                    self.reader.rest()
            except HistoryError as error:
                fault = str(error)
            except _EndedError:
                break
            except Exception as error:  # the boundary: one mailbox that breaks us must not end the others
                log.exception("mail.broke", extra={"mailbox": settings.name})
                fault = f"mailbox {settings.name}: noctui broke at it ({type(error).__name__}): the log has the details"
                unread = fault
            if unread is not None:
                self._looked(settings.name, unread)
            if fault and fault != said:
                self._say(settings.name, fault)
            rest = min(2 * rest, max(LONGEST_REST, settings.seconds)) if fault else settings.seconds
            said = fault
            with contextlib.suppress(MailboxError):  # the next round says it
                box.wait(rest)
        box.close()

    def _wait_for_circuits(self) -> None:
        """Whether a notice is about a circuit of ours can be told once there is an inventory: with the first sweep.
        When none comes, mails are read all the same."""
        until = time.monotonic() + GRACE
        while self._loop is not None and self._inventory() is None and time.monotonic() < until:
            time.sleep(0.1)

    def _say(self, name: str, text: str) -> None:
        log.warning("mail.fault", extra={"mailbox": name, "text": text})
        loop = self._loop
        if loop is not None:
            loop.call_soon_threadsafe(self._erred, text)

    def _looked(self, name: str, fault: str) -> None:
        """A look is over. What history could not take is history's fault, and told as that: then nothing is said."""
        loop = self._loop
        if loop is not None:
            loop.call_soon_threadsafe(self._stands, name, fault.removeprefix(f"mailbox {name}: "))

    def _stands(self, name: str, fault: str) -> None:
        had, now = self._boxes[name], self._clock.now()
        if fault:
            self._boxes[name] = structs.replace(had, fault=fault, failed_at=had.failed_at or now)
        else:
            self._boxes[name] = structs.replace(had, read_at=now, fault="", failed_at=0.0)
        self._told(self._boxes.values())

    def _places(self, mailbox: str) -> dict[str, Place]:
        async def ask() -> dict[str, Place]:
            return self._history().mail_places(mailbox)

        return self._on_loop(asyncio.run_coroutine_threadsafe(ask(), self._running()))

    def _store(self, mails: Sequence[MailIn]) -> Sequence[Filed]:
        async def write() -> Sequence[Filed]:
            return self.file(mails)

        return self._on_loop(asyncio.run_coroutine_threadsafe(write(), self._running()))

    def _on_loop(self, future: Future[_T]) -> _T:
        """What the loop answers. Raises HistoryError, or _EndedError when the term is over."""
        while True:
            try:
                return future.result(1.0)
            except TimeoutError:
                if self._loop is None:
                    future.cancel()
                    raise _EndedError from None

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            raise _EndedError
        return self._loop

    # -- the loop

    def _history(self) -> HistoryWriter:
        writer = self._writer()
        if writer is None:
            raise HistoryError("history is not open yet: mails wait in their mailboxes")
        return writer

    def file(
        self,
        mails: Sequence[MailIn],
        acts: Sequence[Act] = (),
        audit: Sequence[AuditEntry] = (),
        left: Sequence[str] = (),
    ) -> tuple[Filed, ...]:
        """Store mails, and have their works known. Raises HistoryError."""
        filed = self._history().write_mails(mails, (), acts, audit, left)
        works = [work for one in filed for work in one.works]
        if works:
            self._learned(works)
        return filed

    async def _look(self) -> None:
        """For ever. What cannot be written waits in the inbox."""
        said = ""
        while True:
            # the machine's own time: a clock that a test holds must not be moved by a look
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.act()
                await self.take_left()
                self._judge_anew()
                await self._ask_again()
                said = ""
            except HistoryError as error:
                if str(error) != said:
                    said = str(error)
                    log.error("history.fault", extra={"text": said})
            except Exception as error:  # the boundary: what people do must be done as long as anybody leads
                if repr(error) != said:
                    said = repr(error)
                    log.exception("mail.acts_broke")

    async def act(self) -> bool:
        """Do what people left in the inbox, or did elsewhere; True when there was anything. Raises HistoryError: then
        it stays."""
        writer = self._writer()
        handed = list(self.handed)
        if writer is None:
            return False
        there = [act for act in writer.acts() if act.kind in MAIL_ACTS]
        told = (act for those, _ in handed for act in those if not writer.acted(act.act_id))
        acts = {act.act_id: act for act in (*there, *told)}
        for act in acts.values():
            await self._do(act, writer)
        for one in handed:
            self.handed.remove(one)
            if not one[1].done():
                one[1].set_result(None)
        return bool(acts)

    async def take_left(self) -> int:
        """Take in mails that another process read, each once; how many there were. Raises HistoryError."""
        count = 0
        while (writer := self._writer()) is not None and (found := writer.mails_left()) is not None:
            key, mails = found
            self.file(mails, left=(key,))
            count += len(mails)
            await asyncio.sleep(0)
        return count

    async def _do(self, act: Act, writer: HistoryWriter) -> None:
        person = Person(act.who, role_of(act.who, self.roles), act.origin)
        mails: list[MailIn] = []
        audit: list[AuditEntry] = []
        for key in act.alarm_ids:
            if not person.may(act.kind):
                audit.append(self._entry(act, key, person, person.why_not(act.kind)))
                continue
            try:
                mail = await self._anew(act, key, person, writer)
                mails.append(mail)
                audit.append(self._entry(act, key, person, f"done: {mail.notice.outcome.value}"))
            except ValueError as error:
                audit.append(self._entry(act, key, person, str(error)))
            if len(mails) >= AT_ONCE:  # the act itself goes with the last ones: a kill does it again, which is harmless
                self._remark(self.file(mails))
                mails = []
        self._remark(self.file(mails, (act,), audit))
        log.info("mail.acts", extra={"act": act.kind, "mails": len(act.alarm_ids), "who": act.who})

    async def _anew(self, act: Act, key: str, person: Person, writer: HistoryWriter) -> MailIn:
        """Raises ValueError: in one line, why not."""
        if act.kind == FILL:
            known = writer.mail(key)
            if known is None:
                raise ValueError(GONE)
            if not act.why.strip():
                raise ValueError("say why it is filled in by hand")
            notice = filled(known.notice, act.detail)
            by = person.who
        else:
            body = writer.mail_body(key)
            if body is None:
                raise ValueError(GONE)
            notice = structs.replace(await asyncio.to_thread(self.reader.read, body.data), key=key)
            notice, by = self.judge.notice(notice), ""
        return MailIn(notice=notice, mailbox="", place="", tried_at=self._clock.now(), again=True, by=by)

    def _entry(self, act: Act, key: str, person: Person, outcome: str) -> AuditEntry:
        return AuditEntry(
            at=act.at, known_at=self._clock.now(), who=act.who, role=person.role, origin=act.origin, action=act.kind,
            subject=key, detail=act.detail if act.kind == FILL else act.why, outcome=outcome, act_id=act.act_id,
        )  # fmt: skip

    def _remark(self, filed: Iterable[Filed]) -> None:
        """Marks in the mailboxes follow what became of the mails."""
        for one in filed:
            again = self._again.get(one.mail.mailbox)
            if again is not None and one.mail.place:
                again.append(Anew(one.mail.place, one.mail.key, one.mail.outcome))

    def _judge_anew(self) -> None:
        """Circuits that nobody knew may be known to a new inventory."""
        inventory, writer = self._inventory(), self._writer()
        if inventory is None or writer is None or inventory.rev == self._judged_rev:
            return
        self._judged_rev = inventory.rev
        found: list[MailIn] = []
        for mail in writer.mails_waiting():
            if mail.outcome is not Outcome.UNKNOWN_CIRCUIT or (known := writer.mail(mail.key)) is None:
                continue
            notice = structs.replace(known.notice, outcome=Outcome.PARSED, faults=())
            if self.judge.notice(notice).outcome is Outcome.PARSED:
                found.append(
                    MailIn(
                        notice=notice, mailbox="", place="", tried_at=self._clock.now(), again=True, by=known.mail.by
                    )
                )
        for i in range(0, len(found), AT_ONCE):
            self._remark(self.file(found[i : i + AT_ONCE]))

    async def _ask_again(self) -> None:
        """Once a term, and whenever the settings have other carriers: what came from nobody may be a carrier's that is
        known by now. A few with each look, since people's deeds wait for it. Raises HistoryError."""
        writer = self._writer()
        if writer is None or (self._inventory() is None and time.monotonic() < self._begun + GRACE):
            return
        if self._nobodys is None:
            waiting = writer.mails_waiting()
            self._nobodys = deque(m for m in waiting if m.outcome is Outcome.UNKNOWN_PROVIDER)
        found: list[MailIn] = []
        tried = 0
        for _ in range(min(LOOKED_AT, len(self._nobodys))):
            mail = self._nobodys.popleft()
            body = writer.mail_body(mail.key)
            if body is None or not (of_sender(mail.sender, self.judge.providers) or _any(self._own, body.data)):
                continue
            read = structs.replace(await asyncio.to_thread(self.reader.read, body.data), key=mail.key)
            if read.outcome is not Outcome.UNKNOWN_PROVIDER:
                notice = self.judge.notice(read)
                found.append(MailIn(notice=notice, mailbox="", place="", tried_at=self._clock.now(), again=True))
            tried += 1
            if tried >= AT_ONCE:
                break
        try:
            if found:
                self._remark(self.file(found))
        except HistoryError:
            self._nobodys = None  # all over, once history can be written
            raise
        if tried:
            await asyncio.to_thread(self.reader.rest)


def _names(settings: MailSettings) -> tuple[bytes, ...]:
    """Domains of the carriers of the settings, as they stand in a text."""
    return tuple(d.lower().encode() for one in of_settings(settings.providers) for d in one.domains if d)


def _any(names: Iterable[bytes], data: bytes) -> bool:
    text = data[:LOOKED].lower()
    return any(name in text for name in names)


class _EndedError(Exception):
    """The term is over."""
