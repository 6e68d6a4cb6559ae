"""Circuits as rows of the live table, and as rows of a CSV file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import View
from noctui.model.words import BandwidthSource, Metric, RoleSource, Severity, State
from noctui.tui.export import Cell as CsvCell
from noctui.tui.export import Exported, instant, number
from noctui.tui.look.numbers import count, duration, loss, milliseconds, tone, utilisation
from noctui.tui.look.signs import Signs
from noctui.tui.panes import cells
from noctui.tui.panes.alarm_owner import owner_cell, owner_ranks
from noctui.tui.panes.changed import differs, durations
from noctui.tui.panes.folded import NO_FOLDS, Folds, fold_cell, folds_differ
from noctui.tui.panes.own_works import work_line
from noctui.tui.panes.work_words import next_of
from noctui.tui.widgets.columns import Cell, Column
from noctui.tui.widgets.spark import spark
from noctui.tui.widgets.spark import wide as widened

COLUMNS = (
    Column("state", "state", 6),
    Column("site", "site", 4),
    Column("region", "region", 13, drop=9),
    Column("name", "name", 9, flex=True, drop=3),
    Column("role", "role", 4),
    Column("carrier", "carrier", 11),
    Column("port", "port", 9, drop=10),
    Column("type", "type", 7, drop=11),
    Column("bw", "bw", 5, "right", drop=6),
    Column("rx", "rx %", 5, "right"),
    Column("tx", "tx %", 5, "right", drop=1),
    Column("loss", "loss %", 6, "right"),
    Column("jit", "jit", 4, "right", drop=4),
    Column("lat", "lat", 4, "right"),
    Column("trend", "rx 3 h", 12, drop=5),
    Column("for", "for", 5, "right", drop=2),
    Column("flap", "flap", 4, "right", drop=7),
    Column("owner", "owner", 6, drop=8),
)
WORK = Column("work", "planned work", 30, drop=12)
"""There to be chosen: the window that a circuit is in, or its next one."""
WIDE_ONLY = frozenset({"region", "port", "type"})
_WIDTHS = {"carrier": 16, "trend": 24, "type": 10, "region": 16, "port": 10}
"""Columns that are wider on a large terminal."""
SORT = ("state", True)
_NUMBERS = frozenset({"rx", "tx", "loss", "jit", "lat"})
_LOOKS = (
    "severity", "since", "stale", "active", "rx_pct", "tx_pct", "loss", "jitter", "latency", "levels", "flaps_24h",
)  # fmt: skip


def columns(wide: bool) -> tuple[Column, ...]:
    """The columns; the widest three only where the terminal is large."""
    if not wide:
        return tuple(c for c in COLUMNS if c.key not in WIDE_ONLY)
    return tuple(replace(c, width=_WIDTHS.get(c.key, c.width)) for c in COLUMNS)


def spare(wide: bool) -> tuple[Column, ...]:
    """Columns that are there to be chosen."""
    return (WORK,) if wide else (WORK, *(c for c in COLUMNS if c.key in WIDE_ONLY))


def state_order(view: View) -> NDArray[np.float32]:
    """What `state` sorts by: severity; inside it the newest change first where traffic is lost, else the fullest."""
    circuits = view.circuits
    severity = circuits.severity
    lost = (severity <= Severity.AWAY) | (severity == Severity.UNKNOWN)
    out = Severity.DISABLED - severity.astype(np.float32)
    rows = np.flatnonzero(lost)
    age = np.maximum(view.at - circuits.since[rows], 0)
    out[rows] += (0.999 / (1 + np.nan_to_num(age, nan=1e12) / 3600)).astype(np.float32)
    rows = np.flatnonzero(~lost & (severity < Severity.MAINTENANCE))
    util = np.fmax(circuits.rx_pct[rows], circuits.tx_pct[rows])
    out[rows] += np.clip(np.nan_to_num(util, nan=0.0), 0, 999) / np.float32(1001)
    return out


def usual_order(view: View) -> NDArray[np.intp]:
    """[rows] row numbers by `state`, equal ones as they are: kept with the View."""
    return np.argsort(-state_order(view), kind="stable")


class CircuitRows:
    """The circuits of one View. `grey`: all of it is old; `wide`: the columns are those of a large terminal; `folds`:
    rows that stand for an incident."""

    def __init__(
        self, view: View, signs: Signs, grey: bool = False, wide: bool = False, folds: Folds = NO_FOLDS,
        ids: object = None,
    ) -> None:  # fmt: skip
        self._view = view
        self.folds = folds
        self._ids = ids
        self._wide = wide
        self._signs = signs
        self._grey = grey

    @property
    def view(self) -> View:
        return self._view

    @property
    def ids(self) -> object:
        return self._ids if self._ids is not None else self._view.inventory

    def __len__(self) -> int:
        return len(self._view.circuits)

    def key(self, row: int) -> str:
        return self._view.inventory.circuits[row].circuit_id

    def find(self, key: str) -> int | None:
        return self._view.inventory.circuit_row.get(key)

    def flash(self, row: int) -> bool:
        """Its severity began with this poll."""
        return bool(self._view.circuits.since[row] > self._view.at - self._view.interval)

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        if (found := self.folds.get(row)) is not None:
            made = [fold_cell(found, self._view, c, self._signs) for c in columns]
            return cells.greyed(made) if self._grey else made
        made = [self._trend(row) if c == "trend" and self._wide else self._cell(row, c) for c in columns]
        if not self._grey:
            return made
        return cells.greyed(made, frozenset(i for i, c in enumerate(columns) if c in _NUMBERS))

    def _trend(self, row: int) -> Cell:
        return self._spark(row, widened(self._view.circuits.trend[row], _WIDTHS["trend"]))

    def _spark(self, row: int, slots: NDArray[np.uint8]) -> Cell:
        return spark(slots, self._signs, critical=self._view.limits_of(row, Metric.UTILISATION)[2])

    def _direction(self, row: int, mine: NDArray[np.float32], other: NDArray[np.float32]) -> Cell:
        """rx or tx, in the colour of its level."""
        t, value = self._view.circuits, float(mine[row])
        limits = self._view.limits_of(row, Metric.UTILISATION)
        level = cells.direction_level(int(t.levels[row]), value, float(other[row]), limits)
        return cells.value_cell(utilisation(value), level, bool(t.stale[row]))

    def _cell(self, row: int, column: str) -> Cell:
        t, inv = self._view.circuits, self._view.inventory
        circuit = inv.circuits[row]
        stale, levels = bool(t.stale[row]), int(t.levels[row])
        site_row = int(inv.circuit_site[row])
        match column:
            case "state":
                return cells.state_cell(int(t.severity[row]), self._signs)
            case "site":
                return (cells.site_number(inv.sites[site_row]) if site_row >= 0 else "", "text")
            case "name":
                return (cells.site_town(inv.sites[site_row]) if site_row >= 0 else circuit.site_id, "hi")
            case "region":
                return (inv.sites[site_row].region if site_row >= 0 else "", "dim")
            case "role":
                return cells.role_cell(circuit, bool(t.active[row]), cells.stands_in(self._view, row), self._signs)
            case "carrier":
                return (cells.carrier(circuit), "text")
            case "port":
                return (circuit.port_id, "dim")
            case "type":
                return (inv.sites[site_row].store_type if site_row >= 0 else "", "dim")
            case "bw":
                return cells.bandwidth_cell(circuit.down_bps, circuit.bandwidth_source)
            case "rx":
                return self._direction(row, t.rx_pct, t.tx_pct)
            case "tx":
                return self._direction(row, t.tx_pct, t.rx_pct)
            case "loss":
                return cells.value_cell(loss(float(t.loss[row])), cells.level_of(levels, Metric.LOSS), stale)
            case "jit":
                level = cells.level_of(levels, Metric.JITTER)
                return cells.value_cell(milliseconds(float(t.jitter[row])), level, stale)
            case "lat":
                level = cells.level_of(levels, Metric.LATENCY)
                return cells.value_cell(milliseconds(float(t.latency[row])), level, stale)
            case "trend":
                return self._spark(row, t.trend[row])
            case "for":
                text = duration(self._view.at - float(t.since[row]))
                return (text, tone(text, "text" if t.severity[row] < Severity.OK else "dim"))
            case "owner":
                return self._owner(row)
            case "flap":
                text = count(int(t.flaps_24h[row]))
                return (text, tone(text))
            case "work":
                return work_line(self._view.works, circuit.circuit_id, self._view.at, self._signs)
        raise KeyError(column)

    def _next_work(self) -> NDArray[np.float64]:
        """[rows] when its window began or begins, the later the smaller; NaN for none."""
        works, at = self._view.works, self._view.at
        starts = np.full(len(self), np.nan)
        for circuit_id, mine in works.of_circuit.items():
            row, found = self._view.inventory.circuit_row.get(circuit_id), next_of(mine, at)
            if row is not None and found is not None:
                starts[row] = -found[1].start
        return starts

    @cached_property
    def _texts(self) -> dict[str, NDArray[Any]]:
        inv = self._view.inventory
        found = inv.__dict__.get("_tui_circuit_sort")
        if found is None:
            sites = [inv.sites[s] if s >= 0 else None for s in inv.circuit_site.tolist()]
            found = {
                "site": np.array([cells.site_number(s) if s else "" for s in sites]),
                "name": np.array([cells.site_town(s).lower() if s else "" for s in sites]),
                "region": np.array([s.region.lower() if s else "" for s in sites]),
                "type": np.array([s.store_type.lower() if s else "" for s in sites]),
                "carrier": np.array([cells.carrier(c).lower() for c in inv.circuits]),
                "port": np.array([c.port_id for c in inv.circuits]),
            }
            inv.__dict__["_tui_circuit_sort"] = found
        return found

    def sort_values(self, column: str) -> NDArray[Any]:
        t, inv = self._view.circuits, self._view.inventory
        match column:
            case "state":
                return state_order(self._view)
            case "role":
                return inv.role
            case "bw":
                return np.where(inv.down_bps > 0, inv.down_bps, np.nan)
            case "work":
                return self._next_work()
            case "rx":
                return t.rx_pct
            case "tx":
                return t.tx_pct
            case "loss":
                return t.loss
            case "jit":
                return t.jitter
            case "lat":
                return t.latency
            case "trend":
                return np.asarray(np.where(t.trend >= 254, -1, t.trend.astype(np.int16)).max(axis=1))
            case "owner":
                return owner_ranks(self._view.alarms.by_circuit, (c.circuit_id for c in inv.circuits))
            case "for":
                return np.asarray(self._view.at - t.since)
            case "flap":
                return t.flaps_24h
        return self._texts[column]

    def changed(self, old: CircuitRows, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        if old._grey != self._grey or old._view.inventory is not self._view.inventory:
            return np.ones(len(rows), np.bool_)
        new, was = self._view.circuits, old._view.circuits
        told = folds_differ(self.folds, old.folds, rows) | self._marked_otherwise(old, rows)
        told |= self._worked_otherwise(old, rows)
        if new is was:
            return told
        return np.asarray(
            told
            | differs(new, was, _LOOKS, rows)
            | differs(new, was, ("trend",), rows)
            | durations(self._view.at - new.since[rows], old._view.at - was.since[rows])
        )

    def _marked_otherwise(self, old: CircuitRows, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """[len(rows)] whose alarms are in other hands."""
        if self._view.alarms is old._view.alarms:
            return np.zeros(len(rows), np.bool_)
        return np.array([self._owner(int(r)) != old._owner(int(r)) for r in rows], np.bool_)

    def _worked_otherwise(self, old: CircuitRows, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """[len(rows)] whose planned work is told otherwise: few have any."""
        mine, was = self._view.works, old._view.works
        some = mine.of_circuit.keys() | was.of_circuit.keys()
        if not some:
            return np.zeros(len(rows), np.bool_)
        keys = [self.key(int(r)) for r in rows]
        return np.array(
            [
                k in some
                and work_line(mine, k, self._view.at, self._signs) != work_line(was, k, old._view.at, self._signs)
                for k in keys
            ],
            np.bool_,
        )

    def _owner(self, row: int) -> Cell:
        alarms = self._view.alarms
        found = alarms.by_circuit.get(self.key(row), ())
        return owner_cell(found, alarms, self._signs) if found else ("", "faint")


HEADERS = (
    "state", "severity", "site", "site_name", "region", "store_type", "circuit_id", "role", "role_source", "active",
    "carrier", "carrier_circuit_id", "port", "bandwidth_down_bps", "bandwidth_up_bps", "bandwidth_source",
    "rx_pct", "tx_pct", "rx_bps", "tx_bps", "loss_pct", "jitter_ms", "latency_ms", "mos", "stale", "age_s", "since",
    "flaps_24h", "available_24h_pct", "coverage_24h_pct", "at",
)  # fmt: skip


_FIGURES = ("rx_pct", "tx_pct", "rx_bps", "tx_bps", "loss", "jitter", "latency", "mos")


def exported(view: View, order: Sequence[int]) -> Exported:
    """The circuits of these rows, in this order."""
    return Exported("circuits", HEADERS, [_row(view, i) for i in order])


def _row(view: View, i: int) -> tuple[CsvCell, ...]:
    t, circuit = view.circuits, view.inventory.circuits[i]
    site_row = int(view.inventory.circuit_site[i])
    site = view.inventory.sites[site_row] if site_row >= 0 else None
    up = circuit.up_bps or None
    return (
        State(int(t.state[i])).name.lower(), Severity(int(t.severity[i])).word, site.number if site else "",
        site.name if site else "", site.region if site else "", site.store_type if site else "", circuit.circuit_id,
        circuit.role.word, RoleSource(circuit.role_source).name.lower(), bool(t.active[i]), circuit.carrier,
        circuit.carrier_circuit_id, circuit.port_id, circuit.down_bps or None, up,
        BandwidthSource(circuit.bandwidth_source).name.lower(),
        *(number(getattr(t, name)[i]) for name in _FIGURES),
        bool(t.stale[i]), number(t.age[i]), instant(float(t.since[i])), int(t.flaps_24h[i]),
        number(t.avail_24h[i]), number(t.coverage_24h[i]), instant(view.at),
    )  # fmt: skip
