"""Chronic: circuits that were bad on three or more of the last seven days."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.figures import BAD_UNKNOWN, BAD_YES, Daily, Period
from noctui.model.inventory import Inventory
from noctui.model.view import View
from noctui.runtime.ranking import CHRONIC, CHRONIC_DAYS, bad_days
from noctui.tui.export import Cell as CsvCell
from noctui.tui.export import Exported, instant
from noctui.tui.look.signs import Signs
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import cells, now_rows
from noctui.tui.panes.changed import Mask, unlike
from noctui.tui.panes.circuit_rows import CircuitRows
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.kept import Kept
from noctui.tui.panes.list_pane import Listed, ListPane, Sorts
from noctui.tui.panes.now_rows import NowRows
from noctui.tui.panes.offender_answers import rows_in
from noctui.tui.place import Place, of_circuit
from noctui.tui.widgets.columns import Cell, Column


@dataclass(frozen=True, slots=True)
class Week:
    """The last seven days of every circuit of an inventory, the running one last."""

    days: NDArray[np.int8]  # [circuits, days] BAD_*
    bad: NDArray[np.int64]  # [circuits] how many were bad
    periods: tuple[Period, ...]


def week_of(daily: Daily, inventory: Inventory) -> Week:
    """Of a circuit that the days do not have, nothing is known."""
    at = rows_in(daily.ids, tuple(c.circuit_id for c in inventory.circuits))
    here, periods = at >= 0, daily.days[-CHRONIC_DAYS:]
    days = np.full((len(at), len(periods)), BAD_UNKNOWN, np.int8)
    bad = np.zeros(len(at), np.int64)
    count, _ = bad_days(daily)
    days[here], bad[here] = daily.bad[at[here], -CHRONIC_DAYS:], count[at[here]]
    return Week(days, bad, periods)


class ChronicRows(NowRows):
    """All circuits with their last seven days: `days` a sign for each, `bad` how many were bad."""

    def __init__(self, view: View, week: Week, signs: Signs, grey: bool = False) -> None:
        super().__init__(view, signs, grey)
        self.days, self.bad, self.last = week.days, week.bad, week.periods

    def _cell(self, row: int, column: str) -> Cell:
        if column == "bad":
            return (str(self.bad[row]), "high" if self.bad[row] >= CHRONIC else "text")
        if column == "days":
            role = "high" if self.bad[row] >= CHRONIC else "text"
            signs = self._signs
            return tuple(
                (signs.bad_day, role) if day == BAD_YES else (signs.none if day == BAD_UNKNOWN else signs.ok, "faint")
                for day in self.days[row].tolist()
            )
        return super()._cell(row, column)

    def sort_values(self, column: str) -> NDArray[Any]:
        if column in ("bad", "days"):
            # equally many: who is fuller now
            return np.asarray(self.bad + np.clip(np.nan_to_num(self.utilisation), 0, 999) / 1001.0)
        return super().sort_values(column)

    def changed(self, old: CircuitRows, rows: NDArray[np.intp]) -> Mask:
        if not isinstance(old, ChronicRows) or old.days.shape != self.days.shape:
            return np.ones(len(rows), np.bool_)
        return super().changed(old, rows) | unlike(self.days[rows], old.days[rows])


HEADERS = ("circuit_id", "site", "site_name", "role", "carrier", "bad_days_of_7", "days", "at")


def exported(rows: ChronicRows, order: Sequence[int]) -> Exported:
    """These circuits, in this order; `days` names the bad ones."""
    return Exported("chronic", HEADERS, [_row(rows, int(i)) for i in order])


def _row(rows: ChronicRows, i: int) -> tuple[CsvCell, ...]:
    inv = rows.view.inventory
    circuit, site = inv.circuits[i], int(inv.circuit_site[i])
    days = " ".join(p.key for p, bad in zip(rows.last, rows.days[i].tolist(), strict=True) if bad == BAD_YES)
    return (
        circuit.circuit_id, cells.site_number(inv.sites[site]) if site >= 0 else "",
        inv.sites[site].name if site >= 0 else "", circuit.role.word, circuit.carrier, int(rows.bad[i]), days,
        instant(rows.view.at),
    )  # fmt: skip


class Chronic(ListPane):
    """Most bad days first. A bad day holds a breach of `high`."""

    HEADING = "chronic"
    SORT = ("days", True)
    TITLED = "who"
    EMPTY = ("No circuit was bad on 3 or more of the last 7 days.",)

    def __init__(self, clock: Callable[[], float], sorts: Sorts, *, id: str) -> None:
        super().__init__(clock, sorts, id=id)
        self._daily: Keeping[Daily] = Keeping(self, clock, self.draw)
        self._week: Kept[Week] = Kept()

    def columns(self, size: Size) -> tuple[Column, ...]:
        return (
            now_rows.SIGN, now_rows.WHO, now_rows.CARRIER, now_rows.ROLE,
            Column("util", "util %", 6, "right", drop=1), Column("bad", "bad", 3, "right", drop=3),
            Column("days", "7 days", 7),
        )  # fmt: skip

    def inquire(self, moment: Moment) -> None:
        read = moment.scene.read
        self._daily.want("days", moment.at, moment.scene.live, lambda: read.daily("util", CHRONIC_DAYS))

    def known(self, moment: Moment) -> Hashable:
        return id(self._daily.known(moment.at))

    def listed(self, moment: Moment) -> Listed | None:
        daily = self._daily.known(moment.at)
        if daily is None:
            return None
        inventory = moment.view.inventory
        week = self._week.get((daily, inventory), lambda: week_of(daily, inventory))
        rows = ChronicRows(moment.view, week, moment.signs, moment.grey)
        mask = rows.bad >= CHRONIC
        return Listed(rows, mask, f"{int(mask.sum()):,} bad on 3 or more of 7 days")

    def waiting(self) -> str:
        return f"The days {self._daily.failed}." if self._daily.failed else "Asking …"

    def opens(self, key: str) -> tuple[Place, str]:
        return of_circuit(key), ""

    def exported(self, order: Sequence[int]) -> Exported | None:
        rows = self.listing.rows if self.listing is not None else None
        return exported(rows, order) if isinstance(rows, ChronicRows) else None
