"""A leader without a screen over a cloud, publishing on the bus where one is named; run by `bench.bus_many`.

Prints a line of JSON once its first poll landed, one for every poll after it, and reads a line before it ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from noctui.clock import SystemClock
from noctui.runtime import garbage
from noctui.runtime.bus_address import BusPlace
from noctui.runtime.mist import mist_source
from noctui.runtime.published import Published
from noctui.runtime.source import Source
from noctui.runtime.term import Term
from noctui.settings import Settings, Thresholds
from noctui.stores.bus.redis_address import parse_url


async def main(url: str, folder: str, period: str, bus: str, *tokens: str) -> None:
    garbage.look_seldom()
    clock = SystemClock()

    def new_source() -> Source:
        return mist_source(Settings(tokens=tokens, host=url, insecure_host=True, enrich=False), clock)

    first = True

    def publish(published: Published) -> None:
        nonlocal first
        view = published.view
        if view is None:
            return
        if first:
            garbage.let_stay()
        first = False
        told = {
            "seq": view.seq, "at": time.monotonic(), "cpu": time.process_time(),
            "calls": sum(report.calls for report in view.reports), "circuits": len(view.circuits),
        }  # fmt: skip
        print(json.dumps(told), flush=True)

    place = BusPlace(parse_url(bus)) if bus else None
    term = Term(new_source, float(period), clock, Thresholds(), (40.0, 7.0), bus=place)
    org = await term.org()
    Path(folder).mkdir(parents=True, exist_ok=True)
    if not await term.lead(Path(folder), org.org_id, publish):
        raise SystemExit("somebody else leads there")
    await asyncio.to_thread(sys.stdin.readline)
    await term.stop(patient=False)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
