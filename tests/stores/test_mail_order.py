"""Whatever order the notices of a work come in, however often they come and are read again: what is known in the end is
the same, and each mail is there once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from noctui.model.mails import MailIn
from noctui.model.notices import Affected, Maintenance, Notice, Outcome, Status, Window
from noctui.planned.updating import Told, folded
from noctui.stores.history.mail_rows import mail_of, select_mails
from noctui.stores.history.mail_taking import write_mails
from noctui.stores.history.schema import STEPS
from noctui.stores.history.versions import NOW
from noctui.stores.history.work_rows import newest_work, select_life

KEY = ("Zayo", "chg-1")


@pytest.fixture(scope="module")
def file() -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    for step in STEPS:
        db.executescript(step)
    yield db
    db.close()


@st.composite
def notices(draw: st.DrawFn) -> tuple[Notice, ...]:
    """Of one work, each with a stamp of its own; a notice may say no status, no windows, no circuits."""
    stamps = draw(st.lists(st.integers(0, 50), min_size=1, max_size=6, unique=True))
    made = []
    for n, stamp in enumerate(stamps):
        windows = draw(st.lists(st.integers(0, 9), max_size=2, unique=True))
        work = Maintenance(
            provider="Zayo",
            maintenance_id=draw(st.sampled_from(["CHG-1", "chg - 1"])),
            status=draw(st.sampled_from(Status)),
            windows=tuple(Window(start=1000 * w, end=1000 * w + 500) for w in sorted(windows)),
            circuits=tuple(Affected(circuit=f"IC-{c}") for c in draw(st.lists(st.integers(0, 2), unique=True))),
            stamp=stamp,
        )
        made.append(Notice(key=f"{n}@zayo", outcome=Outcome.PARSED, sender="x@zayo.com", maintenances=(work,)))
    return tuple(made)


def given_at(notice: Notice, at: float, again: bool = False) -> MailIn:
    return MailIn(notice=notice, mailbox="noc", place="" if again else notice.key, tried_at=at, body=None, again=again)


@given(notices(), st.data())
@settings(deadline=None)
def test_what_is_known_in_the_end_is_the_same(
    file: sqlite3.Connection, those: tuple[Notice, ...], data: st.DataObject
) -> None:
    file.execute("BEGIN")
    try:
        said: set[str] = set()
        order = data.draw(st.permutations([*those, *data.draw(st.lists(st.sampled_from(those), max_size=3))]))
        at = 100.0
        for notice in order:
            at += 1.0
            write_mails(file, [given_at(notice, at)], said)
        first = {notice.key: 101 + order.index(notice) for notice in those}
        told = [Told(m, first[n.key], n.key) for n in those for m in n.maintenances]
        last = folded(told)[KEY][-1]
        work, since = newest_work(file, KEY, said)
        assert work is not None
        assert work.maintenance == last.maintenance
        assert since <= at
        assert len(select_mails(file, 0, NOW, NOW, 100, False, said)) == len(those)

        life = select_life(file, KEY, NOW, said)
        assert [w.version for w in life] == list(range(1, len(those) + 1))
        assert all(w.announced_at <= w.known_at and w.first_known_at == life[0].known_at for w in life)
        for notice in data.draw(st.permutations(those)):  # read again: nothing new
            at += 1.0
            (filed,) = write_mails(file, [given_at(notice, at, again=True)], said)
            assert (filed.works, filed.new, filed.mail.tried) == ((), False, 2)
        assert newest_work(file, KEY, said)[0] == work

        gone = data.draw(st.sampled_from(those))  # it turns out to be about nothing: as if it had never come
        write_mails(
            file, [given_at(structs.replace(gone, outcome=Outcome.IGNORED, maintenances=()), at + 1, True)], said
        )
        left = folded(t for t in told if t.notice != gone.key).get(KEY)
        newest, _ = newest_work(file, KEY, said)
        assert newest is not None
        assert newest.maintenance == left[-1].maintenance if left else newest.maintenance.status is Status.CANCELLED
        assert mail_of(file, gone.key, NOW, said) is not None
    finally:
        file.execute("ROLLBACK")
