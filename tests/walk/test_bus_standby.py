"""A collector that waits to lead and keeps: when its turn comes, its history has what the other one polled."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from pathlib import Path

import pytest

from noctui.cli import main
from noctui.clock import SystemClock
from noctui.model.scene import Range
from noctui.runtime.bus_address import SERVER
from noctui.runtime.headless import Step
from noctui.runtime.headless_watch import Watch
from noctui.runtime.mist import mist_source
from noctui.sim.incidents import cut
from noctui.stores.history import HistoryFault, HistoryReader, open_reader
from tests.redis_server import needs_server
from tests.walk.bus_pair import PATIENCE, pair

pytestmark = needs_server


async def test_it_goes_on_where_the_leader_was(tmp_path: Path) -> None:
    """States, since when, and the alarms under their numbers: as after a restart of the same process."""
    now = time.time()
    async with pair(tmp_path, cut(now - 3600, now + 3600, 0)) as two:
        one = two.host(SERVER)  # a screen would give way at once
        await one.until(lambda: bool(one.views and one.views[-1].alarms.alarms))
        settings = replace(two.settings(tmp_path / "standby"), org_id=two.org_id)
        clock, steps, news = SystemClock(), list[Step](), asyncio.Event()

        def tell(step: Step) -> None:
            steps.append(step)
            news.set()

        watch = Watch(settings, lambda: mist_source(settings, clock), clock, tell, keep=True)
        running = asyncio.create_task(watch.run())
        folder = tmp_path / "standby" / two.org_id
        history = open_reader(folder)
        try:
            async with asyncio.timeout(PATIENCE):
                while _newest(history) < one.views[-1].at or len(one.views) < 3:
                    await asyncio.sleep(0.02)
            last = one.views[-1]
            await one.end()
            async with asyncio.timeout(PATIENCE):
                while not any(step.phase == "leading" for step in steps):
                    news.clear()
                    await news.wait()
            at = history.latest()
            assert at is not None
            view = history.view(at)
            assert view is not None
            assert view.at > last.at
            rows = [view.inventory.circuit_row[c.circuit_id] for c in last.inventory.circuits]
            assert view.circuits.state[rows].tolist() == last.circuits.state.tolist()
            assert view.circuits.since[rows].tolist() == last.circuits.since.tolist()
            assert {a.alarm_id for a in last.alarms.alarms} <= set(view.alarms.by_id)
            down = view.inventory.circuits[rows[0]].circuit_id
            line = await history.reader(at, corrected=True).timeline(down, Range(last.at - 0.2, at))
            assert {int(stretch.state) for stretch in line} == {int(last.circuits.state[0])}, "no gap between the two"
        finally:
            running.cancel()
            await asyncio.wait({running})
            await asyncio.to_thread(history.close)


def _newest(history: HistoryReader) -> float:
    """0: none, or the file is just being made."""
    with contextlib.suppress(HistoryFault):
        return history.latest() or 0.0
    return 0.0


@pytest.mark.parametrize("words", [["--keep"], ["--watch", "--keep"]])
def test_without_a_bus_or_a_turn_to_wait_for_there_is_nothing_to_keep(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("REDIS_URL", "REDIS_HOST"):
        monkeypatch.delenv(name, raising=False)
    assert main(["collect", *words, "--data", str(tmp_path / "data")]) == 2
    assert "--keep keeps what comes by the bus while another one leads" in capsys.readouterr().err
