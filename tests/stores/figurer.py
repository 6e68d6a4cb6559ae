"""Makes what is due, or some versions of the first day, as a process of its own. Run by test_kill_figures.

Arguments: folder, the time it is; then a statement and how many of it (the last kills: SIGKILL to itself), `units` and
how many units of a day or week it may do before it kills itself so, or `versions` and how many versions it makes.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from noctui.model.figures import Grain
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History, Writer
from noctui.stores.history.due import mark
from noctui.stores.history.kept_figures import select_newest
from tests.stores.made import ORG


def finish(writer: Writer, now: float, units: int = 0) -> None:
    """All that is due; after so many units with a period half made, if any, it ends."""
    for at in (now, now + 7200.0, now + 14400.0):
        writer.newest, before = max(writer.newest, at), writer.newest
        while writer.close_due(at):
            units -= writer.making.busy
            if writer.making.busy and units == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        writer.newest = before


def again(writer: Writer, now: float, versions: int) -> None:
    for _ in range(versions):
        first = select_newest(writer.db, "grain = ?", (Grain.DAY,))[0]
        with writer.transaction():
            mark(writer, first.period, known_at=now)
        print(*(made.version for made in writer.aggregate(Grain.DAY, None, now) if made is not None), flush=True)


def main(folder: str, now: float, what: str, times: int) -> None:
    lock = FolderLock(Path(folder))
    assert lock.try_acquire()
    writer = History.create_or_open(Path(folder), ORG).writer(lock)
    seen = 0

    def watch(text: str) -> None:
        nonlocal seen
        if text.startswith(what):
            seen += 1
            if seen == times:
                os.kill(os.getpid(), signal.SIGKILL)

    if what == "versions":
        again(writer, now, times)
    elif what == "units":
        finish(writer, now, times)
    else:
        if what:
            writer.db.set_trace_callback(watch)
        finish(writer, now)
    writer.close()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
