"""From what a source sees now to the next version of the inventory: numbers, dated attachments, nothing forgotten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from noctui.model.batch import Discovery, Found, FoundPath
from noctui.model.inventory import Attachment, Circuit, Inventory, PeerPath

Number = Callable[[str, str], int]
"""(kind, id) → its number: given once, never reused. Kinds: `circuits`, `paths`."""
NO_ATTACHMENTS: Mapping[str, tuple[Attachment, ...]] = {}


@dataclass(frozen=True, slots=True)
class Replaced:
    """A circuit was carried on from one gateway or port to another."""

    circuit_id: str
    before: Attachment
    after: Attachment


def reconcile(
    previous: Inventory | None,
    seen: Discovery,
    at: float,
    number: Number,
    keep: frozenset[str] = frozenset(),
    earlier: Mapping[str, tuple[Attachment, ...]] = NO_ATTACHMENTS,
) -> tuple[Inventory, tuple[Replaced, ...]]:
    """The inventory after `seen` at `at`; the very same object when nothing changed.

    Circuits in `keep`, and all of them when `seen` is not whole, stay although they were not seen, unless another one
    stands at their port now: then they have ended. A circuit seen at another gateway or port (`model.identity` says
    which one it is) keeps its id and its number; its attachments are dated. `earlier` are ended attachments of circuits
    that come back.
    """
    before = {c.circuit_id: c for c in previous.circuits} if previous else {}
    replaced: list[Replaced] = []
    circuits = {
        found.circuit_id: _circuit(before.get(found.circuit_id), found, at, number, replaced, earlier)
        for found in seen.circuits
    }
    taken = {(f.site_id, f.gateway_id, f.port_id) for f in seen.circuits}
    paths_before = {p.path_id: p for p in previous.paths} if previous else {}
    paths = {p.path_id: _path(paths_before.get(p.path_id), p, number) for p in seen.paths}
    sites = {s.site_id: s for s in seen.sites}
    gateways = {g.gateway_id: g for g in seen.gateways}
    if previous is not None:
        for circuit in previous.circuits:
            if (
                circuit.circuit_id not in circuits
                and (not seen.whole or circuit.circuit_id in keep)
                and _place(circuit) not in taken
            ):
                circuits[circuit.circuit_id] = circuit
        for path in previous.paths:
            if path.path_id not in paths and not seen.whole and path.circuit_id in circuits:
                paths[path.path_id] = path
        needed_sites = {c.site_id for c in circuits.values()}
        needed_gateways = {c.attachments[-1].gateway_id for c in circuits.values() if c.attachments}
        for site in previous.sites:
            if site.site_id not in sites and (not seen.whole or site.site_id in needed_sites):
                sites[site.site_id] = site
        for gateway in previous.gateways:
            if gateway.gateway_id not in gateways and (not seen.whole or gateway.gateway_id in needed_gateways):
                gateways[gateway.gateway_id] = gateway
    new = Inventory(
        org_id=seen.org_id,
        org_name=seen.org_name,
        rev=previous.rev + 1 if previous else 1,
        event_time=at,
        known_at=at,
        sites=tuple(sorted(sites.values(), key=lambda s: (s.name, s.site_id))),
        gateways=tuple(sorted(gateways.values(), key=lambda g: g.gateway_id)),
        circuits=tuple(sorted(circuits.values(), key=lambda c: c.circuit_no)),
        paths=tuple(sorted(paths.values(), key=lambda p: p.path_no)),
    )
    if previous is not None and _same(previous, new):
        return previous, ()
    return new, tuple(replaced)


def _place(circuit: Circuit) -> tuple[str, str, str]:
    last = circuit.attachment
    return (circuit.site_id, last.gateway_id, last.port_id) if last else (circuit.site_id, "", "")


def _circuit(
    old: Circuit | None,
    found: Found,
    at: float,
    number: Number,
    replaced: list[Replaced],
    earlier: Mapping[str, tuple[Attachment, ...]],
) -> Circuit:
    here = Attachment(gateway_id=found.gateway_id, port_id=found.port_id, unit=found.unit, since=at)
    attachments: tuple[Attachment, ...] = (here,)
    if old is None:
        attachments = (*(a for a in earlier.get(found.circuit_id, ()) if a.until is not None and a.until <= at), here)
    elif old.attachments:
        last = old.attachments[-1]
        if (last.gateway_id, last.port_id, last.unit) == (here.gateway_id, here.port_id, here.unit):
            attachments = old.attachments
        else:
            ended = Attachment(
                gateway_id=last.gateway_id, port_id=last.port_id, unit=last.unit, since=last.since, until=at
            )
            attachments = (*old.attachments[:-1], ended, here)
            replaced.append(Replaced(found.circuit_id, ended, here))
    made = Circuit(
        circuit_id=found.circuit_id,
        circuit_no=old.circuit_no if old else number("circuits", found.circuit_id),
        site_id=found.site_id,
        port_id=found.port_id,
        wan_name=found.wan_name,
        # a gateway that is away tells no carrier: what was known stays
        carrier=found.carrier or (old.carrier if old and not old.carrier_from_file else ""),
        carrier_circuit_id=found.carrier_circuit_id,
        role=found.role,
        role_source=found.role_source,
        down_bps=found.down_bps,
        up_bps=found.up_bps,
        bandwidth_source=found.bandwidth_source,
        up_source=found.up_source,
        speed_test_at=found.speed_test_at,
        link_bps=found.link_bps or (old.link_bps if old else 0.0),
        wan_type=found.wan_type,
        description=found.description,
        sla=found.sla,
        protection_group=found.protection_group,
        monthly_cost=found.monthly_cost,
        currency=found.currency,
        turn_up=found.turn_up,
        carrier_from_file=found.carrier_from_file,
        attachments=attachments,
    )
    return old if old is not None and made == old else made  # versions share what stayed: there are many of them


def _path(old: PeerPath | None, found: FoundPath, number: Number) -> PeerPath:
    made = PeerPath(
        path_id=found.path_id,
        path_no=number("paths", found.path_id),
        circuit_id=found.circuit_id,
        hub=found.hub,
        hub_port=found.hub_port,
    )
    return old if old is not None and made == old else made


def _same(a: Inventory, b: Inventory) -> bool:
    return (a.org_name, a.sites, a.gateways, a.circuits, a.paths) == (
        b.org_name,
        b.sites,
        b.gateways,
        b.circuits,
        b.paths,
    )
