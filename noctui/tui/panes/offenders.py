"""Top offenders: who was longest above a threshold in 24 h."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.figures import Figures
from noctui.model.view import View
from noctui.model.words import Level, Metric, Severity
from noctui.tui.export import Exported, instant, number
from noctui.tui.look.numbers import duration_prose, loss, milliseconds, utilisation
from noctui.tui.look.signs import Signs, level_role
from noctui.tui.look.text import width
from noctui.tui.panes import cells
from noctui.tui.panes.changed import Mask
from noctui.tui.widgets.columns import Cell, Column

_WHY = 17
COLUMNS = (
    Column("sign", "", 1),
    Column("site", "site", 19),
    Column("carrier", "carrier", 9, drop=1),
    Column("why", "why", _WHY, flex=True),
    Column("now", "now", 8, "right"),
)
_WIDTHS = {"site": 22, "carrier": 11}
"""Columns that are wider on a large terminal; what is left over goes to `why`."""
SORT = ("why", True)
_SEVERITY = {Level.WARN: Severity.WARN, Level.HIGH: Severity.HIGH, Level.CRITICAL: Severity.CRITICAL}
_UNIT = {Metric.UTILISATION: "%", Metric.LOSS: "%", Metric.JITTER: "ms", Metric.LATENCY: "ms"}
_WORD = {Metric.UTILISATION: "util", Metric.LOSS: "loss", Metric.JITTER: "jit", Metric.LATENCY: "lat"}


def columns(wide: bool) -> tuple[Column, ...]:
    """The columns, on a large terminal with room for whole names."""
    return tuple(replace(c, width=_WIDTHS.get(c.key, c.width)) for c in COLUMNS) if wide else COLUMNS


@dataclass(frozen=True, slots=True)
class Offender:
    """One circuit and the worst it did: `seconds` above `level` of `metric`, of which `longest` in one run."""

    row: int
    metric: Metric
    level: int
    seconds: float
    longest: float


def worst_of(figures: Figures, view: View, limit: int = 60) -> list[Offender]:
    """Each circuit by its highest level that it reached, then by the time above it; worst first.

    Figures belong to ids: circuits that are not in this View have no row to show, and are left out.
    """
    total = figures.above
    if not len(total):
        return []
    reached = (total > 0) * np.arange(1, 4, dtype=np.int8)
    level = reached.max(axis=2)  # [rows, metrics]
    top = level.max(axis=1)
    at = np.take_along_axis(total, np.maximum(level - 1, 0)[:, :, None], axis=2)[:, :, 0]
    seconds = np.where((level == top[:, None]) & (level > 0), at, 0.0)
    metric = seconds.argmax(axis=1)
    rows = np.flatnonzero(top > 0)
    score = seconds[rows, metric[rows]]
    order = rows[np.lexsort((rows, -score, -top[rows]))]
    found: list[Offender] = []
    for i in order.tolist():
        row = view.inventory.circuit_row.get(figures.ids[i])
        if row is not None:
            longest = float(figures.longest[i, metric[i], top[i] - 1])
            found.append(Offender(row, Metric(int(metric[i])), int(top[i]), float(seconds[i, metric[i]]), longest))
        if len(found) == limit:
            break
    return found


HEADERS = (
    "circuit_id", "site", "site_name", "carrier", "metric", "threshold", "above_24h_s", "longest_24h_s", "rx_pct",
    "tx_pct", "loss_pct", "jitter_ms", "latency_ms", "at",
)  # fmt: skip


def exported(rows: OffenderRows, view: View, order: Sequence[int]) -> Exported:
    """These offenders, in this order."""
    return Exported("offenders", HEADERS, [_row(rows.offenders[i], view) for i in order])


def _row(offender: Offender, view: View) -> tuple[Any, ...]:
    inv, t = view.inventory, view.circuits
    circuit = inv.circuits[offender.row]
    site = int(inv.circuit_site[offender.row])
    figures = (number(col[offender.row]) for col in (t.rx_pct, t.tx_pct, t.loss, t.jitter, t.latency))
    return (
        circuit.circuit_id, inv.sites[site].number if site >= 0 else "", inv.sites[site].name if site >= 0 else "",
        circuit.carrier, offender.metric.name.lower(), _limit(view, offender),
        offender.seconds, offender.longest, *figures, instant(view.at),
    )  # fmt: skip


def _limit(view: View, offender: Offender) -> float:
    return view.limits_of(offender.row, offender.metric)[offender.level - 1]


class OffenderRows:
    """Offenders as rows of the live table, worst first."""

    def __init__(self, view: View, offenders: Sequence[Offender], signs: Signs, grey: bool = False) -> None:
        self._view = view
        self.offenders = tuple(o for o in offenders if o.row < len(view.circuits))
        self._signs = signs
        self._grey = grey
        self._at = {self.key(i): i for i in range(len(self.offenders))}

    def __len__(self) -> int:
        return len(self.offenders)

    def key(self, row: int) -> str:
        return self._view.inventory.circuits[self.offenders[row].row].circuit_id

    def find(self, key: str) -> int | None:
        return self._at.get(key)

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        made = [self._cell(self.offenders[row], column) for column in columns]
        return cells.greyed(made) if self._grey else made

    def _cell(self, offender: Offender, column: str) -> Cell:
        inv = self._view.inventory
        circuit = inv.circuits[offender.row]
        match column:
            case "sign":
                return (self._signs.severity(_SEVERITY[Level(offender.level)]), level_role(offender.level))
            case "site":
                site = int(inv.circuit_site[offender.row])
                if site < 0:
                    return (circuit.site_id, "hi")
                return (f"{cells.site_number(inv.sites[site])} {cells.site_town(inv.sites[site])}".strip(), "hi")
            case "carrier":
                return (cells.carrier(circuit), "text")
            case "why":
                return self._why(offender)
            case "now":
                return self._now(offender)
        raise KeyError(column)

    def _direction(self, offender: Offender) -> str:
        """Which of rx and tx is the fuller one now; util when neither is known."""
        t = self._view.circuits
        rx, tx = float(t.rx_pct[offender.row]), float(t.tx_pct[offender.row])
        return "util" if np.isnan(rx) and np.isnan(tx) else "tx" if np.isnan(rx) or tx > rx else "rx"

    def _why(self, offender: Offender) -> Cell:
        word = _WORD[offender.metric]
        if offender.metric is Metric.UTILISATION:
            word = self._direction(offender)
        limit = _limit(self._view, offender)
        now = cells.level_of(int(self._view.circuits.levels[offender.row]), offender.metric) >= offender.level
        run = "for " if now and offender.longest == offender.seconds else ""
        seconds = offender.seconds if offender.seconds < 60 else offender.seconds // 60 * 60
        short = f"{word} {self._signs.at_least} {limit:g} {duration_prose(seconds)}"
        full = f"{word} {self._signs.at_least} {limit:g} {run}{duration_prose(seconds)}"
        return (full if width(full) <= _WHY else short, "text")

    def _now(self, offender: Offender) -> Cell:
        t, row = self._view.circuits, offender.row
        match offender.metric:
            case Metric.UTILISATION:
                text = utilisation(float(np.fmax(t.rx_pct[row], t.tx_pct[row])))
            case Metric.LOSS:
                text = loss(float(t.loss[row]))
            case Metric.JITTER:
                text = milliseconds(float(t.jitter[row]))
            case _:
                text = milliseconds(float(t.latency[row]))
        if text == self._signs.none or text == "–":
            return (text, "faint")
        level = cells.level_of(int(t.levels[row]), offender.metric)
        return (f"{text} {_UNIT[offender.metric]}", "stale" if t.stale[row] else level_role(level))

    def sort_values(self, column: str) -> NDArray[Any]:
        match column:
            case "site":
                return np.array([self._cell(o, "site")[0] for o in self.offenders])
            case "carrier":
                return np.array([cells.carrier(self._view.inventory.circuits[o.row]).lower() for o in self.offenders])
            case "now":
                rows = np.array([o.row for o in self.offenders], np.intp)
                t = self._view.circuits
                return np.fmax(t.rx_pct, t.tx_pct)[rows] if len(rows) else np.zeros(0)
        return -np.arange(len(self.offenders))

    def changed(self, old: OffenderRows, rows: NDArray[np.intp]) -> Mask:
        names = ("sign", "site", "carrier", "why", "now")
        return np.array(
            [int(r) >= len(old) or self.cells(int(r), names) != old.cells(int(r), names) for r in rows], np.bool_
        )
