"""Mist's service levels over all sites: means, how many are degraded, and the sites by their worst. Pure.

A site whose gateway is offline keeps a stale figure: it is left out and counted. The mean is that of the other sites,
each counted once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.model.cloud import SleTable
from noctui.model.inventory import Inventory
from noctui.model.view import View
from noctui.tui.panes.site_sle import BAD, DEGRADED, METRICS

F8 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Level:
    """One service level over the network: percent; `degraded` are below 90 %, `bad` of them below 70 %."""

    label: str
    mean: float  # NaN: no site has a figure
    sites: int  # with a figure
    degraded: int
    bad: int


@dataclass(frozen=True, slots=True)
class Levels:
    """All of it. `values` is [sites of the View, 3] percent; NaN where there is none or the gateway is offline."""

    at: float
    levels: tuple[Level, ...]
    values: F8
    left_out: int  # sites with a figure whose gateway is offline

    @property
    def worst(self) -> F8:
        """[sites] the lowest of the three; NaN where there is none."""
        return np.asarray(np.fmin.reduce(self.values, axis=1)) if len(self.values) else np.zeros(0)


def offline_sites(view: View) -> NDArray[np.bool_]:
    """[sites] that have a gateway which is not connected."""
    found = np.zeros(len(view.inventory.sites), np.bool_)
    for i in np.flatnonzero(view.gateways.connected == 0).tolist():
        row = view.inventory.site_row.get(view.inventory.gateways[i].site_id)
        if row is not None:
            found[row] = True
    return found


def levels_of(table: SleTable, view: View) -> Levels:
    """The table's figures, for the sites that the View has."""
    values = _placed(table, view.inventory).copy()
    offline = offline_sites(view)
    left_out = int((offline & np.isfinite(values).any(axis=1)).sum())
    values[offline] = np.nan
    return Levels(table.at, tuple(_level(METRICS[i][0], values[:, i]) for i in range(len(METRICS))), values, left_out)


def _placed(table: SleTable, inventory: Inventory) -> F8:
    """[sites of the inventory, 3] the table's figures, kept while both are the same."""
    kept: tuple[SleTable, F8] | None = inventory.__dict__.get("_tui_sle")
    if kept is not None and kept[0] is table:
        return kept[1]
    values = np.full((len(inventory.sites), len(METRICS)), np.nan)
    rows = np.array([inventory.site_row.get(site, -1) for site in table.site_ids], np.intp)
    here = rows >= 0
    for i, (_, _, column) in enumerate(METRICS):
        values[rows[here], i] = getattr(table, column)[here]
    inventory.__dict__["_tui_sle"] = table, values
    return values


def _level(label: str, values: F8) -> Level:
    known = values[np.isfinite(values)]
    mean = float(known.mean()) if len(known) else float("nan")
    return Level(label, mean, len(known), int((known < DEGRADED).sum()), int((known < BAD).sum()))
