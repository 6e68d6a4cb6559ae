"""Carriers for who pays them: circuits, what is down now, how available they were in 24 h, how often they flapped."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.figures import GAUGE, Figures
from noctui.model.view import View
from noctui.model.words import Severity
from noctui.tui.export import Exported, instant, number
from noctui.tui.look.numbers import NONE, availability, count, tone, utilisation
from noctui.tui.look.signs import Signs
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import cells
from noctui.tui.panes.changed import Mask
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.list_pane import Listed, ListPane, Sorts
from noctui.tui.panes.offender_kinds import range_of
from noctui.tui.panes.region_summary import each_text
from noctui.tui.panes.serving import COVERED
from noctui.tui.place import CIRCUITS, Place
from noctui.tui.widgets.columns import Cell, Column

F8 = NDArray[np.float64]


class CarrierFigures:
    """The carriers of the figures, with what is down of each now."""

    def __init__(self, view: View, found: Figures, signs: Signs, grey: bool = False) -> None:
        self.view = view
        self.found = found
        self._signs = signs
        self._grey = grey
        self._at = {key: i for i, key in enumerate(found.ids)}

    def __len__(self) -> int:
        return len(self.found)

    def key(self, row: int) -> str:
        return self.found.ids[row]

    def find(self, key: str) -> int | None:
        return self._at.get(key)

    @cached_property
    def down(self) -> NDArray[np.int64]:
        """[rows] circuits down or away now."""
        lost = np.flatnonzero(self.view.circuits.severity <= Severity.AWAY)
        names = [self.view.inventory.circuits[i].carrier for i in lost.tolist()]
        at = np.array([self._at.get(name, -1) for name in names], np.intp)
        return np.bincount(at[at >= 0], minlength=len(self))

    @cached_property
    def flaps(self) -> F8:
        """[rows] flaps per circuit."""
        f = self.found
        each = np.maximum(f.counts, 1) if f.counts is not None else np.ones(len(f))
        return np.asarray(f.flaps / each, np.float64)

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        made = [self._cell(row, column) for column in columns]
        return cells.greyed(made) if self._grey else made

    def _cell(self, row: int, column: str) -> Cell:
        f = self.found
        match column:
            case "carrier":
                return (self.key(row) or "no carrier", "hi")
            case "circuits":
                return (count(int(f.counts[row]) if f.counts is not None else None), "dim")
            case "down":
                text = count(int(self.down[row]))
                return (text, tone(text, "crit bold"))
            case "avail":
                text = availability(float(f.available[row]))
                return (text, tone(text, "hi"))
            case "cover":
                text = availability(float(f.coverage[row]), 1)
                return (text, tone(text, "unk" if f.coverage[row] < COVERED else "dim"))
            case "flaps":
                text = each_text(float(self.flaps[row]))
                return (text, tone(text))
        value = float(f.average[row, GAUGE["util"]])
        text = utilisation(value) if np.isfinite(value) else NONE
        return (text, tone(text))

    def sort_values(self, column: str) -> NDArray[Any]:
        f = self.found
        match column:
            case "circuits":
                return f.counts if f.counts is not None else np.zeros(len(self))
            case "down":
                return self.down
            case "avail":
                return 100.0 - f.available
            case "cover":
                return f.coverage
            case "flaps":
                return self.flaps
            case "util":
                return f.average[:, GAUGE["util"]]
        return np.array([key.lower() for key in f.ids], np.str_)

    def changed(self, old: CarrierFigures, rows: NDArray[np.intp]) -> Mask:
        names = ("carrier", "circuits", "down", "avail", "cover", "flaps", "util")
        return np.array(
            [int(r) >= len(old) or self.cells(int(r), names) != old.cells(int(r), names) for r in rows], np.bool_
        )


HEADERS = (
    "carrier", "circuits", "down_now", "available_24h_pct", "coverage_24h_pct", "flaps_24h_per_circuit",
    "util_24h_avg_pct", "at",
)  # fmt: skip


def exported(rows: CarrierFigures, order: Sequence[int]) -> Exported:
    """These carriers, in this order."""
    f = rows.found
    made = [
        (rows.key(i), int(f.counts[i]) if f.counts is not None else None, int(rows.down[i]), number(f.available[i]),
         number(f.coverage[i]), number(rows.flaps[i]), number(f.average[i, GAUGE["util"]]), instant(rows.view.at))
        for i in order
    ]  # fmt: skip
    return Exported("carriers", HEADERS, made)


class CarrierSummary(ListPane):
    """Lowest availability first; Enter opens the carrier's circuits."""

    HEADING = "carriers, 24 h"
    SORT = ("avail", True)
    EMPTY = ("No carrier is known.",)

    def __init__(self, clock: Callable[[], float], sorts: Sorts, *, id: str) -> None:
        super().__init__(clock, sorts, id=id)
        self._figures: Keeping[Figures] = Keeping(self, clock, self.draw)

    def columns(self, size: Size) -> tuple[Column, ...]:
        return (
            Column("carrier", "carrier", 14, flex=True), Column("circuits", "circuits", 8, "right", drop=1),
            Column("down", "down", 4, "right"), Column("avail", "up 24h %", 8, "right"),
            Column("cover", "cover", 5, "right", drop=2), Column("flaps", "flaps", 5, "right", drop=3),
            Column("util", "util %", 6, "right", drop=4),
        )  # fmt: skip

    def inquire(self, moment: Moment) -> None:
        read, range_ = moment.scene.read, range_of("24h", moment.at)
        self._figures.want("24h", moment.at, moment.scene.live, lambda: read.groups("carrier", range_))

    def known(self, moment: Moment) -> Hashable:
        return id(self._figures.known(moment.at))

    def listed(self, moment: Moment) -> Listed | None:
        found = self._figures.known(moment.at)
        if found is None:
            return None
        return Listed(CarrierFigures(moment.view, found, moment.signs, moment.grey), None, "flaps per circuit")

    def waiting(self) -> str:
        return f"The figures {self._figures.failed}." if self._figures.failed else "Asking …"

    def opens(self, key: str) -> tuple[Place, str] | None:
        return (CIRCUITS, f'carrier="{key}"') if key and '"' not in key else None

    def exported(self, order: Sequence[int]) -> Exported | None:
        rows = self.listing.rows if self.listing is not None else None
        return exported(rows, order) if isinstance(rows, CarrierFigures) else None
