"""In whose hands a row's alarms are: `▲ open` of the worst that waits, `• jmo` of who took them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from noctui.model.alarms import Alarm, Alarms
from noctui.model.words import Severity
from noctui.tui.look.signs import Signs, severity_role
from noctui.tui.widgets.columns import Cell


def owner_cell(found: Sequence[Alarm], alarms: Alarms, signs: Signs) -> Cell:
    """Of these open alarms; a member of an incident is in the hands that its incident is in."""
    spoken = [alarms.by_id.get(a.parent, a) if a.held_by.startswith("incident") else a for a in found]
    waiting = [a for a in spoken if a.waits]
    if waiting:
        worst = min(a.severity for a in waiting)
        owner = next((a.owner for a in waiting if a.severity == worst and a.owner), "open")
        role = severity_role(worst)
        return ((signs.severity(worst), role), (f" {owner}", "accent" if owner == "open" else "text"))
    taken = next((a for a in spoken if a.ack is not None), None)
    if taken is not None:
        return ((signs.person, "accent"), (f" {taken.owner or 'taken'}", "dim"))
    return ("", "faint")


def mark_cell(found: Sequence[Alarm], alarms: Alarms, signs: Signs) -> Cell:
    """The sign alone, for tables whose rows have other matters: of the worst that waits, or of who took them."""
    cell = owner_cell(found, alarms, signs)
    return cell[0] if isinstance(cell[0], tuple) else cell


def owner_ranks(by: Mapping[str, Sequence[Alarm]], ids: Iterable[str]) -> NDArray[np.float64]:
    """[rows] what the column sorts by: the worst alarm that waits, the biggest the worst; without one NaN."""
    worst = {name: min((a.severity for a in those if a.waits), default=np.nan) for name, those in by.items()}
    return np.array([Severity.DISABLED - worst.get(name, np.nan) for name in ids], np.float64)
