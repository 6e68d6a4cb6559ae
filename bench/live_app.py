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

from bench.watch import Watch
from noctui.clock import SystemClock
from noctui.runtime.child_keeper import WORDS, InChild
from noctui.runtime.desk import Desk
from noctui.settings import Settings
from noctui.tui.app import NoctuiApp, Options


class Program(NoctuiApp):
    """The app, with a heartbeat on its loop."""

    landed = 0

    def obey(self) -> None:
        self._socket = socket.socket(fileno=int(os.environ["BENCH_CONTROL"]))
        self._lines = self._socket.makefile("rw", encoding="utf-8")
        asyncio.get_running_loop().add_reader(self._socket, self._read)
        self._loop_watch = Watch()
        self._beating = asyncio.create_task(self._loop_watch.beat())

    def _read(self) -> None:
        what = json.loads(self._lines.readline())["what"]
        answer: Any = None
        if what == "watch":
            self._loop_watch.begin()
        elif what == "report":
            answer = self._loop_watch.report()
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
    words = ("-m", "bench.full_child") if day == "full" else WORDS
    desk = Desk(
        data=settings.data,
        org_id="",
        poll_seconds=settings.poll_seconds,
        clock=clock,
        new_source=None,
        thresholds=settings.thresholds,
        collecting=InChild(lambda: settings, words),
    )
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


if __name__ == "__main__":
    asyncio.run(main())
