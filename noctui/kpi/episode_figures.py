"""How often sites failed over, for how long, and how fast: figures over many episodes. Pure (docs/figures.md)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from noctui.model.figures import Episode, Period
from noctui.model.view import F8

VAGUE = 900.0
"""Seconds: a time known no better than this, and no better than to within itself, says nothing."""


def counts(episodes: Iterable[Episode], periods: Sequence[Period]) -> NDArray[np.int64]:
    """[periods] how many began in each: an episode counts once, where it begins."""
    began = np.sort(np.array([e.began for e in episodes], np.float64))
    edges = np.array([(p.start, p.end) for p in periods], np.float64).reshape(-1, 2)
    found = np.searchsorted(began, edges[:, 1]) - np.searchsorted(began, edges[:, 0])
    return found.astype(np.int64)


def lengths(episodes: Iterable[Episode], periods: Sequence[Period], now: float) -> F8:
    """[periods] seconds that sites ran without their primary in each, added up; open episodes count until `now`."""
    found = np.zeros(len(periods))
    for episode in episodes:
        ended = now if episode.ended is None else episode.ended
        for i, period in enumerate(periods):
            found[i] += max(0.0, min(ended, period.end) - max(episode.began, period.start))
    return found


@dataclass(frozen=True, slots=True)
class Switching:
    """Seconds from when primaries were lost until other circuits were active, over `known` of `all` episodes.

    `uncertainty` is how well the longest is known; NaN of none.
    """

    all: int
    known: int
    median: float
    longest: float
    uncertainty: float


def switching(episodes: Iterable[Episode]) -> Switching:
    """Left out are episodes whose primary was up (switched), or of which is not known when it was lost, and times
    that say nothing: whose uncertainty is over VAGUE and not below the time itself (nobody polled in between)."""
    every = list(episodes)
    sure = [e for e in every if not math.isnan(e.took) and not VAGUE < e.uncertainty >= e.took]
    if not sure:
        return Switching(len(every), 0, math.nan, math.nan, math.nan)
    last = max(sure, key=lambda e: (e.took, -e.uncertainty))
    return Switching(len(every), len(sure), median(e.took for e in sure), last.took, last.uncertainty)
