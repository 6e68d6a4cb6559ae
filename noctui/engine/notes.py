"""The lines of the *latest* pane: one per change worth telling. What the ids say is left to the pane."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from noctui.engine.changes import LOST, Change
from noctui.engine.prose import circuit_name, hhmm, number, span
from noctui.engine.rules import Thresholds
from noctui.model.edges import Failover, Note
from noctui.model.inventory import Inventory
from noctui.model.view import U1, CircuitTable, SiteTable
from noctui.model.words import Level, Metric, Severity, State

_KINDS = {
    State.UP: ("up", Severity.OK),
    State.DOWN: ("down", Severity.DOWN),
    State.AWAY: ("away", Severity.AWAY),
    State.UNKNOWN: ("unknown", Severity.UNKNOWN),
    State.DISABLED: ("disabled", Severity.DISABLED),
}
_LEVELS = (Severity.OK, Severity.WARN, Severity.HIGH, Severity.CRITICAL)
"""By `Level`."""
_METRICS = tuple(Metric)
_NAMES = tuple(metric.name.lower() for metric in Metric)


def of_changes(
    changes: Sequence[Change],
    hushed: Sequence[bool],
    settled: Sequence[int],
    inventory: Inventory,
    circuits: CircuitTable,
    sites: SiteTable,
    at: float,
) -> list[Note]:
    """State changes. `hushed[i]`: change i began or ended a silence of the whole feed: nothing new was learned.

    `settled[i]` is the state that change i's circuit had before it was lost. When most circuits were unknown and are
    what they were before, nobody looked, and one line of the network says so.
    """
    notes: list[Note] = []
    back = [c.before is State.UNKNOWN and c.after == known for c, known in zip(changes, settled, strict=True)]
    unseen = 2 * sum(back) > len(circuits) > 1
    if unseen:
        began = max(c.before_began for c, same in zip(changes, back, strict=True) if same)
        text = f"nothing known from {hhmm(began, at)} to {hhmm(at, at)}"
        notes.append(Note(event_time=began, known_at=at, kind="unknown", severity=Severity.UNKNOWN, text=text))
    for change, quiet, known, same in zip(changes, hushed, settled, back, strict=True):
        if change.after is change.before or (unseen and same):
            continue
        if quiet and (change.after in LOST or change.after == known):
            continue
        kind, severity = _KINDS[change.after]
        circuit = inventory.circuits[change.row]
        notes.append(
            Note(
                event_time=change.began,
                known_at=at,
                kind=kind,
                severity=severity,
                circuit_id=circuit.circuit_id,
                site_id=circuit.site_id,
                text=_said(change, inventory, circuits, sites),
            )
        )
    return notes


def _said(change: Change, inventory: Inventory, circuits: CircuitTable, sites: SiteTable) -> str:
    if change.after is State.UP:
        words = {State.DOWN: "", State.AWAY: " away", State.UNKNOWN: " unknown", State.DISABLED: " disabled"}
        return f"up after {_long(change.began - change.before_began)}{words.get(change.before, '')}"
    if change.after is State.AWAY:
        return "gateway unreachable"
    if change.after is State.UNKNOWN:
        return "no fresh data"
    if change.after is State.DISABLED:
        return "disabled"
    site = int(inventory.circuit_site[change.row])
    if site < 0:
        return "down"
    if sites.dark[site]:
        mine = sum(1 for row in inventory.site_circuits[site] if circuits.severity[row] != Severity.DISABLED)
        return f"all {mine} circuits down: dark" if mine > 1 else "down: dark"
    carrying = int(sites.carrying[site])
    return f"down, site keeps {circuit_name(inventory.circuits[carrying])}" if carrying >= 0 else "down"


def _long(seconds: float) -> str:
    if 60 <= seconds < 3600:
        return f"{int(seconds) // 60}m{int(seconds) % 60:02d}s"
    return span(seconds)


def of_levels(
    before: U1, after: U1, told: U1, inventory: Inventory, circuits: CircuitTable, limits: Thresholds, at: float
) -> list[Note]:
    """Changes to or from high and critical. `before` and `after` are [metrics, rows]; rows with `told` 0 are left."""
    metrics, rows = np.divmod(np.flatnonzero(before != after), max(1, before.shape[1]))
    now_and_before = after[metrics, rows], before[metrics, rows]
    crossed = (np.maximum(*now_and_before) > Level.WARN) & (told[rows] != 0)
    notes: list[Note] = []
    if not crossed.any():
        return notes
    metrics, rows = metrics[crossed], rows[crossed]
    levels = now_and_before[0][crossed], now_and_before[1][crossed]
    reach = limits.reach[np.maximum(*levels) - 1, metrics, rows if limits.reach.shape[2] > 1 else 0]
    told_of = zip(*(column.tolist() for column in (metrics, rows, *levels, reach)), strict=True)
    for number_of, row, now, was, limit in told_of:
        metric, circuit = _METRICS[number_of], inventory.circuits[row]
        name, value = _reading(circuits, row, metric)
        if value != value:
            continue
        side = "≥" if now > was else "back below"
        notes.append(
            Note(
                event_time=at,
                known_at=at,
                kind="level",
                severity=_LEVELS[now],
                circuit_id=circuit.circuit_id,
                site_id=circuit.site_id,
                text=f"{name} {number(metric, value)}, {side} {limit:g}",
            )
        )
    return notes


def _reading(circuits: CircuitTable, row: int, metric: Metric) -> tuple[str, float]:
    if metric is Metric.UTILISATION:
        rx, tx = float(circuits.rx_pct[row]), float(circuits.tx_pct[row])
        return ("tx", tx) if rx != rx or tx > rx else ("rx", rx)
    name = _NAMES[metric]
    return name, float(getattr(circuits, name)[row])


def of_failovers(
    failovers: Sequence[Failover], inventory: Inventory, sites: SiteTable, circuits: CircuitTable
) -> list[Note]:
    """`on secondary Comcast`, `back on primary Lumen`."""
    notes: list[Note] = []
    for event in failovers:
        site = inventory.site_row[event.site_id]
        carrying = int(sites.carrying[site])
        circuit = inventory.circuits[carrying] if carrying >= 0 else None
        name = "" if circuit is None else f" {circuit.role.word} {circuit_name(circuit)}"
        if event.began:
            kind, severity, text = "failover", Severity.HIGH, f"on{name}"
        else:
            kind, severity, text = "failback", Severity.OK, f"back on{name}"
        notes.append(
            Note(
                event_time=event.event_time,
                known_at=event.known_at,
                kind=kind,
                severity=severity,
                circuit_id=event.circuit_id,
                site_id=event.site_id,
                text=text,
            )
        )
    return notes
