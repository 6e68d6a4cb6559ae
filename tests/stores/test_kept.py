"""`kept.db`: what it keeps, for how long, and what it does when its file cannot be used."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from noctui.stores.kept import FILE, KeptFile

NOW = 1_763_858_400.0
MONTH = 31 * 86400.0


def put(kept: KeptFile, key: str, body: bytes = b"{}", asked_at: float = NOW, ttl: float = MONTH) -> None:
    kept.put((key, body, asked_at, ttl))


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    first = KeptFile(tmp_path)
    put(first, "setting/s1", b'{"vars":{"isp":"L\xc3\xa9"}}', NOW, 100.0)
    put(first, "device/m@s1", b"{}", NOW + 5)
    first.close()

    assert KeptFile(tmp_path).load(NOW + 10) == [
        ("setting/s1", b'{"vars":{"isp":"L\xc3\xa9"}}', NOW, 100.0),
        ("device/m@s1", b"{}", NOW + 5, MONTH),
    ]


def test_a_new_answer_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    kept = KeptFile(tmp_path)
    put(kept, "tests/s1", b"1", NOW)
    put(kept, "tests/s1", b"2", NOW + 60)

    assert kept.load(NOW + 60) == [("tests/s1", b"2", NOW + 60, MONTH)]


def test_what_does_not_hold_any_more_is_gone(tmp_path: Path) -> None:
    kept = KeptFile(tmp_path)
    put(kept, "old", asked_at=NOW, ttl=100.0)
    put(kept, "new", asked_at=NOW + 1, ttl=100.0)

    assert [row[0] for row in kept.load(NOW + 100)] == ["new"]
    assert [row[0] for row in kept.load(NOW)] == ["new"]


def test_nothing_is_made_before_the_first_call(tmp_path: Path) -> None:
    KeptFile(tmp_path / "org")
    assert list(tmp_path.iterdir()) == []


def test_a_corrupt_file_is_set_aside_and_never_deleted(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is no database" * 1000)
    kept = KeptFile(tmp_path)

    assert kept.load(NOW) == []
    put(kept, "a")

    assert [row[0] for row in kept.load(NOW)] == ["a"]
    aside = [p for p in tmp_path.iterdir() if ".broken-" in p.name]
    assert [p.read_bytes()[:19] for p in aside] == [b"this is no database"]


def test_a_file_that_breaks_while_it_is_used_is_set_aside_too(tmp_path: Path) -> None:
    kept = KeptFile(tmp_path)
    for n in range(500):
        put(kept, f"k{n}", b"x" * 200)
    kept.close()
    path = tmp_path / FILE
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))

    again = KeptFile(tmp_path)
    again.load(NOW)
    put(again, "a")

    assert "a" in [row[0] for row in again.load(NOW)]
    assert any(".broken-" in p.name for p in tmp_path.iterdir())


def test_another_programs_table_is_set_aside(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("create table kept (something text)")
    db.close()
    kept = KeptFile(tmp_path)

    put(kept, "a")

    assert [row[0] for row in kept.load(NOW)] == ["a"]


def test_a_full_disk_is_said_and_forgotten_when_there_is_room(tmp_path: Path) -> None:
    kept = KeptFile(tmp_path)
    put(kept, "a")
    assert kept._db is not None
    kept._db.conn.execute("PRAGMA max_page_count = 4")

    for n in range(50):
        put(kept, f"b{n}", b"x" * 1000)
        if kept.fault:
            break

    assert "full" in kept.fault
    put(kept, "c")  # a new connection: the disk has room again
    assert kept.fault == ""
    assert {"a", "c"} <= {row[0] for row in kept.load(NOW)}


def test_a_folder_that_cannot_be_is_no_disaster(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = KeptFile(tmp_path / "file" / "org")

    put(kept, "a")

    assert kept.load(NOW) == []
    assert kept.fault.startswith(f"{FILE} cannot be opened")


def test_after_the_end_nothing_is_opened_again(tmp_path: Path) -> None:
    kept = KeptFile(tmp_path / "org")
    kept.close()

    put(kept, "a")

    assert kept.load(NOW) == []
    assert not (tmp_path / "org").exists()


def test_two_processes_may_write_for_a_moment(tmp_path: Path) -> None:
    """One leader ends while the next begins."""
    one, two = KeptFile(tmp_path), KeptFile(tmp_path)
    put(one, "a")
    put(two, "b")
    put(one, "c")

    assert [row[0] for row in two.load(NOW)] == ["a", "b", "c"]


@pytest.mark.parametrize("threads", [4])
def test_calls_from_threads_wait_for_each_other(tmp_path: Path, threads: int) -> None:
    kept = KeptFile(tmp_path)

    def work(who: int) -> None:
        for n in range(25):
            put(kept, f"{who}/{n}")

    running = [threading.Thread(target=work, args=(who,)) for who in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()

    assert len(kept.load(NOW)) == threads * 25
    assert kept.fault == ""
