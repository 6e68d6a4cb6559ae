"""What an incident says of itself: `Lumen lost, Mountain`, its cause and the evidence for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.engine.alarms.candidates import Group
from noctui.engine.layout import layout_of
from noctui.engine.prose import count
from noctui.model.alarms import Alarm
from noctui.model.view import View
from noctui.model.words import Role

B1 = NDArray[np.bool_]

KINDS = ("carrier", "region", "hub", "gateway", "network")
"""First words of the causes of incidents of lost circuits; others are of levels."""

_STATE = {"down": "down", "away": "away", "no_path": "without a path", "no_data": "without data"}
_ROLES = {Role.PRIMARY: "primaries", Role.SECONDARY: "secondaries", Role.BACKUP: "backups"}
_LEVELS = {"utilisation": "full", "loss": "losing packets", "jitter": "with jitter", "latency": "slow"}


@dataclass(frozen=True, slots=True)
class Told:
    """The fields of an incident's record that tell its cause; empty where its circuits do not share one."""

    text: str
    cause: str
    evidence: str
    carrier: str = ""
    region: str = ""
    hub: str = ""
    gateway_ids: tuple[str, ...] = ()
    site_id: str = ""

    @property
    def of_levels(self) -> bool:
        return self.cause.partition(" ")[0] not in KINDS


def told_of(group: Group, types: Iterable[str], hit: B1, counted: B1, view: View) -> Told:
    """`types` of the alarms behind the group, `hit` and `counted` the rows it was judged among."""
    inventory, layout = view.inventory, layout_of(view.inventory)
    state = _state(types)
    where = _listed(group.regions, "regions")
    k, n = len(group.hit), len(group.population)
    others = counted | hit
    others[group.population] = False
    there = ""
    gateway = _gateway_name(view, group.gateway)
    if group.kind == "carrier":
        text = f"{group.carrier} lost" + (f", {where}" if where else "")
        cause = f"carrier {group.carrier}" + (f" in {where}" if where else "")
        what = f"{group.carrier} {_circuits(n)}" + (f" in {where}" if where else "")
        if where:
            inside = [inventory.regions.index(r) for r in group.regions if r in inventory.regions]
            others &= np.isin(layout.circuit_region, inside)
            there = " there"
    elif group.kind == "region":
        carriers = len({inventory.circuits[row].carrier for row in group.hit.tolist()} - {""})
        text = f"{where} lost" + (f", {count(carriers, 'carrier')}" if carriers > 1 else "")
        cause, what = f"region {where}", f"{_circuits(n)} in {where}"
    elif group.kind == "hub":
        text, cause = f"{group.hub} lost", f"hub {group.hub}"
        what = f"{_circuits(n)} with a path to {group.hub}"
    elif group.kind == "gateway":
        text, cause, what = f"gateway {gateway} lost", f"gateway {gateway}", f"{_circuits(n)} of gateway {gateway}"
    else:
        text = "no gateway answers" if state == "away" and k >= 0.9 * n else "lost everywhere"
        cause, what = "network", _circuits(n)
    evidence = f"{k:,} of {n:,} {what} {state}"
    rest = int(others.sum())
    if rest:
        also = int((others & hit).sum())
        evidence += f"; of the other {count(rest, 'circuit')}{there} {f'{also:,}' if also else 'none'}"
    rows = group.hit.tolist()
    shared_region = _one(inventory.regions[r] if r >= 0 else "" for r in layout.circuit_region[group.hit].tolist())
    gateways = {inventory.gateways[g].gateway_id for g in inventory.circuit_gateway[group.hit].tolist() if g >= 0}
    return Told(
        text=text,
        cause=cause,
        evidence=evidence,
        carrier=group.carrier or _one(inventory.circuits[row].carrier for row in rows),
        region=(group.regions[0] if len(group.regions) == 1 else "") or shared_region,
        hub=group.hub,
        gateway_ids=(group.gateway,) if group.gateway else tuple(gateways) if len(gateways) == 1 else (),
        site_id=_one(inventory.circuits[row].site_id for row in rows),
    )


def told_of_levels(kind: str, cause: str, members: Sequence[Alarm], view: View) -> Told:
    """`secondaries full after failover`: levels of one type (`kind`) with one cause."""
    inventory = view.inventory
    rows = sorted({inventory.circuit_row[c] for a in members for c in a.circuit_ids if c in inventory.circuit_row})
    roles = {Role(int(r)) for r in inventory.role[rows].tolist()}
    who = _ROLES.get(next(iter(roles)), "circuits") if len(roles) == 1 else "circuits"
    after = " after failover" if cause.startswith("failover") else f": {cause}"
    sites = {a.site_id for a in members if a.site_id}
    evidence = f"{count(len(rows), 'circuit')} at {count(len(sites), 'site')}"
    moved = int(view.sites.failed_over.sum())
    if cause.startswith("failover") and moved >= len(sites):
        evidence += f", of {count(moved, 'site')} that failed over"
    return Told(
        text=f"{who} {_LEVELS.get(kind, kind)}{after}",
        cause=cause,
        evidence=evidence,
        carrier=_one(inventory.circuits[row].carrier for row in rows),
        region=_one(a.region for a in members),
        site_id=_one(a.site_id for a in members),
    )


def told_before(record: Alarm) -> Told:
    """What a record said."""
    return Told(
        record.text, record.cause, record.evidence, record.carrier, record.region, record.hub, record.gateway_ids,
        record.site_id,
    )  # fmt: skip


def _state(types: Iterable[str]) -> str:
    words = {_STATE.get(t, "lost") for t in types}
    return words.pop() if len(words) == 1 else "lost"


def _circuits(amount: int) -> str:
    return "circuit" if amount == 1 else "circuits"


def _listed(names: Sequence[str], many: str) -> str:
    """`Mountain`, `Mountain and West`, `5 regions`."""
    return " and ".join(names) if len(names) < 3 else f"{len(names)} {many}"


def _one(names: Iterable[str]) -> str:
    """The name that all share, else empty."""
    found = set(names)
    return found.pop() if len(found) == 1 else ""


def _gateway_name(view: View, gateway_id: str) -> str:
    row = view.inventory.gateway_row.get(gateway_id)
    return gateway_id if row is None else view.inventory.gateways[row].name or gateway_id
