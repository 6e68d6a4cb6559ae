"""Asking site after site, slowly, beside the sweeps: in which order, how much, and when not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from math import inf

from noctui.clock import Clock
from noctui.sources.mist.budget import HOUR, TokenBook
from noctui.sources.mist.enrich_parts import Part, Told, parts_of
from noctui.sources.mist.errors import AllTokensRefused, AllTokensRest, MistError

log = logging.getLogger("noctui.mist")
SHARE = 0.1
"""Of all tokens' calls of an hour; more is never used for this."""
LOW = 0.15
"""When no more than this part of the hour's calls is left, they are for the sweeps."""
PACE = 1.0
"""Seconds between two calls."""
IDLE = 60.0
"""Seconds between two looks for something to do."""
LONGEST_PAUSE = 600.0
REFUSALS = 10
"""So many refusals in a row mean that Mist does not want this of us: an hour's rest."""


def queue(
    sites: Mapping[str, tuple[str, ...]], told: Mapping[Part, Told], degraded: Collection[str], now: float
) -> list[Part]:
    """What is to be asked, in order: degraded sites first, then sites of which something is missing, then the oldest.

    `sites`: site id → macs of its gateways.
    """
    todo: list[tuple[bool, bool, float, str, list[Part]]] = []
    for site_id, macs in sites.items():
        parts = parts_of(site_id, macs)
        due = [p for p in parts if p not in told or told[p].due(now)]
        if due:
            whole = all(p in told for p in parts)
            oldest = min((told[p].asked_at for p in due if p in told), default=0.0)
            todo.append((site_id not in degraded, whole, oldest, site_id, due))
    todo.sort()
    return [part for *_, due in todo for part in due]


class Allowance:
    """The share of this hour's calls."""

    def __init__(self, book: TokenBook, clock: Clock) -> None:
        self._book, self._clock = book, clock
        self._hour, self._spent = -1, 0

    @property
    def share(self) -> int:
        """Calls an hour."""
        return int(SHARE * self._book.limit)

    def spent(self, calls: int = 1, at: float | None = None) -> None:
        """Count calls made now, or before the start of this run at `at`."""
        hour = int(self._clock.now() // HOUR)
        if at is not None and int(at // HOUR) != hour:
            return
        if hour != self._hour:
            self._hour, self._spent = hour, 0
        self._spent += calls

    def why_not(self) -> str:
        """In words, why no call may be made now; "" when one may."""
        limit = self._book.limit
        if self._hour == int(self._clock.now() // HOUR) and self._spent >= self.share:
            return f"this hour's share of {self.share:,} calls is used"
        if limit - self._book.used <= LOW * limit:
            return "few calls are left this hour: they are for the sweeps"
        return ""


class Crawler:
    """Asks one part after another for ever. `ask` stores what it hears and raises a MistError when nothing came; it
    says whether Mist gave an answer (False: it refused)."""

    def __init__(self, ask: Callable[[Part], Awaitable[bool]], allowance: Allowance, clock: Clock) -> None:
        self.waits_for = ""
        """Why nothing is asked just now, in words; "" while it goes on or is done."""
        self._ask, self._allowance, self._clock = ask, allowance, clock
        self._todo: list[Part] = []  # next one last
        self._quiet = asyncio.Event()
        self._later: dict[Part, float] = {}
        self._refusals = 0
        self._failures = 0

    def plan(self, todo: list[Part]) -> None:
        """What to do from now on, best first."""
        self._todo = todo[::-1]

    def hush(self) -> None:
        """A sweep begins: nothing is asked until `go_on`."""
        self._quiet.clear()

    def go_on(self) -> None:
        self._quiet.set()

    async def run(self) -> None:
        """Ends by cancellation alone."""
        while True:
            await self._quiet.wait()
            await self._clock.sleep(await self._step())

    async def _step(self) -> float:
        """One call, if there is one to make; how long to wait then."""
        self.waits_for = ""
        part = self._next()
        if part is None:
            return IDLE
        if why := self._allowance.why_not():
            self._todo.append(part)
            self.waits_for = why
            return IDLE
        self._allowance.spent()
        try:
            given = await self._ask(part)
        except (AllTokensRest, AllTokensRefused) as error:
            self._todo.append(part)
            self.waits_for = str(error)
            until = error.until if isinstance(error, AllTokensRest) else 0.0
            return max(IDLE, min(until - self._clock.now(), LONGEST_PAUSE))
        except MistError as error:
            self._failures += 1
            pause = min(LONGEST_PAUSE, 5.0 * 2.0 ** min(self._failures, 10))
            self._later[part] = self._clock.now() + LONGEST_PAUSE
            self.waits_for = str(error)
            log.info("mist.enrich", extra={"part": part.key, "why": str(error), "pause": pause})
            return pause
        self._failures = 0
        self._refusals = 0 if given else self._refusals + 1
        if self._refusals >= REFUSALS:
            self._refusals = REFUSALS - 1  # one try, then the next rest
            self.waits_for = "Mist refuses to tell settings of sites and devices: has the token the right to see them?"
            return float(HOUR)
        return PACE

    def _next(self) -> Part | None:
        now = self._clock.now()
        while self._todo:
            part = self._todo.pop()
            if self._later.get(part, -inf) <= now:
                self._later.pop(part, None)
                return part
        return None
