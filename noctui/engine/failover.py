"""Sites that began or ceased to run without their primary (docs/values.md 9)."""

from __future__ import annotations

import numpy as np

from noctui.model.edges import Failover
from noctui.model.inventory import Inventory
from noctui.model.view import B1, SiteTable


class Failovers:
    """Remembers which sites were failed over."""

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
        changed = np.flatnonzero((sites.failed_over != self._before) & self._known)
        found = tuple(
            Failover(
                site_id=inventory.sites[row].site_id,
                event_time=at,
                known_at=at,
                began=bool(sites.failed_over[row]),
                circuit_id=inventory.circuits[sites.carrying[row]].circuit_id if sites.carrying[row] >= 0 else "",
            )
            for row in changed.tolist()
        )
        self._before = sites.failed_over
        if not self._known.all():
            self._known = np.ones(len(self._before), np.bool_)
        return found

    def adopt(self, inventory: Inventory, sites: SiteTable) -> None:
        """Go on from a View."""
        self._inventory, self._before = inventory, sites.failed_over
        self._known = np.ones(len(self._before), np.bool_)
