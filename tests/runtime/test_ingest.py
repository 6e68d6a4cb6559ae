"""A round over one mailbox: stored at most once, tried at least once, whatever ends in between."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from noctui.mail_settings import SUCCESS, MailboxSettings
from noctui.model.mails import Filed, MailIn
from noctui.model.notices import Notice, Outcome
from noctui.model.scene import Range
from noctui.model.stores import HistoryError
from noctui.planned.reading import read
from noctui.runtime.ingest import AT_ONCE, Ingest, Store
from noctui.sources.mail.box import GoneError, Letter, MailboxError
from noctui.sources.mail.folder import FolderMailbox
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History, Writer
from tests.stores.made import ORG, START
from tests.stores.notices import written


class Counting:
    def __init__(self) -> None:
        self.count = 0

    def read(self, data: bytes, sender: str = "") -> Notice:
        self.count += 1
        return read(data, sender=sender)

    def rest(self) -> None:
        """It holds nothing."""


class Box(FolderMailbox):
    """A folder whose calls can be made to fail: by the name of the call, what is raised at the n-th."""

    def __init__(self, path: Path, after: str = "") -> None:
        super().__init__(MailboxSettings("noc", "folder", path, after=after))
        self.fails: dict[str, tuple[int, BaseException]] = {}
        self.calls: dict[str, int] = {}

    def _call(self, name: str) -> None:
        self.calls[name] = self.calls.get(name, 0) + 1
        nth, error = self.fails.get(name, (0, KeyError()))
        if self.calls[name] == nth:
            raise error

    def fetch(self, letter: Letter) -> bytes:
        self._call("fetch")
        return super().fetch(letter)

    def mark(self, letter: Letter, outcome: Outcome) -> None:
        self._call("mark")
        super().mark(letter, outcome)


class Killed(BaseException):
    """Ends the process, as far as it goes without one."""


class Place:
    def __init__(self, root: Path) -> None:
        self.path, data = root / "box", root / "data"
        self.path.mkdir()
        data.mkdir()
        self.lock = FolderLock(data)
        assert self.lock.try_acquire()
        self.writer: Writer = History.create_or_open(data, ORG).writer(self.lock)
        self.reader = Counting()
        self.box = Box(self.path)

    def drop(self, count: int) -> None:
        for i in range(count):
            file = self.path / f"{i:02}.eml"
            file.write_bytes(written(f"CHG-{i}", at=START + i))
            os.utime(file, (START + i, START + i))

    def ingest(self, store: Store | None = None) -> Ingest:
        """As a process that has just begun."""
        write = store or (lambda mails: self.writer.write_mails(mails))
        return Ingest(self.box, self.reader, self.writer.mail_places, write, now=lambda: START + 100)

    async def keys(self) -> list[str]:
        history = History.create_or_open(self.writer.folder, ORG).reader()
        try:
            return sorted(m.key for m in await history.reader(START + 200).mails(Range(START, START + 1000)))
        finally:
            history.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.writer.close()
    made.lock.release()


async def test_killed_between_storing_and_marking_it_is_only_marked(place: Place) -> None:
    place.drop(3)
    place.box.fails["mark"] = 2, Killed()
    with pytest.raises(Killed):
        place.ingest().round()
    assert len(list(place.path.glob("*.eml"))) == 2
    assert place.writer.mail_places("noc").keys() == {"00.eml", "01.eml", "02.eml"}
    tally = place.ingest().round()
    assert (tally.read, place.reader.count) == (0, 3)
    assert not list(place.path.glob("*.eml"))
    assert len(list((place.path / SUCCESS).glob("*.eml"))) == len(await place.keys()) == 3


async def test_killed_before_storing_it_is_read_again(place: Place) -> None:
    place.drop(3)

    def dies(mails: Sequence[MailIn]) -> Sequence[Filed]:
        raise Killed

    with pytest.raises(Killed):
        place.ingest(dies).round()
    assert len(list(place.path.glob("*.eml"))) == 3
    assert place.ingest().round().new == 3
    assert len(await place.keys()) == 3


async def test_what_cannot_be_stored_waits_in_the_mailbox(place: Place) -> None:
    place.drop(AT_ONCE + 1)
    full = [False, True]

    def fills(mails: Sequence[MailIn]) -> Sequence[Filed]:
        if full.pop(0):
            raise HistoryError("the disk is full")
        return place.writer.write_mails(mails)

    with pytest.raises(HistoryError):
        place.ingest(fills).round()
    assert len(list(place.path.glob("*.eml"))) == 1
    assert place.ingest().round().new == 1


@pytest.mark.parametrize(("call", "error", "told"), [
    ("fetch", GoneError("gone"), lambda t: (t.new, t.gone, t.fault, t.unmarked) == (2, 1, "", "")),
    ("fetch", MailboxError("it hung up"), lambda t: (t.new, t.gone, t.fault, t.unmarked) == (1, 0, "it hung up", "")),
    ("mark", MailboxError("read only"), lambda t: (t.new, t.gone, t.fault, t.unmarked) == (3, 0, "", "read only")),
])  # fmt: skip
async def test_what_goes_wrong_with_one_does_not_harm_the_others(
    place: Place, call: str, error: Exception, told: Callable[[object], bool]
) -> None:
    place.drop(3)
    place.box.fails[call] = 2, error
    ingest = place.ingest()
    tally = ingest.round()
    assert told(tally), tally
    if not isinstance(error, GoneError):
        assert ingest.round().read == 3 - tally.new
        assert not list(place.path.glob("*.eml"))
        assert len(await place.keys()) == 3


async def test_where_nothing_is_marked_the_ledger_knows(place: Place) -> None:
    place.box = Box(place.path, "keep")
    place.drop(2)
    ingest = place.ingest()
    assert [ingest.round().read, ingest.round().read, place.ingest().round().read] == [2, 0, 0]
    (place.path / "00.eml").write_bytes(written("CHG-9", at=START + 50))
    os.utime(place.path / "00.eml", (START + 60, START + 60))
    assert ingest.round().new == 1
    assert len(await place.keys()) == 3
