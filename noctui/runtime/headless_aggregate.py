"""Making days, weeks or months by order: by this process, or, while another one leads, by that one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from noctui.clock import Clock
from noctui.kpi import calendar
from noctui.model.figures import Grain, Made, Period
from noctui.model.stores import HistoryError
from noctui.runtime.following import Follower
from noctui.runtime.headless import Step, Stopped, Tell, because, history_folder, known_folder
from noctui.runtime.headless_writer import close_due, take_in, writing
from noctui.settings import Settings
from noctui.stores.bus.folder import is_led
from noctui.stores.history import HistoryReader, kept_for, open_reader
from noctui.stores.history.inbox import deposit
from noctui.stores.history.made_figures import is_applied, made_after, marked, versions
from noctui.stores.history.ordering import ORDER, Order

GRAINS = {"daily": Grain.DAY, "weekly": Grain.WEEK, "monthly": Grain.MONTH}
"""The words of the command line."""
LOOK_SECONDS = 0.25
PATIENCE = 120.0
"""Seconds, and three of its intervals, that a leader may take until it has made something more."""
GRACE = 2 * 3600.0
"""What ended so lately may wait for its last samples: that it is not made says nothing."""

Done = Callable[[Made], None]


@dataclass
class Outcome:
    """What came of it. `made` oldest first; `empty` are periods that are over and of which nothing is known; `led_by`
    who made them, "" when that is this process."""

    grain: Grain
    folder: Path
    made: list[Made] = field(default_factory=list)
    empty: list[Period] = field(default_factory=list)
    led_by: str = ""


class Aggregation:
    """One run over one grain."""

    def __init__(self, settings: Settings, word: str, since: float | None, clock: Clock, tell: Tell) -> None:
        """`word` is one of GRAINS. `since`: what ended later, and is made, is made anew."""
        self._settings, self._word, self._grain = settings, word, GRAINS[word]
        self._since, self._clock, self._tell = since, clock, tell
        self._order = ""
        self._had: dict[Period, int] | None = None
        self._told: dict[Period, Made] = {}

    def look(self) -> None:
        """Whatever is made from now on is told by `run`, whoever makes it. A blocking call. Raises Stopped."""
        folder = known_folder(self._settings)
        if folder is None:
            self._had = {}
            return
        reader = self._reader(folder)
        try:
            self._had = versions(reader, self._grain)
        except HistoryError as error:
            raise because(error) from error
        finally:
            reader.close()

    def due(self) -> list[Period]:
        """What `run` would look at, oldest first. A blocking call. Raises Stopped."""
        reader = self._reader(history_folder(self._settings))
        try:
            had = versions(reader, self._grain)
            anew = [p for p in had if self._since is not None and p.end > self._since]
            new = self._over(reader, had, self._clock.now())
            return sorted({*marked(reader, self._grain, self._clock.now()), *anew, *new})
        except HistoryError as error:
            raise because(error) from error
        finally:
            reader.close()

    async def run(self, done: Done) -> Outcome:
        """Make what is due; `done` is told of each period as it is made. Raises Stopped."""
        folder = history_folder(self._settings)
        reader = self._reader(folder)
        found = Outcome(self._grain, folder)
        try:
            had = self._had if self._had is not None else versions(reader, self._grain)
            newest = max(had.values(), default=0)

            def tell(results: Iterable[Made]) -> None:
                for result in results:
                    if result.period not in self._told:
                        self._told[result.period] = result
                        done(result)

            while not await self._led(folder, reader, newest, tell, found):
                if await self._directly(folder, tell):
                    break
            tell(made_after(reader, self._grain, newest))
            there = versions(reader, self._grain)
            over = self._over(reader, had, self._clock.now() - GRACE)
            found.empty = [p for p in over if not _covered(p, there)]
        except HistoryError as error:
            raise because(error) from error
        finally:
            reader.close()
        found.made = sorted(self._told.values(), key=lambda made: made.period)
        return found

    async def _directly(self, folder: Path, tell: Callable[[Iterable[Made]], None]) -> bool:
        """Make them here; False when another process was quicker with the lock."""
        with writing(folder, folder.name, self._settings) as writer:
            if writer is None:
                return False
            await take_in(writer, self._tell)
            for result in writer.aggregate(self._grain, self._since, self._clock.now()):
                if result is not None:
                    tell([result])
                words = f"making {self._grain.word}s: {len(self._told)} done"
                self._tell(Step("making", words, len(self._told)))
                await asyncio.sleep(0)
            await close_due(writer, self._clock, self._tell)
        return True

    async def _led(
        self,
        folder: Path,
        reader: HistoryReader,
        newest: int,
        tell: Callable[[Iterable[Made]], None],
        found: Outcome,
    ) -> bool:
        """Leave an order and wait for what comes of it; False when nobody leads (any more)."""
        follower = Follower(folder)
        began = self._clock.monotonic()
        while (leader := follower.leader() if is_led(folder) else None) is not None:
            if not self._order:
                order = Order("aggregate", self._word, self._since)
                self._order = deposit(folder, ORDER, msgspec.msgpack.encode(order))
            applied = is_applied(reader, self._order)
            left = marked(reader, self._grain, self._clock.now() - GRACE)
            had = len(self._told)
            tell(made_after(reader, self._grain, newest))
            if applied and not left:
                found.led_by = leader or "another noctui"
                return True
            if len(self._told) > had:
                began = self._clock.monotonic()
            said = follower.said
            patience = PATIENCE + 3 * (said.poll_seconds if said is not None else self._settings.poll_seconds)
            waited = self._clock.monotonic() - began
            if waited > patience:
                text = f"{leader} leads, but has not done it within {waited:.0f} s; the order waits for it"
                raise Stopped(text, "leader")
            text = f"{leader} leads: waiting until it has made them"
            self._tell(Step("following", text, int(waited), int(patience)))
            await self._clock.sleep(LOOK_SECONDS)
        return False

    def _over(self, reader: HistoryReader, had: dict[Period, int], until: float) -> list[Period]:
        """Periods that ended before then, of which history should know something, and that were not made: since the
        newest one that was, or since the time that is asked for."""
        first = reader.step(0.0, 1)
        if first is None:
            return []
        start = max([first, *(p.end for p in had)]) if self._since is None else max(first, self._since)
        found = calendar.periods(self._grain, start, until, self._settings.zone) if start < until else []
        return [p for p in found if p.end <= until and not _covered(p, had)]

    def _reader(self, folder: Path) -> HistoryReader:
        days = self._settings.raw_days, self._settings.path_days
        return open_reader(folder, retention=kept_for(*days, self._settings.zone))


def _covered(period: Period, made: Iterable[Period]) -> bool:
    """Another zone's days count as done for their time."""
    return any(p.start < period.end and p.end > period.start for p in made)
