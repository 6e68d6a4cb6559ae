"""A back-fill as a process of its own, to be killed. Run by test_backfill_kill.

Arguments: data folder, org, the cloud's URL, the token, what its clock shows, start and end of the range; then, to kill
itself, how many chunks it may leave in the inbox before. Prints the outcome.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from noctui.clock import FixedClock
from noctui.runtime import backfill_giving
from noctui.runtime.backfill import Backfill
from noctui.settings import Settings
from noctui.stores.history.inbox import deposit


def kill_after(chunks: int) -> None:
    """SIGKILL to ourselves once so many chunks lie in the inbox."""
    left = [chunks]

    def counted(data: Path, kind: str, payload: bytes) -> str:
        found = deposit(data, kind, payload)
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    setattr(backfill_giving, "deposit", counted)  # noqa: B010 - where chunks are given away


async def main(data: str, org_id: str, url: str, token: str, now: float, start: float, end: float) -> None:
    settings = Settings(tokens=(token,), host=url, insecure_host=True, data=Path(data))
    async with Backfill(settings, Path(data) / org_id, org_id, FixedClock(now)) as filling:
        await filling.plan(start, end)
        result = await filling.run()
    print(result.outcome, result.calls, result.polls)


if __name__ == "__main__":
    if len(sys.argv) > 8:
        kill_after(int(sys.argv[8]))
    data, org_id, url, token = sys.argv[1:5]
    now, start, end = map(float, sys.argv[5:8])
    asyncio.run(main(data, org_id, url, token, now, start, end))
