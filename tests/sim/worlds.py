"""Worlds for tests: the ordinary one, and ones where exactly what a test says happens."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from noctui.sim.incidents import Incident
from noctui.sim.world import DEFAULT_ANCHOR, World

T0 = DEFAULT_ANCHOR
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@lru_cache
def ordinary() -> World:
    """240 sites with their past, the night and the show."""
    return World()


@lru_cache
def calm() -> World:
    """60 sites where nothing happens."""
    return World(sites=60, incidents=())


def with_only(*incidents: Incident) -> World:
    """The calm world's network with exactly these incidents."""
    return calm().with_incidents(incidents)


def every(seconds: float, start: float, end: float) -> NDArray[np.float64]:
    """Instants from start to end."""
    return np.arange(start, end, seconds)


def lines_of(world: World, site: int) -> list[int]:
    """Circuit rows of a site, first choice first."""
    return world.network.rows(site=site)


def site_with(world: World, lines: int, nth: int = 0) -> int:
    """A site with so many circuits."""
    found = np.flatnonzero(np.diff(world.network.site_first) == lines)
    return int(found[nth])
