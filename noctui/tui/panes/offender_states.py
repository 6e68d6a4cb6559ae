"""Offenders by flaps and by availability: time up, down and unknown, with coverage and bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.runtime.ranking import flaps_each
from noctui.tui.export import Cell as CsvCell
from noctui.tui.export import number
from noctui.tui.look.numbers import NONE, availability, availability_between, duration, tone
from noctui.tui.moment import Size
from noctui.tui.panes.cells import state_cell
from noctui.tui.panes.offender_rows import CHRONIC_COLUMN, DAYS, FLAP, NOTE, OffenderRows, who
from noctui.tui.widgets.columns import Cell, Column

COVERED = 99.5
"""Percent of coverage below which it, and the bounds, are said."""


class StateRows(OffenderRows):
    """Flaps, availability with its bounds, and the time that they are worked out from."""

    def columns(self, size: Size) -> tuple[Column, ...]:
        flaps = self.asked.by.name == "flaps"
        each = (Column("each", "each", 5, "right"),) if not self.of_circuits else ()
        flap = Column("flap", "flaps", 5, "right")
        state = (Column("state", "state", 6, drop=6),) if self.of_circuits else ()
        spent = (
            Column("down", "down", 5, "right"), Column("unknown", "unkn", 5, "right", drop=6),
        )  # fmt: skip
        available = (
            Column("avail", "avail %", 7, "right"), Column("cover", "cover", 5, "right", drop=3),
            Column("bounds", "between", 11, "right", drop=6),
        )  # fmt: skip
        tail = (DAYS, *((CHRONIC_COLUMN,) if not self.of_circuits else ()))
        if flaps:
            return (*who(self.asked.things, size), *state, flap, *each, *spent, *available, *tail)
        note = (NOTE,) if self.of_circuits else ()
        return (*who(self.asked.things, size), *state, *available, *spent, *tail, FLAP, *note)

    def _time(self, row: int, seconds: float, role: str = "text") -> Cell:
        text = duration(seconds) if seconds > 0 else "0"
        return (text, tone(text, role))

    def own(self, row: int, column: str) -> Cell:
        f = self.figures
        match column:
            case "state":
                at = int(self.view_rows[row])
                return state_cell(int(self.view.circuits.severity[at]), self.signs) if at >= 0 else (NONE, "faint")
            case "each":
                each = float(flaps_each(f)[row])
                text = f"{each:.1f}" if each else "0"
                return (text, tone(text))
            case "down":
                return self._time(row, float(f.down[row]))
            case "unknown":
                return self._time(row, float(f.unknown[row]), "unk")
            case "avail":
                text = availability(float(f.available[row]))
                return (text, tone(text))
            case "cover":
                text = availability(float(f.coverage[row]), 1)
                return (text, tone(text, "unk" if f.coverage[row] < COVERED else "dim"))
            case "bounds":
                if not f.coverage[row] < COVERED:
                    return ("", "faint")
                text = availability_between(float(f.at_least[row]), float(f.at_most[row]))
                return (text, tone(text, "dim"))
        raise KeyError(column)

    def own_values(self, column: str) -> NDArray[Any]:
        f = self.figures
        match column:
            case "state":
                severity = np.full(len(self), 9.0)
                here = self.view_rows >= 0
                severity[here] = self.view.circuits.severity[self.view_rows[here]]
                return -severity
            case "each":
                return flaps_each(f)
            case "down":
                return f.down
            case "unknown":
                return f.unknown
            case "avail":
                return f.available
            case "cover":
                return f.coverage
            case "bounds":
                return np.asarray(f.at_most - f.at_least)
        raise KeyError(column)

    def headers(self) -> tuple[str, ...]:
        return (
            "up_s", "down_s", "unknown_s", "disabled_s", "flaps", "available_pct", "coverage_pct",
            "available_least_pct", "available_most_pct",
        )  # fmt: skip

    def exported(self, row: int) -> tuple[CsvCell, ...]:
        f = self.figures
        return (
            number(f.up[row]), number(f.down[row]), number(f.unknown[row]), number(f.disabled[row]), int(f.flaps[row]),
            number(f.available[row]), number(f.coverage[row]), number(f.at_least[row]), number(f.at_most[row]),
        )  # fmt: skip
