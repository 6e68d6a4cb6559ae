"""What health knows of the history on disk: measured off the loop, once a minute; and the polls it is warmed from."""

from __future__ import annotations

import asyncio
import logging
import shutil
from pathlib import Path

from noctui.model.health import HistoryHealth
from noctui.model.stores import HistoryError
from noctui.runtime import sync_health
from noctui.runtime.health import HealthBook
from noctui.runtime.health_figures import DAY, forecast
from noctui.stores.history.told_polls import oldest_poll, polls_told

log = logging.getLogger("noctui.health")

SECONDS = 60.0
AGAIN = 5.0
"""Sooner, while the history is so new that it holds no poll."""


def measure(folder: Path, now: float, raw_days: float) -> HistoryHealth:
    """Sizes and free disk of the history in `folder`, and what it will come to. A blocking call; never raises."""
    try:
        size = sum(f.stat().st_size for f in folder.glob("history.db*") if not f.name.endswith(".bad"))
        disk = shutil.disk_usage(folder)
    except OSError as error:
        return HistoryHealth(text=f"the data folder cannot be read: {error.strerror}")
    text, oldest = "", 0.0
    try:
        oldest = oldest_poll(folder) or 0.0
    except HistoryError as error:
        text = str(error)
    found = HistoryHealth(bytes=size, disk_free=disk.free, disk_total=disk.total, oldest=oldest, text=text)
    return forecast(found, now, raw_days)


def warm(book: HealthBook, folder: Path, now: float) -> None:
    """Tell the book of the polls of the last 24 h. A blocking call; a history that cannot be read warms nothing."""
    try:
        book.warm(polls_told(folder, now - DAY))
    except HistoryError as error:
        log.warning("health.unwarmed", extra={"reason": str(error)})


class Measurer:
    """Measures on a thread, at most once a minute, when it is looked at; on one loop."""

    def __init__(self, book: HealthBook, folder: Path, raw_days: float) -> None:
        self._book, self._folder, self._raw_days = book, folder, raw_days
        self._last = float("-inf")
        self._whole = False  # a poll was there to be measured
        self._task: asyncio.Task[None] | None = None

    def look(self, now: float) -> None:
        """Begin to measure if that is due; what is found is told with a later poll."""
        busy = self._task is not None and not self._task.done()
        wait = SECONDS if self._whole else AGAIN
        if not busy and not 0 <= now - self._last < wait:
            self._last = now
            self._task = asyncio.create_task(self._measure(now), name="health")

    async def _measure(self, now: float) -> None:
        found = await asyncio.to_thread(measure, self._folder, now, self._raw_days)
        self._whole = found.oldest > 0
        self._book.measured(found, await asyncio.to_thread(sync_health.measure, self._folder))

    async def stop(self) -> None:
        """Wait for what is being measured."""
        if self._task is not None:
            await asyncio.wait({self._task})
