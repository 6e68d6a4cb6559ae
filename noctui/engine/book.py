"""All that stands in rows of circuits and follows the inventory: what is known of each, and the ring of windows."""

from __future__ import annotations

import numpy as np

from noctui.engine import trend
from noctui.engine.state import Circuits, blank, plan_move, rearranged
from noctui.engine.windows import Ring
from noctui.model.inventory import Inventory


class Book:
    """Rows of `known` and `ring` are those of the inventory's circuits. Circuits that are gone are parked, by id.

    Parked rows stand still; they are brought up to date when the inventory changes.
    """

    def __init__(self) -> None:
        self.ids: tuple[str, ...] = ()
        self.known: Circuits = blank(0)
        self.ring: Ring | None = None
        self.quarter: int | None = None
        self.parked_ids: tuple[str, ...] = ()
        self.parked: Circuits = blank(0)
        self._parked_ring: Ring | None = None
        self._parked_quarter: int | None = None
        self._gateway_of: dict[str, str] = {}

    def follow(self, inventory: Inventory) -> tuple[bool, int]:
        """Take the rows of a new inventory version. Gives whether any row moved, and how many circuits are newly gone.

        Those are then the first of the parked.
        """
        move = plan_move(self.ids, self.parked_ids, tuple(c.circuit_id for c in inventory.circuits))
        gone = 0
        if move is not None:
            self._turn_parked()
            now, parked = self.known, self.parked
            self.known, self.parked = rearranged(now, parked, move.rows), rearranged(now, parked, move.parked)
            if self.ring is not None:
                ring = self.ring
                resting = self._parked_ring or Ring(len(self.parked_ids), ring.interval)
                self.ring, self._parked_ring = ring.move(move.rows, resting), ring.move(move.parked, resting)
            gone = int((move.parked < len(self.ids)).sum())
            self.ids, self.parked_ids = move.ids, move.parked_ids
        self._forget_counters(inventory)
        return move is not None, gone

    def _turn_parked(self) -> None:
        if self.quarter is not None and self._parked_quarter is not None:
            steps = self.quarter - self._parked_quarter
            parked = self.parked
            parked.trend, parked.bad_quarters = trend.moved_on(parked.trend, parked.bad_quarters, steps)
        self._parked_quarter = self.quarter

    def _forget_counters(self, inventory: Inventory) -> None:
        """A circuit that moved to another gateway is counted there by other counters."""
        moved: list[int] = []
        for row, circuit in enumerate(inventory.circuits):
            gateway = circuit.attachments[-1].gateway_id if circuit.attachments else ""
            if self._gateway_of.get(circuit.circuit_id, gateway) != gateway:
                moved.append(row)
            self._gateway_of[circuit.circuit_id] = gateway
        if moved:
            self.known.counters = self.known.counters.copy()
            self.known.counters[:, moved] = np.nan
            self.known.base = self.known.base.copy()
            self.known.base[:, moved] = np.nan

    def advance(self, at: float, tick: int, interval: float) -> Ring:
        """Move trend and ring on to a poll; gives the ring, at the poll's tick."""
        quarter, known = trend.quarter_of(at), self.known
        if self.quarter is not None and quarter > self.quarter:
            known.trend, known.bad_quarters = trend.moved_on(known.trend, known.bad_quarters, quarter - self.quarter)
        self.quarter = quarter
        ring = self.ring
        if ring is None:
            ring = self.ring = Ring(len(self.ids), interval)
        elif ring.interval != interval:
            ring = self._regrain(ring, interval)
        ring.advance(tick)
        return ring

    def _regrain(self, ring: Ring, interval: float) -> Ring:
        """Polls come at another interval from now on: ticks count something else."""
        self.ring = ring.regrained(interval)
        if self._parked_ring is not None:
            self._parked_ring.advance(max(ring.tick, self._parked_ring.tick))
            self._parked_ring = self._parked_ring.regrained(interval)
        for rows in (self.known, self.parked):
            ticks = np.ceil((rows.sample_tick + 1) * ring.interval / interval).astype(np.int64) - 1
            rows.sample_tick = np.where(rows.sample_tick < 0, -1, ticks)
        return self.ring
