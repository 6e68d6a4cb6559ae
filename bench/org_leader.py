"""A leader without a screen over a cloud; prints what its polls took as one line of JSON. Run by `bench.org`."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from noctui.clock import SystemClock
from noctui.model.view import View
from noctui.runtime import garbage
from noctui.runtime.collector import LIVE_FEEDS
from noctui.runtime.lead import Lead
from noctui.runtime.mist import mist_source
from noctui.runtime.published import Published
from noctui.runtime.source import Source
from noctui.settings import Settings, Thresholds

BEAT = 0.005


async def main(url: str, folder: str, period: str, polls: str, *tokens: str) -> None:
    """Lead for so many polls."""
    garbage.look_seldom()
    clock = SystemClock()
    source = mist_source(Settings(tokens=tokens, host=url, insecure_host=True, enrich=False), clock)
    org = await source.open()
    seen: list[View] = []
    ended = asyncio.Event()
    taken: list[dict[str, Any]] = []
    worst = [0.0]
    began = [time.process_time(), time.monotonic()]

    def publish(published: Published) -> None:
        if published.view is None:
            return
        view = published.view
        if not seen or seen[0].inventory is not view.inventory:
            garbage.let_stay()  # as the collector's process does
        seen[:] = [view]
        live = {r.feed: r.calls for r in view.reports if r.feed in LIVE_FEEDS}
        taken.append({"live": live, "cpu": time.process_time() - began[0], "wall": published.status.sweep_took})
        if len(taken) >= int(polls) + 1:
            ended.set()

    async def get_source() -> Source:
        return source

    lead = Lead(
        folder=Path(folder), org_id=org.org_id, get_source=get_source, poll_seconds=float(period), clock=clock,
        thresholds=Thresholds(), publish=publish,
    )  # fmt: skip
    Path(folder).mkdir(parents=True)
    beats = asyncio.create_task(_beat(worst, taken, began))
    if not await lead.begin():
        raise SystemExit("somebody else leads there")
    await ended.wait()
    await asyncio.sleep(period_left(float(period)))
    beats.cancel()
    rss = psutil.Process().memory_info().rss
    await lead.end()
    await source.close()
    inventory = seen[0].inventory
    told = {"polls": taken, "rss": rss, "circuits": len(inventory.circuits), "paths": len(inventory.paths)}
    print(json.dumps(told))


def period_left(period: float) -> float:
    """A little, so that what follows the last poll (history's tidying) is measured too."""
    return min(2.0, period / 2)


async def _beat(worst: list[float], taken: list[dict[str, Any]], began: list[float]) -> None:
    """Notes each poll's longest block; between polls the processor's time is not the poll's."""
    known = 0
    while True:
        last = time.monotonic()
        await asyncio.sleep(BEAT)
        worst[0] = max(worst[0], time.monotonic() - last - BEAT)
        if len(taken) != known:
            known = len(taken)
            taken[-1]["block"] = worst[0]
            worst[0], began[0] = 0.0, time.process_time()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
