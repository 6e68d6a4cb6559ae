"""Mails in a leader: mailboxes read on their threads, each mail stored once and then marked; what people do about
them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec import structs

from noctui.alarm_settings import EVERYBODY, Roles
from noctui.clock import FixedClock
from noctui.mail_settings import EXCEPTION, SUCCESS, MailboxSettings, MailSettings
from noctui.model.alarms import Act
from noctui.model.health import MailboxHealth
from noctui.model.inventory import Inventory
from noctui.model.mails import FILL, REPARSE, Filled, said
from noctui.model.notices import Affected, Impact, Notice, Outcome, Window
from noctui.model.scene import Range
from noctui.model.works import Work
from noctui.planned.reading import read
from noctui.runtime.filing import Filing
from noctui.runtime.judging import carriers
from noctui.runtime.people import name_of
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History, HistoryReader, Writer
from noctui.stores.history.acting import deposit_act
from tests.stores.made import ORG, START
from tests.stores.notices import DAY, carried, written

ALL = Range(START - DAY, START + 30 * DAY)
NOW = START + 3600


class Inside:
    """Reads mails in this process."""

    def __init__(self, settings: MailSettings) -> None:
        self._carriers = carriers(settings)

    def read(self, data: bytes, sender: str = "") -> Notice:
        return read(data, self._carriers, sender)

    def rest(self) -> None:
        """It holds nothing."""


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("noctui.runtime.filing.LOOK_SECONDS", 0.01)


class Place:
    """A data folder with its writer and reader, and a mailbox beside it."""

    def __init__(self, root: Path) -> None:
        self.data, self.box = root / "data", root / "box"
        self.data.mkdir()
        self.box.mkdir()
        self.lock = FolderLock(self.data)
        assert self.lock.try_acquire()
        self.writer: Writer = History.create_or_open(self.data, ORG).writer(self.lock)
        self.reader: HistoryReader = History.create_or_open(self.data, ORG).reader()
        self.learned: list[Work] = []
        self.faults: list[str] = []
        self.told: list[tuple[MailboxHealth, ...]] = []
        self.inventory: Inventory = carried()
        self.writer.learn(self.inventory)

    def drop(self, name: str, data: bytes) -> None:
        (self.box / name).write_bytes(data)
        os.utime(self.box / name, (START, START))

    def names(self, folder: str = "") -> list[str]:
        return sorted(p.name for p in (self.box / folder).glob("*.eml"))

    @asynccontextmanager
    async def filing(
        self, roles: Roles = EVERYBODY, path: Path | None = None, providers: tuple[Mapping[str, object], ...] = ()
    ) -> AsyncIterator[Filing]:
        settings = MailSettings((MailboxSettings("noc", "folder", path or self.box, seconds=0.02),), providers)
        filing = Filing(
            settings, roles, FixedClock(NOW), writer=lambda: self.writer, inventory=lambda: self.inventory,
            learned=self.learned.extend, erred=self.faults.append, told=lambda boxes: self.told.append(tuple(boxes)),
        )  # fmt: skip
        filing.reader = Inside(settings)  # the process that reads is tested by itself
        filing.begin()
        try:
            yield filing
        finally:
            await filing.stop()

    def act(self, kind: str, *keys: str, why: str = "", detail: str = "") -> Act:
        act = Act(act_id=f"{kind}-{keys}", kind=kind, alarm_ids=keys, who="jmo", at=NOW, why=why, detail=detail)
        deposit_act(self.data, act)
        return act


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.reader.close()
    made.writer.close()
    made.lock.release()


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not so():
            await asyncio.sleep(0.01)


async def test_a_mail_in_the_folder_is_planned_work_in_the_history(place: Place) -> None:
    place.drop("1.eml", written("CHG-1"))
    place.drop("2.eml", written("CHG-2").replace(b" UTC", b""))
    async with place.filing():
        await until(lambda: len(place.names(SUCCESS)) == len(place.names(EXCEPTION)) == 1)
    assert place.names() == []
    (work,) = await place.reader.reader(NOW).works(ALL)
    assert (work.name, work.known_at, work.circuit_ids) == ("Zayo CHG-1", NOW, ("s0:ge-0/0/0",))
    assert [structs.replace(w, matched=()) for w in (work,)] == place.learned
    (dead,) = await place.reader.reader(NOW).mails(ALL, waiting=True)
    assert (dead.outcome, dead.mailbox, dead.place) == (Outcome.FAILED, "noc", "2.eml")


async def test_a_mailbox_that_cannot_be_read_is_said_once_and_tried_again(place: Place, tmp_path: Path) -> None:
    later = tmp_path / "later"
    async with place.filing(path=later):
        await until(lambda: len(place.faults) == 1)
        await until(lambda: len(place.told) > 1)
        ((before,), (failed,)) = place.told[:2]
        assert (before.name, before.since, before.every, before.read_at, before.fault) == ("noc", NOW, 0.02, 0.0, "")
        assert (failed.read_at, failed.failed_at) == (0.0, NOW)
        assert failed.fault == f"{later} cannot be read: No such file or directory"
        later.mkdir()
        place.box = later
        place.drop("1.eml", written())
        await until(lambda: place.names(SUCCESS) == ["1.eml"])
        await until(lambda: place.told[-1][0].read_at == NOW)
    (last,) = place.told[-1]
    assert (last.fault, last.failed_at) == ("", 0.0)
    assert place.faults == [f"mailbox noc: {later} cannot be read: No such file or directory"]


async def test_a_notice_about_no_circuit_of_ours_waits_until_the_inventory_knows_it(place: Place) -> None:
    place.drop("1.eml", written(circuits=("IC-777",)))
    async with place.filing():
        await until(lambda: place.names(EXCEPTION) == ["1.eml"])
        (dead,) = await place.reader.reader(NOW).mails(ALL, waiting=True)
        assert (dead.outcome, dead.why) == (Outcome.UNKNOWN_CIRCUIT, "no circuit of ours: IC-777")
        assert [w.name for w in await place.reader.reader(NOW).works(ALL)] == ["Zayo CHG-1"]
        first, *others = place.inventory.circuits
        known = (structs.replace(first, carrier_circuit_id="IC-777"), *others)
        place.inventory = structs.replace(place.inventory, rev=2, circuits=known)
        await until(lambda: not place.writer.mails_waiting())


async def test_read_again_and_filled_in_by_hand(place: Place) -> None:
    place.drop("1.eml", written("CHG-2").replace(b" UTC", b""))
    async with place.filing():
        await until(lambda: place.names(EXCEPTION) == ["1.eml"])
        (dead,) = place.writer.mails_waiting()
        place.act(REPARSE, dead.key, "nobody@knows")
        await until(lambda: not place.writer.acts())
        (again,) = place.writer.mails_waiting()
        assert (again.tried, again.outcome) == (2, Outcome.FAILED)
        form = Filled(
            provider="Zayo",
            maintenance_id="CHG-2",
            windows=(Window(start=int(START) + DAY, end=int(START) + DAY + 60),),
            circuits=(Affected(circuit="IC-10000", impact=Impact.OUTAGE),),
        )
        place.act(FILL, dead.key, why="no zone; they told us by phone", detail=said(form))
        await until(lambda: not place.writer.acts())
    (work,) = await place.reader.reader(NOW).works(ALL)
    assert (work.name, work.announced_at, work.circuit_ids) == ("Zayo CHG-2", START, ("s0:ge-0/0/0",))
    found = await place.reader.reader(NOW).mail(dead.key)
    assert found is not None
    assert (found.mail.by, found.mail.outcome, found.mail.tried) == (name_of(os.getuid()), Outcome.PARSED, 3)
    audit = await place.reader.reader(NOW, live=True).audit(ALL)
    assert [(e.action, e.subject == dead.key, e.outcome) for e in reversed(audit)] == [
        ("reparse", True, "done: failed"),
        ("reparse", False, "no such mail, or it is older than is kept"),
        ("fill", True, "done: parsed"),
    ]


async def test_a_viewer_may_not_and_a_form_without_a_window_is_refused(place: Place) -> None:
    place.drop("1.eml", written().replace(b" UTC", b""))
    async with place.filing(Roles(operator=())):
        await until(lambda: place.names(EXCEPTION) == ["1.eml"])
        (dead,) = place.writer.mails_waiting()
        place.act(REPARSE, dead.key)
        await until(lambda: not place.writer.acts())
    async with place.filing():
        place.act(FILL, dead.key, why="x", detail=said(Filled(provider="Zayo", maintenance_id="1")))
        await until(lambda: not place.writer.acts())
    assert place.writer.mails_waiting() == (dead,)
    audit = await place.reader.reader(NOW, live=True).audit(ALL)
    assert ["viewer here" in e.outcome for e in reversed(audit)] == [True, False]
    assert audit[0].outcome.startswith("give at least one window")


ACME: Mapping[str, object] = {"name": "Acme", "domains": ["acme.example"], "names": ["Zayo"]}


async def test_mails_of_nobody_are_read_again_once_the_settings_know_their_carrier(place: Place) -> None:
    """Sent by it, or forwarded by somebody of the house; what is still nobody's is left alone."""
    forward = written("CHG-2", sender="noc@acme.example").partition(b"\r\n\r\n")[2].decode()
    head = "From: ana@grocer.example\nSubject: FW: Planned maintenance\nMessage-ID: <2@x>\n\n"
    inner = "-----Original Message-----\nFrom: noc@mail.acme.example\nSent: x\nSubject: Planned maintenance CHG-2\n\n"
    place.drop("1.eml", written("CHG-1", sender="noc@acme.example"))
    place.drop("2.eml", (head + inner + forward).encode())
    place.drop("3.eml", written("CHG-3", sender="noc@other.example"))
    async with place.filing():
        await until(lambda: len(place.names(EXCEPTION)) == 3)
    assert not await place.reader.reader(NOW).works(ALL)
    async with place.filing(providers=(ACME,)):
        await until(lambda: len(place.names(SUCCESS)) == 2)
    assert [w.name for w in await place.reader.reader(NOW).works(ALL)] == ["Acme CHG-1", "Acme CHG-2"]
    (left,) = place.writer.mails_waiting()
    assert (left.place, left.tried) == ("3.eml", 1)
