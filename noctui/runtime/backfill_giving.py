"""Handing chunks to the history: into the inbox, each once, and taken in by whoever leads, else by this process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from noctui.clock import Clock
from noctui.model.figures import Grain
from noctui.model.stores import HistoryError
from noctui.runtime.backfill_plan import BackfillError, Hole, Progress, Told
from noctui.settings import Settings
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import HistoryReader, Writer, kept_for, open_writer
from noctui.stores.history.holes import polls_around, polls_waiting
from noctui.stores.history.inbox import deposit, folder_of, pending
from noctui.stores.history.past import Chunk, encode

KIND = "history"
LOOK_SECONDS = 1.0


class Given:
    """Which bucket polls are in the history, or wait for it, already: a run that was killed had left them there."""

    def __init__(self, history: HistoryReader, folder: Path, holes: Iterable[Hole]) -> None:
        """Blocking. Raises HistoryError."""
        waiting, _ = polls_waiting(folder)  # first, so that none slips through between the two looks
        self._at = {round(at, 3) for at in waiting.tolist()}
        for hole in holes:
            at, every = polls_around(history, hole.first - 1.0, hole.last + 1.0)
            self._at |= {round(t, 3) for t in at[every == hole.grain.seconds].tolist()}

    def has(self, chunk: Chunk) -> bool:
        return any(round(poll.at, 3) in self._at for poll in chunk.polls)


def strangers(history: HistoryReader, hole: Hole) -> bool:
    """Somebody else's polls stand in the hole by now. Blocking. Raises HistoryError."""
    at, every = polls_around(history, hole.start, hole.end)
    inside = (at > hole.start) & (at < hole.end)
    return bool(np.any(inside & (every != hole.grain.seconds)))


def give(folder: Path, chunks: Iterator[Chunk], given: Given, told: Told, days: int) -> list[str]:
    """Put what is not there yet into the inbox; the ids under which it waits. Blocking. Raises HistoryError."""
    ids = []
    for done, chunk in enumerate(chunks, 1):
        if not given.has(chunk):
            ids.append(deposit(folder, KIND, encode(chunk)))
        told(Progress("building", min(done, days), days))
    return ids


async def take_in(folder: Path, org_id: str, settings: Settings, clock: Clock, told: Told) -> bool:
    """Wait until nothing of it lies in the inbox; False when the leader has not taken it in for long. Raises
    BackfillError."""
    left = total = _waiting(folder)
    until = clock.now() + max(60.0, 3 * settings.poll_seconds) + 30.0
    while left:
        lock = FolderLock(folder)
        try:
            if lock.try_acquire():
                retention = kept_for(settings.raw_days, settings.path_days, settings.zone)
                await _write(open_writer(folder, org_id, lock, retention), clock, told, total)
                return True
        except (HistoryError, OSError) as error:
            raise BackfillError(f"The history cannot be written: {error}") from error
        finally:
            lock.release()
        if clock.now() >= until:
            return False
        told(Progress("waiting", total - left, total, "the leader takes it in", until))
        await clock.sleep(LOOK_SECONDS)
        now_left = _waiting(folder)
        if now_left < left:  # it is at it
            until = clock.now() + 60.0
        left = now_left
    return True


async def _write(writer: Writer, clock: Clock, told: Told, total: int) -> None:
    """Take in, and make all figures that it changes: no leader is there to do so when its time comes."""
    try:
        more = True
        while more:
            more = writer.apply_inbox().more
            told(Progress("taking in", total - _waiting(writer.folder), total))
            await asyncio.sleep(0)
        while writer.close_due(clock.now()):
            await asyncio.sleep(0)
        for grain in (Grain.DAY, Grain.WEEK, Grain.MONTH):
            for _ in writer.aggregate(grain, None, clock.now()):
                await asyncio.sleep(0)
    finally:
        writer.close()


def refused_of(folder: Path, ids: Iterable[str]) -> list[str]:
    """The files of those that whoever leads could not take in, and set aside."""
    names = (f"{left}.{KIND}.refused" for left in ids)
    return [f"inbox/{name}" for name in names if (folder_of(folder) / name).exists()]


def _waiting(folder: Path) -> int:
    return sum(waiting.kind == KIND for waiting in pending(folder))
