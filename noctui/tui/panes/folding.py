"""One cause, one line: changes of one kind that were learned together stand folded in the latest pane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from noctui.model.edges import Note
from noctui.model.inventory import Circuit, Inventory, Site
from noctui.tui.look.numbers import count
from noctui.tui.place import region_name

LEAST = 5
"""Changes from which on they are told as one."""
_KINDS = {"down", "up", "away", "unknown", "failover", "failback"}


@dataclass(frozen=True, slots=True)
class Fold:
    """`said` of several changes; `note` is the newest of them: its time, kind and severity stand for all."""

    note: Note
    said: str


def folded(notes: Sequence[Note], inventory: Inventory) -> list[Note | Fold]:
    """The notes in their order; those of one poll and kind, if five or more, are one line in place of their first."""
    groups: dict[tuple[float, str], list[Note]] = {}
    for note in notes:
        if note.kind in _KINDS:
            groups.setdefault((note.known_at, note.kind), []).append(note)
    out: list[Note | Fold] = []
    for note in notes:
        group = groups.get((note.known_at, note.kind), [])
        if len(group) < LEAST:
            out.append(note)
        elif note is group[0]:
            out.append(Fold(note, _said(group, inventory)))
    return out


def _said(group: Sequence[Note], inventory: Inventory) -> str:
    circuits = [inventory.circuits[row] for n in group if (row := inventory.circuit_row.get(n.circuit_id)) is not None]
    ids = dict.fromkeys(n.site_id for n in group if n.site_id)
    sites = [inventory.sites[row] for i in ids if (row := inventory.site_row.get(i)) is not None]
    where = _where(sites, len(ids))
    kind = group[0].kind
    if kind == "failover":
        roles = {c.role for c in circuits}
        return f"{where} on {roles.pop().word}" if len(roles) == 1 else f"{where} on another circuit"
    if kind == "failback":
        return f"{where} back on primary"
    if kind == "away":
        return f"{where} unreachable"
    word = {"down": "down", "up": "up again", "unknown": "without fresh data"}[kind]
    return f"{_carrier(circuits, len(group))} {word} at {where}"


def _where(sites: Sequence[Site], number: int) -> str:
    """`31 Mountain sites`; the region only when it is one."""
    regions = {site.region for site in sites}
    inside = f"{region_name(regions.pop())} " if len(regions) == 1 else ""
    return f"{count(number)} {inside}site{'' if number == 1 else 's'}"


def _carrier(circuits: Sequence[Circuit], number: int) -> str:
    carriers = {c.carrier for c in circuits}
    return carriers.pop() if len(carriers) == 1 and "" not in carriers else f"{count(number)} circuits"
