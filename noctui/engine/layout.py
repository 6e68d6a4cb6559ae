"""Orders of an inventory's rows that the folds need again at every poll: made once per inventory version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.inventory import Inventory

Rows = NDArray[np.intp]

_LOOK = 16
_NARROW = 8
_KEY = "_engine_layout"


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows ordered by the group they belong to, for `ufunc.reduceat`. Rows of no group are left out.

    `order` are the rows, `starts` where each group begins in `order`, `groups` the group numbers, and `which[i]` the
    position in `groups` of row `order[i]`. `first` are up to 16 rows of each group (the last one repeated if fewer).
    `columns[k]` are the places in `order` of each group's k-th row (likewise), when no group has more than a few: going
    over them is faster than `reduceat`.
    """

    order: Rows
    starts: Rows
    groups: Rows
    which: Rows
    first: Rows
    columns: tuple[Rows, ...]

    def least(self, values: NDArray[Any]) -> NDArray[Any]:
        """The lowest value of each group; `values` stand as `order`."""
        if not self.columns:
            found: NDArray[Any] = np.minimum.reduceat(values, self.starts)
            return found
        found = values.take(self.columns[0])
        for column in self.columns[1:]:
            np.minimum(found, values.take(column), out=found)
        return found


def group(group_of: NDArray[np.integer], *then_by: NDArray[np.integer]) -> Groups:
    """Groups of rows by `group_of` (-1: none), inside a group by `then_by`, then by row."""
    order = np.lexsort((*reversed(then_by), group_of))
    order = order[group_of[order] >= 0]
    of = group_of[order]
    first = np.ones(len(of), np.bool_)
    first[1:] = of[1:] != of[:-1]
    starts = np.flatnonzero(first)
    ends = np.append(starts[1:], len(order))
    some = order[np.minimum(starts[:, None] + np.arange(_LOOK), ends[:, None] - 1)] if len(order) else starts[:, None]
    sizes = ends - starts
    widest = int(sizes.max(initial=0))
    columns = tuple(starts + np.minimum(k, sizes - 1) for k in range(widest)) if widest <= _NARROW else ()
    return Groups(order, starts, of[starts].astype(np.intp), np.cumsum(first) - 1, some, columns)


@dataclass(frozen=True, slots=True)
class Layout:
    """`sites`: circuit rows by site and role. `regions`: circuit rows by region. `circuit_region`: -1 is none.

    `primary` stands as `sites.order`, `has_primary` as `sites.groups`. `circuit_carrier` are places in `carriers`,
    whose names are in order; a circuit without a carrier has the empty one.
    """

    sites: Groups
    regions: Groups
    circuit_region: Rows
    sites_per_region: NDArray[np.int32]
    circuits_per_region: NDArray[np.int32]
    primary: NDArray[np.bool_]
    has_primary: NDArray[np.bool_]
    carriers: tuple[str, ...]
    circuit_carrier: Rows


def layout_of(inventory: Inventory) -> Layout:
    """The layout of this version, kept with the version itself as its cached properties are."""
    found = inventory.__dict__.get(_KEY)
    if isinstance(found, Layout):
        return found
    site, role = inventory.circuit_site, inventory.role
    count = len(inventory.regions)
    region = np.full(len(site), -1, np.intp)
    placed = site >= 0
    region[placed] = inventory.site_region[site[placed]]
    sites = group(site, role)
    primary = role[sites.order] == 0
    carriers = tuple(sorted({circuit.carrier for circuit in inventory.circuits}))
    number = {name: i for i, name in enumerate(carriers)}
    made = Layout(
        sites=sites,
        regions=group(region),
        circuit_region=region,
        sites_per_region=np.bincount(inventory.site_region, minlength=count).astype(np.int32),
        circuits_per_region=np.bincount(region[placed], minlength=count).astype(np.int32),
        primary=primary,
        has_primary=np.logical_or.reduceat(primary, sites.starts) if len(primary) else primary,
        carriers=carriers,
        circuit_carrier=np.array([number[circuit.carrier] for circuit in inventory.circuits], np.intp),
    )
    inventory.__dict__[_KEY] = made
    return made
