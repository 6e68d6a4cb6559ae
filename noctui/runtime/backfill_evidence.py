"""Mist's answers put in order: tables of what every circuit's ports carried, and what every circuit's states were."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from noctui.engine.refold import Event, Stretch
from noctui.model.view import B1, F4
from noctui.model.words import State
from noctui.runtime.backfill_before import SLACK, Before, with_unsaid
from noctui.runtime.backfill_fetch import values_of
from noctui.runtime.backfill_kept import Record
from noctui.runtime.backfill_plan import Hole
from noctui.runtime.backfill_ports import Names
from noctui.runtime.backfill_states import Buckets, Sessions, fold, sessions
from noctui.runtime.backfill_work import Ask, Work
from noctui.sources.mist.backfill import Grid
from noctui.sources.mist.events import EventLog
from noctui.sources.mist.ports import as_mac
from noctui.sources.mist.structs import EventRow

METRICS = ("rx_bps", "tx_bps", "latency", "jitter", "loss")
"""Rows of a table: bits/s, bits/s, ms, ms, percent."""
_CONNECTED = {"GW_CONNECTED": True, "GW_DISCONNECTED": False}
_BOOTED = "GW_RESTARTED"


@dataclass(frozen=True, slots=True)
class Table:
    """[metrics, buckets, circuits] of one grain."""

    grid: Grid
    values: F4
    rows: Mapping[str, int]

    def cut(self, row: int, hole: Hole) -> Buckets:
        """The buckets that touch the hole, as evidence."""
        first = max(0, math.floor((hole.start - SLACK - self.grid.start) / self.grid.seconds))
        last = min(self.grid.count, math.ceil((hole.end - self.grid.start) / self.grid.seconds))
        rates = self.values[:2, first : max(first, last), row]
        with np.errstate(invalid="ignore"):
            heard: B1 = ~np.isnan(rates[0]) | ~np.isnan(rates[1])
            traffic: B1 = (rates[0] > 0) | (rates[1] > 0)
        return Buckets(self.grid.start + first * self.grid.seconds, self.grid.seconds, heard, traffic)


def tables(work: Work, records: Mapping[str, Record]) -> dict[float, Table]:
    """By length of bucket. Of a circuit that was on two ports, the later one's word counts where it has one."""
    asks = {(a.port, a.seconds, a.kind): a for a in work.asks if a.kind in ("traffic", "quality")}
    rows = {circuit_id: i for i, circuit_id in enumerate(work.ports)}
    found = {}
    for seconds, grid in work.grids.items():
        values = np.full((len(METRICS), grid.count, len(rows)), np.nan, np.float32)
        for circuit_id, ports in work.ports.items():
            for port in ports:
                for kind, cut in (("traffic", slice(0, 2)), ("quality", slice(2, 5))):
                    ask: Ask = asks[port, seconds, kind]
                    told = values_of(records.get(ask.key), ask)
                    mine = values[cut, :, rows[circuit_id]]
                    values[cut, :, rows[circuit_id]] = np.where(np.isnan(told).all(axis=0), mine, told)
        found[seconds] = Table(grid, values, rows)
    return found


@dataclass(frozen=True, slots=True)
class Heard:
    """What events say: of ports by circuit, of sessions and boots by gateway. Times are epoch seconds."""

    ports: dict[str, list[Event]] = field(default_factory=dict)
    sessions: dict[str, list[Event]] = field(default_factory=dict)
    boots: dict[str, list[float]] = field(default_factory=dict)


def heard(rows: Sequence[EventRow], names: Names) -> Heard:
    """The same event told twice counts once."""
    found = Heard()
    for event in EventLog(0.0, 0.0).take(rows, 0.0, names.circuit, False):
        found.ports.setdefault(event.circuit_id, []).append((event.event_time, event.up))
    for row in rows:
        if row.timestamp is None or not row.mac:
            continue
        gateway = names.gateway(as_mac(row.mac))
        if row.type in _CONNECTED:
            found.sessions.setdefault(gateway, []).append((row.timestamp, _CONNECTED[row.type]))
        elif row.type == _BOOTED:
            found.boots.setdefault(gateway, []).append(row.timestamp)
    return found


def states(work: Work, hole: Hole, table: Table, told: Heard, known: Before) -> dict[str, list[Stretch]]:
    """Circuit id → its stretches in the hole. Unknown among them is what the ledger must take back."""
    sessions_of: dict[tuple[str, ...], Sessions] = {}
    found = {}
    for circuit_id, ports in work.ports.items():
        macs = tuple(sorted({p.mac for p in ports}))
        was = known.states.get(circuit_id, State.UNKNOWN)
        start = known.begins.get(circuit_id, hole.start)
        key = (*macs, str(was is State.AWAY))
        if key not in sessions_of:
            said = [e for mac in macs for e in told.sessions.get(mac, ())]
            boots = [b for mac in macs for b in told.boots.get(mac, ())]
            sessions_of[key] = sessions(said, boots, hole.start - SLACK, hole.end, was is State.AWAY)
        buckets = table.cut(table.rows[circuit_id], hole)
        folded = fold(start, hole.end, was, told.ports.get(circuit_id, ()), sessions_of[key], buckets)
        found[circuit_id] = with_unsaid(folded, known.painted.get(circuit_id, ()))
    return found
