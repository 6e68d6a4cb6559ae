"""Sites as rows of the live table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.inventory import Site
from noctui.model.view import View
from noctui.model.words import Metric, Role, Severity
from noctui.tui.export import Exported, instant, number
from noctui.tui.look.numbers import availability, duration, loss, milliseconds, tone, utilisation
from noctui.tui.look.signs import Signs, severity_role
from noctui.tui.panes import cells
from noctui.tui.panes.alarm_owner import owner_cell, owner_ranks
from noctui.tui.panes.changed import Mask, differs, durations
from noctui.tui.panes.folded import NO_FOLDS, Folds, fold_cell, folds_differ
from noctui.tui.runs import Run
from noctui.tui.widgets.columns import Cell, Column
from noctui.tui.widgets.spark import spark
from noctui.tui.widgets.spark import wide as widened

COLUMNS = (
    Column("state", "state", 6),
    Column("site", "site", 4),
    Column("name", "name", 17, flex=True),
    Column("region", "region", 13, drop=7),
    Column("type", "type", 7, drop=8),
    Column("roles", "P S B", 7),
    Column("on", "traffic on", 18),
    Column("util", "util %", 6, "right"),
    Column("trend", "rx 3 h", 12, drop=4),
    Column("loss", "loss %", 6, "right", drop=3),
    Column("lat", "lat", 4, "right", drop=5),
    Column("for", "for", 5, "right", drop=2),
    Column("avail", "avail 24h", 9, "right", drop=6),
    Column("owner", "owner", 6, drop=9),
)
SORT = ("state", True)
_SIGNS_SHOWN = 4
_LETTERS = (Role.PRIMARY, Role.SECONDARY, Role.BACKUP)
_NUMBERS = frozenset({"util", "loss", "lat"})
_LOOKS = ("severity", "state", "active", "rx_pct", "tx_pct", "loss", "latency", "levels", "stale", "avail_24h")


_WIDTHS = {"region": 16, "type": 10, "on": 22, "trend": 36}
"""Columns that are wider on a large terminal."""


def columns(everywhere: bool, wide: bool = False) -> tuple[Column, ...]:
    """The columns; the region only where sites of several regions stand below each other."""
    kept = tuple(c for c in COLUMNS if everywhere or c.key != "region")
    return tuple(replace(c, width=_WIDTHS.get(c.key, c.width)) for c in kept) if wide else kept


def spare(everywhere: bool) -> tuple[Column, ...]:
    """Columns that are there to be chosen."""
    return () if everywhere else tuple(c for c in COLUMNS if c.key == "region")


def state_order(view: View) -> NDArray[np.float32]:
    """Dark before down, then by severity; equal ones stay in the order of their names."""
    worst = Severity.DISABLED - view.sites.severity.astype(np.float32)
    return np.where(view.sites.dark, np.float32(100), worst)


class SiteRows:
    """The sites of one View. `folds`: rows that stand for an incident."""

    def __init__(
        self, view: View, signs: Signs, grey: bool = False, wide: bool = False, folds: Folds = NO_FOLDS,
        ids: object = None,
    ) -> None:  # fmt: skip
        self._view = view
        self.folds = folds
        self._ids = ids
        self._signs = signs
        self._grey = grey
        self._wide = wide

    @property
    def ids(self) -> object:
        return self._ids if self._ids is not None else self._view.inventory

    def __len__(self) -> int:
        return len(self._view.sites)

    def key(self, row: int) -> str:
        return self._view.inventory.sites[row].site_id

    def find(self, key: str) -> int | None:
        return self._view.inventory.site_row.get(key)

    def flash(self, row: int) -> bool:
        """Its state began with this poll."""
        return bool(self._view.sites.since[row] > self._view.at - self._view.interval)

    def main(self, row: int) -> int:
        """The circuit whose numbers stand for the site: the one that carries it, else the first; -1 for none."""
        carrying = int(self._view.sites.carrying[row])
        if carrying >= 0:
            return carrying
        rows = self._view.inventory.site_circuits[row]
        return rows[0] if rows else -1

    @cached_property
    def mains(self) -> NDArray[np.intp]:
        """[sites] `main` of every site."""
        first = np.array([rows[0] if rows else -1 for rows in self._view.inventory.site_circuits], np.intp)
        return np.where(self._view.sites.carrying >= 0, self._view.sites.carrying, first)

    @cached_property
    def lowest(self) -> NDArray[np.float32]:
        """[sites] the lowest availability among a site's circuits."""
        inv = self._view.inventory
        known = inv.circuit_site >= 0
        out = np.full(len(self), np.nan, np.float32)
        np.fmin.at(out, inv.circuit_site[known], self._view.circuits.avail_24h[known])
        return out

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        if (found := self.folds.get(row)) is not None:
            made = [fold_cell(found, self._view, column, self._signs, of_sites=True) for column in columns]
            return cells.greyed(made) if self._grey else made
        made = [self._cell(row, column) for column in columns]
        if not self._grey:
            return made
        return cells.greyed(made, frozenset(i for i, c in enumerate(columns) if c in _NUMBERS))

    def _cell(self, row: int, column: str) -> Cell:
        view = self._view
        t, site = view.circuits, view.inventory.sites[row]
        main = self.main(row)
        carried = int(view.sites.carrying[row]) >= 0
        stale = carried and bool(t.stale[main])
        match column:
            case "state":
                if view.sites.dark[row]:
                    return (f"{self._signs.down} DARK", "down bold")
                return cells.state_cell(int(view.sites.severity[row]), self._signs)
            case "site":
                return (cells.site_number(site), "text")
            case "name":
                return (cells.site_town(site), "hi")
            case "region":
                return (site.region, "dim")
            case "type":
                return (site.store_type, "dim")
            case "roles":
                return self._roles(row)
            case "on":
                return self._on(row)
            case "util":
                if not carried:
                    return (self._signs.none, "faint")
                util = float(np.fmax(t.rx_pct[main], t.tx_pct[main]))
                return cells.value_cell(
                    utilisation(util), cells.level_of(int(t.levels[main]), Metric.UTILISATION), stale
                )
            case "loss":
                text = loss(float(t.loss[main]) if carried else None)
                return cells.value_cell(text, cells.level_of(int(t.levels[main]), Metric.LOSS), stale)
            case "lat":
                text = milliseconds(float(t.latency[main]) if carried else None)
                return cells.value_cell(text, cells.level_of(int(t.levels[main]), Metric.LATENCY), stale)
            case "trend":
                return self._trend(main) if main >= 0 else ("", "faint")
            case "for":
                text = duration(view.at - float(view.sites.since[row]))
                return (text, tone(text, "text" if view.sites.severity[row] < Severity.OK else "dim"))
            case "owner":
                return self._owner(row)
            case "avail":
                text = availability(float(self.lowest[row]))
                return (text, tone(text, "dim" if text == "100.000" else "text"))
        raise KeyError(column)

    def _roles(self, row: int) -> Cell:
        """A sign per circuit: under its role's letter where it can be, else in role order."""
        inventory = self._view.inventory
        rows = inventory.site_circuits[row]
        roles = inventory.role[list(rows)].tolist()
        runs: list[Run] = []
        if len(set(roles)) == len(rows) and set(roles) <= {*_LETTERS}:
            for role in _LETTERS:
                if role in roles:
                    severity = int(self._view.circuits.severity[rows[roles.index(role)]])
                    runs += [(self._signs.severity(severity), severity_role(severity)), (" ", "text")]
                else:
                    runs.append(("  ", "text"))
            return tuple(runs)
        for i in rows[:_SIGNS_SHOWN]:
            severity = int(self._view.circuits.severity[i])
            runs += [(self._signs.severity(severity), severity_role(severity)), (" ", "text")]
        if len(rows) > _SIGNS_SHOWN:
            runs[-2:] = [(self._signs.cut, "dim")]
        return tuple(runs) or ("", "faint")

    def _trend(self, main: int) -> Cell:
        critical = self._view.limits_of(main, Metric.UTILISATION)[2]
        slots = self._view.circuits.trend[main]
        return spark(widened(slots, _WIDTHS["trend"]) if self._wide else slots, self._signs, critical=critical)

    def _on(self, row: int) -> Cell:
        carrying = int(self._view.sites.carrying[row])
        if carrying < 0:
            dark = bool(self._view.sites.dark[row])
            return ("none", "crit bold") if dark else (self._signs.none, "faint")
        circuit = self._view.inventory.circuits[carrying]
        over = cells.stands_in(self._view, carrying)
        sign: Run = (self._signs.standing_in, "accent bold") if over else (self._signs.active, "dim")
        return (sign, (f"{self._signs.circuit_role(circuit.role)} ", "dim"), (cells.carrier(circuit), "text"))

    def sort_values(self, column: str) -> NDArray[Any]:
        view = self._view
        t, mains = view.circuits, self.mains
        carried = view.sites.carrying >= 0
        match column:
            case "state":
                return state_order(view)
            case "site" | "name" | "region" | "type":
                pick: Callable[[Site], str] = {
                    "site": cells.site_number, "name": lambda s: cells.site_town(s).lower(),
                    "region": lambda s: s.region.lower(), "type": lambda s: s.store_type.lower(),
                }[column]  # fmt: skip
                return np.array([pick(s) for s in view.inventory.sites])
            case "roles":
                return np.asarray(view.sites.counts[:, :4].sum(axis=1))
            case "on":
                return np.array([self._on_text(i) for i in range(len(self))])
            case "util":
                values: NDArray[Any] = np.where(carried, np.fmax(t.rx_pct, t.tx_pct)[mains], np.nan)
                return values
            case "loss":
                return np.asarray(np.where(carried, t.loss[mains], np.float32(np.nan)))
            case "lat":
                return np.asarray(np.where(carried, t.latency[mains], np.float32(np.nan)))
            case "trend":
                return np.asarray(np.where(t.trend >= 254, -1, t.trend.astype(np.int16)).max(axis=1)[mains])
            case "owner":
                return owner_ranks(view.alarms.by_site, (s.site_id for s in view.inventory.sites))
            case "for":
                return np.asarray(view.at - view.sites.since)
            case "avail":
                return self.lowest
        raise KeyError(column)

    def _owner(self, row: int) -> Cell:
        alarms = self._view.alarms
        found = alarms.by_site.get(self.key(row), ())
        return owner_cell(found, alarms, self._signs) if found else ("", "faint")

    def _on_text(self, row: int) -> str:
        carrying = int(self._view.sites.carrying[row])
        return cells.carrier(self._view.inventory.circuits[carrying]).lower() if carrying >= 0 else ""

    def changed(self, old: SiteRows, rows: NDArray[np.intp]) -> Mask:
        if old._grey != self._grey or old._view.inventory is not self._view.inventory:
            return np.ones(len(rows), np.bool_)
        new, was = self._view, old._view
        told = folds_differ(self.folds, old.folds, rows)
        if new.alarms is not was.alarms:
            told |= np.array([self._owner(int(r)) != old._owner(int(r)) for r in rows], np.bool_)
        if new.sites is was.sites:
            return told
        found = told | differs(new.sites, was.sites, ("severity", "dark", "failed_over", "carrying", "counts"), rows)
        found |= durations(new.at - new.sites.since[rows], was.at - was.sites.since[rows])
        # A site shows something of each of its circuits.
        inv = new.inventory
        every = np.arange(len(inv.circuits))
        touched = differs(new.circuits, was.circuits, (*_LOOKS, "trend"), every) & (inv.circuit_site >= 0)
        sites = np.zeros(len(self), np.bool_)
        sites[inv.circuit_site[touched]] = True
        return np.asarray(found | sites[rows])


