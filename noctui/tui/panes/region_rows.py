"""Regions as rows of the live table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import View
from noctui.model.words import Severity
from noctui.tui.export import Exported, instant, number
from noctui.tui.look.numbers import count, duration, rate, tone, utilisation
from noctui.tui.look.signs import Signs, severity_role, word
from noctui.tui.look.text import clip, width
from noctui.tui.panes import cells
from noctui.tui.panes.changed import Mask, differs, unlike
from noctui.tui.place import region_name
from noctui.tui.runs import Run
from noctui.tui.widgets.bar import bad_share_bar
from noctui.tui.widgets.columns import Cell, Column
from noctui.tui.widgets.spark import share_spark

_HEAD = (
    Column("region", "region", 14, flex=True),
    Column("sites", "sites", 5, "right", drop=6),
    Column("down", "down", 4, "right"),
    Column("crit", "crit", 4, "right"),
    Column("high", "high", 4, "right"),
)
_MORE = (
    Column("unkn", "unkn", 4, "right", drop=9),
    Column("warn", "warn", 4, "right", drop=9),
    Column("maint", "maint", 5, "right", drop=9),
)
_TAIL = (
    Column("dark", "dark", 4, "right", drop=1),
    Column("f/o", "f/o", 3, "right", drop=5),
    Column("bad", "bad %", 12, drop=2),
    Column("trend", "bad, 3 h", 12, drop=4),
    Column("worst", "worst circuit", 26, drop=3),
)
_LAST = (
    Column("for", "for", 5, "right", drop=8),
    Column("mean", "mean %", 6, "right", drop=8),
    Column("p95", "p95 %", 5, "right", drop=8),
    Column("rate", "rx b/s", 6, "right", drop=8),
)
SORT = ("down", True)
_BAR = 7
_WORST = 26
_WIDTHS = {"region": 14, "trend": 24, "worst": 35}
"""Columns that are wider on a large terminal; what is left over goes to the worst circuit."""


def columns(wide: bool) -> tuple[Column, ...]:
    """The columns; a large terminal gets more of them, and the worst circuit with its town."""
    if not wide:
        return (*_HEAD, *_TAIL)
    return tuple(_widened(c) for c in (*_HEAD, *_MORE, *_TAIL, *_LAST))


def spare(wide: bool) -> tuple[Column, ...]:
    """Columns that are there to be chosen."""
    return () if wide else (*_MORE, *_LAST)


def _widened(column: Column) -> Column:
    return replace(column, width=_WIDTHS.get(column.key, column.width), flex=column.key == "worst")


class RegionRows:
    """The regions of one View. `wide`: the columns are those of a large terminal."""

    def __init__(self, view: View, signs: Signs, grey: bool = False, wide: bool = False) -> None:
        self._view = view
        self._wide = wide
        self._signs = signs
        self._grey = grey

    @property
    def ids(self) -> object:
        return self._view.inventory

    def __len__(self) -> int:
        return len(self._view.regions)

    def key(self, row: int) -> str:
        return self._view.inventory.regions[row]

    def find(self, key: str) -> int | None:
        regions = self._view.inventory.regions
        return regions.index(key) if key in regions else None

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        made = [self._cell(row, column, self._wide) for column in columns]
        return cells.greyed(made) if self._grey else made

    def _cell(self, row: int, column: str, wide: bool) -> Cell:
        t = self._view.regions
        counts = t.counts[row]
        match column:
            case "region":
                return (region_name(self.key(row)), "hi")
            case "sites":
                return (count(int(t.sites[row])), "dim")
            case "down":
                lost = int(counts[Severity.DOWN] + counts[Severity.AWAY])
                number_: Run = (count(lost), tone(count(lost), "crit bold"))
                return (number_, (self._signs.away, "crit")) if counts[Severity.AWAY] else number_
            case "crit" | "high" | "unkn" | "warn" | "maint":
                severity = _SEVERITIES[column]
                text = count(int(counts[severity]))
                return (text, tone(text, severity_role(severity)))
            case "dark":
                text = count(int(t.dark[row]))
                return (text, tone(text, "hi bold"))
            case "f/o":
                text = count(int(t.failed_over[row]))
                return (text, tone(text))
            case "bad":
                share = float(t.bad_pct[row])
                return ((f"{utilisation(share):>4} ", "text"), *bad_share_bar(share, _BAR, self._signs))
            case "trend":
                shares = t.bad_trend[row]
                return share_spark(np.repeat(shares, 2) if wide else shares, self._signs)
            case "worst":
                return self._worst(row, wide)
            case "for":
                worst = int(t.worst[row])
                text = duration(self._view.at - float(self._view.circuits.since[worst])) if worst >= 0 else ""
                return (text, "text")
            case "mean" | "p95":
                text = utilisation(float((self._mean if column == "mean" else self._p95)[row]))
                return (text, tone(text))
            case "rate":
                text = rate(float(self._rate[row]))
                return (text, tone(text))
        raise KeyError(column)

    def _worst(self, row: int, wide: bool) -> Cell:
        view = self._view
        worst = int(view.regions.worst[row])
        if worst < 0:
            return ("", "faint")
        severity = int(view.circuits.severity[worst])
        who = cells.site_short(view.inventory, worst)
        site = int(view.inventory.circuit_site[worst])
        role = severity_role(severity).split()[0]
        circuit = view.inventory.circuits[worst]
        said = word(severity).lower()
        if wide and site >= 0:
            room = _WIDTHS["worst"] - width(who) - width(said) - width(cells.carrier(circuit)) - 3
            who = f"{who} {clip(cells.site_town(view.inventory.sites[site]), max(room, 1))}"
            return ((f"{who} {cells.carrier(circuit)} ", "text"), (said, role))
        if not wide:
            said += f" {duration(view.at - float(view.circuits.since[worst]))}"
        room = _WORST - width(who) - width(said) - 2
        return ((f"{who} {clip(cells.carrier(circuit), room)} ", "text"), (said, role))

    @cached_property
    def _of(self) -> NDArray[np.intp]:
        """[circuits] their region's row; -1 for none."""
        inv = self._view.inventory
        of = np.full(len(inv.circuits), -1, np.intp)
        known = inv.circuit_site >= 0
        of[known] = inv.site_region[inv.circuit_site[known]]
        return of

    @cached_property
    def _util(self) -> NDArray[np.float32]:
        t = self._view.circuits
        return np.fmax(t.rx_pct, t.tx_pct)

    @cached_property
    def _mean(self) -> NDArray[np.float64]:
        known = np.isfinite(self._util) & (self._of >= 0)
        n = np.bincount(self._of[known], minlength=len(self))
        total = np.bincount(self._of[known], weights=self._util[known], minlength=len(self))
        return np.asarray(np.divide(total, n, out=np.full(len(self), np.nan), where=n > 0))

    @cached_property
    def _p95(self) -> NDArray[np.float64]:
        out = np.full(len(self), np.nan)
        for row in range(len(self)):
            mine = self._util[self._of == row]
            out[row] = nearest_rank(mine, 95)
        return out

    @cached_property
    def _rate(self) -> NDArray[np.float64]:
        bps = self._view.circuits.rx_bps
        known = np.isfinite(bps) & (self._of >= 0)
        out = np.bincount(self._of[known], weights=bps[known], minlength=len(self)).astype(np.float64)
        out[np.bincount(self._of[known], minlength=len(self)) == 0] = np.nan
        return out

    def sort_values(self, column: str) -> NDArray[Any]:
        t = self._view.regions
        match column:
            case "region":
                return np.array([region_name(r).lower() for r in self._view.inventory.regions])
            case "sites":
                return t.sites
            case "down":
                # Equally many down: more critical first, then more high.
                c = t.counts.astype(np.float64)
                return np.asarray((c[:, 0] + c[:, 1]) * 1e10 + c[:, 2] * 1e5 + c[:, 3])
            case "crit" | "high" | "unkn" | "warn" | "maint":
                return t.counts[:, _SEVERITIES[column]]
            case "dark":
                return t.dark
            case "f/o":
                return t.failed_over
            case "bad":
                return t.bad_pct
            case "trend":
                return np.asarray(np.nan_to_num(t.bad_trend).max(axis=1))
            case "mean":
                return self._mean
            case "p95":
                return self._p95
            case "rate":
                return self._rate
        worst = t.worst
        age = np.where(worst >= 0, self._view.at - self._view.circuits.since[worst], np.nan)
        if column == "for":
            return np.asarray(age)
        severity = self._view.circuits.severity[worst].astype(np.float64)
        return np.where(worst >= 0, Severity.DISABLED - severity, -1.0)

    def changed(self, old: RegionRows, rows: NDArray[np.intp]) -> Mask:
        if old._grey != self._grey or old._view.inventory is not self._view.inventory:
            return np.ones(len(rows), np.bool_)
        names = ("counts", "dark", "failed_over", "bad_pct", "bad_trend", "worst")
        found = differs(self._view.regions, old._view.regions, names, rows)
        return (
            found
            | np.array([self._worst(int(r), False) != old._worst(int(r), False) for r in rows], np.bool_)
            | (unlike(self._rate[rows], old._rate[rows]))
        )


