"""Leading: the lock, the writer, the engine and its memory, and the collector, begun and ended together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from noctui.alarm_settings import EVERYBODY, USUAL, AlarmSettings, Roles
from noctui.clock import Clock
from noctui.engine.engine import Engine
from noctui.engine.rules import Rules
from noctui.mail_settings import NO_MAIL, MailSettings
from noctui.model.detail import Answer, Question
from noctui.model.edges import Edge
from noctui.model.estate import Estate
from noctui.model.health import MailboxHealth
from noctui.model.inventory import Inventory
from noctui.model.scene import Above, Status
from noctui.model.stores import HistoryError
from noctui.model.works import Work
from noctui.promise_settings import NOTHING, PromiseSettings
from noctui.runtime.alarming import Alarming
from noctui.runtime.collector import Collector
from noctui.runtime.filing import Filing
from noctui.runtime.health import HealthBook
from noctui.runtime.health_history import Measurer, warm
from noctui.runtime.intake import Intake
from noctui.runtime.judging import carriers
from noctui.runtime.lag import Lag
from noctui.runtime.limits import LimitsKept
from noctui.runtime.naming import Naming
from noctui.runtime.planning import Planning
from noctui.runtime.published import Published
from noctui.runtime.source import Source, SourceError
from noctui.runtime.status_file import StatusFile
from noctui.runtime.unwritten import HistoryIsThere, Unwritten
from noctui.settings import Settings, Thresholds
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import Writer, kept_for, open_reader, open_writer
from noctui.stores.history.history import quick_check

if TYPE_CHECKING:
    from noctui.runtime.bus_leader import BusLeader
    from noctui.runtime.bus_seat import Seat

log = logging.getLogger("noctui.lead")

FIRST_SEQ = 10_000
"""Live polls of a new history are numbered from here on; the numbers below are for a past that is filled in later."""
FLAPS_BACK = 7200.0
"""Seconds of edges that an alarm book is warmed with: what is damped is so for an hour at most."""
RESTART_SECONDS = 5.0
"""Wait before a collector that broke is started again."""


class Lead:
    """One term as leader; all of it runs on one loop, the collector's."""

    def __init__(
        self,
        folder: Path,
        org_id: str,
        get_source: Callable[[], Awaitable[Source]],
        poll_seconds: float,
        clock: Clock,
        thresholds: Thresholds,
        publish: Callable[[Published], None],
        days: tuple[float, float] = (40.0, 7.0),
        introduced: bool = False,
        inventory_file: Path | None = None,
        once: bool = False,
        zone: str = "UTC",
        alarms: AlarmSettings = USUAL,
        roles: Roles = EVERYBODY,
        seat: Seat | None = None,
        estate: Estate | None = None,
        ask: Callable[[Question], Awaitable[Answer]] | None = None,
        mails: MailSettings = NO_MAIL,
        promises: PromiseSettings = NOTHING,
    ) -> None:
        """`introduced`: the source has said already which org it is. `once`: it leads for one poll (`finished`).
        `seat` is the place on the bus that was won for this term, `estate` what its last leader left; `ask` answers
        what followers ask of the cloud."""
        self._seat, self._ask, self._promises = seat, ask, promises
        self._bus: BusLeader | None = None
        self._once = once
        self._inventory_file = inventory_file
        self.naming: Naming | None = None
        self._introduced = introduced
        self.folder = folder
        self._org_id = org_id
        self._get_source = get_source
        self._poll_seconds = poll_seconds
        self._clock = clock
        self._rules = Rules(thresholds.at)
        self._tell = publish
        self._lag = Lag()
        self._retention = kept_for(*days, zone)
        self._lock = FolderLock(folder)
        self._writer: Writer | None = None
        self._unwritten: Unwritten | None = None
        self._collector: Collector | None = None
        self._task: asyncio.Task[None] | None = None
        self.check: asyncio.Task[None] | None = None
        self._damage = ""
        self._book: HealthBook | None = None
        self._measurer: Measurer | None = None
        self._file: StatusFile | None = None
        self._said = Status(poll_seconds=poll_seconds)
        self._alarming = Alarming(alarms, roles, clock, zone)
        self._alarming.limits = LimitsKept(thresholds)
        self._planning = self._alarming.planning = Planning(carriers(mails))
        if estate is not None:
            self._alarming.inherit(estate)
            self._planning.inherit(estate.works)
        self._mails, self._roles = mails, roles
        self._filing = self._alarming.filing = self._new_filing()
        self._refiling: asyncio.Task[None] | None = None
        self._watching: tuple[asyncio.Task[None], ...] = ()

    async def begin(self) -> bool:
        """Take the lock and start collecting; False when another process has it.

        Raises SourceError, before anything is made in the folder, when the settings can never work: where history holds
        polls it is shown instead, and the fault said; and HistoryError when the folder cannot be written. A history
        that cannot be opened is said and lived without, until it can; for a term of one poll that is a HistoryError.
        """
        if not self._introduced and not await asyncio.to_thread(self._has_polls):
            await self._introduce()
        try:
            if not self._lock.try_acquire():
                return False
        except OSError as error:
            raise HistoryError(f"the data folder cannot be written: {error.strerror}") from error
        try:
            self._writer = self._opened()
        except HistoryError as error:
            if self._once:
                self._lock.release()
                raise
            log.error("history.fault", extra={"text": str(error)})
            self._unwritten = Unwritten(self._opened)
        except BaseException:
            self._lock.release()
            raise
        if self._seat is not None and self._ask is not None:
            from noctui.runtime.bus_leader import BusLeader

            self._bus = BusLeader(
                self._seat, self.folder, self._retention, self._alarming, self._poll_seconds, lambda: self._writer,
                self.above, self._ask, lambda: self._publish(Published(self._said)), self._promises,
            )  # fmt: skip
        self._file = StatusFile(self.folder, self._lock.epoch)
        self._lag.start()
        self._book = HealthBook(self._clock.now(), self._lock.epoch)
        self._measurer = Measurer(self._book, self.folder, self._retention.raw)
        self._task = asyncio.create_task(self._keep_collecting(), name="collector")
        if not self._once:
            self._watching = self._alarming.watch(lambda: self._writer, self._get_source, self._acted)
            self._filing.begin()
        self._check()
        if self._bus is not None:
            self._alarming.into = self._bus.into
            self._bus.start()
        log.info("lead.begin", extra={"folder": str(self.folder), "epoch": self._lock.epoch})
        return True

    def _opened(self) -> Writer:
        return open_writer(self.folder, self._org_id, self._lock, self._retention)

    def _check(self) -> None:
        """After an end that was not clean the file is looked through."""
        if self._writer is not None and self._writer.unclean:
            self.check = asyncio.create_task(self._look_through(self._writer.path), name="history check")

    async def finished(self) -> None:
        """Wait until a term of one poll is over. Raises what broke it: SourceError when nothing came."""
        assert self._task is not None
        await self._task

    async def end(self, patient: bool = True) -> None:
        """Stop collecting, close the history cleanly, free the lock. `patient`: wait for a check of the file, too."""
        for task in self._watching:
            task.cancel()
        if self._watching:
            await asyncio.wait(self._watching)
            if self._refiling is not None:
                await asyncio.wait({self._refiling})
            await self._filing.stop()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        if self._bus is not None:
            await self._bus.stop()
        if self._measurer is not None:
            await self._measurer.stop()
        self._lag.stop()
        if self._file is not None:
            self._file.stop()
        if self.check is not None and patient:
            await asyncio.wait({self.check})  # it reads on a thread: the file is not closed under it
        if self._writer is not None:
            self._writer.close()
        self._lock.release()

    def _has_polls(self) -> bool:
        """Somebody has collected here before. A history that cannot be read counts: whoever opens it says why."""
        if not (self.folder / "history.db").exists():
            return False
        history = open_reader(self.folder)
        try:
            return history.latest() is not None
        except HistoryError:
            return True
        finally:
            history.close()

    async def _introduce(self) -> None:
        """Ask the source who we are. What passes is the collector's to say."""
        try:
            await (await self._get_source()).open()
        except SourceError as error:
            if error.final:
                raise

    def _publish(self, published: Published) -> None:
        """To the screen, and for followers into the folder and onto the bus."""
        status = published.status
        if self._measurer is not None:
            self._measurer.look(self._clock.now())
        if status.health is not None:
            published = replace(published, status=replace(status, health=self._lag.into(status.health)))
        if self._bus is not None:
            published = replace(published, status=self._bus.into(published.status))
            self._bus.offer(published)
        self._said = published.status
        if self._file is not None:
            self._file.tell(published.status)
        self._tell(published)

    async def _look_through(self, path: Path) -> None:
        """After an end that was not clean the whole file is checked in the background; what is found is said."""
        found = await asyncio.to_thread(quick_check, path)
        if found:
            log.error("history.fault", extra={"text": found})
            self._damage = found
            if self._collector is not None:
                self._collector.damage = found

    async def above(self, hours: int, at: float) -> Above | None:
        """From the engine's own windows; None when `at` is not the newest poll."""
        return await self._collector.above(hours, at) if self._collector is not None else None

    def _acted(self) -> None:
        """What people did is shown at once."""
        if self._collector is not None:
            self._collector.show_alarms()

    def works_learned(self, works: Iterable[Work]) -> None:
        """New versions of planned work, as a notice brought them; on this loop. They are shown at once, and hold alarms
        from the next poll on."""
        self._planning.take(works)
        if self._collector is not None:
            self._collector.show_works()

    def _new_filing(self) -> Filing:
        return Filing(
            self._mails, self._roles, self._clock, writer=lambda: self._writer, inventory=self._circuits_known,
            learned=self.works_learned, erred=self._mail_fault, told=self._mailboxes,
        )  # fmt: skip

    async def _file_anew(self) -> None:
        """With other mailboxes, or other carriers."""
        before = self._filing
        await before.stop()
        self._filing = self._alarming.filing = self._new_filing()
        self._filing.handed = before.handed
        self._filing.begin()

    def _circuits_known(self) -> Inventory | None:
        return self._collector.inventory if self._collector is not None else None

    def _mail_fault(self, text: str) -> None:
        if self._book is not None:
            self._book.erred(self._clock.now(), text)

    def _mailboxes(self, boxes: Iterable[MailboxHealth]) -> None:
        if self._book is not None:
            self._book.mailboxes(boxes)

    def reload(self, settings: Settings) -> None:
        """Other rules and another pace, from the next poll on."""
        self._rules, self._poll_seconds = Rules(settings.thresholds.at), settings.poll_seconds
        self._alarming.reload(settings.alarms, settings.roles)
        self._alarming.limits = LimitsKept(settings.thresholds)
        self._roles = self._filing.roles = settings.roles
        if settings.mails != self._mails and self._watching and (self._refiling is None or self._refiling.done()):
            self._mails = settings.mails
            self._planning.call(carriers(settings.mails))
            self._refiling = asyncio.create_task(self._file_anew(), name="mailboxes")
        poll_seconds = settings.poll_seconds
        if self._collector is not None:
            self._collector.reload(poll_seconds)

    async def _keep_collecting(self) -> None:
        """A collector that breaks is logged, said and started anew: a watch must not end at a bug."""
        assert self._book is not None
        await asyncio.to_thread(warm, self._book, self.folder, self._clock.now())
        while True:
            try:
                self._collector = self._new_collector(await self._get_source())
                await self._collector.run(self._once)
                return
            except HistoryIsThere as there:
                self._writer, self._unwritten = there.writer, None
                self._check()
            except SourceError as error:
                if self._once:
                    raise
                await self._lost(error.text)
            except Exception as error:  # the boundary: whatever broke, the screen is told and the watch goes on
                log.exception("collector.broke")
                if self._once:
                    raise
                text = f"The collector broke ({type(error).__name__}); it starts again. The log has the details."
                await self._lost(text)

    async def _lost(self, text: str) -> None:
        """Say it, beside what was said last, and wait."""
        now = self._clock.now()
        since = self._said.fault_since if self._said.fault == "lost" else now
        told = replace(self._said, fault="lost", fault_since=since, fault_text=text, retry_at=now + RESTART_SECONDS)
        self._alarming.watch_itself(told, None)
        self._publish(Published(told))
        await self._clock.sleep(RESTART_SECONDS)

    def _new_collector(self, source: Source) -> Collector:
        """A collector that goes on from what history holds."""
        writer = self._writer or self._unwritten
        assert writer is not None
        if self._bus is not None:
            self._bus.share(source)
        latest, known = None, None
        edges: Sequence[Edge] = ()
        history = open_reader(self.folder)
        try:
            latest = history.latest()
            known = history.inventory(latest) if latest else None
            edges = history.edges_known(latest, latest - FLAPS_BACK) if latest else ()
        except HistoryError as error:
            log.error("history.fault", extra={"text": str(error)})
        finally:
            history.close()
        if isinstance(writer, Unwritten):
            writer.follow(known)
        if self.naming is None:
            self.naming = Naming(self.folder, self._inventory_file, self._clock, self._numbered)
        collector = Collector(
            source=source,
            writer=writer,
            new_engine=self._new_engine,
            intake=Intake(known, writer.number, max(self._last_seq(), FIRST_SEQ - 1), self.naming),
            poll_seconds=self._poll_seconds,
            clock=self._clock,
            publish=self._publish,
            last_at=latest or 0.0,
            book=self._book,
            alarming=self._alarming,
            planning=self._planning,
        )
        self._alarming.warm(writer, edges)
        self._planning.begin(writer.works_near)
        collector.damage = self._damage
        return collector

    def _numbered(self, circuit_id: str) -> bool:
        """History knows a circuit of this id."""
        return self._writer is not None and circuit_id in self._writer.circuits.numbers

    def _last_seq(self) -> int:
        return self._writer.last_seq() if self._writer is not None else 0

    def _new_engine(self) -> tuple[Engine, str]:
        """An engine that remembers what history holds of the last 24 h; and, in one line, why it does not."""
        history = open_reader(self.folder)
        try:
            memory = history.memory(self._clock.now())
        except HistoryError as error:
            log.error("history.fault", extra={"text": str(error)})
            return Engine(self._rules), f"Counting begins anew: {error}"
        finally:
            history.close()
        engine = Engine(self._rules)
        if memory is not None:
            engine.warm(memory)
        return engine, ""
