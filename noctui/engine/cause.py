"""One cause behind many lost circuits: the worst incident; without any, the largest group that shares a carrier and a
region and began together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.engine.alarms.hits import LOST
from noctui.engine.alarms.incident_words import KINDS
from noctui.engine.layout import Layout, layout_of
from noctui.model.alarms import Alarm
from noctui.model.view import View
from noctui.model.words import Severity

TOGETHER = 900.0
"""Seconds within which circuits of one cause are lost."""
LEAST = 5
"""Circuits from which on they are told as one."""


@dataclass(frozen=True, slots=True)
class Cause:
    """`carrier` is empty when gateways are unreachable, whoever the carriers are. `since`: the first circuit's.

    `severity` is that of its worst circuit. `kind` (`carrier`, `region`, `hub`, `gateway`, `network`) and `name` are
    the incident's; `where` stands for `region` when there are several: `Mountain and West`. `number` and `owner` are 0
    and empty when it is no incident, or nobody's.
    """

    carrier: str
    region: str
    since: float
    rows: NDArray[np.intp]
    sites: NDArray[np.intp]
    dark: int
    moved: NDArray[np.intp]  # sites that run on another circuit
    severity: Severity
    kind: str = "carrier"
    name: str = ""
    where: str = ""
    number: int = 0
    owner: str = ""

    @property
    def called(self) -> str:
        """What the wall calls it: who, else what."""
        return self.carrier or self.name or ("unreachable" if self.severity == Severity.AWAY else "lost")


def find_cause(view: View, region: str | None = None) -> Cause | None:
    """The worst incident of lost circuits of the network, or inside one region; without one the largest cause that the
    View shows, None when no group has five circuits."""
    for incident in view.alarms.incidents:
        told = _told_by(incident, view, region)
        if told is not None:
            return told
    return _seen(view, region)


def _told_by(incident: Alarm, view: View, region: str | None) -> Cause | None:
    """What an incident says of circuits that are lost now; None when there are too few of them (in this region)."""
    kind, _, name = incident.cause.partition(" ")
    if kind not in KINDS or incident.open_members < LEAST:
        return None
    inventory = view.inventory
    members = view.alarms.members.get(incident.alarm_id, ())
    ids = {c for a in members if a.type in LOST for c in a.circuit_ids}
    rows = np.array(sorted(inventory.circuit_row[c] for c in ids if c in inventory.circuit_row), np.intp)
    circuits = view.circuits  # an alarm may outlast its matter for a poll or two
    rows = rows[(circuits.severity[rows] <= Severity.AWAY) | (circuits.severity[rows] == Severity.UNKNOWN)
                | circuits.no_path[rows]]  # fmt: skip
    if region is not None:
        inside = inventory.regions.index(region) if region in inventory.regions else -1
        rows = rows[layout_of(inventory).circuit_region[rows] == inside]
    if len(rows) < LEAST:
        return None
    carrier = incident.carrier if kind == "carrier" else ""
    one_region = region or (incident.region if kind != "network" else "")
    where = name.removeprefix(carrier).removeprefix(" in ") if carrier and not one_region else ""
    return _cause(
        view,
        rows,
        carrier=carrier,
        region=one_region,
        since=incident.opened,
        severity=_worst_lost(view, rows),
        kind=kind,
        name=name if kind in ("hub", "gateway") else "",
        where=where,
        number=incident.number,
        owner=incident.owner or (incident.ack.who if incident.ack is not None else ""),
    )


def _worst_lost(view: View, rows: NDArray[np.intp]) -> Severity:
    """How the worst of them is lost: down, away, without a path (told as critical), without data."""
    severity = view.circuits.severity[rows]
    if (severity <= Severity.AWAY).any():
        return Severity(int(severity.min()))
    return Severity.CRITICAL if view.circuits.no_path[rows].any() else Severity.UNKNOWN


def _seen(view: View, region: str | None) -> Cause | None:
    """The largest group of the View itself."""
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
    return _cause(
        view,
        together,
        carrier=carrier,
        region=inventory.regions[where],
        since=float(circuits.since[together].min()),
        severity=Severity.DOWN if carrier else Severity.AWAY,
        kind="carrier" if carrier else "region",
    )


def _cause(view: View, rows: NDArray[np.intp], **more: Any) -> Cause:
    """With what it does to sites."""
    sites = np.unique(view.inventory.circuit_site[rows]).astype(np.intp)
    sites = sites[sites >= 0]
    return Cause(
        rows=rows,
        sites=sites,
        dark=int(view.sites.dark[sites].sum()),
        moved=sites[view.sites.failed_over[sites]],
        **more,
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
