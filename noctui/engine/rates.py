"""Rates from what was reported, else from counters; utilisation of the bandwidth (docs/values.md 5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noctui.model.batch import Column
from noctui.model.inventory import Inventory
from noctui.model.view import B1, F8

WRAP = 2.0**32
TOO_FAST = 110.0
"""Percent of the link speed above which a rate cannot be; of the bandwidth above which the bandwidth is in doubt."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """Of one inventory: link speeds and bandwidths in bits/s, NaN where unknown."""

    link: F8
    down: F8
    up: F8


def capacity_of(inventory: Inventory) -> Capacity:
    return Capacity(_known(inventory.link_bps), _known(inventory.down_bps), _known(inventory.up_bps))


def _known(speed: F8) -> F8:
    return np.where(speed > 0, speed, np.nan)


def rate(
    reported: Column, counter: Column, last_counter: F8, seconds: F8, uptime: F8, link: F8, fresh: B1
) -> tuple[F8, int]:
    """Bits/s of one direction for the rows that are samples (others mean nothing), and how many were rejected."""
    bps: F8 = reported.astype(np.float32).astype(np.float64)
    counted = np.flatnonzero(fresh & np.isnan(bps))
    if len(counted):
        bps[counted] = _from_counter(
            counter[counted], last_counter[counted], seconds[counted], uptime[counted], link[counted]
        )
    absurd = (100.0 * bps > TOO_FAST * link) & fresh
    rejected = int(np.count_nonzero(absurd))
    if rejected:
        bps[absurd] = np.nan
    bps[bps < 0] = np.nan
    return bps, rejected


def _from_counter(counter: F8, last: F8, seconds: F8, uptime: F8, link: F8) -> F8:
    difference = counter - last
    fell = difference < 0
    if fell.any():
        wrapped = (difference + WRAP) * 8.0 / seconds
        wraps = fell & (last < WRAP) & (counter < WRAP) & (wrapped <= link)
        difference = np.where(wraps, difference + WRAP, np.where(fell, np.nan, difference))
    difference = np.where(uptime < seconds, np.nan, difference)
    found: F8 = (difference * 8.0 / seconds).astype(np.float32).astype(np.float64)  # as stored: the past shows the same
    return found


def percent(bps: F8, bandwidth: F8) -> F8:
    """Never capped; the product first, so that whole percentages are exact."""
    found: F8 = 100.0 * bps / bandwidth
    return found
