"""The whole program over a data folder and a simulated cloud, with somebody watching how long its loop is blocked.

`python -m bench.live_app FOLDER URL POLL_SECONDS full|empty TOKEN…`; `full`: its windows hold a made-up day from the
first poll on. Obeys `bench.terminal`: `watch` begins a measurement, `report` ends it, `landed` counts polls.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.watch import Watch
from noctui.clock import SystemClock
from noctui.engine.engine import Engine
from noctui.model.view import View
from noctui.model.work import Memory
from noctui.runtime.desk import Desk
from noctui.runtime.lead import Lead
from noctui.runtime.mist import mist_source
from noctui.settings import Settings
from noctui.tui.app import NoctuiApp, Options

DAY_OF_POLLS = 1440


class LongDay(Engine):
    """An engine that begins with full windows, as after a day of watching: a made-up day behind the first poll."""

    def fill(self, view: View) -> None:
        rng = np.random.default_rng(5)
        interval, now = view.interval, int(view.at // view.interval)
        ticks = np.arange(now - DAY_OF_POLLS + 1, now + 1)
        size = (DAY_OF_POLLS, len(view.circuits))
        raw = np.where(rng.random(size, np.float32) < 0.02, rng.integers(0, 256, size, np.uint8), np.uint8(0))
        self.warm(
            Memory(
                view=view,
                tick=now,
                at=ticks.astype(np.float64) * interval,
                ticks=ticks,
                intervals=np.full(len(ticks), interval),
                raw_levels=raw.astype(np.uint8),
                valid=np.full(size, 143, np.uint8),
            )
        )


class Program(NoctuiApp):
    """The app, with a heartbeat on its loop."""

    landed = 0

    def obey(self) -> None:
        self._socket = socket.socket(fileno=int(os.environ["BENCH_CONTROL"]))
        self._lines = self._socket.makefile("rw", encoding="utf-8")
        asyncio.get_running_loop().add_reader(self._socket, self._read)
        self._watch = Watch()
        self._beating = asyncio.create_task(self._watch.beat())

    def _read(self) -> None:
        what = json.loads(self._lines.readline())["what"]
        answer: Any = None
        if what == "watch":
            self._watch.begin()
        elif what == "report":
            answer = self._watch.report()
        elif what == "landed":
            answer = self.landed
        self._lines.write(json.dumps(answer) + "\n")
        self._lines.flush()


async def main() -> None:
    folder, url, seconds, day, *tokens = sys.argv[1:]
    clock = SystemClock()
    settings = replace(
        Settings(), tokens=tuple(tokens), host=url, insecure_host=True, data=Path(folder), poll_seconds=float(seconds)
    )
    settings.data.mkdir(parents=True, exist_ok=True)
    desk = Desk(
        data=settings.data,
        org_id="",
        poll_seconds=settings.poll_seconds,
        clock=clock,
        new_source=lambda: mist_source(settings, clock),
        thresholds=settings.thresholds,
    )
    if day == "full":
        Lead._new_engine = _full_engine  # type: ignore[method-assign,assignment]
    app = Program(desk, clock, Options(exports=settings.data))
    seen: list[int] = []

    def count() -> None:
        scene = desk.live()
        if scene is not None and id(scene.view) not in seen:
            seen[:] = [id(scene.view)]
            app.landed += 1

    desk.subscribe(count)
    asyncio.get_running_loop().call_soon(app.obey)
    await app.run_async()


def _full_engine(lead: Lead) -> Engine:
    """Made anew at the second poll: then history holds a View to fill the windows for."""
    from noctui.stores.history import open_reader

    history = open_reader(lead.folder)
    try:
        latest = history.latest()
        view = None if latest is None else history.view(latest)
    finally:
        history.close()
    if view is None:
        return Engine()
    engine = LongDay()
    engine.fill(view)
    return engine


if __name__ == "__main__":
    asyncio.run(main())
