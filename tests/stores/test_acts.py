"""What people do about alarms reaches the writer once, in order, under the name of whoever left it."""

from __future__ import annotations

import logging
import os
import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from noctui.model.alarms import Act, AuditEntry
from noctui.model.edges import Note
from noctui.model.stores import HistoryError
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History, HistoryFault, HistoryReader, Writer
from noctui.stores.history.acting import MOST_BYTES, NoAct, decoded, deposit_act
from noctui.stores.history.inbox import deposit, folder_of
from tests.stores.made import ORG, START, World, network
from tests.stores.test_alarms import ACK, ALL, alarm, did

ME = pwd.getpwuid(os.getuid()).pw_name
OPENED = alarm(START + 60)
TAKEN = changed(OPENED, known_at=START + 70, ack=ACK)


def act(act_id: str = "a1", **more: object) -> Act:
    given: dict[str, object] = {
        "act_id": act_id, "kind": "ack", "alarm_ids": (OPENED.alarm_id,), "who": ME, "at": START + 65,
        "why": "=1+1 [b]\x1b[2J", "until": START + 3600, "saw": (START + 60,),
    }  # fmt: skip
    return Act(**{**given, **more})  # type: ignore[arg-type]


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder_of(folder)))


async def test_an_act_is_taken_off_the_inbox_when_what_came_of_it_is_written(
    tmp_path: Path, writer: Writer, reader: HistoryReader
) -> None:
    writer.write(World(network()).poll(alarms=(OPENED,)))
    deposit_act(tmp_path, act())
    assert writer.acts() == writer.acts() == (act(),)
    assert len(names(tmp_path)) == 1, "it stays until then"
    note = Note(event_time=START + 70, known_at=START + 70, kind="ack", severity=4, site_id="s0", text="jmo took it")
    writer.write_acts(writer.acts(), (TAKEN,), (did(START + 70, "a1"),), (note,))

    assert (writer.acts(), names(tmp_path)) == ((), [])
    assert reader.alarms_now().alarms == (TAKEN,)
    read = reader.reader(START + 120)
    assert [e.act_id for e in await read.audit(ALL)] == ["a1"]
    assert await read.notes(ALL) == (note,)


def test_an_act_keeps_its_place_whatever_its_clock_says(tmp_path: Path, writer: Writer) -> None:
    given = [act("x", at=START + 2 * 86_400), act("y", at=START - 2 * 86_400), act("z")]
    for one in given:
        deposit_act(tmp_path, one)
    assert list(writer.acts()) == given


def test_who_did_it_is_who_left_the_file(tmp_path: Path, writer: Writer) -> None:
    deposit_act(tmp_path, act(who="somebody else"))
    key = deposit_act(tmp_path, act("a2"))
    if os.getuid() == 0:  # else nobody may give a file away
        os.chown(folder_of(tmp_path) / f"{key}.act", 54_321, -1)
        assert [a.who for a in writer.acts()] == [ME, "uid54321"]
    else:
        assert [a.who for a in writer.acts()] == [ME, ME]


def test_the_same_act_left_twice_counts_once(tmp_path: Path, writer: Writer) -> None:
    deposit_act(tmp_path, act())
    deposit_act(tmp_path, act())
    assert writer.acts() == (act(),)
    writer.write_acts((act(),), (TAKEN,), (did(START + 70, "a1"),), ())
    assert names(tmp_path) == []

    deposit_act(tmp_path, act())  # by somebody who did not hear of it
    assert (writer.acts(), names(tmp_path)) == ((), [])


def test_what_waits_for_another_is_left_to_it(tmp_path: Path, writer: Writer) -> None:
    deposit(tmp_path, "history", b"?")
    assert writer.acts() == ()
    deposit_act(tmp_path, act())
    writer.write(World(network()).poll())
    writer.apply_inbox()
    assert [name.rpartition(".")[2] for name in names(tmp_path)] == ["refused", "act"]


def test_what_cannot_be_done_is_set_aside_and_stops_nothing(
    tmp_path: Path, writer: Writer, caplog: pytest.LogCaptureFixture
) -> None:
    encode = msgspec.msgpack.encode
    bad = {
        b"\xff" * 100: "Expected `object`",
        b"": "truncated",
        encode({"act_id": "a"}): "required field",
        encode(act(kind="rm")): "'rm' is none of ack, unack",
        encode(act(alarm_ids=(), saw=())): "names no alarm",
        encode(act(saw=(1.0, 2.0))): "it saw 2 of 1",
        encode(act(until=float("nan"))): "a time that is none",
        encode(act("")): "no id of its own",
        encode({**msgspec.to_builtins(act()), "at": "now"}): "Expected `float`, got `str`",
    }
    for payload in bad:
        deposit(tmp_path, "act", payload)
    box, order = folder_of(tmp_path), "9" * 20
    (box / f"{order}-{'a' * 16}.act").symlink_to("/etc/passwd")
    (box / f"{order}-{'b' * 16}.act").mkdir()
    os.mkfifo(box / f"{order}-{'c' * 16}.act")
    (box / f"{order}-{'d' * 16}.act").touch()
    os.truncate(box / f"{order}-{'d' * 16}.act", MOST_BYTES + 1)
    (box / f"{order}-{'e' * 16}.act").write_bytes(msgspec.json.encode(act("by hand")))
    why = [*bad.values(), "a link", "no plain file", "no plain file", "bytes are no act"]

    with caplog.at_level(logging.ERROR):
        assert [a.act_id for a in writer.acts()] == ["by hand"]
    assert [w for w, r in zip(why, caplog.records, strict=True) if w not in r.__dict__["reason"]] == []
    assert sum(name.endswith(".refused") for name in names(tmp_path)) == len(why)
    assert [a.act_id for a in writer.acts()] == ["by hand"]


