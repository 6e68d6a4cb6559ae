"""Follows as a screen's desk does, without the screen: `python -m bench.bus_screens URL`; run by `bench.bus_many`.

Prints a line of JSON when it has its first View, and one at the end: when it had which poll, and what that cost it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from noctui.model.status import Status
from noctui.model.view import View
from noctui.runtime import garbage
from noctui.runtime.remote import Remote
from noctui.settings import Settings


async def main(url: str) -> None:
    began = time.monotonic()
    garbage.look_seldom()
    remote = Remote(Settings(bus=url))
    got: dict[str, float] = {}
    first = asyncio.Event()
    begun = 0.0

    def told(view: View | None, status: Status) -> None:
        if view is not None:
            got[str(view.seq)] = time.monotonic()
            first.set()

    await remote.follow(await remote.org(lambda _: None), told)
    await first.wait()
    print(json.dumps({"first": 1000 * (time.monotonic() - began)}), flush=True)
    begun, spent = time.monotonic(), time.process_time()
    await asyncio.to_thread(sys.stdin.readline)
    told_ = {"got": got, "cpu": time.process_time() - spent, "seconds": time.monotonic() - begun}
    await remote.rest()
    print(json.dumps(told_), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
