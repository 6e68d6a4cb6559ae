"""Back-fill: what Mist still holds of a time in which nothing was collected, fetched and put into history.

Traffic and quality come as Mist's own series of each port, states from events of ports and gateways. History is written
through its inbox, by whoever leads; where nobody leads, by this process. What was fetched is kept in the folder until
everything is in, so that a run that was killed goes on where it was.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Literal

from noctui.clock import Clock, SystemClock
from noctui.model.stores import HistoryError
from noctui.runtime.backfill_build import Builder, Built
from noctui.runtime.backfill_fetch import HAD, NONE, Fetched, fetch
from noctui.runtime.backfill_giving import Given, give, refused_of, take_in
from noctui.runtime.backfill_kept import FOLDER, VERSION, Head, Kept, KeptHole, begin
from noctui.runtime.backfill_plan import (
    COARSE,
    FINE,
    BackfillError,
    Calls,
    Grain,
    Hole,
    Plan,
    Progress,
    Result,
    Told,
)
from noctui.runtime.backfill_planning import Planned, planned
from noctui.runtime.backfill_work import Work
from noctui.runtime.mist import mist_settings
from noctui.settings import Settings
from noctui.sources.mist.backfill import MistPast
from noctui.sources.mist.errors import AllTokensRest, MistError
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import HistoryReader, open_reader

SHARE = 0.3
"""Of the tokens' calls of an hour: a collector beside it, with the same token, keeps what it needs."""


