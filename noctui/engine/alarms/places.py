"""Which circuits share a carrier, a region, a gateway or a hub: once per inventory version."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.engine.layout import layout_of
from noctui.model.inventory import Inventory

Rows = NDArray[np.intp]

_KEY = "_engine_alarm_places_{}"


@dataclass(frozen=True, slots=True)
class Places:
    """`cell` is each circuit's carrier × region (`carrier * len(regions) + region`), -1 where its site is not known.

    `gateways` are those with many circuits, `gateway` [circuits] the place of its own in them, -1 none. `hubs`: (name,
    rows of circuits with a path to it) of those with many. Both are in the order of their names.
    """

    carriers: tuple[str, ...]
    regions: tuple[str, ...]
    cell: Rows
    gateways: tuple[str, ...]
    gateway: Rows
    hubs: tuple[tuple[str, Rows], ...]

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.carriers), len(self.regions)


def places_of(inventory: Inventory, least: int) -> Places:
    """Those of this version; gateways and hubs with fewer circuits than `least` are left out."""
    found = inventory.__dict__.get(_KEY.format(least))
    if isinstance(found, Places):
        return found
    layout = layout_of(inventory)
    regions = inventory.regions
    known = layout.circuit_region >= 0
    cell = np.where(known, layout.circuit_carrier * max(len(regions), 1) + layout.circuit_region, -1)
    gateways, gateway = _gateways(inventory, least)
    made = Places(
        carriers=layout.carriers,
        regions=regions,
        cell=cell.astype(np.intp),
        gateways=gateways,
        gateway=gateway,
        hubs=_hubs(inventory, least),
    )
    inventory.__dict__[_KEY.format(least)] = made
    return made


def _gateways(inventory: Inventory, least: int) -> tuple[tuple[str, ...], Rows]:
    of = inventory.circuit_gateway
    sizes = np.bincount(of[of >= 0], minlength=len(inventory.gateways))
    big = sorted((inventory.gateways[g].gateway_id, g) for g in np.flatnonzero(sizes >= least).tolist())
    place = np.full(len(inventory.gateways) + 1, -1, np.intp)
    for i, (_, g) in enumerate(big):
        place[g] = i
    return tuple(name for name, _ in big), place[of]


def _hubs(inventory: Inventory, least: int) -> tuple[tuple[str, Rows], ...]:
    rows: dict[str, set[int]] = {}
    for path, circuit in zip(inventory.paths, inventory.path_circuit.tolist(), strict=True):
        if path.hub and circuit >= 0:
            rows.setdefault(path.hub, set()).add(circuit)
    made = ((hub, np.array(sorted(those), np.intp)) for hub, those in rows.items() if len(those) >= least)
    return tuple(sorted(made, key=_name))


def _name(item: tuple[str, Rows]) -> str:
    return item[0]
