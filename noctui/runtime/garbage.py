"""Python's garbage collector holds up every thread while it looks: it looks seldom, and not through what stays.

Nearly all that noctui drops is freed at once by its count of references. What is left are Textual's few cycles.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable
from functools import cache

THRESHOLDS = (5_000, 10, 50)
"""By default 700, 10, 10: a sweep alone would make it look through everything once or twice."""


AFTER = 4.0
"""Seconds after a poll."""


def not_yet() -> None:
    """Not while modules are imported, nearly all of which stay: a sixth of the time to the first paint."""
    gc.disable()


def again() -> None:
    """As before `not_yet`, for whoever is to live longer than the screen."""
    gc.enable()


def look_seldom() -> None:
    """For this process, from now on; never through what was made while it did not look."""
    gc.set_threshold(*THRESHOLDS)
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def let_stay() -> None:
    """Never look again through what there is now: 150,000 objects with the inventory of 10,000 circuits, 65 ms."""
    gc.freeze()


def give_back_soon() -> None:
    """Let the system have the memory that is free again, once what a poll sets off is done: a sweep and the figures of
    a day take some hundred MB for moments, and the C library keeps it. Call it on the loop."""
    loop = asyncio.get_running_loop()
    loop.call_later(AFTER, loop.run_in_executor, None, give_back)


def give_back() -> None:
    """Milliseconds, outside the interpreter's lock."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    """glibc's malloc_trim(3); other C libraries have none, and macOS gives back by itself."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    return getattr(ctypes.CDLL(None), "malloc_trim", None)
