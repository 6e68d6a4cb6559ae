"""Orders of an inventory's rows that the folds need again at every poll: made once per inventory version."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.model.inventory import Inventory
from noctui.model.words import Role

Rows = NDArray[np.intp]

_LOOK = 16
_NARROW = 4
_KEY = "_engine_layout"


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows ordered by the group they belong to, for `ufunc.reduceat`. Rows of no group are left out.

    `order` are the rows, `starts` where each group begins in `order`, `groups` the group numbers. `first` are up to 16
    rows of each group (the last one repeated if fewer).
    """

    order: Rows
    starts: Rows
    groups: Rows
    first: Rows


def group(group_of: NDArray[np.integer]) -> Groups:
    """Groups of rows by `group_of` (-1: none), inside a group by row."""
    order, starts, sizes = _ordered(group_of)
    some = order[starts[:, None] + np.minimum(np.arange(_LOOK), sizes[:, None] - 1)] if len(order) else starts[:, None]
    return Groups(order, starts, group_of[order[starts]].astype(np.intp), some)


def _ordered(group_of: NDArray[np.integer], *then_by: NDArray[np.integer]) -> tuple[Rows, Rows, Rows]:
    """Rows in groups, where each group that has any begins among them, and how many rows it has."""
    order = np.lexsort((*reversed(then_by), group_of))
    order = order[group_of[order] >= 0]
    of = group_of[order]
    first = np.ones(len(of), np.bool_)
    first[1:] = of[1:] != of[:-1]
    starts = np.flatnonzero(first)
    return order, starts, np.diff(np.append(starts, len(order)))


@dataclass(frozen=True, slots=True)
class Few:
    """Sites of about as many circuits: going over them column by column is several times faster than `reduceat`.

    `rows[k]` are the rows of each site's k-th circuit, by role, then row; the count of circuits where it has fewer.
    `blanks` is how often that is so. `carriers` and `primary` stand as `rows`, with one more line for none: -1, False.
    """

    sites: Rows
    rows: Rows
    blanks: NDArray[np.int32]
    carriers: NDArray[np.int32]
    primary: NDArray[np.bool_]
    has_primary: NDArray[np.bool_]


def few(site: NDArray[np.integer], role: NDArray[np.integer], sites: int) -> tuple[Few, ...]:
    """All sites, those of up to 4 circuits, 8, 16 and so on apart, so that few lines stand empty."""
    order, starts, sizes = _ordered(site, role)
    size, start = np.zeros(sites, np.intp), np.zeros(sites, np.intp)
    if len(order):
        of = site[order[starts]]
        size[of], start[of] = sizes, starts
    made: list[Few] = []
    low, high, most = -1, _NARROW, int(size.max(initial=0))
    while low < most or (low < 0 and sites):
        mine = np.flatnonzero((size > low) & (size <= high))
        if len(mine):
            made.append(_few(mine, order, start[mine], size[mine], role))
        low, high = high, 2 * high
    return tuple(made)


def _few(sites: Rows, order: Rows, start: Rows, size: Rows, role: NDArray[np.integer]) -> Few:
    width, none = int(size.max()), len(role)
    lines = np.arange(max(width, 1))[:, None]
    held = lines < size
    rows = np.full(held.shape, none, np.intp)
    rows[held] = order[(start + lines)[held]]
    carriers = np.full((len(rows) + 1, len(sites)), -1, np.int32)
    carriers[:-1] = rows
    primary = np.zeros(carriers.shape, np.bool_)
    primary[:-1][held] = role[rows[held]] == Role.PRIMARY
    return Few(
        sites, rows, (len(rows) - size).astype(np.int32), carriers, primary, np.logical_or.reduce(primary, axis=0)
    )


@dataclass(frozen=True, slots=True)
class Layout:
    """`sites`: circuit rows by site and role. `regions`: circuit rows by region. `circuit_region`: -1 is none.

    `circuit_carrier` are places in `carriers`, whose names are in order; a circuit without a carrier has the empty one.
    """

    sites: tuple[Few, ...]
    regions: Groups
    circuit_region: Rows
    sites_per_region: NDArray[np.int32]
    circuits_per_region: NDArray[np.int32]
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
    carriers = tuple(sorted({circuit.carrier for circuit in inventory.circuits}))
    number = {name: i for i, name in enumerate(carriers)}
    made = Layout(
        sites=few(site, role, len(inventory.sites)),
        regions=group(region),
        circuit_region=region,
        sites_per_region=np.bincount(inventory.site_region, minlength=count).astype(np.int32),
        circuits_per_region=np.bincount(region[placed], minlength=count).astype(np.int32),
        carriers=carriers,
        circuit_carrier=np.array([number[circuit.carrier] for circuit in inventory.circuits], np.intp),
    )
    inventory.__dict__[_KEY] = made
    return made
