"""Cells that several tables share: numbers of a column, and who a row is of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.figures import Figures
from noctui.model.inventory import Circuit, Inventory, Site
from noctui.tui.export import Cell, Row
from noctui.tui.place import region_name

NAMES = {
    "util": ("utilisation", "pct"), "rx_pct": ("rx", "pct"), "tx_pct": ("tx", "pct"), "loss": ("loss", "pct"),
    "jitter": ("jitter", "ms"), "latency": ("latency", "ms"), "rx_bps": ("rx", "bps"), "tx_bps": ("tx", "bps"),
}  # fmt: skip
"""Gauge → its name and unit in headers, in the order of the columns."""
CIRCUIT = ("site", "site_name", "region", "store_type", "site_id", "circuit_id", "role", "carrier", "port")
WHO = {
    "circuit": CIRCUIT,
    "site": ("site", "site_name", "region", "store_type", "site_id", "circuits"),
    "region": ("region", "circuits"),
    "carrier": ("carrier", "circuits"),
}


def known(values: NDArray[np.floating[Any]]) -> list[Cell]:
    """Cells of a column; NaN is None."""
    return [None if missing else value for value, missing in zip(values.tolist(), np.isnan(values), strict=True)]


def measured(values: NDArray[np.floating[Any]]) -> list[Cell]:
    """The same of a column that holds samples, which are float32: the shortest numbers that read back as they were."""
    narrow = values.astype(np.float32)
    same = (narrow == values).tolist()
    return [
        None if wide != wide else float(str(short)) if exact else wide
        for wide, short, exact in zip(values.tolist(), narrow, same, strict=True)
    ]


def zipped(*columns: Iterable[Cell]) -> list[tuple[Cell, ...]]:
    """Columns as rows."""
    return list(zip(*columns, strict=True))


def who(inventory: Inventory, by: str, found: Figures) -> list[Row]:
    """Who each row is of, as `WHO[by]` says."""
    counts: list[Cell] = list(found.counts.tolist()) if found.counts is not None else [None] * len(found)
    makers: dict[str, Callable[[str, Cell], Row]] = {
        "circuit": lambda key, _: circuit_cells(inventory, key),
        "site": lambda key, count: (*site_cells(inventory, key), count),
        "region": lambda key, count: (region_name(key), count),
        "carrier": lambda key, count: (key, count),
    }
    return [makers[by](key, count) for key, count in zip(found.ids, counts, strict=True)]


def site_of(inventory: Inventory, site_id: str) -> Site:
    """The site; one without a name where the inventory does not have it."""
    row = inventory.site_row.get(site_id)
    return Site(site_id=site_id, name="") if row is None else inventory.sites[row]


def circuit_of(inventory: Inventory, circuit_id: str) -> Circuit:
    """The circuit; one of which nothing is known where the inventory does not have it."""
    row = inventory.circuit_row.get(circuit_id)
    if row is not None:
        return inventory.circuits[row]
    return Circuit(circuit_id=circuit_id, circuit_no=-1, site_id=circuit_id.rpartition(":")[0], port_id="")


def site_cells(inventory: Inventory, site_id: str) -> Row:
    """Number, name, region, store type, id."""
    site = site_of(inventory, site_id)
    return (site.number, site.name, site.region, site.store_type, site_id)


def circuit_cells(inventory: Inventory, circuit_id: str) -> Row:
    """Those of its site, then id, role, carrier, port."""
    circuit = circuit_of(inventory, circuit_id)
    return (
        *site_cells(inventory, circuit.site_id), circuit_id, circuit.role.word, circuit.carrier, circuit.port_id,
    )  # fmt: skip
