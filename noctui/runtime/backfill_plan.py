"""What a back-fill will do, how far it is, what came of it, and why it cannot begin: all that its callers see.

Times are UTC epoch seconds. Lines are whole sentences, one each, fit for a terminal or a log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


class BackfillError(Exception):
    """It cannot be done: one clear line that says what, where and what to do.

    `usage`: what was asked for can never work (`--start` after `--end`, the future); else something is missing or
    failed (no history yet, no token, Mist does not answer, another back-fill runs). `retry_at` is when it may be tried
    again, 0 when nobody knows.
    """

    def __init__(self, text: str, *, usage: bool = False, retry_at: float = 0.0) -> None:
        super().__init__(text)
        self.text, self.usage, self.retry_at = text, usage, retry_at


@dataclass(frozen=True, slots=True)
class Grain:
    """Buckets of Mist: `seconds` long, held for `held` seconds."""

    seconds: float
    held: float

    @property
    def word(self) -> str:
        """`10 min`, `1 h`."""
        return f"{self.seconds / 60:.0f} min" if self.seconds < 3600 else f"{self.seconds / 3600:.0f} h"


FINE = Grain(600.0, 86_400.0)
COARSE = Grain(3600.0, 14 * 86_400.0)
"""What Mist holds of a port's series (facts: 10-minute buckets for a day, hours for 14 days)."""


@dataclass(frozen=True, slots=True)
class Hole:
    """[start, end): a time that is asked for and in which history holds no poll that brought anything.

    `first` to `last` are whole buckets of `grain` inside of it: [first, last), empty when none fits.
    """

    start: float
    end: float
    grain: Grain
    first: float
    last: float

    @property
    def buckets(self) -> int:
        return max(0, round((self.last - self.first) / self.grain.seconds))


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of one kind: `traffic`, `quality`, `events` or `alarms`. Those of `events` and `alarms` are at least so
    many: a page each. `had` were made by an earlier run that did not come to its end."""

    kind: str
    calls: int
    had: int = 0

    @property
    def left(self) -> int:
        return self.calls - self.had


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done for [start, end). `an_hour` is the share of the budget that may be used; `minutes` what the
    calls left take at that pace. `cannot` says what cannot be had and why, a line each. `nothing`, when not "", says
    why there is nothing to do: then `run` does nothing."""

    start: float
    end: float
    holes: tuple[Hole, ...]
    circuits: int
    gateways: int
    calls: tuple[Calls, ...]
    an_hour: int
    minutes: float
    cannot: tuple[str, ...] = ()
    nothing: str = ""

    @property
    def left(self) -> int:
        """Calls that are still to be made."""
        return sum(c.left for c in self.calls)

    @property
    def seconds(self) -> float:
        """How much time would be filled."""
        return sum(hole.last - hole.first for hole in self.holes if hole.buckets)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is. `phase` is `checking`, `fetching`, `building`, `waiting` (for the next hour's share, a resting
    token or the leader) or `taking in`; `done` of `total` are calls while fetching, else days."""

    phase: str
    done: int
    total: int
    text: str = ""  # why it waits, what failed last: one line
    until: float = 0.0  # when it goes on, while it waits


Told = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it.

    `whole`: everything that can be had is in history. `partial`: some calls did not succeed and nothing was put in
    (a rerun asks for those alone), or, when asked for (`as_is`), it was put in without them. `waiting`: it lies in the
    inbox and the leader has not taken it in yet. `nothing`: there was nothing to fill.
    """

    outcome: Literal["whole", "partial", "waiting", "nothing"]
    calls: int  # made by this run, but for those that check the tokens
    polls: int  # put in, over all holes
    seconds: float  # of time that they cover
    circuits: int  # with at least one value or known state
    series: int  # ports' series that came
    failed: int  # that did not, and may at another try
    refused: int  # that Mist does not have
    events: int
    alarms: int
    edges: int
    lines: tuple[str, ...] = ()  # what is missing and why, a line each
