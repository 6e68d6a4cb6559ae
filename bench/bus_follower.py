"""Follows the bus in a process of its own, and tells when it had what: `python -m bench.bus_follower URL ORG`."""

from __future__ import annotations

import asyncio
import json
import sys
import time

from noctui.stores.bus.redis_address import parse_url
from noctui.stores.bus.redis_follow import Follower

END = "the bench is over"


async def follow(url: str, org: str) -> None:
    began = time.monotonic()
    follower = Follower(parse_url(url).client(answer_seconds=10), org, "the bus")
    await follower.hear()
    print(json.dumps({"first": 1000 * (time.monotonic() - began)}), flush=True)
    got: dict[str, float] = {}
    spent, polls, over = 0.0, 0, False
    while not over:
        before = time.process_time()
        heard = await follower.hear()
        now = time.monotonic()
        for one in heard:
            if one.view is not None:
                got[f"p{one.view.seq}"] = now
            elif one.status is not None:
                got[f"n{one.status.api_used}"] = now
                over = one.status.fault == END
        here = [one for one in heard if one.view is not None]
        if here:
            polls += len(here)
            spent += time.process_time() - before
    print(json.dumps({"got": got, "cpu": 1000 * spent / max(1, polls)}), flush=True)


if __name__ == "__main__":
    asyncio.run(follow(*sys.argv[1:3]))
