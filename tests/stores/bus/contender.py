"""Processes that contend for a lease, and write as long as they believe to lead: made to be killed, stopped, cut off.

`python -m tests.stores.bus.contender` loads everything once; each line on its standard input (JSON) then starts one,
and its process id is printed. `Contenders` is the other end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from types import TracebackType

from noctui.stores.bus.redis_address import Client, parse_url
from noctui.stores.bus.redis_errors import BusError
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_leading import Leading
from noctui.stores.bus.redis_lease import Lease

WRITE_SECONDS = 0.01


def log_key(org: str) -> str:
    """A Stream of all writes that were accepted: `e` the writer's epoch, `p` its process."""
    return Keys(org).lease.replace(":lease", ":log")


async def contend(url: str, org: str, seconds: float, rank: int) -> None:
    client: Client = parse_url(url).client(answer_seconds=seconds / 3, tries=0)
    lease = Lease(client, org, "the bus", rank=rank, seconds=seconds)
    parent = os.getppid()
    leading = asyncio.create_task(Leading(lease, lambda _: None).run())
    while os.getppid() == parent:
        if lease.epoch:
            # Whatever it believes: that nothing wrong is accepted is the fence's work.
            epoch = lease.epoch
            with contextlib.suppress(BusError):
                await lease.fenced([("XADD", log_key(org), "*", "e", epoch, "p", os.getpid())])
        await asyncio.sleep(WRITE_SECONDS)
    leading.cancel()


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        words = json.loads(line)
        pid = os.fork()
        if not pid:
            with contextlib.suppress(BaseException):
                asyncio.run(contend(**words))
            os._exit(0)
        print(pid, flush=True)


@dataclass
class Contenders:
    """Those that run, by process id; all end with it."""

    org: str
    seconds: float
    running: set[int] = field(default_factory=set)

    def __enter__(self) -> Contenders:
        words = [sys.executable, "-m", "tests.stores.bus.contender"]
        self._nursery = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def start(self, url: str, rank: int = 0) -> int:
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        words = {"url": url, "org": self.org, "seconds": self.seconds, "rank": rank}
        print(json.dumps(words), file=self._nursery.stdin, flush=True)
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