@given(st.binary(max_size=60) | st.builds(msgspec.msgpack.encode, st.dictionaries(st.text(max_size=5), st.booleans())))
def test_whatever_lies_there_is_an_act_or_refused(data: bytes) -> None:
    with pytest.raises((NoAct, msgspec.DecodeError)):
        decoded(data)


def test_a_full_disk_leaves_it_in_the_inbox(tmp_path: Path, writer: Writer) -> None:
    writer.write(World(network()).poll(alarms=(OPENED,)))
    deposit_act(tmp_path, act())
    found = writer.acts()
    writer.db.execute("PRAGMA max_page_count = 1")
    taken = changed(TAKEN, text="x" * 400_000)
    with pytest.raises(HistoryError, match="the disk is full"):
        writer.write_acts(found, (taken,), (did(START + 70, "a1"),), ())
    assert writer.acts() == found
    assert writer.alarms_known(START) == (OPENED,)
    writer.db.execute("PRAGMA max_page_count = 1000000")
    writer.write_acts(found, (taken,), (did(START + 70, "a1"),), ())
    assert (writer.acts(), writer.alarms_known(START)) == ((), (taken,))


def test_an_inbox_that_cannot_be_read_is_one_line(tmp_path: Path, writer: Writer) -> None:
    assert writer.acts() == ()
    folder_of(tmp_path).write_bytes(b"")
    with pytest.raises(HistoryFault, match="the inbox cannot be read: Not a directory"):
        writer.acts()


def test_a_look_at_an_empty_inbox_costs_next_to_nothing(tmp_path: Path, writer: Writer) -> None:
    """50 µs are the budget, since it is looked at twice a second; ten times that is said here, for busy machines."""
    folder_of(tmp_path).mkdir()
    writer.acts()
    began = time.process_time()
    for _ in range(200):
        writer.acts()
    assert (time.process_time() - began) / 200 < 500e-6


_LEAVE = """
import sys
from pathlib import Path
from noctui.model.alarms import Act
from noctui.stores.history.acting import deposit_act
for i in range(9):
    deposit_act(Path(sys.argv[1]), Act(act_id=f"{sys.argv[2]}{i}", kind="note", alarm_ids=("a",), who="x", at=float(i)))
"""


def test_two_processes_leave_acts_at_once(tmp_path: Path, writer: Writer) -> None:
    both = [subprocess.Popen([sys.executable, "-c", _LEAVE, str(tmp_path), name]) for name in "xy"]
    for process in both:
        assert process.wait() == 0
        acts = writer.acts()  # the other one may be in the middle of it
        writer.write_acts(acts, (), [_line(a) for a in acts], ())
    assert names(tmp_path) == []
    done = [row[0] for row in writer.db.execute("SELECT act_id FROM audit ORDER BY id")]
    assert sorted(done) == sorted(f"{name}{i}" for name in "xy" for i in range(9)), "each once"
    for name in "xy":
        assert [key for key in done if key.startswith(name)] == [f"{name}{i}" for i in range(9)], "in its own order"


def _line(one: Act) -> AuditEntry:
    return did(START + 70, one.act_id, subject=one.alarm_ids[0])


_DIE = """
import os, signal, sys
from pathlib import Path
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History
from noctui.model.alarms import Alarm, AuditEntry
import msgspec
folder, org, when, taken, line = sys.argv[1:]
lock = FolderLock(Path(folder))
assert lock.try_acquire()
writer = History.create_or_open(Path(folder), org).writer(lock)
alarms, audit = (msgspec.json.decode(taken, type=Alarm),), (msgspec.json.decode(line, type=AuditEntry),)
if when == "before":
    writer.db.set_trace_callback(lambda text: text == "COMMIT" and os.kill(os.getpid(), signal.SIGKILL))
else:
    Path.unlink = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
writer.write_acts(writer.acts(), alarms, audit, ())
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_between_write_and_unlink_does_it_once(tmp_path: Path, when: str) -> None:
    deposit_act(tmp_path, act())
    told = [msgspec.json.encode(one).decode() for one in (TAKEN, did(START + 70, "a1"))]
    command = [sys.executable, "-c", _DIE, str(tmp_path), ORG, when, *told]
    killed = subprocess.run(command, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(names(tmp_path)) == 1

    lock = FolderLock(tmp_path)
    assert lock.try_acquire()
    writer = History.create_or_open(tmp_path, ORG).writer(lock)
    assert [a.act_id for a in writer.acts()] == ([] if when == "after" else ["a1"])
    writer.write_acts(writer.acts(), (TAKEN,), [_line(a) for a in writer.acts()], ())
    assert writer.db.execute("SELECT act_id FROM audit").fetchall() == [("a1",)]
    assert (writer.alarms_known(START), names(tmp_path)) == ((TAKEN,), [])
    writer.close()
    lock.release()


def test_an_inbox_is_open_to_whom_the_data_folder_is_whoever_leaves_something_first(tmp_path: Path) -> None:
    """A folder of a group: a user who keeps everything private is the first to act."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o2770)
    before = os.umask(0o077)
    try:
        key = deposit_act(shared, act())
    finally:
        os.umask(before)
    assert folder_of(shared).stat().st_mode & 0o7777 == 0o2770
    assert (folder_of(shared) / f"{key}.act").stat().st_mode & 0o777 == 0o644
