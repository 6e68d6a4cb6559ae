"""Circuits as the short lists of a board show them: who in one column, and the worst of several figures in another."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import View
from noctui.model.words import THRESHOLDS, Level, Metric
from noctui.tui.look.numbers import mos, tone, utilisation
from noctui.tui.look.signs import severity_role
from noctui.tui.panes import cells
from noctui.tui.panes.changed import Mask, unlike
from noctui.tui.panes.circuit_rows import CircuitRows
from noctui.tui.widgets.columns import Cell, Column

F8 = NDArray[np.float64]
SIGN = Column("sign", "", 1)
WHO = Column("who", "site", 17, flex=True)
ROLE = Column("role", "role", 4, drop=4)
CARRIER = Column("carrier", "carrier", 11, drop=2)
_QUALITY = (Metric.LOSS, Metric.JITTER, Metric.LATENCY)


def utilisation_now(view: View) -> NDArray[np.float32]:
    """[circuits] the higher of rx and tx, percent; NaN where neither is known."""
    return np.fmax(view.circuits.rx_pct, view.circuits.tx_pct)


def quality_now(view: View) -> F8:
    """[circuits] how bad loss, jitter and latency are: the worst of them, as a share of its critical threshold (1: just
    critical). NaN where none of them is known."""
    t, rows = view.circuits, len(view.circuits)
    shares = np.full((len(_QUALITY), rows), np.nan)
    for i, (metric, values) in enumerate(zip(_QUALITY, (t.loss, t.jitter, t.latency), strict=True)):
        limit = THRESHOLDS[metric][2] if view.limits is None else view.limits[:, metric, 2]
        shares[i] = values.astype(np.float64) / limit
    return np.asarray(np.fmax.reduce(shares, axis=0))


def level_words(levels: NDArray[np.integer], known: Mask) -> str:
    """`3 critical, 11 high` of those circuits that are known now."""
    critical, high = int((levels[known] == Level.CRITICAL).sum()), int((levels[known] == Level.HIGH).sum())
    return f"{critical:,} critical, {high:,} high" if critical or high else "none high"


class NowRows(CircuitRows):
    """All circuits, with `who`, `util`, `quality` and `mos` beside the columns of the table of all circuits."""

    def _cell(self, row: int, column: str) -> Cell:
        t, inv = self._view.circuits, self._view.inventory
        match column:
            case "sign":
                severity = int(t.severity[row])
                return (self._signs.severity(severity), severity_role(severity))
            case "who":
                site = int(inv.circuit_site[row])
                if site < 0:
                    return (inv.circuits[row].site_id, "hi")
                found = inv.sites[site]
                return (f"{cells.site_number(found)} {cells.site_town(found)}".strip(), "hi")
            case "util":
                level = cells.level_of(int(t.levels[row]), Metric.UTILISATION)
                return cells.value_cell(utilisation(float(self.utilisation[row])), level, bool(t.stale[row]))
            case "mos":
                text = mos(float(t.mos[row]))
                return (text, tone(text))
        return super()._cell(row, column)

    @cached_property
    def utilisation(self) -> NDArray[np.float32]:
        return utilisation_now(self._view)

    @cached_property
    def quality(self) -> F8:
        return quality_now(self._view)

    def sort_values(self, column: str) -> NDArray[Any]:
        match column:
            case "sign":
                return super().sort_values("state")
            case "who":
                return super().sort_values("site")
            case "util":
                return self.utilisation
            case "quality":
                return self.quality
            case "mos":
                return -self._view.circuits.mos
        return super().sort_values(column)

    def changed(self, old: CircuitRows, rows: NDArray[np.intp]) -> Mask:
        found = super().changed(old, rows)
        return found | unlike(self._view.circuits.mos[rows], old.view.circuits.mos[rows])