class Backfill:
    """One back-fill of one org's folder; an async context manager (leaving it closes what it opened).

    async with Backfill(settings, folder, org_id) as backfill:
        plan = await backfill.plan(start, end)
        if not plan.nothing and not dry_run:
            result = await backfill.run(progress)
    """

    def __init__(
        self, settings: Settings, folder: Path, org_id: str, clock: Clock | None = None, share: float = SHARE
    ) -> None:
        """`folder` is the org's (`runtime.folders.org_folder`); settings need a token and a host. Opens nothing yet."""
        self._settings, self._folder, self._org_id = settings, folder, org_id
        self._clock = clock or SystemClock()
        self._share = share
        self._history: HistoryReader | None = None
        self._planned: Planned | None = None

    async def __aenter__(self) -> Backfill:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def plan(self, start: float, end: float) -> Plan:
        """What [start, end) needs. Looks at history alone: makes no call, writes nothing.

        Raises BackfillError: the range can never work (`usage`), there is no history, or it cannot be read.
        """
        try:
            self._planned = await asyncio.to_thread(
                planned,
                self._reader(),
                self._folder,
                self._org_id,
                self._settings,
                self._share,
                self._clock.now(),
                start,
                end,
            )
        except HistoryError as error:
            raise BackfillError(f"The history in {self._folder} cannot be read: {error}.") from error
        return self._planned.plan

    async def run(self, told: Told | None = None, *, as_is: bool = False) -> Result:
        """Do what `plan` said; goes on from what an earlier run of the same range has fetched. `as_is`: put in what
        came although some calls failed; what is put in cannot be added to later.

        May take hours (`Plan.minutes`): it waits for the next hour's share. Cancelling it loses nothing. Raises
        BackfillError: no token that Mist accepts, no answer, another back-fill in this folder, disk full.
        """
        if self._planned is None:
            raise BackfillError("Nothing is planned: call plan first.")
        tell = told or _unheard
        lock = FolderLock(self._folder / FOLDER)
        try:
            if not lock.try_acquire():
                holder = lock.holder()
                raise BackfillError(
                    f"Another back-fill runs in {self._folder} ({holder.text if holder else 'locked'})."
                )
            result = await self._run(self._planned, tell, as_is)
            if self._planned.kept is not None and result.outcome == "whole":
                # What was gone on with may have been less than is asked for now.
                plan = await self.plan(self._planned.plan.start, self._planned.plan.end)
                if not plan.nothing:
                    result = _joined(result, await self._run(self._planned, tell, as_is))
            return result
        except HistoryError as error:
            raise BackfillError(f"The history in {self._folder} cannot be used: {error}.") from error
        except OSError as error:
            raise BackfillError(f"The data folder {self._folder} cannot be written: {error.strerror}.") from error
        finally:
            lock.release()

    async def close(self) -> None:
        """Close the history."""
        if self._history is not None:
            await asyncio.to_thread(self._history.close)
            self._history = None

    def _reader(self) -> HistoryReader:
        if self._history is None:
            self._history = open_reader(self._folder, self._org_id)
        return self._history

    async def _run(self, chosen: Planned, tell: Told, as_is: bool) -> Result:
        work = chosen.work
        if chosen.plan.nothing:
            return _result("nothing", 0, Built(), Fetched(), None)
        tell(Progress("checking", 0, 1))
        past = MistPast(mist_settings(self._settings), self._clock, self._share)
        try:
            await self._open(past)
            kept = chosen.kept or begin(self._folder, self._head(work))
            try:
                fetched = await fetch(past, kept, work.asks, self._clock, tell)
                return await self._put(work, kept, fetched, past.calls, tell, as_is)
            finally:
                kept.close()
        finally:
            await past.close()

    async def _open(self, past: MistPast) -> None:
        try:
            org = await past.open()
        except AllTokensRest as error:
            raise BackfillError(str(error), retry_at=error.until) from error
        except MistError as error:
            raise BackfillError(str(error)) from error
        if org.org_id != self._org_id:
            raise BackfillError(f"The token is for org {org.org_id}, the history in {self._folder} of {self._org_id}.")

    async def _put(self, work: Work, kept: Kept, fetched: Fetched, calls: int, tell: Told, as_is: bool) -> Result:
        """Into the history, when all is there that can be had."""
        if fetched.refused and not _series(kept):
            raise BackfillError(f"Mist refuses every series: {next(iter(fetched.refused.values()))}.")
        if fetched.failed and not as_is:
            return _result("partial", calls, Built(), fetched, kept)
        days = len({int(h // 86_400) for hole in work.holes for h in (hole.first, hole.last)})
        history, loop = self._reader(), asyncio.get_running_loop()

        def heard(progress: Progress) -> None:
            loop.call_soon_threadsafe(tell, progress)

        def build() -> tuple[Built, list[str]]:
            given = Given(history, self._folder, work.holes)
            builder = Builder(work, kept.records, history, self._settings.thresholds, self._clock.now())
            left = give(self._folder, builder.chunks(), given, heard, days)
            return builder.built, left

        built, left = await asyncio.to_thread(build)
        result = _result("partial" if fetched.failed else "whole", calls, built, fetched, kept)
        kept.drop()
        if await take_in(self._folder, self._org_id, self._settings, self._clock, tell):
            refused = refused_of(self._folder, left)
            if refused:
                raise BackfillError(
                    f"The history refused {len(refused)} of {len(left)} parts, which lie beside it as {refused[0]} and"
                    " so on: some of their polls are there already. The log says which (inbox.refused)."
                )
            return result
        return replace(
            result,
            outcome="waiting",
            lines=(*result.lines, f"It lies in {self._folder / 'inbox'}; the leader takes it in with its next poll."),
        )

    def _head(self, work: Work) -> Head:
        holes = tuple(KeptHole(h.start, h.end, h.grain.seconds, h.first, h.last) for h in work.holes)
        return Head(VERSION, self._org_id, work.start, work.end, self._clock.now(), holes)


def _unheard(_progress: Progress) -> None:
    """For nobody."""


def _result(
    outcome: Literal["whole", "partial", "nothing"], calls: int, built: Built, fetched: Fetched, kept: Kept | None
) -> Result:
    """What came of it, with a line for each kind of thing that did not."""
    records = kept.records.items() if kept is not None else ()
    lines = []
    if fetched.failed:
        many = len(fetched.failed)
        lines.append(f"{many:,} questions had no answer, the first: {next(iter(fetched.failed.values()))}.")
        if not built.polls:
            lines.append("Nothing was put in: run it again for what is missing.")
    if fetched.refused:
        many = len(fetched.refused)
        lines.append(f"{many:,} series Mist does not give, the first: {next(iter(fetched.refused.values()))}.")
    silent = sum(r.state == NONE and k.startswith("traffic") for k, r in records)
    if silent:
        lines.append(f"{silent:,} ports have no traffic series: their circuits stay unknown but for what events tell.")
    return Result(
        outcome=outcome,
        calls=calls,
        polls=built.polls,
        seconds=built.seconds,
        circuits=len(built.circuits),
        series=_series(kept),
        failed=len(fetched.failed),
        refused=len(fetched.refused),
        events=built.events,
        alarms=built.alarms,
        edges=built.edges,
        lines=tuple(lines),
    )


def _joined(first: Result, second: Result) -> Result:
    """Of two back-fills, one after the other."""
    return Result(
        outcome=second.outcome,
        calls=first.calls + second.calls,
        polls=first.polls + second.polls,
        seconds=first.seconds + second.seconds,
        circuits=max(first.circuits, second.circuits),
        series=first.series + second.series,
        failed=second.failed,
        refused=max(first.refused, second.refused),
        events=first.events + second.events,
        alarms=first.alarms + second.alarms,
        edges=first.edges + second.edges,
        lines=tuple(dict.fromkeys((*first.lines, *second.lines))),
    )


def _series(kept: Kept | None) -> int:
    """Ports' series that came."""
    records = kept.records.items() if kept is not None else ()
    return sum(r.state == HAD and k.startswith(("traffic", "quality")) for k, r in records)


__all__ = [
    "COARSE", "FINE", "SHARE", "Backfill", "BackfillError", "Calls", "Grain", "Hole", "Plan", "Progress", "Result",
    "Told",
]  # fmt: skip
