"""Small networks in which exactly what a test says happens, and their rows by what they are."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from noctui.sim.incidents import Incident
from noctui.sim.world import World
from tests.walk.walk import T0


@lru_cache
def calm() -> World:
    """24 sites with 53 circuits where nothing happens: one, two and three lines, with and without rates and quality."""
    return World(seed=9, sites=24, anchor=T0, incidents=())


def with_only(*incidents: Incident) -> World:
    """The calm network with exactly these incidents."""
    return calm().with_incidents(incidents)


def site_with(lines: int, nth: int = 0) -> int:
    """A site with so many circuits."""
    found = np.flatnonzero(np.diff(calm().network.site_first) == lines)
    return int(found[nth])


def lines_of(site: int) -> list[int]:
    """The site's circuits as the world numbers them, first choice first."""
    return calm().network.rows(site=site)


def ids_of(site: int) -> list[str]:
    """The ids of the site's circuits."""
    return [calm().network.circuit_id(row) for row in lines_of(site)]


def last_report_before(site: int, at: float) -> float:
    """When the site's gateway last reported by `at`, in a calm world."""
    return float(calm().last_report(np.array([[at]]))[0, site])
