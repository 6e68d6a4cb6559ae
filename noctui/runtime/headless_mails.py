"""Mails without a screen: mailboxes read once, dead letters read again. While another process leads, it files what is
read here; else this one takes the folder's lock for a moment."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from noctui.clock import Clock
from noctui.mail_settings import MailboxSettings
from noctui.model.alarms import Act, AuditEntry
from noctui.model.inventory import Inventory
from noctui.model.mails import REPARSE, Filed, MailIn, Place
from noctui.model.scene import Range
from noctui.model.stores import HistoryError
from noctui.model.works import Mail
from noctui.runtime.filing import Filing
from noctui.runtime.following import Follower
from noctui.runtime.headless import Step, Stopped, Tell, because, history_folder
from noctui.runtime.headless_writer import writing
from noctui.runtime.ingest import Ingest, Store, Tally
from noctui.runtime.people import here
from noctui.settings import Settings
from noctui.sources.mail.box import MailboxError
from noctui.sources.mail.given import GivenMailbox
from noctui.sources.mail.opening import open_mailbox
from noctui.stores.bus.folder import is_led
from noctui.stores.history import HistoryReader, Writer, open_reader
from noctui.stores.history.acting import deposit_act
from noctui.stores.history.mail_inbox import deposit_mails
from noctui.stores.history.mail_taking import line_of

Places = Callable[[str], dict[str, Place]]
PATIENCE = 30.0
"""Seconds that a leader has for what it was asked; it needs one."""
LOOK_SECONDS = 0.1
TRIES = 20
"""Times that the lock is tried when nobody seems to lead."""


@dataclass(slots=True)
class Read:
    """What one mailbox came to. `mails` are those that were not known, as far as that can be told here."""

    mailbox: str
    tally: Tally
    mails: list[Mail] = field(default_factory=list)


@dataclass(slots=True)
class Ingested:
    """`led_by` files what was read; "" when it is filed already."""

    reads: list[Read]
    led_by: str = ""

    @property
    def waiting(self) -> list[Mail]:
        return [mail for read in self.reads for mail in read.mails if mail.waits]

    @property
    def faults(self) -> list[str]:
        return [text for read in self.reads for text in (read.tally.fault, read.tally.unmarked) if text]


class Mailing:
    """Blocking work runs on threads; it may be ended between any two mails."""

    def __init__(self, settings: Settings, clock: Clock, tell: Tell) -> None:
        self._settings, self._clock, self._tell = settings, clock, tell

    async def ingest(self, boxes: Sequence[MailboxSettings], files: Sequence[Path] = ()) -> Ingested:
        """Read mailboxes, or files given by hand, once. Raises Stopped."""
        folder = history_folder(self._settings)
        history = open_reader(folder)
        try:
            newest = history.latest()
            inventory = None if newest is None else history.inventory(newest)
            for _ in range(TRIES):
                if is_led(folder):
                    leader = Follower(folder).leader() or "another noctui"
                    return Ingested(await self._beside(folder, history, inventory, boxes, files), leader)
                with writing(folder, folder.name, self._settings) as writer:
                    if writer is not None:
                        return Ingested(await self._alone(writer, inventory, boxes, files))
                await self._clock.sleep(LOOK_SECONDS)
            raise Stopped("another noctui has the data folder, and does not lead", "leader")
        except HistoryError as error:
            raise because(error) from error
        finally:
            history.close()

    async def _alone(
        self, writer: Writer, inventory: Inventory | None, boxes: Sequence[MailboxSettings], files: Sequence[Path]
    ) -> list[Read]:
        filing = self._filing(writer, inventory)
        try:
            await filing.take_left()
            places = writer.mail_places
            return [await self._one(filing, box, places, filing.file) for box in _boxes(boxes, files)]
        finally:
            filing.reader.rest()

    async def _beside(
        self,
        folder: Path,
        history: HistoryReader,
        inventory: Inventory | None,
        boxes: Sequence[MailboxSettings],
        files: Sequence[Path],
    ) -> list[Read]:
        def leave(mails: Sequence[MailIn]) -> Sequence[Filed]:
            deposit_mails(folder, mails)
            return [Filed(mail=line_of(one)) for one in mails]

        filing = self._filing(None, inventory)
        try:
            return [await self._one(filing, box, history.mail_places, leave) for box in _boxes(boxes, files)]
        finally:
            filing.reader.rest()

    def _filing(self, writer: Writer | None, inventory: Inventory | None) -> Filing:
        return Filing(
            self._settings.mails, self._settings.roles, self._clock, writer=lambda: writer, inventory=lambda: inventory
        )

    async def _one(
        self, filing: Filing, settings: MailboxSettings | GivenMailbox, places: Places, store: Store
    ) -> Read:
        mails: list[Mail] = []

        def stored(those: Sequence[MailIn]) -> Sequence[Filed]:
            filed = store(those)
            mails.extend(one.mail for one in filed if one.new)
            self._tell(Step("reading", f"reading {name}: {len(mails)} mails", len(mails)))
            return filed

        name = settings.name
        try:
            box = settings if isinstance(settings, GivenMailbox) else open_mailbox(settings)
        except MailboxError as error:
            return Read(name, Tally(fault=error.text))
        ingest = Ingest(box, filing.reader, places, stored, filing.judge.notice, self._clock.now)
        try:
            tally = await asyncio.to_thread(ingest.round)
        finally:
            ingest.stop()
            box.close()
        if isinstance(box, GivenMailbox) and box.missing:
            tally.fault = "; ".join(box.missing[:5])
        return Read(name, tally, mails)

    async def reparse(self, keys: Sequence[str]) -> list[AuditEntry]:
        """Have mails of the ledger read again; what came of each. Raises Stopped."""
        folder = history_folder(self._settings)
        person = here(self._settings.roles)
        if not person.may(REPARSE):
            raise Stopped(person.why_not(REPARSE), "usage")
        act = Act(
            act_id=secrets.token_hex(16), kind=REPARSE, alarm_ids=tuple(keys), who=person.who, role=person.role,
            origin=person.origin, at=self._clock.now(),
        )  # fmt: skip
        history = open_reader(folder)
        try:
            deposit_act(folder, act)
            began = self._clock.monotonic()
            while not (entries := await _audit(history, act.act_id)):
                if not is_led(folder):
                    with writing(folder, folder.name, self._settings) as writer:
                        if writer is not None:
                            await self._do(writer, history)
                            continue
                if self._clock.monotonic() - began > PATIENCE:
                    leader = Follower(folder).leader() or "another noctui"
                    raise Stopped(f"{leader} leads, but has not done it in {PATIENCE:.0f} s; it waits for it", "leader")
                await self._clock.sleep(LOOK_SECONDS)
            return entries
        except HistoryError as error:
            raise because(error) from error
        finally:
            history.close()

    async def _do(self, writer: Writer, history: HistoryReader) -> None:
        newest = history.latest()
        filing = self._filing(writer, None if newest is None else history.inventory(newest))
        try:
            await filing.act()
        finally:
            filing.reader.rest()


async def _audit(history: HistoryReader, act_id: str) -> list[AuditEntry]:
    found = await history.reader(0.0, live=True).audit(Range(0.0, 1e17), 100_000, act_id=act_id)
    return list(reversed(found))


def _boxes(
    boxes: Sequence[MailboxSettings], files: Sequence[Path]
) -> Sequence[MailboxSettings] | Sequence[GivenMailbox]:
    return [GivenMailbox(files)] if files else boxes
