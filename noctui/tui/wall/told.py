"""What the wall says in large letters: the news, else the one cause behind most of it, else the worst circuit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noctui.model.alarms import Alarm
from noctui.model.view import View
from noctui.model.words import Severity
from noctui.runtime.headlines import find_cause
from noctui.tui.look.numbers import duration
from noctui.tui.look.signs import Signs, severity_role, word
from noctui.tui.look.text import width
from noctui.tui.panes import cells
from noctui.tui.runs import Line
from noctui.tui.wall.news import News
from noctui.tui.widgets import big


@dataclass(frozen=True, slots=True)
class Told:
    """Left who or where, the most important first; right how bad and for how long, `spare` the one to go first."""

    names: tuple[str, ...]
    facts: tuple[str, ...]
    spare: int
    severity: int


def told_of(view: View, region: str | None, news: News | None, at: float) -> Told | None:
    """None while nothing is critical or worse."""
    if news is not None and (alarm := view.alarms.by_id.get(news.incident)) is not None:
        return _incident(alarm, at)
    cause = find_cause(view, region)
    row = view.inventory.circuit_row.get(news.circuit_id) if news is not None else None
    if news is not None and row is not None and (cause is None or row not in cause.rows):
        return _circuit(view, row, at, news.circuits)
    if cause is not None:
        sites = f"{len(cause.sites):,} site{'' if len(cause.sites) == 1 else 's'}"
        names = (cause.called, "" if region is not None else cause.region or cause.where)
        return Told(tuple(n for n in names if n), (sites, duration(at - cause.since)), 0, cause.severity)
    worst = _worst(view, region)
    return _circuit(view, worst, at, 1) if worst is not None else None


def _incident(alarm: Alarm, at: float) -> Told:
    names = (alarm.text or alarm.cause or f"incident {alarm.number}",)
    sites = (f"{alarm.sites:,} site{'' if alarm.sites == 1 else 's'}",) if alarm.sites else ()
    return Told(names, (*sites, duration(max(at - alarm.opened, 0.0))), 0, alarm.severity)


def _worst(view: View, region: str | None) -> int | None:
    """The circuit in the worst state for the shortest: what is long known is known."""
    rows = np.flatnonzero(view.circuits.severity <= Severity.CRITICAL)
    if region is not None:
        sites = view.inventory.circuit_site[rows]
        where = view.inventory.regions.index(region) if region in view.inventory.regions else -1
        rows = rows[(sites >= 0) & (view.inventory.site_region[np.maximum(sites, 0)] == where)]
    if not len(rows):
        return None
    return int(rows[np.lexsort((-view.circuits.since[rows], view.circuits.severity[rows]))[0]])


def _circuit(view: View, row: int, at: float, circuits: int) -> Told:
    severity = int(view.circuits.severity[row])
    name = f"{cells.site_short(view.inventory, row)} {cells.carrier(view.inventory.circuits[row])}"
    more = (f"and {circuits - 1:,} more",) if circuits > 1 else ()
    return Told((name, *more), (word(severity), duration(at - float(view.circuits.since[row]))), 1, severity)


def told_lines(told: Told, wide: int, signs: Signs, grey: bool) -> list[Line]:
    """Three rows; facts and names go where there is no room for all."""
    names, facts = list(told.names), list(told.facts)

    def need() -> int:
        return sum(_wide(part, signs) + 6 for part in (*names, *facts))

    while need() > wide and len(facts) > 1:
        facts.pop(told.spare)
    while need() > wide and len(names) > 1:
        names.pop()
    role = "stale" if grey else severity_role(told.severity)
    said = [big.words(f, wide, signs) for f in facts]
    room = wide - sum(len(s[0]) + 6 for s in said)
    called = [big.words(n, max(room, 4), signs) for n in names[:1]]
    called += [big.words(n, wide, signs) for n in names[1:]]
    lines: list[Line] = []
    for y in range(big.ROWS):
        left, right = (" " * 6).join(c[y] for c in called), (" " * 6).join(s[y] for s in said)
        gap = " " * max(1, wide - width(left) - width(right))
        lines.append(((left, role), (gap, "text"), (right, "stale" if grey else "hi bold")))
    return lines


def _wide(text: str, signs: Signs) -> int:
    large = None if signs.ascii else big.drawn(text)
    return big.pixels_wide(large) if large is not None else width(text)
