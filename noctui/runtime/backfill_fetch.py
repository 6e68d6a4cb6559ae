"""Asking Mist everything that a back-fill wants: paced, a few questions at a time, each answer kept at once."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
import zstandard

from noctui.clock import Clock
from noctui.model.view import F4
from noctui.runtime.backfill_kept import Kept, Record
from noctui.runtime.backfill_plan import BackfillError, Progress, Told
from noctui.runtime.backfill_work import Ask
from noctui.sources.mist.backfill import MistPast
from noctui.sources.mist.detail_ask import reason
from noctui.sources.mist.errors import AllTokensRefused, AllTokensRest, MistError, Rejected
from noctui.sources.mist.structs import AlarmRow, EventRow

log = logging.getLogger("noctui.backfill")
AT_A_TIME = 4
ROUNDS = 3
"""So often what failed is asked once more, after all the rest."""
IN_A_ROW = 12
"""So many failures without a success between them mean that Mist does not answer."""
HAD, NONE, REFUSED = "had", "none", "refused"
FORBIDDEN = 403
_encode = msgspec.msgpack.Encoder().encode
_events = msgspec.msgpack.Decoder(list[EventRow])
_alarms = msgspec.msgpack.Decoder(list[AlarmRow])
_ROWS = {"traffic": 2, "quality": 3}


@dataclass
class Fetched:
    """How it went. `failed` are the questions without an answer, with why; `refused` what Mist would not tell."""

    failed: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


async def fetch(past: MistPast, kept: Kept, asks: Sequence[Ask], clock: Clock, told: Told) -> Fetched:
    """Ask all that is not kept yet. Raises BackfillError when Mist cannot be asked, or what it says cannot be kept."""
    work = _Fetch(past, kept, asks, clock, told)
    for turn in range(ROUNDS):
        todo = [a for a in asks if a.key not in kept.records and a.key not in work.found.refused]
        if not todo:
            break
        work.begin(patient=turn > 0)
        try:
            async with asyncio.TaskGroup() as group:
                queue = deque(todo)
                for _ in range(AT_A_TIME):
                    group.create_task(work.ask_all(queue))
        except ExceptionGroup as errors:  # not except*: what is raised there comes wrapped in a group in some Pythons
            raise _first(errors.subgroup(BackfillError) or errors) from None
    work.found.refused |= {k: r.text for k, r in kept.records.items() if r.state == REFUSED}
    return work.found


def _first(errors: ExceptionGroup[Exception]) -> Exception:
    found = errors.exceptions[0]
    return _first(found) if isinstance(found, ExceptionGroup) else found


class _Fetch:
    def __init__(self, past: MistPast, kept: Kept, asks: Sequence[Ask], clock: Clock, told: Told) -> None:
        self.found = Fetched()
        self._past, self._kept, self._clock, self._told = past, kept, clock, told
        self._total = len(asks)
        self._done = sum(a.key in kept.records for a in asks)
        self._gate = asyncio.Lock()
        self._in_a_row = 0
        self._patient = False

    def begin(self, patient: bool) -> None:
        """A round; `patient`: all in it have failed before, so that failing again says nothing of Mist."""
        self.found.failed.clear()
        self._in_a_row, self._patient = 0, patient

    async def ask_all(self, queue: deque[Ask]) -> None:
        while queue:
            async with self._gate:  # one waits for all
                await self._wait()
            if not queue:
                return
            ask = queue.popleft()
            try:
                record = await self._ask(ask)
            except AllTokensRest:
                queue.appendleft(ask)
                continue
            except AllTokensRefused as error:
                raise BackfillError(str(error)) from error
            except Rejected as error:
                if ask.kind == "events":  # without them nobody knows what stayed as it was
                    raise BackfillError(f"Mist refuses to tell events of gateways: {error}") from error
                self._in_a_row = 0
                self.found.refused[ask.key] = reason(error)
                if error.status != FORBIDDEN:  # a right may be given, a gateway does not come back
                    self._kept.put(Record(ask.key, REFUSED, reason(error)))
            except MistError as error:
                self.found.failed[ask.key] = str(error)
                self._in_a_row += 1
                log.warning("backfill.failed", extra={"ask": ask.key, "why": str(error)})
                if self._in_a_row >= IN_A_ROW and not self._patient:
                    raise BackfillError(f"Mist does not answer: {error}. What came is kept: run it again.") from error
            else:
                self._in_a_row = 0
                self._kept.put(record)
            self._done += ask.key in self._kept.records
            self._told(Progress("fetching", self._done, self._total))

    async def _wait(self) -> None:
        while (wait := await self._past.wait()) is not None:
            self._told(Progress("waiting", self._done, self._total, wait.why, wait.until))
            await self._clock.sleep(max(1.0, wait.until - self._clock.now()))

    async def _ask(self, ask: Ask) -> Record:
        match ask.kind:
            case "events":
                return Record(ask.key, HAD, data=_encode(await self._past.events(ask.start, ask.start + ask.seconds)))
            case "alarms":
                return Record(ask.key, HAD, data=_encode(await self._past.alarms(ask.start, ask.start + ask.seconds)))
            case "traffic":
                values = await self._past.traffic(ask.port, ask.grid)
            case _:
                values = await self._past.quality(ask.port, ask.grid)
        if values is None or np.isnan(values).all():
            return Record(ask.key, NONE)
        return Record(ask.key, HAD, data=zstandard.compress(values.astype("<f4").tobytes(), 3))


def values_of(record: Record | None, ask: Ask) -> F4:
    """[metrics, buckets] of a kept series; NaN all through when there is none."""
    shape = (_ROWS[ask.kind], ask.count)
    if record is None or record.state != HAD:
        return np.full(shape, np.nan, np.float32)
    raw = zstandard.decompress(record.data, 4 * shape[0] * shape[1])
    return np.frombuffer(raw, "<f4").reshape(shape).astype(np.float32)


def events_of(record: Record | None) -> list[EventRow]:
    return _events.decode(record.data) if record is not None and record.state == HAD else []


def alarms_of(record: Record | None) -> list[AlarmRow]:
    return _alarms.decode(record.data) if record is not None and record.state == HAD else []
