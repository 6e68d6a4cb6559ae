"""A leader as a process of its own, to be killed: desk, collector and history, without a screen. Run by test_kill.

Arguments: data folder, the cloud's URL, the token, poll seconds, how many times as fast as the machine's its clock
runs, what that clock showed first; then, to kill itself, the beginning of an SQL statement and how often it must be
seen. Prints `ready`, reads at which machine time the clock began, and then prints `seq at` of every poll once it is
shown, and so written.
"""

from __future__ import annotations

import asyncio
import math
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from noctui.runtime import lead
from noctui.runtime.desk import Desk
from noctui.runtime.mist import mist_source
from noctui.settings import Settings, Thresholds
from noctui.sim.mist.clock import SimClock
from noctui.stores.history import Writer, open_writer


class FastClock(SimClock):
    """The machine's clock, `speed` times as fast since it showed `start` at machine time `began`; it stands before."""

    def __init__(self, speed: float, start: float, began: float = math.inf) -> None:
        super().__init__(speed, start)
        self.start, self.began = start, began

    def now(self) -> float:
        return self.start + max(0.0, time.time() - self.began) * self.speed


def kill_at(statement: str, times: int) -> None:
    """SIGKILL to ourselves in the middle of the writer's so-many-th such statement."""
    seen = 0

    def watch(text: str) -> None:
        nonlocal seen
        if text.startswith(statement):
            seen += 1
            if seen == times:
                os.kill(os.getpid(), signal.SIGKILL)

    def opened(*args: Any) -> Writer:
        writer = open_writer(*args)
        writer.db.set_trace_callback(watch)
        return writer

    setattr(lead, "open_writer", opened)  # noqa: B010 - where the leader looks for it


async def main(data: str, url: str, token: str, poll: float, clock: FastClock) -> None:
    settings = Settings(tokens=(token,), host=url, insecure_host=True, data=Path(data))
    desk = Desk(
        data=settings.data,
        org_id="",
        poll_seconds=poll,
        clock=clock,
        new_source=lambda: mist_source(settings, clock),
        thresholds=Thresholds(),
    )
    told = -1

    def changed() -> None:
        nonlocal told
        scene, status = desk.live(), desk.status()
        if scene is not None and not status.warm and scene.view.seq > told:
            told = scene.view.seq
            print(scene.view.seq, repr(scene.view.at), flush=True)

    def failed(text: str) -> None:
        print(text, file=sys.stderr)
        os._exit(1)

    desk.failed = failed
    desk.subscribe(changed)
    await desk.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    if len(sys.argv) > 7:
        kill_at(sys.argv[7], int(sys.argv[8]))
    print("ready", flush=True)
    clock = FastClock(float(sys.argv[5]), float(sys.argv[6]), float(sys.stdin.readline()))
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]), clock))
