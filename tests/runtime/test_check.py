"""After an end that was not clean the history file is looked through in the background, and what is found is said."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

from noctui.clock import SystemClock
from noctui.model.batch import Sweep
from noctui.model.cloud import MistAlarm
from noctui.model.detail import Answer, Question
from noctui.runtime.lead import Lead
from noctui.runtime.published import Published
from noctui.runtime.source import Budget, Org, Progress, Source, SourceError
from noctui.settings import Thresholds
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import open_writer


class Silent:
    """A source that never answers."""

    async def open(self) -> Org:
        raise SourceError("nobody is there")

    async def sweep(self, progress: Progress | None = None) -> Sweep:
        raise SourceError("nobody is there")

    def recall(self, alarms: Iterable[MistAlarm]) -> None:
        return None

    def budget(self) -> Budget:
        return Budget()

    async def detail(self, question: Question) -> Answer:
        raise SourceError("nobody is there")

    async def acknowledge(self, alarm_ids: Sequence[str], note: str, taken: bool) -> str:
        return "nobody is there"

    async def close(self) -> None:
        return None


async def test_a_file_that_was_not_closed_is_checked_and_a_sound_one_says_nothing(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    assert lock.try_acquire()
    open_writer(tmp_path, "org", lock).db.close()  # as a killed leader leaves it
    lock.release()
    told: list[Published] = []

    async def source() -> Source:
        return Silent()

    lead = Lead(
        folder=tmp_path,
        org_id="org",
        get_source=source,
        poll_seconds=1.0,
        clock=SystemClock(),
        thresholds=Thresholds(),
        publish=told.append,
    )
    assert await lead.begin()
    check = lead.check
    assert check is not None
    await asyncio.wait_for(asyncio.shield(check), 10)
    await lead.end()
    assert all(not p.status.history_text for p in told)

    again = Lead(
        folder=tmp_path,
        org_id="org",
        get_source=source,
        poll_seconds=1.0,
        clock=SystemClock(),
        thresholds=Thresholds(),
        publish=told.append,
    )
    assert await again.begin()
    assert again.check is None, "it was closed in order: nothing to check"
    await again.end()
