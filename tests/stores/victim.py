"""A leader that kills itself with SIGKILL in the middle of a chosen statement. Run as a process by test_kill."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History
from tests.stores.made import ORG, World, network


def main(folder: str, polls: int, statement: str, times: int) -> None:
    lock = FolderLock(Path(folder))
    assert lock.try_acquire()
    writer = History.create_or_open(Path(folder), ORG).writer(lock)
    seen = 0

    def watch(text: str) -> None:
        nonlocal seen
        if statement and text.startswith(statement):
            seen += 1
            if seen == times:
                os.kill(os.getpid(), signal.SIGKILL)

    writer.db.set_trace_callback(watch)
    world = World(network(5), interval=300.0)
    for record in world.polls(polls):
        if record.view.at > writer.newest:
            writer.write(record)
            print(record.view.at, flush=True)
            while writer.close_due(record.view.at):
                pass
    writer.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
