"""Writing a history for a moment, where nobody leads."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from noctui.clock import Clock
from noctui.model.stores import HistoryError
from noctui.runtime.headless import Step, Tell, because
from noctui.settings import Settings
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import Writer, kept_for, open_writer
from noctui.stores.history.inbox import pending


@contextmanager
def writing(folder: Path, org_id: str, settings: Settings) -> Iterator[Writer | None]:
    """The folder's writer, its lock held; None while another process has it. Raises Stopped, also for what breaks
    inside."""
    lock = FolderLock(folder)
    try:
        if not lock.try_acquire():
            yield None
            return
        writer = open_writer(folder, org_id, lock, kept_for(settings.raw_days, settings.path_days, settings.zone))
        try:
            yield writer
        finally:
            writer.close()
    except (HistoryError, OSError) as error:
        raise because(error) from error
    finally:
        lock.release()


async def take_in(writer: Writer, tell: Tell) -> None:
    """Take in what lies in the inbox. It may be ended between any two units, as all here."""
    total = len(pending(writer.folder))
    more = total > 0
    while more:
        left = len(pending(writer.folder))
        tell(Step("taking in", f"taking in: {total - left} of {total} files", total - left, total))
        more = writer.apply_inbox().more
        await asyncio.sleep(0)


async def close_due(writer: Writer, clock: Clock, tell: Tell) -> None:
    """Close what is over."""
    while writer.close_due(clock.now()):
        tell(Step("closing", "closing hours and days that are over"))
        await asyncio.sleep(0)
