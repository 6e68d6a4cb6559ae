"""Regions folded from their sites and circuits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noctui.engine.layout import Rows, layout_of
from noctui.engine.sites import SEVERITIES
from noctui.model.inventory import Inventory
from noctui.model.view import I4, TREND_NONE, TREND_SLOTS, U1, CircuitTable, RegionTable, SiteTable
from noctui.model.words import Severity

_BITS = np.arange(TREND_SLOTS, dtype=np.uint16)
_BAD_BELOW = Severity.HIGH + 1  # down, away, critical and high are the four lowest numbers


def fold_regions(inventory: Inventory, circuits: CircuitTable, sites: SiteTable) -> RegionTable:
    """One row per region of `inventory.regions`. Shares are of all circuits of the region; NaN when it has none."""
    layout = layout_of(inventory)
    count = len(inventory.regions)
    order, starts, regions = layout.regions.order, layout.regions.starts, layout.regions.groups
    region = layout.circuit_region[order]
    each = circuits.severity[order]
    counts = np.bincount(region * SEVERITIES + each, minlength=count * SEVERITIES).reshape(count, SEVERITIES)

    total = layout.circuits_per_region
    share = np.full(count, np.nan)
    np.divide(100.0, total, out=share, where=total > 0)

    trend = np.full((count, TREND_SLOTS), np.nan, np.float32)
    if len(order):
        known = np.zeros((count, TREND_SLOTS), np.bool_)
        known[regions] = np.minimum.reduceat(circuits.trend[order], starts, axis=0) < TREND_NONE
        ever = np.flatnonzero(circuits.bad_quarters[order])
        rows, slots = np.nonzero((circuits.bad_quarters[order[ever], None] >> _BITS) & 1)
        bad = np.bincount(region[ever[rows]] * TREND_SLOTS + slots, minlength=count * TREND_SLOTS)
        bad = bad.reshape(count, TREND_SLOTS)
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
        worst=_worst(count, region, order, each, circuits, counts),
    )


def _worst(
    count: int,
    region: Rows,
    order: Rows,
    each: U1,
    circuits: CircuitTable,
    counts: NDArray[np.integer],
) -> I4:
    """Circuit row per region: worst severity, longest in it, first row; -1 where nothing is worse than maintenance."""
    worst = np.full(count, -1, np.int32)
    unwell = counts[:, : Severity.MAINTENANCE]
    level = np.where(unwell.any(axis=1), (unwell > 0).argmax(axis=1), -1)
    at = np.flatnonzero(each == level[region])
    if len(at):
        at = at[np.lexsort((order[at], circuits.since[order[at]], region[at]))]
        found, first = np.unique(region[at], return_index=True)
        worst[found] = order[at[first]]
    return worst
