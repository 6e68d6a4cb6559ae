"""From a source's sweep to the engine's poll: the inventory kept, versions numbered, long absences let go."""

from __future__ import annotations

from noctui.model.batch import Discovery, Poll, Sweep
from noctui.model.edges import Note
from noctui.model.inventory import Inventory
from noctui.model.reconcile import NO_ATTACHMENTS, Number, Replaced, reconcile
from noctui.runtime.naming import Naming

NONE_REPLACED: tuple[Replaced, ...] = ()
FORGET_AFTER = 86_400.0
"""A circuit that whole sweeps have not shown for this long (seconds) leaves the inventory."""


class Intake:
    """Holds the newest inventory and turns each sweep into a `Poll`."""

    def __init__(self, inventory: Inventory | None, number: Number, seq: int, naming: Naming | None = None) -> None:
        self.inventory = inventory
        self.naming = naming
        self.notes: tuple[Note, ...] = ()
        """What the last `take` has to tell of circuits that were carried on or ruled upon."""
        self._number = number
        self._seq = seq
        self._seen_at: dict[str, float] = {}
        self._settled: tuple[Discovery, Inventory] | None = None

    async def named(self, sweep: Sweep) -> Sweep:
        """The sweep under the names of our circuits, with what the inventory file says: to be taken next."""
        if self.naming is None:
            return sweep
        await self.naming.look()
        return self.naming.sweep(self.inventory, sweep)

    def take(self, sweep: Sweep, tick: int, interval: float) -> tuple[Poll, Inventory, tuple[Replaced, ...]]:
        """The poll of this sweep and the inventory it stands on (a new object when something changed)."""
        at = sweep.ended
        seen = sweep.discovery
        for found in seen.circuits:
            self._seen_at[found.circuit_id] = at
        keep = frozenset(
            c.circuit_id
            for c in (self.inventory.circuits if self.inventory else ())
            if at - self._seen_at.setdefault(c.circuit_id, at) < FORGET_AFTER
        )
        naming, before = self.naming, self.inventory
        earlier = naming.earlier if naming is not None else NO_ATTACHMENTS
        if before is not None and self._is_settled(before, seen) and len(keep) == len(before.circuits):
            inventory, replaced = before, NONE_REPLACED  # what nothing has changed in need not be looked through
        else:
            inventory, replaced = reconcile(before, seen, at, self._number, keep, earlier)
        self.inventory, self._settled = inventory, (seen, inventory)
        self.notes = naming.notes(before, inventory, replaced) if naming is not None and inventory is not before else ()
        self._seq += 1
        poll = Poll(
            seq=self._seq,
            at=at,
            tick=tick,
            interval=interval,
            circuits=sweep.circuits,
            gateways=sweep.gateways,
            paths=sweep.paths,
            events=sweep.events,
            whole=sweep.whole,
            reports=sweep.reports,
        )
        return poll, inventory, replaced

    def _is_settled(self, before: Inventory, seen: Discovery) -> bool:
        """This version is what came of this very discovery: a source that saw nothing new tells the same one again."""
        known = self._settled
        return known is not None and known[0] is seen and known[1] is before

    def silence(self, at: float, tick: int, interval: float) -> Poll | None:
        """A poll in which nothing answered, so that what is known grows stale; None before the first inventory."""
        if self.inventory is None:
            return None
        self._seq += 1
        return Poll(
            seq=self._seq, at=at, tick=tick, interval=interval, circuits=None, gateways=None, paths=None, whole=False
        )
