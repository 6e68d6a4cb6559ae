"""The worst sites' service levels, asked for before somebody does, while people look at such things.

Not always on: each site costs some six calls every ten minutes, all night, whether anybody looks or not, and others may
use the same tokens. And not off: a cloud takes seconds for these answers, and whoever asked for one bad site is likely
to ask for the next. So it begins with a question, ends a quarter of an hour after the last one, and takes no more than
half of drill-down's share.
"""

from __future__ import annotations

import math

import numpy as np

from noctui.clock import Clock
from noctui.model.cloud import SleTable
from noctui.sources.mist.planner import Share

LOOKS = 900.0
"""Seconds after a question in which the next is likely."""
WORST = 5
BELOW = 90.0
"""Percent: a site is degraded below this."""
PART = 0.5
"""Of drill-down's share: the rest stays for people."""


class Ahead:
    """Says which sites are worth asking for now, worst first."""

    def __init__(self, share: Share, clock: Clock) -> None:
        self._share = share
        self._clock = clock
        self._looked = -math.inf
        self._worst: tuple[str, ...] = ()

    def looked(self) -> None:
        """Somebody asked for service levels."""
        self._looked = self._clock.monotonic()

    def learn(self, table: SleTable) -> None:
        self._worst = worst_sites(table)

    @property
    def sites(self) -> tuple[str, ...]:
        idle = self._clock.monotonic() - self._looked > LOOKS
        return () if idle or not self._share.free(PART) else self._worst


def worst_sites(table: SleTable, most: int = WORST) -> tuple[str, ...]:
    """The degraded sites by their lowest level, worst first; one without any figure is not among them."""
    if not table.site_ids:
        return ()
    levels = np.stack([table.gateway_health, table.wan_link_health, table.application_health])
    lowest = np.where(np.isnan(levels), np.inf, levels).min(axis=0)
    order = np.argsort(lowest, kind="stable")[:most]
    return tuple(table.site_ids[i] for i in order if lowest[i] < BELOW)
