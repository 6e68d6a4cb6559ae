"""What a history is to hold of a poll that was heard from elsewhere: made of its View and of what the leader told.

Nothing is invented: a sample is one that is newer than the one before, what lies between two polls that were heard is
not known, and what changed in between is what the leader's ledger says of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from msgspec import structs

from noctui.engine.levels import packed
from noctui.model.alarms import Alarm, AuditEntry
from noctui.model.batch import Told
from noctui.model.edges import Edge, Failover, Note
from noctui.model.inventory import Inventory
from noctui.model.scene import Range, Reader
from noctui.model.view import U1, View
from noctui.model.words import THRESHOLDS, Metric, State
from noctui.model.work import PollRecord

MOST = 10_000
"""Of each kind that a leader is asked for."""
BACK = 26 * 3600.0
"""Seconds before the last poll that an edge learned since may speak of: a gateway that was away for a day."""
NEWER = 0.5
"""Seconds by which a sample must be newer to be another one."""
_SAMPLE = np.uint8(128)

Number = Callable[[str, str], int]
"""The slot of `circuits` or `paths` with this id, in one's own file."""


@dataclass(frozen=True, slots=True)
class Between:
    """What the leader learned after one poll and up to the next."""

    edges: tuple[Edge, ...] = ()
    failovers: tuple[Failover, ...] = ()
    notes: tuple[Note, ...] = ()
    told: Told = field(default_factory=Told)
    alarms: tuple[Alarm, ...] = ()
    audit: tuple[AuditEntry, ...] = ()


async def between(read: Reader, last: float, at: float) -> Between:
    """Ask the leader. Raises HistoryError. `read` is bound to `at`."""
    late, new = Range(last - BACK, at), Range(last, at)
    return Between(
        tuple(edge for edge in await read.edges(late) if edge.known_at > last),
        tuple(one for one in await read.failovers(late) if one.known_at > last),
        tuple(one for one in await read.notes(late, MOST) if one.known_at > last)[::-1],
        Told(
            tuple(one for one in await read.mist_alarms(late, MOST) if one.known_at > last),
            tuple(one for one in await read.device_events(late, MOST) if one.known_at > last),
        ),
        tuple(one for one in await read.alarms(late, MOST) if one.known_at > last),
        tuple(one for one in await read.audit(new, MOST) if one.known_at > last),
    )


def own_inventory(told: Inventory, number: Number, rev: int) -> Inventory:
    """The leader's inventory under the numbers of one's own file."""
    return structs.replace(
        told,
        rev=rev,
        circuits=tuple(structs.replace(c, circuit_no=number("circuits", c.circuit_id)) for c in told.circuits),
        paths=tuple(structs.replace(p, path_no=number("paths", p.path_id)) for p in told.paths),
    )


def begun(view: View, since: float) -> tuple[Edge, ...]:
    """Edges for a history that knows nothing of the time from `since` to this View; not finite: it begins here."""
    found: list[Edge] = []
    for circuit, state in zip(view.inventory.circuits, view.circuits.state.tolist(), strict=True):
        ident, at = circuit.circuit_id, view.at
        if math.isfinite(since):
            found.append(Edge(circuit_id=ident, event_time=since, until=at, state=State.UNKNOWN, known_at=at,
                              source="stale", evidence="nothing was heard"))  # fmt: skip
        found.append(Edge(circuit_id=ident, event_time=at, state=State(state), known_at=at, evidence="as heard"))
    return tuple(found)


def settled(view: View) -> tuple[Edge, ...]:
    """What the states are at this View, whatever one's own ledger holds."""
    return begun(view, math.nan)


def record_of(view: View, before: View | None, own: Inventory, seq: int, learned: Between) -> PollRecord:
    """`before` is the poll that was kept last; None: there is none of late, or it is not at hand."""
    fresh = _fresh(view, before)
    levels, valid = _levels(view, fresh)
    return PollRecord(
        view=replace(view, seq=seq, inventory=own),
        tick=int(view.at // view.interval),
        raw_levels=levels,
        valid=valid,
        edges=learned.edges,
        failovers=learned.failovers,
        notes=learned.notes,
        told=learned.told,
        alarms=learned.alarms,
        audit=learned.audit,
    )


def _fresh(view: View, before: View | None) -> U1:
    """[circuits] 1: a sample of this poll, not one that the poll before had already."""
    seen = view.at - view.circuits.age.astype(np.float64)
    last = np.full(len(seen), view.at - view.interval)
    if before is not None and len(before.circuits):
        rows = before.inventory.circuit_row
        of = np.array([rows.get(circuit.circuit_id, -1) for circuit in view.inventory.circuits], np.intp)
        known = (before.at - before.circuits.age.astype(np.float64))[of]
        last = np.where((of >= 0) & np.isfinite(known), known, last)
    found: U1 = (seen > last + NEWER).astype(np.uint8)
    return found


def _levels(view: View, fresh: U1) -> tuple[U1, U1]:
    """The level byte without hysteresis, and which metrics had a value, of this poll's samples."""
    circuits = view.circuits
    used = np.fmax(circuits.rx_pct, circuits.tx_pct)
    raw = np.zeros((len(Metric), len(used)), np.uint8)
    valid = fresh * _SAMPLE
    for metric, values in zip(Metric, (used, circuits.loss, circuits.jitter, circuits.latency), strict=True):
        has = (fresh != 0) & np.isfinite(values)
        for level in range(3):
            limit = THRESHOLDS[metric][level] if view.limits is None else view.limits[:, metric, level]
            raw[metric] += (has & (values >= limit)).astype(np.uint8)
        valid |= has.astype(np.uint8) << np.uint8(metric)
    return packed(raw), valid
