"""The leader sleeps: its process is stopped for a while, as a virtual machine is, and goes on.

That it dies is in `tests/walk/test_kill.py` (kill -9 anywhere, what is in the file), `tests/walk/test_child.py` and
`tests/whole/test_process.py` (either of the two processes), `tests/walk/test_follow.py` and
`tests/whole/test_program.py` (another one leads). A shared folder's lock goes with its process: while that lives
nobody else writes.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from noctui.clock import SystemClock
from noctui.engine.engine import Engine
from noctui.model.work import PollRecord
from noctui.runtime.child_keeper import InChild
from noctui.runtime.desk import Desk
from noctui.settings import Settings, Thresholds
from noctui.stores.history import open_reader
from tests.faults.shown import header
from tests.walk.test_child import PATIENCE, watched
from tests.walk.walk import MINUTE, T0, TOKEN, walking
from tests.walk.worlds import calm


async def comes_true(holds: Callable[[], bool]) -> None:
    """What no message tells: that the data is old is a matter of the clock."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await SystemClock().sleep(0.02)


async def test_a_leader_that_sleeps_is_old_news_to_everybody_and_nobody_takes_its_place(tmp_path: Path) -> None:
    async with watched(tmp_path) as watch:
        await watch.until(watch.live)
        settings = Settings(tokens=(TOKEN,), data=tmp_path, poll_seconds=1.0)
        follower = Desk(
            data=tmp_path,
            org_id=watch.folder.name,
            poll_seconds=1.0,
            clock=SystemClock(),
            new_source=None,
            thresholds=Thresholds(),
            collecting=InChild(lambda: settings),
        )
        await follower.start()
        try:
            await comes_true(lambda: follower.live() is not None and follower.status().fault == "")
            pid = watch.child.pid
            os.kill(pid, signal.SIGSTOP)
            await comes_true(lambda: watch.desk.status().fault == "stale" and follower.status().fault == "stale")
            seq = watch.scene.view.seq
            assert follower.status().mode == "follower"
            assert watch.scene.view.seq == seq
            os.kill(pid, signal.SIGCONT)
            await comes_true(lambda: watch.live() and follower.status().fault == "")
            await watch.until(lambda: watch.scene.view.seq >= seq + 2)
            assert watch.child.pid == pid
            assert all(status.fault != "lost" for status in watch.said)
        finally:
            await follower.stop()
        history = open_reader(watch.folder)
        try:
            assert history.latest() is not None
        finally:
            history.close()


async def test_a_collector_that_breaks_says_so_keeps_what_it_said_and_starts_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug that shows in one poll: the others are there, and nothing of what was being counted begins anew."""
    real = Engine.apply
    broken = False

    def apply(self: Engine, *args: Any) -> PollRecord:
        if broken:
            raise ZeroDivisionError("nobody thought of that")
        return real(self, *args)

    monkeypatch.setattr(Engine, "apply", apply)
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 3 * MINUTE)
        before = watch.view
        broken = True
        await walk.clock.run_to(T0 + 4 * MINUTE + 2)
        status = watch.status
        assert (status.fault, status.fault_since) == ("lost", T0 + 4 * MINUTE)
        assert status.fault_text == (
            "The collector broke (ZeroDivisionError); it starts again. The log has the details."
        )
        assert status.retry_at == T0 + 4 * MINUTE + 5
        assert status.api_limit == 5000
        assert status.health is not None
        assert watch.view.at == before.at
        assert header(watch).startswith(" MIST LOST 0s   data 1m old  retry 3s  leader")
        broken = False
        await walk.clock.run_to(T0 + 6 * MINUTE)
        assert watch.status.fault == ""
        assert watch.view.at == T0 + 6 * MINUTE
        assert (watch.view.circuits.since == before.circuits.since).all()
