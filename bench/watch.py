"""How long an event loop is blocked, and by what."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections import Counter
from types import FrameType
from typing import Any

BEAT = 0.005
LATE = 0.025
"""Seconds from which on a block is named."""


class Watch:
    """A heartbeat on the loop, and a thread that looks at the loop's stack while a beat is overdue."""

    def __init__(self) -> None:
        self._late: list[float] = []
        self._causes: Counter[str] = Counter()
        self._worst: dict[str, float] = {}
        self._last = time.monotonic()
        self._seen = ""
        self._loop = threading.get_ident()
        threading.Thread(target=self._look, name="watch", daemon=True).start()

    async def beat(self) -> None:
        """For ever."""
        while True:
            self._last = time.monotonic()
            await asyncio.sleep(BEAT)
            late = time.monotonic() - self._last - BEAT
            self._late.append(late)
            if late > LATE:
                cause = self._seen or "not seen: no thread ran"
                self._causes[cause] += 1
                self._worst[cause] = max(self._worst.get(cause, 0.0), 1000 * late)
            self._seen = ""

    def begin(self) -> None:
        self._late, self._causes, self._worst = [], Counter(), {}

    def report(self) -> dict[str, Any]:
        """`late`: milliseconds each beat came too late; `causes`: (what, how often, worst in ms), most often first."""
        causes = [(what, times, self._worst[what]) for what, times in self._causes.most_common()]
        return {"late": [round(1000 * late, 2) for late in self._late], "causes": causes}

    def _look(self) -> None:
        while True:
            time.sleep(BEAT)
            if not self._seen and time.monotonic() - self._last > BEAT + LATE / 2:
                frames = sys._current_frames()
                busy = [f"{t.name}: {where}" for t in threading.enumerate()
                        if t.ident not in (None, self._loop, threading.get_ident())
                        and (where := _where(frames.get(t.ident or 0)))]  # fmt: skip
                self._seen = " | ".join([_where(frames.get(self._loop)) or "idle", *busy])


def _where(frame: FrameType | None) -> str:
    """The innermost function of noctui's (or else of Textual's) that is at work; nothing for a waiting thread."""
    if frame is not None and frame.f_code.co_name in ("select", "wait", "_worker", "_wait_for_tstate_lock"):
        return ""
    found = ""
    while frame is not None:
        code = frame.f_code
        name = f"{code.co_filename.rpartition('/')[2]}:{code.co_name}"
        if "/noctui/" in code.co_filename:
            return f"{name}" + (f" ({found})" if found else "")
        if not found and ("/textual/" in code.co_filename or "/rich/" in code.co_filename):
            found = name
        frame = frame.f_back
    return found
