"""One row for an incident of five or more circuits: what it shows in the columns of circuits and of sites."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from noctui.model.alarms import Alarm
from noctui.model.view import View
from noctui.runtime.folds import Fold, Folded
from noctui.tui.filter import Mask
from noctui.tui.look.numbers import count, duration
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import clean
from noctui.tui.panes import alarm_facts as facts
from noctui.tui.panes import cells
from noctui.tui.widgets.columns import Cell

Folds = Mapping[int, Fold]
"""Row that stands for an incident → what it stands for."""
NO_FOLDS: Folds = {}


def fold(
    order: NDArray[np.intp], mask: Mask | None, view: View, unfolded: frozenset[str],
    fold_rows: Callable[[NDArray[np.intp], View, frozenset[str]], Folded], kept: Mask | None = None,
) -> tuple[Mask | None, Folds]:  # fmt: skip
    """What is shown of the rows in `mask`, and which of them stand for an incident. `order` is the table's; rows in
    `kept` never fold."""
    if not view.alarms.incidents:
        return mask, NO_FOLDS
    rows = order if mask is None else order[mask[order]]
    if kept is not None:
        rows = rows[~kept[rows]]
    found = fold_rows(rows, view, unfolded)
    if not found.folds:
        return mask, NO_FOLDS
    shown = np.ones(len(order), np.bool_) if mask is None else mask.copy()
    shown[rows] = False
    shown[found.rows] = True
    return shown, {int(found.rows[place]): one for place, one in found.folds.items()}


def unfold(order: Sequence[int], folds: Folds) -> list[int]:
    """Rows as shown, each incident's in place of the one that stands for them: exports leave nothing out."""
    out: list[int] = []
    for row in order:
        found = folds.get(row)
        out += found.rows.tolist() if found is not None else [row]
    return out


def fold_cell(one: Fold, view: View, column: str, signs: Signs, *, of_sites: bool = False) -> Cell:
    """`▼ DOWN  36×  Mountain: 31 sites, 3 dark  g  Lumen   jmo  23m`."""
    incident = one.incident
    taken = incident.ack is not None
    match column:
        case "state":
            text, role = cells.state_cell(incident.severity, signs)
            return (str(text), "dim" if taken else str(role))
        case "site":
            return (f"{count(len(one.rows) if of_sites else one.circuits)}{signs.outage}", "text")
        case "name":
            said = facts.said(incident) if of_sites else _called(incident)
            return ((said, "hi"), (f": {_places(one, view, of_sites)}", "text"))
        case "region":
            return (incident.region, "dim")
        case "carrier":
            return (incident.carrier, "text")
        case "on" | "trend" | "owner":
            if column == "trend" and of_sites:
                return ("", "faint")
            owner = facts.owner_words(incident)
            return (owner, "accent" if owner == "open" else "dim")
        case "role" | "roles":
            return ("g", "accent bold")
        case "for":
            return (duration(max(view.at - incident.opened, 0.0)), "text")
    return ("", "faint")


def _called(incident: Alarm) -> str:
    """What it says; of a carrier's loss in a region the region alone, since this column is narrow, the sign says that
    it is lost, and the carrier has a column of its own."""
    said, where = facts.said(incident), incident.region
    return where if where and incident.carrier and said == f"{incident.carrier} lost, {where}" else said


def _places(one: Fold, view: View, of_sites: bool) -> str:
    if of_sites:
        return f"{one.circuits:,} circuits"
    sites = np.unique(view.inventory.circuit_site[one.rows])
    sites = sites[sites >= 0]
    dark = int(view.sites.dark[sites].sum())
    return f"{len(sites):,} site{'' if len(sites) == 1 else 's'}" + (f", {dark:,} dark" if dark else "")


def incident_words(alarm_id: str, view: View) -> str:
    """`▼ DOWN  Lumen lost, Mountain: 36 circuits at 31 sites  (incident 8841)`, for copying."""
    alarm = view.alarms.by_id.get(alarm_id)
    if alarm is None:
        return alarm_id
    state = str(cells.state_cell(alarm.severity, Signs())[0])
    where = f"{facts.what(alarm, view)} at {facts.where(alarm, view)}"
    return clean(f"{state}  {facts.said(alarm)}: {where}  ({facts.call(alarm, view)})")


def folds_differ(new: Folds, old: Folds, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """[len(rows)] which of them stand for another incident, or for it as it was."""
    if new is old or not (new or old):
        return np.zeros(len(rows), np.bool_)
    return np.array([_looks(new.get(int(r))) != _looks(old.get(int(r))) for r in rows], np.bool_)


def _looks(one: Fold | None) -> tuple[object, ...] | None:
    return None if one is None else (one.incident, len(one.rows), one.circuits)
