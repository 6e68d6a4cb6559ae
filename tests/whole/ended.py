"""Waiting for processes to end."""

from __future__ import annotations

import time
from collections.abc import Iterable

import psutil


def still_running(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those that have not ended after so long. One that has, and that no parent has buried yet, has ended: where
    orphans are nobody's children, as in many containers, they stay zombies."""
    until = time.monotonic() + seconds
    left = [one for one in processes if _runs(one)]
    while left and time.monotonic() < until:
        psutil.wait_procs(left, 0.05)
        left = [one for one in left if _runs(one)]
    return left


def _runs(one: psutil.Process) -> bool:
    try:
        return bool(one.is_running()) and one.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
