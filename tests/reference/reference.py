"""The rules of docs/values.md in plain Python, one circuit and one value at a time.

Obvious before fast: what the engine must equal, and the loop it is measured beside.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping

from noctui.model.batch import Poll
from noctui.model.edges import Edge, Failover
from noctui.model.inventory import Inventory
from noctui.model.words import CLEAR_SHARE, THRESHOLDS, Metric, State
from tests.reference.answers import RefPoll, RefSite
from tests.reference.circuit import CircuitLife
from tests.reference.intake import Row, rows_of
from tests.reference.painting import Stretch, clip, paint
from tests.reference.refold import heard_of
from tests.reference.shown import Thresholds
from tests.reference.sites import sites_of
from tests.reference.windows import Above


class Reference:
    """Takes polls in order and tells what each means."""

    def __init__(self, thresholds: Mapping[Metric, Thresholds] = THRESHOLDS, clear_share: float = CLEAR_SHARE) -> None:
        self.thresholds = thresholds
        self.clear_share = clear_share
        self.circuits: dict[str, CircuitLife] = {}  # every circuit ever known
        self.present: list[str] = []  # those of the last poll's inventory, in its order
        self.gateways: dict[str, Row] = {}
        self.moved: dict[str, bool] = {}  # sites known: whether a failover has begun and not ended
        self.tick = 0
        self.interval = math.nan

    def poll(self, poll: Poll, inventory: Inventory, held: Collection[str] = ()) -> RefPoll:
        """One poll; `held` are the ids of circuits in their own maintenance window."""
        self.tick, self.interval = poll.tick, poll.interval
        rows = rows_of(poll.circuits, inventory.circuit_row)
        paths = self._paths(poll, inventory)
        heard: dict[str, list[tuple[float, bool]]] = defaultdict(list)
        for event in poll.events:
            heard[event.circuit_id].append((event.event_time, event.up))
        self._hear_gateways(poll, inventory)

        edges: list[Edge] = []
        for circuit_id in self.present:
            if circuit_id not in inventory.circuit_row:
                edges += self.circuits[circuit_id].leave(poll)
        self.present = [c.circuit_id for c in inventory.circuits]
        for circuit in inventory.circuits:
            cid = circuit.circuit_id
            if cid not in self.circuits:
                self.circuits[cid] = CircuitLife(cid, self.thresholds, self.clear_share)
            gateway = self.gateways.get(circuit.attachment.gateway_id) if circuit.attachment else None
            self.circuits[cid].judge(
                poll, circuit, rows.get(cid), gateway, paths.get(cid, ()), heard_of(heard.get(cid, []), poll.at)
            )
            edges += self.circuits[cid].edges

        lives = {cid: self.circuits[cid] for cid in self.present}
        silent = poll.circuits is None or (bool(lives) and all(life.stale for life in lives.values()))
        told = {cid: life.show(poll, silent, cid in held) for cid, life in lives.items()}
        sites = sites_of(inventory, told)
        failovers = self._failovers(poll.at, sites)
        return RefPoll(
            circuits=told,
            sites=sites,
            edges=edges,
            failovers=failovers,
            rejected=sum(life.rejected for life in lives.values()),
            silent=silent,
        )

    def above(self, hours: float) -> dict[str, dict[Metric, Above]]:
        """Time above thresholds in the window that ends with the last poll, of the circuits that it knew."""
        return {
            cid: {metric: self.circuits[cid].ticks[metric].above(self.tick, hours, self.interval) for metric in Metric}
            for cid in self.present
        }

    def timeline(self, circuit_id: str, start: float, end: float, known_at: float = math.inf) -> list[Stretch]:
        """[start, end) of a circuit's timeline as known at `known_at`: (start, end, state), without holes."""
        life = self.circuits.get(circuit_id)
        if life is None:
            return [(start, end, State.UNKNOWN)]
        return clip(paint(life.ledger.edges, known_at), start, end)

    def _failovers(self, at: float, sites: Mapping[str, RefSite]) -> list[Failover]:
        """A failover begins with failed over and ends with an active primary; in between it goes on, seen or not."""
        before, self.moved = self.moved, {}
        found = []
        for site_id, site in sites.items():
            self.moved[site_id] = site.failed_over or (before.get(site_id, False) and not site.home)
            if site_id in before and before[site_id] != self.moved[site_id]:
                found.append(
                    Failover(
                        site_id=site_id, event_time=at, known_at=at, began=self.moved[site_id],
                        circuit_id=site.carrying or "",
                    )
                )  # fmt: skip
        return found

    def _hear_gateways(self, poll: Poll, inventory: Inventory) -> None:
        kept = {gid: row for gid, row in self.gateways.items() if gid in inventory.gateway_row}
        told = rows_of(poll.gateways, inventory.gateway_row)
        for row in told.values():
            row["observed_at"] = row["observed_at"] if row["observed_at"] <= poll.at else poll.at  # unknown and later
        self.gateways = {**kept, **told}

    def _paths(self, poll: Poll, inventory: Inventory) -> dict[str, list[Row]]:
        """This poll's paths rows by circuit; of a poll that lost some, only circuits that have all of theirs."""
        rows = rows_of(poll.paths, inventory.path_row)
        torn: set[str] = set()
        if poll.paths is not None and not poll.paths.whole:
            torn = {p.circuit_id for p in inventory.paths if p.path_id not in rows}
        by_circuit: dict[str, list[Row]] = defaultdict(list)
        for path_id, row in rows.items():
            circuit_id = inventory.paths[inventory.path_row[path_id]].circuit_id
            if circuit_id not in torn:
                by_circuit[circuit_id].append(row)
        return by_circuit
