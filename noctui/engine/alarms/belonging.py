"""What conditions and dependencies need to know of one inventory: who belongs where, made once per version."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.engine.prose import circuit_name
from noctui.model.inventory import Inventory
from noctui.model.words import Role


@dataclass(frozen=True, slots=True)
class Belonging:
    """`place` [circuits] which of its site's it is, 0 the first. `primary` [sites] row of the primary circuit, -1 none;
    `hub_of` [paths] place in `hubs`, -1 none.

    `gateway_used` [gateways]: it has circuits. `gateway_of`, `regions` and `names` [circuits], "" for none. `hubs_of`:
    the hubs that a circuit has paths to.
    """

    inventory: Inventory
    site_of: NDArray[np.int32]
    place: NDArray[np.int32]
    primary: NDArray[np.int32]
    gateway_site: NDArray[np.int32]
    gateway_used: NDArray[np.bool_]
    gateway_of: tuple[str, ...]
    regions: tuple[str, ...]
    names: tuple[str, ...]
    gateway_circuits: tuple[tuple[str, ...], ...]
    hubs: tuple[str, ...]
    hub_of: NDArray[np.int32]
    path_circuit: NDArray[np.int32]
    hubs_of: dict[str, tuple[str, ...]]


def belonging_of(inventory: Inventory) -> Belonging:
    """Who belongs where in this version."""
    sites, circuits = inventory.sites, inventory.circuits
    site_of = inventory.circuit_site
    primary, place = np.full(len(sites), -1, np.int32), np.zeros(len(circuits), np.int32)
    for row, mine in enumerate(inventory.site_circuits):
        place[list(mine)] = range(len(mine))
        if mine and inventory.role[mine[0]] == Role.PRIMARY:
            primary[row] = mine[0]
    gateways = inventory.circuit_gateway.tolist()
    under: list[list[str]] = [[] for _ in inventory.gateways]
    for circuit, gateway in zip(circuits, gateways, strict=True):
        if gateway >= 0:
            under[gateway].append(circuit.circuit_id)
    hubs = tuple(sorted({p.hub for p in inventory.paths if p.hub}))
    number = {name: i for i, name in enumerate(hubs)}
    hubs_of: dict[str, dict[str, None]] = {}
    for path in inventory.paths:
        if path.hub:
            hubs_of.setdefault(path.circuit_id, {})[path.hub] = None
    return Belonging(
        inventory=inventory,
        site_of=site_of,
        place=place,
        primary=primary,
        gateway_site=np.array([inventory.site_row.get(g.site_id, -1) for g in inventory.gateways], np.int32),
        gateway_used=np.array([bool(ids) for ids in under], np.bool_),
        gateway_of=tuple(inventory.gateways[g].gateway_id if g >= 0 else "" for g in gateways),
        regions=tuple(sites[s].region if s >= 0 else "" for s in site_of.tolist()),
        names=tuple(circuit_name(c) for c in circuits),
        gateway_circuits=tuple(tuple(ids) for ids in under),
        hubs=hubs,
        hub_of=np.array([number.get(p.hub, -1) for p in inventory.paths], np.int32),
        path_circuit=inventory.path_circuit,
        hubs_of={circuit_id: tuple(names) for circuit_id, names in hubs_of.items()},
    )
