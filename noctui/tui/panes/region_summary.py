"""Regions for who answers for them: what serves, how available it was in 24 h, how much of it is bad and since when."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.figures import GAUGE, Figures
from noctui.model.view import View
from noctui.tui.export import Exported, instant, number
from noctui.tui.look.numbers import NONE, availability, tone, utilisation
from noctui.tui.look.signs import Signs
from noctui.tui.moment import Moment, Size
from noctui.tui.panes.changed import Mask, unlike
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.list_pane import Listed, ListPane, Sorts
from noctui.tui.panes.offender_kinds import range_of
from noctui.tui.panes.region_rows import RegionRows
from noctui.tui.panes.serving import COVERED
from noctui.tui.place import Place, of_region, region_name
from noctui.tui.widgets.columns import Cell, Column

_OWN = ("avail", "cover", "flaps", "util")


def each_text(value: float) -> str:
    """A mean of counts: `2.9`, `<0.1`, `0`; – where it is not known. A few flaps among many circuits are not none."""
    if not value >= 0:
        return NONE
    return "0" if value == 0 else "<0.1" if value < 0.1 else f"{value:.1f}"


class RegionFigures(RegionRows):
    """The regions of a View with what they were in 24 h: [rows] of each figure, NaN where it is not known."""

    def __init__(self, view: View, found: Figures | None, signs: Signs, grey: bool = False) -> None:
        super().__init__(view, signs, grey)
        at = {key: i for i, key in enumerate(found.ids)} if found is not None else {}
        rows = np.array([at.get(region, -1) for region in view.inventory.regions], np.intp)
        none = np.full(len(rows), np.nan)
        self.own: dict[str, NDArray[np.float64]] = dict.fromkeys(_OWN, none)
        if found is not None and len(found):
            each = np.maximum(found.counts, 1) if found.counts is not None else np.ones(len(found))
            columns = {
                "avail": found.available, "cover": found.coverage, "flaps": found.flaps / each,
                "util": found.average[:, GAUGE["util"]],
            }  # fmt: skip
            self.own = {name: np.where(rows >= 0, values[rows], np.nan) for name, values in columns.items()}

    def _cell(self, row: int, column: str, wide: bool) -> Cell:
        if column not in self.own:
            return super()._cell(row, column, wide)
        value = float(self.own[column][row])
        match column:
            case "avail":
                text, role = availability(value), "hi"
            case "cover":
                text, role = availability(value, 1), "unk" if value < COVERED else "dim"
            case "flaps":
                text, role = each_text(value), "text"
            case _:
                text, role = utilisation(value), "text"
        return (text, tone(text, role))

    def sort_values(self, column: str) -> NDArray[Any]:
        if column == "avail":
            return 100.0 - self.own[column]
        return self.own[column] if column in self.own else super().sort_values(column)

    def changed(self, old: RegionRows, rows: NDArray[np.intp]) -> Mask:
        found = super().changed(old, rows)
        if not isinstance(old, RegionFigures):
            return np.ones(len(rows), np.bool_)
        for name in _OWN:
            found |= unlike(self.own[name][rows], old.own[name][rows])
        return found


HEADERS = (
    "region", "sites", "circuits", "dark_sites", "failed_over_sites", "available_24h_pct", "coverage_24h_pct",
    "flaps_24h_per_circuit", "util_24h_avg_pct", "bad_pct", "at",
)  # fmt: skip


def exported(rows: RegionFigures, view: View, order: Sequence[int]) -> Exported:
    """These regions, in this order."""
    t = view.regions
    made = [
        (region_name(view.inventory.regions[i]), int(t.sites[i]), int(t.circuits[i]), int(t.dark[i]),
         int(t.failed_over[i]), *(number(rows.own[name][i]) for name in _OWN), number(t.bad_pct[i]), instant(view.at))
        for i in order
    ]  # fmt: skip
    return Exported("region-summary", HEADERS, made)


class RegionSummary(ListPane):
    """Lowest availability first; Enter opens the region's sites."""

    HEADING = "regions"
    SORT = ("avail", True)
    EMPTY = ("No region is known.",)

    def __init__(self, clock: Callable[[], float], sorts: Sorts, *, id: str) -> None:
        super().__init__(clock, sorts, id=id)
        self._figures: Keeping[Figures] = Keeping(self, clock, self.draw)

    def columns(self, size: Size) -> tuple[Column, ...]:
        wide = size is Size.L
        return (
            Column("region", "region", 18 if wide else 14, flex=not wide), Column("sites", "sites", 5, "right", drop=4),
            Column("dark", "dark", 4, "right"), Column("f/o", "f/o", 3, "right"),
            Column("avail", "up 24h %", 8, "right"), Column("cover", "cover", 5, "right", drop=3),
            Column("flaps", "flaps", 5, "right", drop=6), Column("util", "util %", 6, "right", drop=5),
            Column("bad", "bad %", 12), Column("trend", "bad, 3 h", 12, drop=2),
            Column("worst", "worst circuit", 26, drop=7, flex=wide),
        )  # fmt: skip

    def inquire(self, moment: Moment) -> None:
        read, range_ = moment.scene.read, range_of("24h", moment.at)
        self._figures.want("24h", moment.at, moment.scene.live, lambda: read.groups("region", range_))

    def known(self, moment: Moment) -> Hashable:
        return id(self._figures.known(moment.at)), self._figures.failed

    def listed(self, moment: Moment) -> Listed:
        """The regions are there at once, their figures when they have come."""
        found = self._figures.known(moment.at)
        rows = RegionFigures(moment.view, found, moment.signs, moment.grey)
        waits = "" if found is not None else "; asking" if not self._figures.failed else f"; {self._figures.failed}"
        return Listed(rows, None, f"{len(rows)}, flaps per circuit{waits}")

    def opens(self, key: str) -> tuple[Place, str]:
        return of_region(key), ""

    def exported(self, order: Sequence[int]) -> Exported | None:
        rows = self.listing.rows if self.listing is not None else None
        if not isinstance(rows, RegionFigures) or self._moment is None:
            return None
        return exported(rows, self._moment.view, order)
