"""Closing days, weeks or months by order: by this process, or, while another one leads, by that one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from noctui.clock import Clock
from noctui.kpi import calendar
from noctui.model.figures import Grain, Period
from noctui.model.stores import HistoryError
from noctui.runtime.aggregating import GRAINS, ORDER, Closed, Closing, Order, Result
from noctui.runtime.following import Follower
from noctui.runtime.headless import Step, Stopped, Tell, because, history_folder
from noctui.runtime.headless_writer import close_due, take_in, writing
from noctui.settings import Settings
from noctui.stores.bus.folder import is_led
from noctui.stores.history import HistoryReader, kept_for, open_reader
from noctui.stores.history.inbox import deposit

LOOK_SECONDS = 0.25
PATIENCE = 120.0
"""Seconds, and three of its intervals, that a leader may take until it closes something more."""
GRACE = 2 * 3600.0
"""A period that ended so lately may wait for its last samples: that it is not closed says nothing."""


@dataclass
class Outcome:
    """What came of it. `closed` oldest first; `empty` are periods that are over and of which nothing is known;
    `led_by` who closed them, "" when that is this process."""

    grain: Grain
    folder: Path
    closed: list[Result] = field(default_factory=list)
    empty: list[Period] = field(default_factory=list)
    led_by: str = ""


Done = Callable[[Result], None]


class Aggregation:
    """One run over one grain."""

    def __init__(self, settings: Settings, word: str, since: float | None, clock: Clock, tell: Tell) -> None:
        """`word` is one of GRAINS. `since`: what began then or later, and is closed, is closed anew."""
        self._settings, self._word, self._grain = settings, word, GRAINS[word]
        self._since, self._clock, self._tell = since, clock, tell
        self._order = ""
        self._told: set[str] = set()

    def due(self) -> list[Period]:
        """What `run` would close, oldest first. A blocking call. Raises Stopped."""
        reader = self._reader(history_folder(self._settings))
        try:
            return list(_closed(reader).due(self._grain, self._since, self._clock.now()))
        except HistoryError as error:
            raise because(error) from error
        finally:
            reader.close()

    async def run(self, done: Done) -> Outcome:
        """Close what is due; `done` is told of each period as it is closed. Raises Stopped."""
        folder = history_folder(self._settings)
        reader = self._reader(folder)
        found = Outcome(self._grain, folder)
        try:
            before = list(_closed(reader).closed(self._grain))
            version = max((r.version for r in before), default=0)

            def tell(results: Iterable[Result]) -> None:
                for result in results:
                    if result.period.key not in self._told:
                        self._told.add(result.period.key)
                        found.closed.append(result)
                        done(result)

            while not await self._led(folder, reader, version, tell, found):
                if await self._directly(folder, tell):
                    break
            tell(_closed(reader).closed(self._grain, version))
            found.empty = self._empty(reader, before)
        except HistoryError as error:
            raise because(error) from error
        finally:
            reader.close()
        found.closed.sort(key=lambda r: r.period)
        return found

    async def _directly(self, folder: Path, tell: Callable[[Iterable[Result]], None]) -> bool:
        """Close them here; False when another process was quicker with the lock."""
        with writing(folder, folder.name, self._settings) as writer:
            if writer is None:
                return False
            await take_in(writer, self._tell)
            closing = cast("Closing", writer)
            for result in closing.aggregate(self._grain, self._since, self._clock.now()):
                if result is not None:
                    tell([result])
                self._tell(Step("closing", f"closing {self._grain.word}s: {len(self._told)} done", len(self._told)))
                await asyncio.sleep(0)
            await close_due(writer, self._clock, self._tell)
        return True

    async def _led(
        self, folder: Path, reader: HistoryReader, version: int, tell: Callable[[Iterable[Result]], None],
        found: Outcome,
    ) -> bool:  # fmt: skip
        """Leave an order and wait for what comes of it; False when nobody leads (any more)."""
        follower = Follower(folder)
        began = self._clock.monotonic()
        while (leader := follower.leader() if is_led(folder) else None) is not None:
            if not self._order:
                self._order = deposit(folder, ORDER, Order("aggregate", self._word, self._since).packed())
            closed = _closed(reader)
            had = len(self._told)
            tell(closed.closed(self._grain, version))
            if closed.applied(self._order) and not closed.due(self._grain, None, self._clock.now()):
                found.led_by = leader
                return True
            if len(self._told) > had:
                began = self._clock.monotonic()
            said = follower.said
            patience = PATIENCE + 3 * (said.poll_seconds if said is not None else self._settings.poll_seconds)
            waited = self._clock.monotonic() - began
            if waited > patience:
                raise Stopped(
                    f"{leader} leads, but has not done it within {waited:.0f} s; it will, when it can", "leader"
                )
            self._tell(
                Step("following", f"{leader} leads: waiting until it has closed them", int(waited), int(patience))
            )
            await self._clock.sleep(LOOK_SECONDS)
        return False

    def _empty(self, reader: HistoryReader, before: list[Result]) -> list[Period]:
        """Periods since then, or since the newest that was closed before, that are over and not there."""
        first = reader.step(0.0, 1)
        if first is None:
            return []
        start = max((r.period.end for r in before), default=first) if self._since is None else max(first, self._since)
        there = {r.period.key for r in _closed(reader).closed(self._grain)}
        until = self._clock.now() - GRACE
        periods = calendar.periods(self._grain, start, until, self._settings.zone) if start < until else []
        return [p for p in periods if p.end <= until and p.key not in there]

    def _reader(self, folder: Path) -> HistoryReader:
        days = self._settings.raw_days, self._settings.path_days
        return open_reader(folder, retention=kept_for(*days, self._settings.zone))


def _closed(reader: HistoryReader) -> Closed:
    return cast("Closed", reader)
