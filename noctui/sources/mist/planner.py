"""The budget of API calls: what each kind of work needs an hour, and the share that drill-down may have of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import ceil

from noctui.clock import Clock
from noctui.model.health import PlanLine
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

    def free(self, part: float = 1.0) -> bool:
        """Is there anything left of this `part` of the share?"""
        return self.used < self.limit * part

    def take(self, calls: int = 1) -> None:
        """Count calls about to be made. Raises ShareUsed when the hour's share is gone.

        Without any accepted token there is no share to speak of: what refuses the call then is the token.
        """
        limit = self.limit
        if limit > 0 and self.used >= limit:
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


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the calls depend on. `sweep_calls` are those of one sweep, `enrich_calls` of all enrichment in an hour."""

    sites: int = 0
    gateways: int = 0
    tokens: int = 1
    page_limit: int = 1000
    refresh_seconds: float = 3600.0
    usage_seconds: float = 600.0
    sweep_calls: int = 0
    sweep_seconds: float = 0.0  # between two sweeps; 0: not known yet


def plan(sizes: Sizes, share: Share) -> tuple[PlanLine, ...]:
    """Calls an hour by kind of work, each with its formula. Enrichment is planned by whoever enriches."""
    lines = []
    if sizes.sweep_calls and sizes.sweep_seconds > 0:
        calls = sizes.sweep_calls * HOUR / sizes.sweep_seconds
        lines.append(PlanLine("sweeps", calls, f"{sizes.sweep_calls} calls every {sizes.sweep_seconds:.0f} s"))
    lines.append(_hourly(sizes))
    lines.append(
        PlanLine(
            "drill-down",
            share.limit,
            f"at most {DRILL_DOWN:.0%} of the budget, {share.used:,} used this hour: "
            "a circuit's series 2, a site's service levels 4 to 14, then cached",
        )
    )
    return tuple(lines)


def _hourly(sizes: Sizes) -> PlanLine:
    sites, gateways = _pages(sizes.sites, sizes.page_limit), _pages(sizes.gateways, sizes.page_limit)
    refreshes, usages = HOUR / sizes.refresh_seconds, HOUR / sizes.usage_seconds
    calls = refreshes * (sites + gateways + 3) + usages * sizes.tokens
    text = (
        f"{sites} for ⌈{sizes.sites:,} sites / {sizes.page_limit:,}⌉ + "
        f"{gateways} for ⌈{sizes.gateways:,} gateways / {sizes.page_limit:,}⌉ + 3 for groups, templates and profiles, "
        f"+ {usages:g} × {sizes.tokens} for what Mist counted"
    )
    return PlanLine("hourly", calls, text)


def _pages(rows: int, limit: int) -> int:
    return max(1, ceil(rows / limit))
