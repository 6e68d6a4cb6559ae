"""What can be set about the engine: thresholds per circuit, how far below them a level clears, when data is stale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from noctui.model.inventory import Inventory
from noctui.model.view import F8
from noctui.model.words import CLEAR_SHARE, THRESHOLDS, Metric

Limits = Mapping[Metric, tuple[float, float, float]]


def default_limits(store_type: str, region: str) -> Limits:
    """The same thresholds everywhere."""
    return THRESHOLDS


@dataclass(frozen=True, slots=True)
class Rules:
    """`limits(store_type, region)` gives warn, high and critical per metric for the circuits of such a site.

    A level clears below its threshold less `clear_share` of it; a sample is stale after `stale_intervals` intervals.
    """

    limits: Callable[[str, str], Limits] = field(default=default_limits)
    clear_share: float = CLEAR_SHARE
    stale_intervals: float = 3.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """For one inventory: `reach[level-1]` and `clear[level-1]` are [metrics, circuits] or [metrics, 1]."""

    reach: F8  # [3, metrics, circuits or 1]
    clear: F8

    def of(self, row: int, metric: Metric) -> tuple[float, float, float]:
        """Warn, high, critical of one circuit."""
        column = self.reach[:, metric, row if self.reach.shape[2] > 1 else 0]
        return float(column[0]), float(column[1]), float(column[2])


def thresholds_of(rules: Rules, inventory: Inventory) -> Thresholds:
    """The thresholds of every circuit; one column for all when they do not differ."""
    kinds: dict[tuple[str, str], int] = {}
    for site in inventory.sites:
        kinds.setdefault((site.store_type, site.region), len(kinds))
    tables = [_table(rules.limits(*kind)) for kind in kinds] or [_table(rules.limits("", ""))]
    if all(np.array_equal(tables[0], other) for other in tables[1:]):
        reach = tables[0][:, :, None]
    else:
        site_kind = np.array([kinds[(s.store_type, s.region)] for s in inventory.sites] + [len(tables)])
        tables.append(_table(rules.limits("", "")))  # circuits whose site is not known: row -1 reaches it
        reach = np.ascontiguousarray(np.stack(tables, axis=2)[:, :, site_kind[inventory.circuit_site]])
    return Thresholds(reach, reach - rules.clear_share * reach)


def _table(limits: Limits) -> F8:
    """[3, metrics] warn, high, critical."""
    return np.array([limits[m] for m in Metric], np.float64).T
