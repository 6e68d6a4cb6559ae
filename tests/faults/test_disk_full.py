"""A full disk: the screen lives on, it is named where one looks, and what was told is written when there is room."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from noctui.model.scene import Range
from noctui.model.words import State
from noctui.runtime import status_file
from noctui.runtime.status_file import LeaderStatus
from noctui.sim import incidents as do
from noctui.stores.history.history import quick_check
from noctui.stores.kept import KeptFile
from tests.faults.disk import SmallDisk, small_disk
from tests.faults.shown import header
from tests.walk.walk import HOUR, MINUTE, POLL, T0, Walk, seconds, walking
from tests.walk.worlds import calm, ids_of, lines_of, site_with, with_only

TWIN = site_with(2)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as made:
        yield made


def polls(walk: Walk) -> list[float]:
    with closing(sqlite3.connect(walk.folder / "history.db")) as db:
        return [at for (at,) in db.execute("SELECT at FROM polls ORDER BY at")]


async def test_while_it_is_full_every_poll_is_shown_and_the_header_says_that_none_is_kept(disk: SmallDisk) -> None:
    async with walking(disk.path, calm()) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 5 * MINUTE)
        assert "SAVED" not in header(watch)
        disk.fill()
        await walk.clock.run_to(T0 + 8 * MINUTE + 30)
        status = watch.status
        assert watch.view.at == T0 + 8 * MINUTE
        assert status.fault == ""
        assert status.history_text == "the disk is full: history is not written until there is room"
        assert status.history_since == T0 + 6 * MINUTE
        assert header(watch).startswith(" NOT SAVED 2m   live 30s  leader")
        assert status.health is not None
        assert any("the disk is full" in text for _, text in status.health.errors)

        disk.free()
        await walk.clock.run(POLL)
        assert (watch.status.history_text, watch.status.history_since) == ("", 0.0)
        assert "SAVED" not in header(watch)
        assert polls(walk)[-2:] == [T0 + 5 * MINUTE, T0 + 9 * MINUTE]
        assert quick_check(walk.folder / "history.db") == ""


async def test_an_outage_of_which_the_disk_heard_nothing_stands_in_the_ledger_afterwards(disk: SmallDisk) -> None:
    """Down and up again while nothing could be written: availability must not pretend that nothing was."""
    went, came = T0 + 7 * MINUTE, T0 + 12 * MINUTE
    async with walking(disk.path, with_only(do.cut(went, came, lines_of(TWIN)[0]))) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 5 * MINUTE)
        disk.fill()
        await walk.clock.run_to(T0 + 15 * MINUTE)
        assert polls(walk)[-1] == T0 + 5 * MINUTE
        circuit_id = ids_of(TWIN)[0]
        disk.free()
        await walk.clock.run_to(T0 + 16 * MINUTE)
        line = await walk.timeline(circuit_id, T0, walk.clock.now())
        assert [State(s.state) for s in line] == [State.UP, State.DOWN, State.UP]
        assert seconds(line, State.DOWN) == pytest.approx(came - went, abs=POLL)
        scene = watch.desk.live()
        assert scene is not None
        told = await scene.read.notes(Range(T0 + MINUTE, walk.clock.now()), circuit_ids=(circuit_id,))
        assert sorted(note.kind for note in told) == ["down", "failback", "up"]  # each once


async def test_noctui_starts_on_a_full_disk_and_begins_its_history_when_there_is_room(disk: SmallDisk) -> None:
    async with walking(disk.path, calm()) as walk:
        walk.folder.mkdir()
        disk.fill()
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 3 * MINUTE)
        assert watch.view.at == T0 + 3 * MINUTE
        assert (watch.view.circuits.state == State.UP).all()
        assert watch.status.mode == "leader"
        assert "the disk is full" in watch.status.history_text
        assert header(watch).startswith(" NOT SAVED 3m ")
        disk.free()
        await walk.clock.run_to(T0 + 5 * MINUTE)
        assert watch.status.history_text == ""
        assert polls(walk) == [T0 + 4 * MINUTE, T0 + 5 * MINUTE]


async def test_noctui_starts_again_on_a_full_disk_and_goes_on_from_what_it_holds(disk: SmallDisk) -> None:
    async with walking(disk.path, calm()) as walk:
        first = await walk.watch()
        await walk.clock.run_to(T0 + 5 * MINUTE)
        before = first.view
        await walk.close(first)
        disk.fill()
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 7 * MINUTE)
        assert watch.views[0].at == before.at
        assert watch.view.at == T0 + 7 * MINUTE
        np_since = watch.view.circuits.since
        assert (np_since == before.circuits.since).all()
        disk.free()
        await walk.clock.run_to(T0 + 9 * MINUTE)
        assert watch.status.history_text == ""
        assert polls(walk)[-2:] == [T0 + 8 * MINUTE, T0 + 9 * MINUTE]
        assert [c.circuit_no for c in watch.view.inventory.circuits] == [
            c.circuit_no for c in before.inventory.circuits
        ]


async def test_a_follower_is_told_by_the_data_s_age_when_not_even_the_leaders_word_can_be_written(
    disk: SmallDisk,
) -> None:
    """And by the leader itself as soon as it can."""
    async with walking(disk.path, calm()) as walk:
        leader = await walk.watch()
        await walk.clock.run_to(T0 + 2 * MINUTE)
        follower = await walk.watch(tokens=(), org_id=walk.world.network.org_id)
        await walk.clock.run(2.0)
        disk.fill()
        await walk.clock.run_to(T0 + 7 * MINUTE)
        assert leader.status.fault == ""
        assert (follower.status.mode, follower.status.fault) == ("follower", "stale")
        assert follower.view.at == T0 + 2 * MINUTE
        disk.free()
        await walk.clock.run_to(T0 + 8 * MINUTE + 2)
        assert (follower.status.fault, follower.view.at) == ("", T0 + 8 * MINUTE)


async def test_the_leaders_word_is_written_once_there_is_room(disk: SmallDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_file, "SECONDS", 0.0)  # real ones: it waits for the loop's clock
    async with walking(disk.path, calm()) as walk:
        await walk.watch()
        await walk.clock.run_to(T0 + MINUTE)
        reader = LeaderStatus(walk.folder)
        before = await asyncio.to_thread(reader.read, 1)
        disk.fill()
        await walk.clock.run_to(T0 + 3 * MINUTE)
        assert await asyncio.to_thread(reader.read, 1) == before  # whole, as it was: never half a file
        disk.free()
        await walk.clock.run_to(T0 + 4 * MINUTE)
        after = await asyncio.to_thread(reader.read, 1)
        assert after is not None
        assert before is not None
        assert after.heard_at >= before.heard_at
        assert after.api_used > before.api_used


def test_kept_answers_wait_for_room(disk: SmallDisk) -> None:
    """Asked once a month: what came while the disk was full is written with the next answer, or at the end."""
    kept = KeptFile(disk.path)
    for n in range(3):
        kept.put((f"setting/s{n}", b"x" * 20_000, T0, HOUR))
        if n == 0:
            disk.fill()
    assert kept.fault == "kept.db is not written: database or disk is full"
    disk.free()
    kept.put(("setting/s3", b"x", T0, HOUR))
    assert kept.fault == ""
    assert [row[0] for row in kept.load(T0)] == ["setting/s0", "setting/s1", "setting/s2", "setting/s3"]
    disk.fill()
    kept.put(("setting/s4", b"x" * 20_000, T0 + 1, HOUR))
    assert kept.fault != ""
    disk.free()
    kept.close()
    assert "setting/s4" in [row[0] for row in KeptFile(disk.path).load(T0 + 1)]
