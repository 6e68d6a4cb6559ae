"""Regions folded from their sites and circuits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noctui.engine.layout import Groups, Rows, layout_of
from noctui.engine.sites import SEVERITIES
from noctui.model.inventory import Inventory
from noctui.model.view import B1, I4, TREND_NONE, TREND_SLOTS, U1, CircuitTable, RegionTable, SiteTable
from noctui.model.words import Severity

_BITS = np.left_shift(np.uint16(1), np.arange(TREND_SLOTS, dtype=np.uint16))
_ABREAST = 64
_BAD_BELOW = Severity.HIGH + 1  # down, away, critical and high are the four lowest numbers


def fold_regions(inventory: Inventory, circuits: CircuitTable, sites: SiteTable) -> RegionTable:
    """One row per region of `inventory.regions`. Shares are of all circuits of the region; NaN when it has none."""
    layout = layout_of(inventory)
    count = len(inventory.regions)
    region, severity = layout.circuit_region, circuits.severity
    counts = np.bincount((region + 1) * SEVERITIES + severity, minlength=(count + 1) * SEVERITIES)
    counts = counts.reshape(count + 1, SEVERITIES)[1:]

    total = layout.circuits_per_region
    share = np.full(count, np.nan)
    np.divide(100.0, total, out=share, where=total > 0)

    known = _known_quarters(count, layout.regions, circuits.trend)
    ever = np.flatnonzero(circuits.bad_quarters != 0)
    rows, slots = np.divmod(np.flatnonzero(circuits.bad_quarters[ever, None] & _BITS), TREND_SLOTS)
    bad = np.bincount((region[ever] + 1)[rows] * TREND_SLOTS + slots, minlength=(count + 1) * TREND_SLOTS)
    bad = bad.reshape(count + 1, TREND_SLOTS)[1:]
    trend = np.where(known | (bad > 0), bad * share[:, None], np.nan).astype(np.float32)

    dark = np.bincount(inventory.site_region[sites.dark], minlength=count)
    moved = np.bincount(inventory.site_region[sites.failed_over], minlength=count)
    return RegionTable(
        sites=layout.sites_per_region,
        circuits=total,
        dark=dark.astype(np.int32),
        failed_over=moved.astype(np.int32),
        counts=counts.astype(np.int32),
        bad_pct=(counts[:, :_BAD_BELOW].sum(axis=1) * share).astype(np.float32),
        bad_trend=trend,
        worst=_worst(region, circuits, counts),
    )


def _known_quarters(count: int, groups: Groups, trend: U1) -> B1:
    """[regions, quarters] whether any circuit of the region has a value there."""
    known = np.zeros((count, TREND_SLOTS), np.bool_)
    if not len(groups.order):
        return known
    found = np.minimum.reduce(trend[groups.first], axis=1) < TREND_NONE
    # The first circuits of each region usually say it all, but for quarters in which nobody looked at any.
    doubt = np.flatnonzero(~np.logical_and.reduce(found, axis=0) & (_least(trend) < TREND_NONE))
    for quarter in doubt.tolist():
        found[:, quarter] = np.minimum.reduceat(trend[groups.order, quarter], groups.starts) < TREND_NONE
    known[groups.groups] = found
    return known


def _least(trend: U1) -> U1:
    """[quarters] the lowest value of each; so many rows at a time as lines of their own: short lines are slow."""
    whole = len(trend) // _ABREAST
    lines = trend[: whole * _ABREAST].reshape(whole, _ABREAST * TREND_SLOTS)
    abreast = np.minimum.reduce(lines, axis=0, initial=TREND_NONE).reshape(_ABREAST, TREND_SLOTS)
    left = np.minimum.reduce(trend[whole * _ABREAST :], axis=0, initial=TREND_NONE)
    found: U1 = np.minimum(np.minimum.reduce(abreast, axis=0), left)
    return found


def _worst(region: Rows, circuits: CircuitTable, counts: NDArray[np.integer]) -> I4:
    """Circuit row per region: worst severity, longest in it, first row; -1 where nothing is worse than maintenance."""
    worst = np.full(len(counts), -1, np.int32)
    unwell = counts[:, : Severity.MAINTENANCE] > 0
    level = np.where(unwell.any(axis=1), unwell.argmax(axis=1), -1)
    at = np.flatnonzero(circuits.severity < Severity.MAINTENANCE)
    at = at[region[at] >= 0]
    if len(at):
        at = at[circuits.severity[at] == level[region[at]]]
        at = at[np.lexsort((circuits.since[at], region[at]))]
        worst[region[at[::-1]]] = at[::-1]  # of several writes the last one stays: the first of each region
    return worst
