"""Which causes explain the circuits that were lost together: the cheapest description of what is seen.

Candidates are a gateway, a hub, a carrier in a region, a carrier, a region, the whole network. Each may say "k of my n
circuits are lost" for a price (`ENOUGH`) when the evidence is for it (`engine.alarms.evidence`); what no candidate
tells is chance. The cheapest set of causes wins, of equal ones the narrowest:

    Lumen lost 36 of 41 in Mountain, others there 1 of 146    Lumen in Mountain: the region's own share tells it badly
    all six carriers lost in Mountain                         the region: six causes cost more than one
    Lumen lost 36 of 41 and Comcast 28 of 30 in Mountain      two: the region would have to tell which 64 of 171
    Lumen lost in all regions                                 Lumen
    Lumen lost in Mountain and in West                        Lumen, in these two regions: one carrier, one incident
    nine of ten of everything                                 the network

What was told is taken away and the rest is looked at again, until nothing stands out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from noctui.engine.alarms.evidence import (
    BROAD,
    ENOUGH,
    INSIDE,
    SHARE,
    outside,
    surprise,
    told_at_own_share,
    told_by_chance,
)
from noctui.engine.alarms.places import Places, Rows

B1 = NDArray[np.bool_]
I8 = NDArray[np.int64]

GATEWAY_SHARE = 0.8
HUB_SHARE = 0.5
NETWORK_SHARE = 0.5
"""Least shares lost of a gateway's circuits, of a hub's and of all before they are put down to it."""
STORM_SHARE, STORM = 0.05, 50
"""So many of all, and no fewer, are the network as well, when nothing narrower tells them."""
_ROUNDS = 12
_TRIED = 8  # gateways and hubs that are weighed in a round, the most surprising first


@dataclass(frozen=True, slots=True)
class Group:
    """One cause: `kind` is `carrier`, `region`, `hub`, `gateway` or `network`; `regions` () is everywhere.

    `hit` are the rows of its lost circuits, `population` those of all it could have taken.
    """

    kind: str
    hit: Rows
    population: Rows
    carrier: str = ""
    regions: tuple[str, ...] = ()
    hub: str = ""
    gateway: str = ""


def causes_of(places: Places, hit: B1, counted: B1, pathless: B1, least: int) -> list[Group]:
    """The causes of `hit` (rows lost together) among `counted` (rows that could have been); the strongest first.

    `pathless`: rows whose line is up but whose paths are all down; only these speak for a hub.
    """
    left = counted | hit
    found: list[Group] = []
    for _ in range(_ROUNDS):
        new = _round(places, hit & left, left, pathless, least)
        if not new:
            break
        for group in new:
            left[group.population] = False
        found.extend(new)
    return _joined(places, found)


def _round(places: Places, hit: B1, left: B1, pathless: B1, least: int) -> list[Group]:
    if int(hit.sum()) < least:
        return []
    price, groups = _cheapest(places, hit, left, least)
    best = price + 1e-9
    single: Group | None = None
    for group in _apart(places, hit, left, pathless, least):
        rest = left.copy()
        rest[group.population] = False
        own = float(told_at_own_share(len(group.hit), len(group.population))) + ENOUGH
        with_it = own + _cheapest(places, hit & rest, rest, least)[0]
        if with_it <= best and (single is None or with_it < best - 1e-9):
            best, single = with_it, group
    return groups if single is None else [single]


def _apart(places: Places, hit: B1, left: B1, pathless: B1, least: int) -> list[Group]:
    """Gateways and hubs that might be a cause, the most surprising first."""
    all_k, all_n = int(hit.sum()), int(left.sum())
    tried: list[tuple[float, Group]] = []
    if places.gateways:
        of, many = places.gateway, len(places.gateways)
        k = np.bincount(of[hit & (of >= 0)], minlength=many)
        n = np.bincount(of[left & (of >= 0)], minlength=many)
        against = surprise(k, n, outside(k, n, all_k, all_n))
        may = np.flatnonzero((k >= least) & (k >= GATEWAY_SHARE * n) & (against >= ENOUGH))
        for g in may[np.argsort(-against[may], kind="stable")][:_TRIED].tolist():
            inside = left & (of == g)
            group = Group("gateway", np.flatnonzero(hit & inside), np.flatnonzero(inside), gateway=places.gateways[g])
            tried.append((float(-against[g]), group))
    for hub, rows in places.hubs:
        mine = rows[left[rows]]
        mine = mine[~hit[mine] | pathless[mine]]  # a line that is down itself is no matter of the hub
        lost = mine[hit[mine]]
        if len(lost) >= least and len(lost) >= HUB_SHARE * len(mine):
            surprising = float(surprise(len(lost), len(mine), outside(len(lost), len(mine), all_k, all_n)))
            if surprising >= ENOUGH:
                tried.append((-surprising, Group("hub", lost, mine, hub=hub)))
    tried.sort(key=lambda t: (t[0], t[1].kind, t[1].gateway, t[1].hub))
    return [group for _, group in tried[:_TRIED]]


def _cheapest(places: Places, hit: B1, left: B1, least: int) -> tuple[float, list[Group]]:
    """The price of the best description by carriers and regions, and its causes."""
    carriers, regions = places.shape
    size = carriers * regions
    total_k, total_n = int(hit.sum()), int(left.sum())
    if total_k < least:
        return float(told_by_chance(total_k, total_n)), []
    cell = places.cell
    lost = np.flatnonzero(hit & (cell >= 0))
    k: I8 = np.bincount(cell[lost], minlength=size).reshape(carriers, regions)
    n: I8 = np.bincount(cell[left & (cell >= 0)], minlength=size).reshape(carriers, regions)
    nowhere = float(told_by_chance(total_k - int(k.sum()), total_n - int(n.sum())))

    region_k, region_n, carrier_k, carrier_n = k.sum(0), n.sum(0), k.sum(1), n.sum(1)
    named, placed = np.array([bool(c) for c in places.carriers]), np.array([bool(r) for r in places.regions])
    rest = surprise(k, n, outside(k, n, region_k, region_n))
    cells = (
        (k >= least)
        & named[:, None]
        & (surprise(k, n, outside(k, n, total_k, total_n)) >= ENOUGH)
        & ((rest >= INSIDE) | (n == region_n))
    )
    region_cells, carrier_cells = _parts(k, n, cells, 0, least), _parts(k, n, cells, 1, least)
    by_region = _whole(region_k, region_n, placed, total_k, total_n, least)
    by_carrier = _whole(carrier_k, carrier_n, named, total_k, total_n, least)
    regions_whole = by_region < region_cells - 1e-9
    carriers_whole = by_carrier < carrier_cells - 1e-9
    region_price = float(np.where(regions_whole, by_region, region_cells).sum()) + nowhere
    carrier_price = float(np.where(carriers_whole, by_carrier, carrier_cells).sum()) + nowhere
    price = min(region_price, carrier_price)
    if total_k >= NETWORK_SHARE * total_n or total_k >= max(STORM, STORM_SHARE * total_n):
        network = float(told_at_own_share(total_k, total_n)) + ENOUGH
        if network < price - 1e-9:
            return network, [Group("network", np.flatnonzero(hit), np.flatnonzero(left))]

    groups: list[Group] = []
    region_of, carrier_of = cell % max(regions, 1), cell // max(regions, 1)
    some = left & (cell >= 0)
    if region_price <= carrier_price:
        cells[:, regions_whole] = False
        groups.extend(
            _group(hit, some & (region_of == r), "region", regions=(places.regions[r],))
            for r in np.flatnonzero(regions_whole).tolist()
        )
    else:
        cells[carriers_whole, :] = False
        groups.extend(
            _group(hit, some & (carrier_of == c), "carrier", carrier=places.carriers[c])
            for c in np.flatnonzero(carriers_whole).tolist()
        )
    for c, r in np.argwhere(cells).tolist():
        inside = left & (cell == c * regions + r)
        where = (places.regions[r],) if places.regions[r] else ()
        groups.append(_group(hit, inside, "carrier", carrier=places.carriers[c], regions=where))
    groups.sort(key=lambda g: (-len(g.hit), g.kind, g.carrier, g.regions))
    return price, groups


def _whole(k: I8, n: I8, named: B1, total_k: int, total_n: int, least: int) -> NDArray[np.float64]:
    """What each whole region (or carrier) costs as one cause; infinite where the evidence is not for it."""
    against = surprise(k, n, outside(k, n, total_k, total_n))
    may = (k >= least) & named & (against >= ENOUGH) & ((k >= SHARE * n) | (against >= BROAD))
    return np.where(may, told_at_own_share(k, n) + ENOUGH, np.inf)


def _parts(k: I8, n: I8, cells: B1, axis: int, least: int) -> NDArray[np.float64]:
    """What each region (or carrier) costs by those of its cells that are causes; the others are chance, or one more
    cause, which is looked for when these are told."""
    told = np.where(cells, told_at_own_share(k, n) + ENOUGH, 0.0).sum(axis)
    rest_k, rest_n = np.where(cells, 0, k).sum(axis), np.where(cells, 0, n).sum(axis)
    chance, one_more = told_by_chance(rest_k, rest_n), told_at_own_share(rest_k, rest_n) + ENOUGH
    cheapest: NDArray[np.float64] = told + np.where(
        cells.any(axis) & (rest_k >= least), np.minimum(chance, one_more), chance
    )
    return cheapest


def _group(hit: B1, inside: B1, kind: str, carrier: str = "", regions: tuple[str, ...] = ()) -> Group:
    return Group(kind, np.flatnonzero(hit & inside), np.flatnonzero(inside), carrier=carrier, regions=regions)


def _joined(places: Places, found: list[Group]) -> list[Group]:
    """Causes of one carrier become one, over the regions of them all."""
    made: dict[tuple[str, str, tuple[str, ...], str, str], Group] = {}
    for group in found:
        one_carrier = group.kind == "carrier"
        key = (group.kind, group.carrier, () if one_carrier else group.regions, group.hub, group.gateway)
        before = made.get(key)
        if before is None:
            made[key] = group
            continue
        regions = tuple(sorted({*before.regions, *group.regions})) if before.regions and group.regions else ()
        made[key] = replace(
            before,
            hit=np.union1d(before.hit, group.hit),
            population=np.union1d(before.population, group.population),
            regions=regions,
        )
    return list(made.values())
