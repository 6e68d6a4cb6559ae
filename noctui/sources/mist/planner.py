"""The share that drill-down may have of the API budget, beside sweeps, hourly work and enrichment."""

from __future__ import annotations

import time

from noctui.clock import Clock
from noctui.sources.mist.budget import HOUR, TokenBook
from noctui.sources.mist.errors import MistError

DRILL_DOWN = 0.10
"""Of the tokens' limit. Sweeps are paced to leave a fifth of it free; half of that may be spent by looking closely."""


class ShareUsed(MistError):  # noqa: N818 - named after the condition, as its base's others
    """Drill-down has spent its share of this hour."""


class Share:
    """Calls that drill-down makes in a clock hour."""

    def __init__(self, book: TokenBook, clock: Clock, part: float = DRILL_DOWN) -> None:
        self._book = book
        self._clock = clock
        self._part = part
        self._hour = 0
        self._used = 0

    @property
    def limit(self) -> int:
        return int(self._book.limit * self._part)

    @property
    def used(self) -> int:
        self._turn()
        return self._used

    @property
    def plan(self) -> tuple[str, float, str]:
        """(work, calls an hour at most, its formula in words), as the other kinds of work tell theirs."""
        text = (
            f"at most {self._part:.0%} of {self._book.limit:,}, {self.used:,} used this hour; "
            "a circuit's series 2 calls, a site's service levels 3 to 11, then cached"
        )
        return "drill-down", float(self.limit), text

    def free(self, part: float) -> bool:
        """Is there anything left of this `part` of the share?"""
        return self.used < self.limit * part

    def take(self, calls: int = 1) -> None:
        """Count calls about to be made. Raises ShareUsed when the hour's share is gone.

        Without any accepted token there is no share to speak of: what refuses the call then is the token.
        """
        limit, used = self.limit, self.used
        if 0 < limit <= used:
            free_at = time.strftime("%H:%M", time.gmtime((self._hour + 1) * HOUR))
            raise ShareUsed(
                f"Drill-down used its share of the API budget ({limit:,} of {self._book.limit:,}); "
                f"free again {free_at} UTC."
            )
        self._used += calls

    def count(self, calls: int) -> None:
        """Calls that came on top: another token had to be tried."""
        self._turn()
        self._used += calls

    def _turn(self) -> None:
        hour = int(self._clock.now() // HOUR)
        if hour != self._hour:
            self._hour, self._used = hour, 0
