"""Collectors as processes with a data folder each, over one bus: made to be killed, stopped and cut off.

`python -m tests.faults.bus_hosts` loads everything once; each line on its standard input (JSON) then starts one, and
its process id is printed. `Hosts` is the other end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import sqlite_utils  # noqa: F401 - loaded before anything is forked, as are the next two

from noctui.clock import SystemClock
from noctui.runtime import bus_leader, bus_seat  # noqa: F401
from noctui.runtime.bus_address import BusPlace
from noctui.runtime.mist import mist_source
from noctui.runtime.term import Term
from noctui.settings import Settings, Thresholds
from noctui.stores.bus.redis_address import parse_url
from tests.walk.walk import TOKEN


async def collect(bus: str, cloud: str, folder: str, org: str, lease: float, poll: float) -> None:
    """As a desk does: lead; and contend again when another has taken over. It ends with its parent."""
    settings = Settings(tokens=(TOKEN,), host=cloud, insecure_host=True, enrich=False, data=Path(folder).parent)
    clock = SystemClock()
    term = Term(
        lambda: mist_source(settings, clock), poll, clock, Thresholds(), (40.0, 7.0),
        bus=BusPlace(parse_url(bus), lease, 7200.0),
    )  # fmt: skip

    async def run() -> None:
        while True:
            if await term.lead(Path(folder), org, lambda _: None):
                await term.over()

    parent, running = os.getppid(), asyncio.create_task(run())
    while os.getppid() == parent and not running.done():
        await asyncio.sleep(0.1)
    running.cancel()
    await asyncio.wait({running})
    await term.stop(patient=False)


def main() -> None:
    logging.disable()  # what is meant to break is not told
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        words = json.loads(line)
        pid = os.fork()
        if not pid:
            with contextlib.suppress(BaseException):
                asyncio.run(collect(**words))
            os._exit(0)
        print(pid, flush=True)


@dataclass
class Hosts:
    """Those that run, by process id; all end with it."""

    cloud: str
    org: str
    lease: float
    poll: float
    within: tuple[str, ...] = ()
    """Words before the command that starts them."""
    running: set[int] = field(default_factory=set)

    def __enter__(self) -> Hosts:
        words = [*self.within, sys.executable, "-m", "tests.faults.bus_hosts"]
        self._nursery = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def start(self, bus: str, folder: Path) -> int:
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        words = {"bus": bus, "cloud": self.cloud, "folder": str(folder), "org": self.org, "lease": self.lease}
        print(json.dumps(words | {"poll": self.poll}), file=self._nursery.stdin, flush=True)
        pid = int(self._nursery.stdout.readline())
        self.running.add(pid)
        return pid

    def kill(self, pid: int) -> None:
        self.running.discard(pid)
        os.kill(pid, signal.SIGKILL)

    def stop(self, pid: int) -> None:
        os.kill(pid, signal.SIGSTOP)

    def go_on(self, pid: int) -> None:
        os.kill(pid, signal.SIGCONT)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pid in list(self.running):
            with contextlib.suppress(ProcessLookupError):
                self.kill(pid)
        self._nursery.communicate()


if __name__ == "__main__":
    main()
