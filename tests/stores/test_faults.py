"""What breaks is named, set aside or refused; nothing is believed and nothing deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from noctui.model.inventory import Circuit, Inventory
from noctui.model.stores import HistoryError
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import DamagedBlock, History, HistoryFault, HistoryReader, Writer
from noctui.stores.history.history import quick_check
from noctui.stores.history.schema import STEPS, check, migrate, schema_of
from tests.stores.made import ORG, START, World, difference, network


def test_a_damaged_block_is_named_and_its_neighbours_are_read(writer: Writer, reader: HistoryReader) -> None:
    world = World(network())
    first, second = world.poll(), world.poll()
    writer.write(first)
    writer.write(second)
    row, data = writer.db.execute("SELECT id, data FROM open WHERE at = ? AND tbl = 0", (first.view.at,)).fetchone()
    broken = data[:-3] + bytes([data[-3] ^ 1]) + data[-2:]
    writer.db.execute("UPDATE open SET data = ? WHERE id = ?", (broken, row))
    with pytest.raises(DamagedBlock, match=r"poll 2025-12-01T00:01Z circuits metric \d+ is damaged: checksum"):
        reader.view(first.view.at)
    found = reader.view(second.view.at)
    assert found is not None
    assert difference(second.view, found) == ""


def test_a_file_that_is_no_database_is_set_aside(tmp_path: Path, lock: FolderLock) -> None:
    (tmp_path / "history.db").write_bytes(b"not a database, surely" * 1000)
    writer = History.create_or_open(tmp_path, ORG).writer(lock)
    writer.write(World(network()).poll())
    writer.close()
    assert (tmp_path / "history.db.bad").read_bytes().startswith(b"not a database")


def test_a_second_bad_file_does_not_replace_the_first(tmp_path: Path, lock: FolderLock) -> None:
    history = History.create_or_open(tmp_path, ORG)
    for word in (b"one", b"two"):
        (tmp_path / "history.db").write_bytes(word * 1000)
        history.writer(lock).close()
        (tmp_path / "history.db").unlink()
    assert (tmp_path / "history.db.bad").read_bytes().startswith(b"one")
    assert (tmp_path / "history.db.bad2").read_bytes().startswith(b"two")


def test_the_check_names_what_is_corrupt(tmp_path: Path, writer: Writer) -> None:
    for record in World(network(400)).polls(5):
        writer.write(record)
    writer.close()
    path = tmp_path / "history.db"
    assert quick_check(path) == ""
    data = bytearray(path.read_bytes())
    data[8192 * 3 : 8192 * 9] = b"\xff" * 8192 * 6
    path.write_bytes(data)
    assert "corrupt" in quick_check(path)


def test_an_unclean_end_is_seen_at_the_next_start(tmp_path: Path, lock: FolderLock) -> None:
    history = History.create_or_open(tmp_path, ORG)
    first = history.writer(lock)
    assert not first.unclean
    first.db.close()  # as a kill leaves it
    second = history.writer(lock)
    assert second.unclean
    second.close()
    third = history.writer(lock)
    assert not third.unclean
    third.close()


def test_a_full_disk_is_one_clear_line_and_the_next_poll_goes_in(writer: Writer, reader: HistoryReader) -> None:
    world = World(network(60))
    writer.write(world.poll())
    pages = writer.db.execute("PRAGMA page_count").fetchone()[0]
    writer.db.execute(f"PRAGMA max_page_count = {pages}")

    def until_full() -> None:
        for record in world.polls(200):
            writer.write(record)

    with pytest.raises(HistoryError, match="the disk is full"):
        until_full()
    writer.db.execute("PRAGMA max_page_count = 1000000")
    last = world.poll()
    writer.write(last)
    found = reader.view(last.view.at)
    assert found is not None
    assert difference(last.view, found) == ""


def test_another_org_is_refused(tmp_path: Path, writer: Writer, lock: FolderLock) -> None:
    writer.close()
    with pytest.raises(HistoryFault, match="is of org org-1, not org-2"):
        History.create_or_open(tmp_path, "org-2").writer(lock)


def test_a_newer_schema_is_refused(tmp_path: Path, writer: Writer, lock: FolderLock, reader: HistoryReader) -> None:
    writer.db.execute("PRAGMA user_version = 99")
    writer.close()
    with pytest.raises(HistoryFault, match="newer than this noctui knows"):
        History.create_or_open(tmp_path, ORG).writer(lock)
    with pytest.raises(HistoryFault, match="newer than this noctui knows"):
        reader.latest()


def test_steps_are_applied_once_in_order(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    migrate(db, ORG)
    assert schema_of(db) == len(STEPS)
    more = (*STEPS, "CREATE TABLE later (x); INSERT INTO later VALUES (1);")
    with pytest.raises(HistoryFault, match="older schema"):
        check(db, ORG, more)
    for _ in range(2):
        migrate(db, ORG, more)
    assert db.execute("SELECT count(*) FROM later").fetchone()[0] == 1
    db.close()


def test_a_step_that_fails_leaves_the_schema_before_it(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    migrate(db, ORG)
    with pytest.raises(sqlite3.OperationalError):
        migrate(db, ORG, (*STEPS, "CREATE TABLE later (x); INSERT INTO nowhere VALUES (1);"))
    if db.in_transaction:
        db.execute("ROLLBACK")
    assert schema_of(db) == len(STEPS)
    assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'later'").fetchone()[0] == 0
    db.close()


def test_numbers_are_given_once_and_never_reused(open_writer: Callable[..., Writer], lock: FolderLock) -> None:
    writer = open_writer()
    writer.learn(network(6))
    assert writer.number("circuits", "s1:ge-0/0/0") == 2
    new = writer.number("circuits", "s9:ge-0/0/0")
    assert new == 6
    writer.learn(network(4, rev=2, known_at=START + 60))  # two circuits are gone
    writer.close()
    again = open_writer()
    assert again.number("circuits", "s2:ge-0/0/1") == 5
    assert again.number("circuits", "s10:ge-0/0/0") >= 6


def test_numbers_that_contradict_the_file_are_refused(writer: Writer) -> None:
    writer.learn(network(4))
    stranger = Circuit(circuit_id="x:y", circuit_no=1, site_id="x", port_id="y")
    with pytest.raises(HistoryFault, match="two different"):
        writer.learn(Inventory(org_id=ORG, rev=3, circuits=(stranger,)))


def test_a_file_that_turns_corrupt_is_set_aside_with_the_poll_in_hand_kept(tmp_path: Path, lock: FolderLock) -> None:
    history, world = History.create_or_open(tmp_path, ORG), World(network(60))
    writer = history.writer(lock)
    for record in world.polls(3):
        writer.write(record)
    (root,) = writer.db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'open'").fetchone()
    writer.close()
    path = tmp_path / "history.db"
    with path.open("r+b") as file:  # not what is read at the opening
        file.seek(8192 * (root - 1))
        file.write(b"\xa5" * 8192)
    again, reader = history.writer(lock), history.reader()
    now, later = world.poll(), world.poll()
    with pytest.raises(HistoryError, match=r"corrupt.*; it was set aside, a new history begins"):
        again.write(now)
    again.write(later)
    for record in (now, later):
        found = reader.view(record.view.at)
        assert found is not None
        assert difference(record.view, found) == ""
    assert b"\xa5" * 8192 in (tmp_path / "history.db.bad").read_bytes()
    reader.close()
    again.close()


def test_what_cannot_be_read_in_the_inbox_stops_nothing(tmp_path: Path, writer: Writer) -> None:
    writer.write(World(network()).poll())
    box = tmp_path / "inbox"
    box.mkdir()
    names = [f"{number:020}-{'a' * 16}.history" for number in range(4)]
    (box / names[0]).write_bytes(b"\xff" * 1000)
    (box / names[1]).mkdir()
    (box / names[2]).write_bytes(b"")
    (box / names[3]).symlink_to(tmp_path / "nowhere")
    taken = writer.apply_inbox()
    assert (taken.more, taken.history) == (False, False)
    assert sorted(path.name for path in box.iterdir()) == [f"{name}.refused" for name in names]


def test_an_inbox_that_is_no_folder_is_one_line(tmp_path: Path, writer: Writer) -> None:
    writer.write(World(network()).poll())
    (tmp_path / "inbox").write_bytes(b"")
    with pytest.raises(HistoryFault, match="the inbox cannot be read: Not a directory"):
        writer.apply_inbox()
