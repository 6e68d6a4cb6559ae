"""Tables of one instant: circuits, sites, regions, peer paths, ports, feeds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import numpy as np

from noctui.commands.exports.arranging import as_screen
from noctui.commands.exports.asked import Asked, Made, whole
from noctui.commands.exports.cells import site_of
from noctui.commands.exports.writing import PART_ROWS
from noctui.tui.export import Cell, Exported, Row, instant, number
from noctui.tui.look.signs import Signs
from noctui.tui.panes import circuit_rows, collector_feeds, region_rows, site_ports, site_rows, subjects
from noctui.tui.widgets.columns import Column


async def circuits(asked: Asked) -> Made:
    view = asked.scene.view
    rows = circuit_rows.CircuitRows(view, Signs())
    order, by_screen = as_screen(
        asked, rows, circuit_rows.COLUMNS, circuit_rows.SORT, lambda: subjects.circuits(view)
    )  # fmt: skip
    return _made(circuit_rows.HEADERS, order, lambda part: circuit_rows.exported(view, part), by_screen,
                 circuit_rows.COLUMNS)  # fmt: skip


async def sites(asked: Asked) -> Made:
    view = asked.scene.view
    rows = site_rows.SiteRows(view, Signs())
    order, by_screen = as_screen(
        asked, rows, site_rows.COLUMNS, site_rows.SORT, lambda: subjects.sites(view, rows)
    )  # fmt: skip
    return _made(site_rows.HEADERS, order, lambda part: site_rows.exported(rows, view, part), by_screen,
                 site_rows.COLUMNS)  # fmt: skip


async def regions(asked: Asked) -> Made:
    view = asked.scene.view
    rows = region_rows.RegionRows(view, Signs())
    order, by_screen = as_screen(
        asked, rows, region_rows.columns(True), region_rows.SORT, lambda: subjects.regions(view, rows)
    )  # fmt: skip
    return _made(region_rows.HEADERS, order, lambda part: region_rows.exported(rows, view, part), by_screen,
                 region_rows.columns(True))  # fmt: skip


def _made(
    headers: tuple[str, ...],
    order: Sequence[int],
    exported: Callable[[Sequence[int]], Exported],
    by_screen: bool,
    columns: Sequence[Column],
) -> Made:
    """Some rows at a time: the first are on their way before the last are made."""

    async def parts() -> AsyncIterator[Sequence[Row]]:
        for at in range(0, len(order), PART_ROWS):
            yield exported(order[at : at + PART_ROWS]).rows

    keys = tuple(c.key for c in columns)
    return Made(headers, parts(), filtered=True, sorted=by_screen, columns=keys)


PATHS = (
    "site", "site_name", "region", "circuit_id", "role", "carrier", "port", "path_id", "hub", "hub_port", "up",
    "active", "latency_ms", "jitter_ms", "loss_pct", "mos", "age_s", "at",
)  # fmt: skip


async def paths(asked: Asked) -> Made:
    """Every peer path, by circuit. `up` and `active` are as Mist told them, `age_s` seconds before the poll."""
    view, inv = asked.scene.view, asked.scene.view.inventory
    t, at = view.paths, instant(view.at)
    rows: list[tuple[Cell, ...]] = []
    for i in np.argsort(inv.path_circuit, kind="stable").tolist():
        path, row = inv.paths[i], int(inv.path_circuit[i])
        if row < 0:  # its circuit is gone
            continue
        circuit = inv.circuits[row]
        site = site_of(inv, circuit.site_id)
        rows.append(
            (
                site.number, site.name, site.region, circuit.circuit_id, circuit.role.word, circuit.carrier,
                circuit.port_id, path.path_id, path.hub, path.hub_port, _truth(t.up[i]), _truth(t.active[i]),
                number(t.latency[i]), number(t.jitter[i]), number(t.loss[i]), number(t.mos[i]), number(t.age[i]), at,
            )
        )  # fmt: skip
    return Made(PATHS, whole(Exported("paths", PATHS, rows)))


async def ports(asked: Asked) -> Made:
    """The port tables of all sites, as far as the history knows them: what Mist has to be asked for is empty."""
    view = asked.scene.view
    found = [port for site in view.inventory.sites for port in site_ports.ports_of(view, site.site_id, None)]
    table = site_ports.exported(view, found)
    return Made(table.headers, whole(table))


async def feeds(asked: Asked) -> Made:
    table = collector_feeds.exported(asked.scene)
    return Made(table.headers, whole(table))


def _truth(value: float | np.floating[Any]) -> bool | None:
    """1, 0 or NaN."""
    return None if np.isnan(value) else bool(value)
