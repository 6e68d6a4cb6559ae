"""How often each kind of work beside the live feeds is done: one table, stretched when the tokens cannot pay for it."""

from __future__ import annotations

from collections.abc import Mapping

SITES, CHANGES, HOURLY, SLE, DAY_OF_ALARMS, OLD_ALARMS = (
    "sites", "inventory changes", "hourly", "sle", "alarms 24 h", "old alarms",
)  # fmt: skip
PERIODS: Mapping[str, float] = {
    SITES: 300.0,  # the list of sites: a renamed one shows within minutes
    CHANGES: 300.0,  # gateways of the inventory that changed since
    HOURLY: 3600.0,  # groups, templates, profiles, the inventory as a whole
    SLE: 600.0,  # service levels
    DAY_OF_ALARMS: 300.0,  # all alarms of 24 h, where they are more than a page: acknowledged, resolved
    OLD_ALARMS: 300.0,  # a few open alarms that are older than that
}
"""Seconds. Ports, peers, device stats, alarms and events are asked for in every sweep."""
SHARE = 0.8
"""Of the hour's calls: what sweeps and this work may use together; the rest is for drill-downs."""
LEAST = 0.05
"""Of the hour's calls: what is left to this work when sweeps need all the rest."""
LONGEST = 12.0
"""No period is stretched by more than this factor."""


class Cadence:
    """When each work was done last, what it costs, when it is due. Times are UTC epoch seconds."""

    def __init__(self, poll_seconds: float, periods: Mapping[str, float] = PERIODS) -> None:
        self.factor = 1.0  # by which periods are longer than in the table
        self._poll_seconds = poll_seconds
        self._periods = dict(periods)
        self._began: dict[str, float] = {}
        self._calls: dict[str, int] = {}

    def period(self, work: str) -> float:
        """Seconds between two times of this work."""
        return self._periods[work] * self.factor

    def due(self, work: str, now: float) -> bool:
        began = self._began.get(work)
        return began is None or not 0 <= now - began < self.period(work)

    def began(self, work: str, now: float) -> None:
        self._began[work] = now

    def again(self, work: str, now: float, after: float = 0.0) -> None:
        """It did not go well: it is due `after` that many seconds."""
        self._began[work] = now + after - self.period(work)

    def cost(self, work: str, calls: int) -> None:
        """What it took this time."""
        self._calls[work] = calls

    def settle(self, sweep_calls: int, limit: int) -> None:
        """Stretch or relax the periods. `sweep_calls`: of the live feeds; `limit`: all tokens' calls an hour."""
        sweeps = sweep_calls * 3600.0 / self._poll_seconds
        room = max(SHARE * limit - sweeps, LEAST * limit)
        needed = sum(calls * 3600.0 / self._periods[work] for work, calls in self._calls.items())
        self.factor = min(LONGEST, max(1.0, needed / room)) if room > 0 else LONGEST

    @property
    def plan(self) -> tuple[tuple[str, float, str], ...]:
        """(work, calls an hour, its formula in words) of each work that was done."""
        return tuple(
            (work, calls * 3600.0 / self.period(work), f"{_calls(calls)} every {_span(self.period(work))}")
            for work, calls in self._calls.items()
        )


def _calls(number: int) -> str:
    return f"{number} call{'' if number == 1 else 's'}"


def _span(seconds: float) -> str:
    """`90 s`, `5 min`, `1 h`."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes % 60 else f"{minutes // 60} h"
