"""Mails of servers in a leader: stored once, then marked; while the loop goes on, and when it is killed between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from noctui.alarm_settings import EVERYBODY
from noctui.clock import FixedClock
from noctui.mail_settings import EXCEPTION, SUCCESS, MailboxSettings, MailSettings
from noctui.model.inventory import Inventory
from noctui.model.notices import Notice, Outcome
from noctui.model.scene import Range
from noctui.planned.reading import read
from noctui.runtime.filing import Filing
from noctui.sim.helpdesk import Faults, Helpdesk
from noctui.sources.mail.imap import ImapMailbox
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History, HistoryReader, Writer
from tests.dovecot import SECRET, dovecot
from tests.stores.made import ORG, START
from tests.stores.notices import DAY, carried, written

ALL = Range(START - DAY, START + 30 * DAY)
TOKEN = "helpdesk-token-0123456789"


class Inside:
    """Reads mails in this process."""

    def read(self, data: bytes, sender: str = "") -> Notice:
        return read(data, sender=sender)

    def rest(self) -> None:
        """It holds nothing."""


class Leader:
    """A data folder with its writer and reader."""

    def __init__(self, data: Path) -> None:
        data.mkdir()
        self.lock = FolderLock(data)
        assert self.lock.try_acquire()
        self.writer: Writer = History.create_or_open(data, ORG).writer(self.lock)
        self.reader: HistoryReader = History.create_or_open(data, ORG).reader()
        self.inventory: Inventory = carried()
        self.writer.learn(self.inventory)
        self.faults: list[str] = []

    @asynccontextmanager
    async def reads(self, box: MailboxSettings) -> AsyncIterator[Filing]:
        """A term in which the mailbox is read."""
        filing = Filing(
            MailSettings((box,)), EVERYBODY, FixedClock(START + 3600), writer=lambda: self.writer,
            inventory=lambda: self.inventory, erred=self.faults.append,
        )  # fmt: skip
        filing.reader = Inside()  # the process that reads is tested by itself
        filing.begin()
        try:
            yield filing
        finally:
            await filing.stop()

    async def stored(self, many: int) -> list[tuple[str, Outcome, int]]:
        """Key, outcome and tries of so many mails, once they are there."""
        async with asyncio.timeout(20):
            while len(mails := await self.reader.reader(START + 7200).mails(ALL)) < many:
                await asyncio.sleep(0.01)
        return sorted((m.key, m.outcome, m.tried) for m in mails)

    def close(self) -> None:
        self.reader.close()
        self.writer.close()
        self.lock.release()


@pytest.fixture
def leader(tmp_path: Path) -> Iterator[Leader]:
    made = Leader(tmp_path / "data")
    yield made
    made.close()


@asynccontextmanager
async def helpdesk() -> AsyncIterator[tuple[Helpdesk, MailboxSettings]]:
    desk = Helpdesk(TOKEN)
    await desk.start()
    yield desk, MailboxSettings("desk", "zammad", url=desk.url, secret=TOKEN, folder="NOC", seconds=0.05, timeout=2.0)
    await desk.close()


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not so():
            await asyncio.sleep(0.01)


async def test_what_comes_while_the_server_is_listened_to_is_stored_and_then_marked(leader: Leader) -> None:
    with dovecot() as server:
        url = f"imap://127.0.0.1:{server.port}"
        box = MailboxSettings("noc", "imap", url=url, user="noc", secret=SECRET, seconds=30.0)
        server.deliver(written("CHG-1"))
        async with leader.reads(box):
            await leader.stored(1)
            began = time.monotonic()
            server.deliver(written("CHG-2").replace(b" UTC", b""))
            stored = await leader.stored(2)
            assert time.monotonic() - began < 15, "told, not asked for half a minute later"
            other = ImapMailbox(box)
            await until(lambda: other.waiting() == 0)
        found = {word: other.checked().uid("SEARCH", "KEYWORD", word)[0] for word in (SUCCESS, EXCEPTION)}
        other.close()
    assert stored == [
        (f"CHG-1.{START:.0f}@zayo.com", Outcome.PARSED, 1), (f"CHG-2.{START:.0f}@zayo.com", Outcome.FAILED, 1),
    ]  # fmt: skip
    assert found == {SUCCESS: b"1", EXCEPTION: b"2"}


async def test_a_mail_whose_mark_is_lost_is_stored_once_and_marked_later(leader: Leader) -> None:
    async with helpdesk() as (desk, box):
        desk.receive(written("CHG-1"))
        desk.faults = Faults(status=500, only="tags")
        async with leader.reads(box):
            assert [m[1:] for m in await leader.stored(1)] == [(Outcome.PARSED, 1)]
            await until(lambda: bool(leader.faults))
        assert desk.tickets[1].tags == set()
        desk.faults = Faults()
        async with leader.reads(box):  # another term: it knows of the mail by the ledger alone
            await until(lambda: desk.tickets[1].tags == {SUCCESS})
        assert [m[1:] for m in await leader.stored(1)] == [(Outcome.PARSED, 1)]
        assert desk.heard["/api/v1/ticket_article_plain/1001"] == 1
    assert leader.faults == [f"mailbox desk: {desk.url.removeprefix('http://')}/api/v1/tags/add: 500 as was asked for"]


async def test_a_server_that_stalls_does_not_hold_the_loop(leader: Leader) -> None:
    async with helpdesk() as (desk, box):
        desk.receive(written("CHG-1"))
        desk.faults = Faults(slow=0.5)
        async with leader.reads(box):
            turns, ends = 0, time.monotonic() + 1.0
            while time.monotonic() < ends:
                await asyncio.sleep(0.005)
                turns += 1
            desk.faults = Faults()
            assert [m[1:] for m in await leader.stored(1)] == [(Outcome.PARSED, 1)]
    assert turns > 20, "two answers would have been all, had it waited for them"


async def test_a_server_that_is_gone_for_a_while_is_said_once_and_read_when_it_is_back(leader: Leader) -> None:
    async with helpdesk() as (desk, box):
        port = int(box.url.rpartition(":")[2])
        desk.receive(written("CHG-1"))
        await desk.close()
        async with leader.reads(box):
            await until(lambda: bool(leader.faults))
            await desk.start(port=port)
            assert [m[1:] for m in await leader.stored(1)] == [(Outcome.PARSED, 1)]
    assert len(leader.faults) == 1
    assert "refuses connections" in leader.faults[0]
