"""Files of the data folder: locked, corrupt, read-only, foreign. The screen lives on; nothing is ever deleted.

`tests/stores/test_faults.py` has the blocks, schemas and the inbox, `tests/stores/test_kept.py` all of `kept.db`,
`tests/walk/test_faults.py` a history that is no database and a damaged block, `tests/walk/test_inventory_file.py` the
operator's CSV.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from noctui.model.words import State
from tests.faults.disk import SmallDisk, small_disk
from tests.faults.shown import header
from tests.walk.walk import MINUTE, POLL, T0, Walk, walking
from tests.walk.worlds import calm

PAGE = 8192


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as made:
        yield made


def polls(walk: Walk) -> list[float]:
    with closing(sqlite3.connect(walk.folder / "history.db")) as db:
        return [at for (at,) in db.execute("SELECT at FROM polls ORDER BY at")]


async def test_another_programs_lock_costs_the_polls_it_lasts_and_the_ledger_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("noctui.stores.history.db.BUSY_SECONDS", 0.01)
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 2 * MINUTE)
        other = sqlite3.connect(walk.folder / "history.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await walk.clock.run_to(T0 + 4 * MINUTE)
        assert watch.view.at == T0 + 4 * MINUTE
        assert watch.status.history_text == "the history file is locked by another program"
        assert header(watch).startswith(" NOT SAVED 1m   live 0s")
        other.execute("ROLLBACK")
        other.close()
        await walk.clock.run(POLL)
        assert (watch.status.history_text, watch.status.history_since) == ("", 0.0)
        assert polls(walk) == [T0, T0 + MINUTE, T0 + 2 * MINUTE, T0 + 5 * MINUTE]


async def test_locked_at_the_start_noctui_collects_without_it_until_it_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("noctui.stores.history.db.BUSY_SECONDS", 0.01)
    async with walking(tmp_path, calm()) as walk:
        first = await walk.watch()
        await walk.clock.run_to(T0 + MINUTE)
        before = first.view
        await walk.close(first)
        other = sqlite3.connect(walk.folder / "history.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 3 * MINUTE)
        assert watch.view.at == T0 + 3 * MINUTE
        assert watch.status.history_text == "the history file is locked by another program"
        other.execute("ROLLBACK")
        other.close()
        await walk.clock.run_to(T0 + 5 * MINUTE)
        assert watch.status.history_text == ""
        assert polls(walk) == [T0, T0 + MINUTE, T0 + 4 * MINUTE, T0 + 5 * MINUTE]
        assert (watch.view.circuits.since == before.circuits.since).all()


async def test_a_history_that_turns_corrupt_while_noctui_runs_is_set_aside_and_the_new_one_knows_the_states(
    tmp_path: Path,
) -> None:
    """The poll in hand stands in the new file, and the ledger there begins with what each circuit is in since when."""
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 5 * MINUTE)
        before = watch.view
        path = walk.folder / "history.db"
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            roots = [root for (root,) in db.execute("SELECT rootpage FROM sqlite_master WHERE rootpage > 0")]
        with path.open("r+b") as file:
            for root in roots[1:]:
                file.seek(PAGE * (root - 1))
                file.write(b"\xa5" * PAGE)
        await walk.clock.run_to(T0 + 6 * MINUTE)
        assert "corrupt" in watch.status.history_text
        assert watch.status.history_text.endswith("; it was set aside, a new history begins")
        assert watch.status.history_since == 0.0
        assert header(watch).startswith("history fault  live 0s")
        assert b"\xa5" * PAGE in (walk.folder / "history.db.bad").read_bytes()

        await walk.clock.run_to(T0 + 8 * MINUTE)
        assert watch.status.history_text == ""
        assert polls(walk) == [T0 + 6 * MINUTE, T0 + 7 * MINUTE, T0 + 8 * MINUTE]
        assert (watch.view.circuits.since == before.circuits.since).all()
        for circuit in watch.view.inventory.circuits[:5]:
            line = await walk.timeline(circuit.circuit_id, T0 + MINUTE, walk.clock.now())
            assert [State(s.state) for s in line] == [State.UP]


async def test_a_status_file_of_anybody_else_is_passed_over_and_replaced(tmp_path: Path) -> None:
    async with walking(tmp_path, calm()) as walk:
        walk.folder.mkdir()
        (walk.folder / "status.json").write_bytes(b'{"epoch": 1, "status": [1, 2')
        leader = await walk.watch()
        await walk.clock.run_to(T0 + MINUTE)
        (walk.folder / "status.json").write_bytes(b"\xff\xfe not text")
        follower = await walk.watch(tokens=(), org_id=walk.world.network.org_id)
        await walk.clock.run_to(T0 + 2 * MINUTE + 1)
        assert (follower.status.mode, follower.status.fault) == ("follower", "")
        assert follower.view.at == leader.view.at == T0 + 2 * MINUTE


async def test_a_corrupt_file_of_kept_answers_costs_no_poll(tmp_path: Path) -> None:
    async with walking(tmp_path, calm()) as walk:
        walk.folder.mkdir()
        (walk.folder / "kept.db").write_bytes(b"no database at all " * 400)
        watch = await walk.watch()
        await walk.clock.run_to(T0 + MINUTE)
        assert (watch.status.fault, watch.view.at) == ("", T0 + MINUTE)
        (aside,) = walk.folder.glob("kept.db.broken-*")
        assert aside.read_bytes().startswith(b"no database")


async def test_a_folder_that_may_not_be_written_is_read_and_that_is_said(disk: SmallDisk) -> None:
    """A disk that the kernel has made read-only after an error: what history holds is shown, with its age."""
    async with walking(disk.path, calm()) as walk:
        first = await walk.watch()
        await walk.clock.run_to(T0 + 2 * MINUTE)
        last = first.view
        await walk.close(first)
        disk.remount("ro")
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 3 * MINUTE)
        assert watch.view.at == last.at
        assert watch.status.mode == "follower"
        assert watch.status.history_text == "the data folder cannot be written: Read-only file system"
        assert "history fault" in header(watch)
        disk.remount("rw")
        await walk.clock.run_to(T0 + 5 * MINUTE)
        assert (watch.status.mode, watch.status.history_text) == ("leader", "")
        assert watch.view.at == T0 + 5 * MINUTE
