"""One cause behind many lost circuits: the largest group that shares a carrier and a region and began together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.engine.layout import Layout, layout_of
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
    lost = np.flatnonzero((circuits.severity <= Severity.AWAY) & (layout.circuit_region >= 0))
    if region is not None:
        inside = inventory.regions.index(region) if region in inventory.regions else -1
        lost = lost[layout.circuit_region[lost] == inside]
    best: tuple[int, bool, str, str] | None = None
    found: tuple[str, int, NDArray[np.intp]] | None = None
    for carrier, where, members in _groups(lost, circuits.severity[lost] == Severity.AWAY, layout):
        if best is not None and len(members) < best[0]:
            break
        together = _together(circuits.since, members)
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


def _groups(
    lost: NDArray[np.intp], away: NDArray[np.bool_], layout: Layout
) -> Iterator[tuple[str, int, NDArray[np.intp]]]:
    """(carrier, region, rows) of those big enough, the biggest first; once more by region alone for those away."""
    regions = len(layout.circuits_per_region)
    no_carrier = len(layout.carriers)
    named = lost[layout.circuit_carrier[lost] > 0] if layout.carriers[:1] == ("",) else lost
    gone = lost[away]
    rows = np.concatenate([named, gone])
    carrier = np.concatenate([layout.circuit_carrier[named], np.full(len(gone), no_carrier)])
    key = carrier * regions + layout.circuit_region[rows]
    sizes = np.bincount(key, minlength=(no_carrier + 1) * regions)
    big = np.flatnonzero(sizes >= LEAST)
    if not len(big):
        return
    # The order of a few thousand small keys is found by counting, when they are two bytes wide.
    order = np.argsort(key.astype(np.uint16) if len(sizes) < 65_536 else key, kind="stable")
    ends = np.cumsum(sizes)
    for group in big[np.argsort(-sizes[big], kind="stable")].tolist():
        members = rows[order[ends[group] - sizes[group] : ends[group]]]
        which, where = divmod(group, regions)
        yield layout.carriers[which] if which < no_carrier else "", where, members


def _together(since: NDArray[np.float64], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """The most rows whose `since` lie within `TOGETHER` of each other; the later group of two equal ones."""
    rows = rows[np.argsort(since[rows], kind="stable")]
    times = since[rows]
    first = np.searchsorted(times, times - TOGETHER, side="left")
    sizes = np.arange(1, len(rows) + 1) - first
    last = len(rows) - 1 - int(sizes[::-1].argmax())
    return rows[first[last] : last + 1]
