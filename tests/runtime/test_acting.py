"""Acts in a leader: what one of them cannot do must not keep the others waiting."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from noctui.alarm_settings import AlarmSettings, Roles
from noctui.clock import FixedClock
from noctui.engine.alarms.book import Acted, AlarmBook
from noctui.engine.prose import hhmm
from noctui.model.alarms import SELF, Act, Alarm
from noctui.model.scene import Status
from noctui.model.stores import HistoryError
from noctui.runtime.alarming import BROKE, Alarming
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import Writer, open_reader, open_writer
from noctui.stores.history.acting import deposit_act
from tests.faults.disk import small_disk
from tests.stores.made import START

ME = pwd.getpwuid(os.getuid()).pw_name
DOWN = Alarm(
    alarm_id="circuit/a/down@1", key="circuit/a/down", source="engine", type="down", severity=0, worst=0, opened=START,
    changed=START, known_at=START, text="down",
)  # fmt: skip


class Fragile(AlarmBook):
    """A book with a fault: it breaks at one act."""

    def act(self, acts: Iterable[Act], at: float) -> Acted:
        given = tuple(acts)
        if any(act.act_id == "a1" for act in given):
            raise RuntimeError("a fault")
        return super().act(given, at)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    lock = FolderLock(tmp_path)
    assert lock.try_acquire()
    made = open_writer(tmp_path, "o", lock)
    yield made
    made.close()
    lock.release()


def led(book: AlarmBook, roles: Roles | None = None) -> Alarming:
    book.warm((DOWN,), (), START)
    made = Alarming(AlarmSettings(), roles or Roles(), FixedClock(START + 60))
    made._book = book
    return made


def noted(act_id: str) -> Act:
    return Act(act_id=act_id, kind="note", alarm_ids=(DOWN.alarm_id,), who=ME, at=START, why=act_id)


def outcomes(writer: Writer) -> list[tuple[str, str]]:
    return [tuple(row) for row in writer.db.execute("SELECT act_id, outcome FROM audit ORDER BY id")]


def test_an_act_that_breaks_the_book_is_said_in_the_audit_and_the_others_are_done(
    tmp_path: Path, writer: Writer, caplog: pytest.LogCaptureFixture
) -> None:
    alarming = led(Fragile())
    for act_id in ("a0", "a1", "a2"):
        deposit_act(tmp_path, noted(act_id))
    assert alarming.act(writer)
    assert outcomes(writer) == [("a0", "done"), ("a1", BROKE), ("a2", "done")]
    assert [n.text for n in alarming.alarms.by_id[DOWN.alarm_id].notes] == ["a0", "a2"]
    assert not alarming.act(writer), "none of them lies there any more"
    assert "alarms.act_broke" in caplog.messages


def test_an_act_until_the_end_of_time_is_refused_and_keeps_nobody_waiting(tmp_path: Path, writer: Writer) -> None:
    """An end that no calendar can show broke the words of the audit, and with them every act after it."""
    alarming = led(AlarmBook())
    for until in (1e300, 1e13, -1.0):
        ack = Act(act_id=f"{until}", kind="ack", alarm_ids=(DOWN.alarm_id,), who=ME, at=START, why="x", until=until)
        deposit_act(tmp_path, ack)
        alarming.act(writer)
    deposit_act(tmp_path, noted("a9"))
    assert alarming.act(writer)
    assert outcomes(writer) == [("a9", "done")]
    assert len([*(tmp_path / "inbox").glob("*.refused")]) == 3


@pytest.mark.parametrize("time", [1e300, -1e300, 9e15, -1.0])
def test_a_time_that_no_calendar_shows_is_a_dash(time: float) -> None:
    assert hhmm(time, START) == "–"
    assert hhmm(START, time) == "Dec 1 00:00"


def test_a_person_who_may_not_is_refused_by_whoever_leads(tmp_path: Path, writer: Writer) -> None:
    alarming = led(AlarmBook(), Roles(operator=()))
    deposit_act(tmp_path, noted("a0"))
    alarming.act(writer)
    ((_, outcome),) = outcomes(writer)
    assert "is viewer here" in outcome
    history = open_reader(tmp_path)
    assert history.alarms_now().alarms == ()
    history.close()


def test_what_noctui_says_of_itself_while_there_is_no_poll_is_told_kept_and_over_when_it_is(writer: Writer) -> None:
    alarming = led(AlarmBook())
    lost = Status(fault="lost", fault_since=START + 30, fault_text="The collector broke (KeyError).")
    for status in (lost, lost, Status()):
        alarming.watch_itself(status, None)
        alarming.act(writer)
    rows = [a for a in writer.alarms_known(0.0) if a.source == SELF]
    assert [(a.text, a.opened, a.open) for a in rows] == [
        ("no new data: The collector broke (KeyError).", START + 30, False)
    ]
    assert alarming.alarms.by_id.keys() == {DOWN.alarm_id}


def test_an_act_on_a_full_disk_is_done_is_kept_once_there_is_room_and_stands_in_the_audit_once(tmp_path: Path) -> None:
    """Three looks at a full disk; meanwhile another act comes, and then the disk has room."""
    with small_disk(tmp_path / "disk") as disk:
        lock = FolderLock(disk.path)
        assert lock.try_acquire()
        writer = open_writer(disk.path, "o", lock)
        alarming = led(AlarmBook())
        deposit_act(disk.path, noted("a0"))
        deposit_act(disk.path, noted("a1"))
        disk.fill()
        for _ in range(3):
            with pytest.raises(HistoryError, match="full"):
                alarming.act(writer)
        assert [n.text for n in alarming.alarms.by_id[DOWN.alarm_id].notes] == ["a0", "a1"]
        with pytest.raises(HistoryError, match="No space left"):
            deposit_act(disk.path, noted("a2"))
        disk.free()
        assert alarming.act(writer)
        assert outcomes(writer) == [("a0", "done"), ("a1", "done")]
        assert writer.acts() == ()
        (kept,) = writer.alarms_known(0.0)
        assert [n.text for n in kept.notes] == ["a0", "a1"]
        writer.close()
        lock.release()


def test_what_was_done_and_not_written_is_done_again_by_the_next_leader(tmp_path: Path, writer: Writer) -> None:
    """Killed between the act and its write: the file lies there still."""
    deposit_act(tmp_path, noted("a0"))
    first = led(AlarmBook())
    first._done(first._book or AlarmBook(), writer.acts())  # and no more: it is gone
    second = led(AlarmBook())
    assert second.act(writer)
    assert outcomes(writer) == [("a0", "done")]
    assert [n.text for n in second.alarms.by_id[DOWN.alarm_id].notes] == ["a0"]
