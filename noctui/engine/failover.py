"""Failovers of sites: from when they run without their primary until it is active again (docs/values.md 9)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noctui.model.edges import Failover
from noctui.model.inventory import Inventory
from noctui.model.view import B1, CircuitTable, SiteTable
from noctui.model.words import Role


class Failovers:
    """Remembers in which sites a failover has begun and not ended: what is seen of it may come and go."""

    def __init__(self) -> None:
        self._inventory: Inventory | None = None
        self._before: B1 = np.zeros(0, np.bool_)
        self._known: B1 = np.zeros(0, np.bool_)

    def follow(self, inventory: Inventory) -> None:
        """Keep what is known of sites that stay; a site that is gone is forgotten."""
        old = self._inventory
        if old is None:
            self._before = np.zeros(len(inventory.sites), np.bool_)
            self._known = np.zeros(len(inventory.sites), np.bool_)
        else:
            rows = np.array([old.site_row.get(s.site_id, -1) for s in inventory.sites], np.intp)
            here = rows >= 0
            before, known = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
            before[here], known[here] = self._before[rows[here]], self._known[rows[here]]
            self._before, self._known = before, known
        self._inventory = inventory

    def write(self, inventory: Inventory, sites: SiteTable, at: float) -> tuple[Failover, ...]:
        """The events of this poll."""
        now = sites.failed_over
        rows = np.flatnonzero(self._before & ~now)
        if len(rows):
            now = now.copy()
            now[rows] = ~_home(inventory, sites, rows)
        changed = np.flatnonzero((now != self._before) & self._known)
        found = tuple(
            Failover(
                site_id=inventory.sites[row].site_id,
                event_time=at,
                known_at=at,
                began=bool(now[row]),
                circuit_id=inventory.circuits[sites.carrying[row]].circuit_id if sites.carrying[row] >= 0 else "",
            )
            for row in changed.tolist()
        )
        self._before = now
        if not self._known.all():
            self._known = np.ones(len(self._before), np.bool_)
        return found

    def adopt(self, inventory: Inventory, sites: SiteTable, circuits: CircuitTable) -> None:
        """Go on from a View: where nothing carries now, it is told by which circuit was the last that did.

        What a change of roles or of circuits has taken from the View since a failover began is lost.
        """
        self._inventory, self._before = inventory, sites.failed_over.copy()
        self._known = np.ones(len(self._before), np.bool_)
        for site in np.flatnonzero(sites.carrying < 0).tolist():
            rows = inventory.site_circuits[site]
            primary = [float(circuits.active_since[row]) for row in rows if inventory.role[row] == Role.PRIMARY]
            others = [float(circuits.active_since[row]) for row in rows if inventory.role[row] != Role.PRIMARY]
            self._before[site] = bool(primary) and bool(others) and max(others) > max(primary)


def _home(inventory: Inventory, sites: SiteTable, rows: NDArray[np.intp]) -> B1:
    """Of these sites, which ones have an active primary: the circuit that carries has the smallest role of all."""
    carrying = sites.carrying[rows]
    if not len(inventory.role):
        return np.zeros(len(rows), np.bool_)
    found: B1 = (carrying >= 0) & (inventory.role[carrying] == Role.PRIMARY)
    return found
