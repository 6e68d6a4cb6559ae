"""How long an event loop is blocked, and by what."""

from __future__ import annotations

import asyncio
import gc
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
        self.begin()
        self._last = time.monotonic()
        self._seen: Counter[str] = Counter()
        self._loop = threading.get_ident()
        self._collecting = 0.0
        gc.callbacks.append(self._collected)
        threading.Thread(target=self._look, name="watch", daemon=True).start()

    async def beat(self) -> None:
        """For ever."""
        while True:
            self._last, worked = time.monotonic(), time.thread_time()
            await asyncio.sleep(BEAT)
            late, worked = time.monotonic() - self._last - BEAT, time.thread_time() - worked
            self._late.append(late)
            self._worked.append(worked)
            if late > LATE:
                self._blocks.append((self._cause(late), 1000 * late, 1000 * worked))
            self._seen, self._garbage = Counter(), 0.0

    def _cause(self, late: float) -> str:
        """What took most of it."""
        if self._garbage > late / 2:
            return "Python's garbage collector"
        return self._seen.most_common(1)[0][0] if self._seen else "not seen: no thread ran"

    def _collected(self, phase: str, info: dict[str, int]) -> None:
        """The garbage collector begins or ends, on whichever thread: all others wait."""
        if phase == "start":
            self._collecting = time.monotonic()
            return
        took = time.monotonic() - self._collecting
        self._garbage += took
        self._pauses.append((info["generation"], took))

    def begin(self) -> None:
        """Forget all there was."""
        self._late: list[float] = []
        self._worked: list[float] = []
        self._blocks: list[tuple[str, float, float]] = []
        self._pauses: list[tuple[int, float]] = []
        self._garbage = 0.0

    def report(self) -> dict[str, Any]:
        """Milliseconds of each beat: `late`, and `worked` by the loop's own thread in between; `blocks` above 25 ms:
        (what it was seen at most often, late, worked). `pauses` by the garbage collector: (generation, ms)."""
        return {
            "late": [round(1000 * late, 2) for late in self._late],
            "worked": [round(1000 * worked, 2) for worked in self._worked],
            "blocks": self._blocks,
            "pauses": [(generation, round(1000 * took, 2)) for generation, took in self._pauses],
        }

    def _look(self) -> None:
        while True:
            time.sleep(BEAT)
            if time.monotonic() - self._last > BEAT + LATE / 2:
                self._seen[_at_work(sys._current_frames().get(self._loop))] += 1


def _at_work(frame: FrameType | None) -> str:
    """What the loop runs: the outermost function of noctui's, else the outermost of Textual's that paints or lays out;
    and the innermost of noctui's below it."""
    names: list[tuple[bool, str]] = []
    while frame is not None:
        code = frame.f_code
        path = code.co_filename
        if "/noctui/" in path or "/textual/" in path:
            names.append(("/noctui/" in path, f"{path.rpartition('/')[2]}:{code.co_name}"))
        elif code.co_name == "select":
            return "idle: another thread or program had the processor"
        frame = frame.f_back
    names.reverse()
    ours = [name for mine, name in names if mine]
    theirs = [name for mine, name in names if not mine and not name.startswith(_CARRIERS)]
    if ours:
        return ours[0] if ours[0] == ours[-1] else f"{ours[0]} … {ours[-1]}"
    return theirs[0] if theirs else "Textual's messages"


_CARRIERS = (
    "app.py:run", "app.py:_process_messages", "app.py:invoke", "app.py:_run", "app.py:_on_", "app.py:_dispatch",
    "message_pump.py", "_callback.py", "events.py", "timer.py", "_context.py", "worker.py",
)  # fmt: skip
"""What only hands messages on."""
