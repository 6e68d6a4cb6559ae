"""Acknowledgements mirrored to the cloud, where the settings ask for it (`alarms.ack_to_mist`).

What came of each stands in the audit. Ours hold whatever the cloud says.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from noctui.clock import Clock
from noctui.model.alarms import Act, Alarm, AuditEntry
from noctui.model.stores import HistoryError, HistoryWriter
from noctui.runtime.source import Source, SourceError

log = logging.getLogger("noctui.alarms")

TRIES = 5
WAIT = 30.0
"""Seconds before another try."""
_TAKES = {"ack": True, "unack": False}


@dataclass(slots=True)
class _Letter:
    act: Act
    mist_ids: tuple[str, ...]
    taken: bool
    tries: int = 0
    why: str = ""


class Mirror:
    """Tells the cloud what people took and gave back, in that order."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: asyncio.Queue[_Letter] = asyncio.Queue()
        self._unstored: list[AuditEntry] = []

    def add(self, acts: Sequence[Act], changed: Sequence[Alarm]) -> None:
        """What these acts changed of alarms that the cloud knows."""
        mist_id = {a.alarm_id: a.mist_id for a in changed if a.mist_id}
        for act in acts:
            ids = tuple(mist_id[i] for i in act.alarm_ids if i in mist_id)
            if ids and act.kind in _TAKES:
                self._waiting.put_nowait(_Letter(act, ids, _TAKES[act.kind]))

    async def run(
        self, get_source: Callable[[], Awaitable[Source]], writer: Callable[[], HistoryWriter | None]
    ) -> None:
        """For ever."""
        while True:
            letter = await self._waiting.get()
            while True:
                letter.tries += 1
                letter.why = await self._sent(letter, get_source)
                if not letter.why or letter.tries >= TRIES or "read alone" in letter.why:
                    break
                await asyncio.sleep(WAIT)
            self._unstored.append(self._entry(letter))
            self.store(writer())

    async def _sent(self, letter: _Letter, get_source: Callable[[], Awaitable[Source]]) -> str:
        try:
            source = await get_source()
            return await source.acknowledge(
                letter.mist_ids, f"{letter.act.who}: {letter.act.why}".rstrip(": "), letter.taken
            )
        except SourceError as error:
            return error.text
        except Exception as error:  # the boundary: those that wait behind this one are told all the same
            log.exception("alarms.mirror_broke")
            return f"noctui broke at it ({type(error).__name__})"

    def _entry(self, letter: _Letter) -> AuditEntry:
        act, many = letter.act, len(letter.mist_ids)
        log.info("alarms.mirrored", extra={"alarms": many, "taken": letter.taken, "why_not": letter.why})
        now = self._clock.now()
        return AuditEntry(
            at=now, known_at=now, who=act.who, role=act.role, origin=act.origin, action=f"{act.kind} in Mist",
            subject=f"{many} of Mist's alarms", detail=act.why, outcome=letter.why or "done", act_id=act.act_id,
        )  # fmt: skip

    def store(self, writer: HistoryWriter | None) -> None:
        """Write what came of it; what cannot be written goes with the next one."""
        if writer is None or not self._unstored:
            return
        try:
            writer.write_acts((), (), tuple(self._unstored), ())
        except HistoryError as error:
            log.error("history.fault", extra={"text": str(error)})
        else:
            self._unstored.clear()
