"""One cause behind many lost circuits: the largest group that shares a carrier and a region and began together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.engine.layout import layout_of
from noctui.model.view import View
from noctui.model.words import Severity

TOGETHER = 900.0
"""Seconds within which circuits of one cause are lost."""
LEAST = 5
"""Circuits from which on they are told as one."""


@dataclass(frozen=True, slots=True)
class Cause:
    """`carrier` is empty when gateways are unreachable, whoever the carriers are. `since`: the first circuit's."""

    carrier: str
    region: str
    since: float
    rows: NDArray[np.intp]
    sites: NDArray[np.intp]
    dark: int
    moved: NDArray[np.intp]  # sites that run on another circuit


def find_cause(view: View, region: str | None = None) -> Cause | None:
    """The largest cause of the network, or inside one region; None when no group has five circuits."""
    inventory, circuits = view.inventory, view.circuits
    layout = layout_of(inventory)
    rows = np.flatnonzero(circuits.severity <= Severity.AWAY)
    groups: dict[tuple[str, int], list[int]] = {}
    for row, where in zip(rows.tolist(), layout.circuit_region[rows].tolist(), strict=True):
        if where < 0 or (region is not None and inventory.regions[where] != region):
            continue
        carrier = inventory.circuits[row].carrier
        if carrier:
            groups.setdefault((carrier, where), []).append(row)
        if circuits.severity[row] == Severity.AWAY:
            groups.setdefault(("", where), []).append(row)
    best: tuple[int, bool, str, str] | None = None
    found: tuple[str, int, NDArray[np.intp]] | None = None
    for (carrier, where), members in groups.items():
        if len(members) < LEAST:
            continue
        together = _together(circuits.since, np.array(members, np.intp))
        if len(together) < LEAST:
            continue
        if carrier and (circuits.severity[together] == Severity.AWAY).all():
            continue  # nothing but unreachable gateways: told without a carrier
        rank = (len(together), bool(carrier), carrier, inventory.regions[where])
        if best is None or rank > best:
            best, found = rank, (carrier, where, together)
    if found is None:
        return None
    carrier, where, together = found
    sites = np.unique(inventory.circuit_site[together]).astype(np.intp)
    return Cause(
        carrier=carrier,
        region=inventory.regions[where],
        since=float(circuits.since[together].min()),
        rows=together,
        sites=sites,
        dark=int(view.sites.dark[sites].sum()),
        moved=sites[view.sites.failed_over[sites]],
    )


def _together(since: NDArray[np.float64], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """The most rows whose `since` lie within `TOGETHER` of each other; the later group of two equal ones."""
    rows = rows[np.argsort(since[rows], kind="stable")]
    times = since[rows]
    first = np.searchsorted(times, times - TOGETHER, side="left")
    sizes = np.arange(1, len(rows) + 1) - first
    last = len(rows) - 1 - int(sizes[::-1].argmax())
    return rows[first[last] : last + 1]
