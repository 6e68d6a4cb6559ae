"""Between a source's sweep and the inventory: who is who, by places and rulings, and what the inventory file says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from noctui.clock import Clock
from noctui.model.batch import Discovery, Sweep
from noctui.model.detail import Answer, AskInsights, Question
from noctui.model.edges import Note
from noctui.model.identity import Names, Rulings, identify
from noctui.model.inventory import Attachment, Inventory
from noctui.model.reconcile import Replaced
from noctui.model.words import Severity
from noctui.runtime import renaming
from noctui.runtime.overlay import Overlay
from noctui.runtime.rulings import KeptRulings

log = logging.getLogger("noctui.naming")


class Naming:
    """Holds the file, the rulings and the names in force for one term as leader."""

    def __init__(
        self,
        folder: Path | None,
        inventory_file: Path | None,
        clock: Clock,
        used: Callable[[str], bool] = lambda circuit_id: False,
    ) -> None:
        """`used` knows every circuit id that the history of `folder` ever had."""
        self.overlay = Overlay(inventory_file, folder, clock)
        self._rulings = KeptRulings(folder)
        self._used = used
        self._names: Names = {}
        self._of: tuple[object, ...] = ()
        self._remembered: frozenset[str] = frozenset()
        self._named: Discovery | None = None

    async def look(self) -> None:
        """Before each poll: has the file changed, is there a new ruling."""
        await self.overlay.look()
        await asyncio.to_thread(self._rulings.look)

    def sweep(self, previous: Inventory | None, seen: Sweep) -> Sweep:
        """The sweep under our names, with what the file says."""
        named = self._discovery(previous, seen)
        return renaming.sweep(self._names, seen, self.overlay.over(named))

    def _discovery(self, previous: Inventory | None, sweep: Sweep) -> Discovery:
        seen, remembered = sweep.discovery, frozenset[str]()
        if sweep.circuits is not None:
            rows = frozenset(sweep.circuits.ids)
            remembered = frozenset(f.circuit_id for f in seen.circuits if f.circuit_id not in rows)
        of = (previous, seen, self._rulings.rulings)
        same = len(self._of) == 3 and all(a is b for a, b in zip(of, self._of, strict=True))
        if self._named is None or not same or remembered != self._remembered:
            self._remembered = remembered
            names = identify(
                previous, seen, self._rulings.rulings, lambda: self.overlay.carrier_ids(seen), self._used, remembered
            )
            if names != self._names:
                log.info(
                    "inventory.names", extra={"differ": len(names), "left_out": sum(not n for n in names.values())}
                )
            if self._named is None or seen is not self._of[1] or names != self._names:
                self._named = renaming.discovery(names, seen) if names else seen
            self._of, self._names = of, names
        return self._named

    @property
    def earlier(self) -> Mapping[str, tuple[Attachment, ...]]:
        """Ended attachments of circuits that a ruling may bring back."""
        return self._rulings.rulings.attachments() if self._rulings.rulings.all else {}

    @property
    def rulings(self) -> Rulings:
        return self._rulings.rulings

    def question(self, asked: Question) -> Question:
        """The question as the source understands it."""
        if not self._names or not isinstance(asked, AskInsights):
            return asked
        theirs = next((t for t, ours in self._names.items() if ours == asked.circuit_id), asked.circuit_id)
        return msgspec.structs.replace(asked, circuit_id=theirs)

    def answer(self, asked: Question, told: Answer) -> Answer:
        """The source's answer under our names."""
        return renaming.answer(self._names, asked, told) if self._names else told

    def notes(self, before: Inventory | None, after: Inventory, replaced: tuple[Replaced, ...]) -> tuple[Note, ...]:
        """A line for everybody to see of each circuit that was carried on, separated or joined."""
        notes = [*_carried(before, after, replaced), *_ruled(before, after, self._rulings.rulings)]
        for note in notes:
            log.info("inventory.replaced", extra={"circuit_id": note.circuit_id, "text": note.text})
        return tuple(notes)


def _carried(before: Inventory | None, after: Inventory, replaced: tuple[Replaced, ...]) -> Iterator[Note]:
    for one in replaced:
        row = after.circuit_row.get(one.circuit_id)
        if row is None:
            continue
        old, new = one.before, one.after
        if old.gateway_id == new.gateway_id and old.port_id == new.port_id:
            text = f"unit {old.unit or 0} became {new.unit or 0}"
        elif old.gateway_id == new.gateway_id:
            text = f"moved from port {old.port_id} to {new.port_id}"
        else:
            text = f"gateway {_gateway(before, old)} replaced by {_gateway(after, new)}"
            text += "" if old.port_id == new.port_id else f", port {old.port_id} by {new.port_id}"
        yield _note(one.circuit_id, after.circuits[row].site_id, new.since, text)


def _ruled(before: Inventory | None, after: Inventory, rulings: Rulings) -> Iterator[Note]:
    if before is None or not rulings.all:
        return
    becomes = {(r.before, r.becomes) for r in rulings.all}
    gone = before.circuit_row.keys() - after.circuit_row.keys()
    for old, new in becomes:
        row = after.circuit_row.get(new)
        if old in gone and row is not None:
            place = after.circuits[row].attachment
            since = place.since if place is not None else after.event_time
            alone = len(after.circuits[row].attachments) == 1
            text = f"a circuit of its own from now on, was {_end(old)}" if alone else f"carries on what was {_end(old)}"
            yield _note(new, after.circuits[row].site_id, since, text)


def _note(circuit_id: str, site_id: str, at: float, text: str) -> Note:
    return Note(
        event_time=at,
        known_at=at,
        kind="replaced",
        severity=int(Severity.OK),
        circuit_id=circuit_id,
        site_id=site_id,
        text=text,
    )


def _gateway(inventory: Inventory | None, at: Attachment) -> str:
    row = inventory.gateway_row.get(at.gateway_id) if inventory is not None else None
    name = inventory.gateways[row].name if inventory is not None and row is not None else ""
    return f"{name} {at.gateway_id}" if name else at.gateway_id


def _end(circuit_id: str) -> str:
    """A circuit's id without its site."""
    return circuit_id.partition(":")[2] or circuit_id