_SEVERITIES = {
    "crit": Severity.CRITICAL, "high": Severity.HIGH, "unkn": Severity.UNKNOWN, "warn": Severity.WARN,
    "maint": Severity.MAINTENANCE,
}  # fmt: skip


def nearest_rank(values: NDArray[np.floating[Any]], percent: float) -> float:
    """The nearest-rank percentile of the known values; NaN when none is."""
    known = values[np.isfinite(values)]
    if not len(known):
        return float("nan")
    rank = max(int(np.ceil(percent / 100 * len(known))) - 1, 0)
    return float(np.partition(known, rank)[rank])


HEADERS = (
    "region", "sites", "circuits", "dark_sites", "failed_over_sites", *(s.word for s in Severity), "bad_pct",
    "mean_utilisation_pct", "p95_utilisation_pct", "rx_bps", "at",
)  # fmt: skip


def exported(rows: RegionRows, view: View, order: Sequence[int]) -> Exported:
    """These regions, in this order."""
    t = view.regions
    return Exported(
        "regions", HEADERS,
        [
            (
                region_name(view.inventory.regions[i]), int(t.sites[i]), int(t.circuits[i]), int(t.dark[i]),
                int(t.failed_over[i]), *(int(n) for n in t.counts[i]), number(t.bad_pct[i]),
                *(number(rows.sort_values(key)[i]) for key in ("mean", "p95", "rate")), instant(view.at),
            )
            for i in order
        ],
    )  # fmt: skip