HEADERS = (
    "state", "severity", "site", "site_name", "region", "store_type", "site_id", "carried_by", "carrier", "failed_over",
    "utilisation_pct", "loss_pct", "latency_ms", "since", "lowest_available_24h_pct",
    *(f"circuits_{s.word}" for s in Severity), "at",
)  # fmt: skip


def exported(rows: SiteRows, view: View, order: Sequence[int]) -> Exported:
    """These sites, in this order."""
    return Exported("sites", HEADERS, [_row(rows, view, int(i)) for i in order])


def _row(rows: SiteRows, view: View, i: int) -> tuple[Any, ...]:
    site, t = view.inventory.sites[i], view.circuits
    carrying = int(view.sites.carrying[i])
    circuit = view.inventory.circuits[carrying] if carrying >= 0 else None
    values: tuple[float | None, ...] = (None, None, None)
    if carrying >= 0:
        util = float(np.fmax(t.rx_pct[carrying], t.tx_pct[carrying]))
        values = tuple(number(v) for v in (util, t.loss[carrying], t.latency[carrying]))
    severity = Severity(int(view.sites.severity[i]))
    return (
        "dark" if view.sites.dark[i] else severity.word, severity.word, site.number, site.name, site.region,
        site.store_type, site.site_id, circuit.circuit_id if circuit else "", circuit.carrier if circuit else "",
        bool(view.sites.failed_over[i]), *values, instant(float(view.sites.since[i])), number(rows.lowest[i]),
        *(int(n) for n in view.sites.counts[i]), instant(view.at),
    )  # fmt: skip
