"""Which rows of a table fold into one per incident: five red lines of one cause say less than the cause.

The row that stands for an incident takes the place of the first of its rows, so that sorting still says what it says.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from noctui.engine.alarms.hits import EFFECT
from noctui.model.alarms import Alarm, Alarms
from noctui.model.inventory import Inventory
from noctui.model.view import View

Rows = NDArray[np.intp]

LEAST = 5
"""Open circuits of an incident in one table from which on they fold."""


@dataclass(frozen=True, slots=True)
class Fold:
    """One incident's rows in a table: `rows` as the table had them, in its order, and the circuits they stand for."""

    incident: Alarm
    rows: Rows
    circuits: int


@dataclass(frozen=True, slots=True)
class Folded:
    """`rows` is what the table shows, in its order; where `folds` has a place of `rows`, that one row stands for the
    incident (it is the first of the rows that it stands for)."""

    rows: Rows
    folds: dict[int, Fold]

    @property
    def hidden(self) -> int:
        """Rows that are not shown for themselves."""
        return sum(len(fold.rows) - 1 for fold in self.folds.values())


def fold_circuits(rows: Rows, view: View, open_incidents: Collection[str] = ()) -> Folded:
    """A table of circuit rows, in order. `open_incidents`: alarm_ids of incidents that the user has unfolded."""
    incidents, of_circuit = _of_circuits(view.alarms, view.inventory)
    if not incidents:
        return Folded(rows, {})
    return _folded(rows, of_circuit[rows], np.ones(len(rows), np.intp), incidents, open_incidents)


def fold_sites(rows: Rows, view: View, open_incidents: Collection[str] = ()) -> Folded:
    """A table of site rows, in order: a site goes with the incident that has most of its circuits, the worst of equals.

    Sites fold when together they have five circuits of the incident.
    """
    incidents, of_circuit = _of_circuits(view.alarms, view.inventory)
    if not incidents:
        return Folded(rows, {})
    site = view.inventory.circuit_site
    known = (of_circuit >= 0) & (site >= 0)
    many = len(incidents)
    counts = np.bincount(site[known] * many + of_circuit[known], minlength=len(view.inventory.sites) * many)
    by_site = counts.reshape(-1, many)[rows]
    most = by_site.argmax(1)
    circuits = by_site[np.arange(len(rows)), most]
    return _folded(rows, np.where(circuits > 0, most, -1), circuits, incidents, open_incidents)


def _folded(
    rows: Rows, of_row: NDArray[np.intp], circuits: Rows, incidents: tuple[Alarm, ...], unfolded: Collection[str]
) -> Folded:
    """`of_row`: place of each row's incident, -1 none; `circuits`: how many circuits of it each row stands for."""
    mine = np.flatnonzero(of_row >= 0)
    sizes = np.bincount(of_row[mine], weights=circuits[mine], minlength=len(incidents)).astype(np.intp)
    members = np.bincount(of_row[mine], minlength=len(incidents))
    big = [
        i for i in np.flatnonzero((sizes >= LEAST) & (members > 1)).tolist() if incidents[i].alarm_id not in unfolded
    ]
    if not big:
        return Folded(rows, {})
    shown = np.ones(len(rows), np.bool_)
    heads: list[tuple[int, Fold]] = []
    for i in big:
        places = np.flatnonzero(of_row == i)
        shown[places[1:]] = False
        heads.append((int(places[0]), Fold(incidents[i], rows[places], int(sizes[i]))))
    place = np.cumsum(shown) - 1
    return Folded(rows[shown], {int(place[head]): fold for head, fold in sorted(heads, key=lambda item: item[0])})


class _Same:
    """Equal when it holds the same object: alarms and inventories are replaced whole, and long to compare."""

    __slots__ = ("it",)

    def __init__(self, it: object) -> None:
        self.it = it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.it is other.it

    def __hash__(self) -> int:
        return id(self.it)


def _of_circuits(alarms: Alarms, inventory: Inventory) -> tuple[tuple[Alarm, ...], NDArray[np.intp]]:
    return _mapped(_Same(alarms), _Same(inventory))


@lru_cache(maxsize=2)
def _mapped(alarms: _Same, inventory: _Same) -> tuple[tuple[Alarm, ...], NDArray[np.intp]]:
    """The incidents, the worst first, and for each circuit the place of its own in them, -1 none."""
    assert isinstance(alarms.it, Alarms)
    assert isinstance(inventory.it, Inventory)
    incidents = alarms.it.incidents
    row = inventory.it.circuit_row
    of_circuit = np.full(len(inventory.it.circuits), -1, np.intp)
    for place in reversed(range(len(incidents))):
        members = alarms.it.members.get(incidents[place].alarm_id, ())
        rows = [row[c] for a in members if a.type not in EFFECT for c in a.circuit_ids if c in row]
        of_circuit[rows] = place
    return incidents, of_circuit
