"""Brings the carriers' mails of a simulated network into a folder, each when it is due, once."""

from __future__ import annotations

import contextlib
import math
from pathlib import Path
from typing import Protocol

from noctui.mail_settings import EXCEPTION, SUCCESS
from noctui.sim.network import Network
from noctui.sim.night import SHOW
from noctui.sim.notices import mails

LOOK_SECONDS = 2.0
HOLD = 1
"""Blocks before the running one whose mails are brought when they are missing: a demo may be begun again."""


class Clock(Protocol):
    def now(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


def bring(network: Network, anchor: float, folder: Path, now: float) -> int:
    """Write what is due by now and is not there; how many. Raises OSError."""
    running = max(0, math.floor((now - anchor) / SHOW))
    count = 0
    for block in sorted({0, *range(max(0, running - HOLD), running + 1)}):
        for mail in mails(network, anchor + block * SHOW, block):
            if mail.at > now or any((folder / part / mail.name).exists() for part in ("", SUCCESS, EXCEPTION)):
                continue
            folder.mkdir(parents=True, exist_ok=True)
            partial = folder / f".{mail.name}.part"
            partial.write_bytes(mail.data)
            partial.rename(folder / mail.name)
            count += 1
    return count


async def deliver(network: Network, anchor: float, folder: Path, clock: Clock) -> None:
    """For ever. A full disk brings no mail."""
    while True:
        with contextlib.suppress(OSError):
            bring(network, anchor, folder, clock.now())
        await clock.sleep(LOOK_SECONDS)
