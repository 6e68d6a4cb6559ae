"""Works as they stand: a carrier's planned work and the inventory known beside it → our circuits, what is superseded,
which windows together take a whole site. Pure.

Nothing of it is stored: a circuit id that nobody knows today is matched on the day the inventory learns it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import structs

from noctui.model.inventory import Inventory
from noctui.model.works import Conflict, Matched, Work, used
from noctui.planned.conflicts import Planned, conflicts
from noctui.planned.matching import Index
from noctui.planned.providers import DEFAULT, Provider, of_name, plain
from noctui.planned.updating import superseded

Key = tuple[str, str]
_EMERGENCY = re.compile(r"(?<!non-)(?<!non )(?<!not an )\bemergency\b", re.IGNORECASE)


class Standing:
    """Keeps what it found: works that are the same, and an inventory that is the same object, cost next to nothing."""

    def __init__(self, providers: Iterable[Provider] = DEFAULT) -> None:
        self._providers = tuple(providers)
        self._known: tuple[Inventory, Index] | None = None
        self._matched: dict[Key, tuple[Work, tuple[Matched, ...]]] = {}
        self._asked: tuple[tuple[Work, ...], Inventory] | None = None
        self._stand: tuple[Work, ...] = ()
        self._before: dict[Key, tuple[Work, Work]] = {}  # as history has it, and as it stands

    def of(self, works: Iterable[Work], inventory: Inventory) -> tuple[Work, ...]:
        """The newest versions of all works, in their order, as they stand. One that is left out of `works` takes part
        in no conflict and supersedes none."""
        asked = works if isinstance(works, tuple) else tuple(works)
        if self._asked is not None and self._asked[1] is inventory and _same(self._asked[0], asked):
            return self._stand
        index = self._index(inventory)
        replaced = superseded(w.maintenance for w in asked)
        found = [self._one(work, index, replaced) for work in asked]
        self._matched = {w.maintenance.key: self._matched[w.maintenance.key] for w in asked}
        self._stand = tuple(
            self._kept(raw, now) for raw, now in zip(asked, _with_conflicts(found, inventory), strict=True)
        )
        self._before = {raw.maintenance.key: (raw, now) for raw, now in zip(asked, self._stand, strict=True)}
        self._asked = asked, inventory
        return self._stand

    def matched(self, work: Work, inventory: Inventory) -> tuple[Matched, ...]:
        """The circuits of one version, the newest or not."""
        return self._match(work, self._index(inventory))

    def _kept(self, raw: Work, now: Work) -> Work:
        """The object of before, where nothing about it has changed: who sends works on sends only what differs."""
        had = self._before.get(raw.maintenance.key)
        if had is None or not (had[0] is raw or had[0] == raw):
            return now
        return had[1] if _differs(now) == _differs(had[1]) else now

    def _index(self, inventory: Inventory) -> Index:
        """Of the inventory; a version that names its circuits like the one before keeps what was matched."""
        if self._known is not None:
            before, index = self._known
            if before is inventory or _ids(before) == _ids(inventory):
                self._known = inventory, index
                return index
        index = Index(inventory.circuits)
        self._known, self._matched = (inventory, index), {}
        return index

    def _one(self, work: Work, index: Index, replaced: Mapping[Key, str]) -> Work:
        key = work.maintenance.key
        had = self._matched.get(key)
        if had is None or not (had[0] is work or had[0] == work):
            had = self._matched[key] = work, self._match(work, index)
        return structs.replace(
            work,
            matched=had[1],
            superseded_by=replaced.get(key, work.superseded_by),
            emergency=work.emergency or bool(_EMERGENCY.search(work.maintenance.summary)),
        )

    def _match(self, work: Work, index: Index) -> tuple[Matched, ...]:
        name = work.maintenance.provider
        provider = of_name(name, self._providers)

        def of_carrier(carrier: str) -> bool:
            return plain(carrier) == plain(name) or (provider is not None and provider.called(carrier))

        circuits = work.maintenance.circuits
        return tuple(
            Matched(
                said=m.said, circuit_ids=m.circuit_ids, how=m.how, impact=one.impact, seconds=one.seconds, each=one.each
            )
            for m, one in zip(index.of(work.maintenance, of_carrier), circuits, strict=True)
        )


def _differs(work: Work) -> tuple[object, ...]:
    return work.superseded_by, work.emergency, work.matched, work.conflicts


def _same(before: Sequence[Work], now: Sequence[Work]) -> bool:
    return before is now or (
        len(before) == len(now) and all(a is b or a == b for a, b in zip(before, now, strict=True))
    )


def _ids(inventory: Inventory) -> list[tuple[str, str, str, str]]:
    return [(c.circuit_id, c.carrier_circuit_id, c.carrier, c.site_id) for c in inventory.circuits]


def _with_conflicts(works: Sequence[Work], inventory: Inventory) -> Iterable[Work]:
    planned = [
        Planned(circuit_id, window, work.name, matched.impact)
        for work in works
        if work.sure
        for matched in work.matched
        if matched.circuit_ids
        for window in used(work, matched.said)
        for circuit_id in matched.circuit_ids
    ]
    of: dict[str, list[Conflict]] = {}
    if planned:
        sites, groups = _places(inventory, {p.circuit_id for p in planned})
        for one in conflicts(planned, sites, groups):
            for name in one.works:
                of.setdefault(name, []).append(one)
    return (structs.replace(w, conflicts=tuple(of.get(w.name, ())) if w.sure else ()) for w in works)


def _places(inventory: Inventory, touched: set[str]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Sites and protection groups with a circuit that is touched: id → all of their circuits."""
    circuits = inventory.circuits
    sites: dict[str, list[str]] = {}
    groups: dict[str, list[str]] = {}
    rows = [row for c in touched if (row := inventory.circuit_row.get(c)) is not None]
    for site in {circuits[row].site_id for row in rows}:
        at = inventory.site_row.get(site)
        if at is not None:
            sites[site] = [circuits[i].circuit_id for i in inventory.site_circuits[at]]
    named = {circuits[row].protection_group for row in rows} - {""}
    if named:
        for circuit in circuits:
            if circuit.protection_group in named:
                groups.setdefault(circuit.protection_group, []).append(circuit.circuit_id)
    return sites, groups
