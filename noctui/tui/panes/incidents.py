"""Open incidents, worst first: how much, where, since when, whose. The pane is not there while there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.alarms import Alarm
from noctui.tui.export import Exported
from noctui.tui.look.numbers import duration
from noctui.tui.look.signs import Signs, severity_role
from noctui.tui.moment import Moment
from noctui.tui.panes import alarm_facts as facts
from noctui.tui.panes import alarm_rows, cells
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.widgets.columns import Cell, Column

COLUMNS = (
    Column("sign", "", 1), Column("what", "incident", 12, gap=1), Column("text", "", 20, flex=True),
    Column("age", "age", 5, "right"), Column("owner", "owner", 7),
)  # fmt: skip
SORT = ("order", False)
MOST = 5
"""Rows shown at once."""


class IncidentRows:
    """Incidents in their order."""

    def __init__(self, incidents: Sequence[Alarm], moment: Moment) -> None:
        self.alarms = tuple(incidents)
        self.moment = moment
        self._row = {a.alarm_id: i for i, a in enumerate(self.alarms)}

    def __len__(self) -> int:
        return len(self.alarms)

    def key(self, row: int) -> str:
        return self.alarms[row].alarm_id

    def find(self, key: str) -> int | None:
        return self._row.get(key)

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        made = [self._cell(self.alarms[row], column, self.moment.signs) for column in columns]
        return cells.greyed(made) if self.moment.grey else made

    def _cell(self, alarm: Alarm, column: str, signs: Signs) -> Cell:
        taken = alarm.ack is not None or bool(alarm.held_by)
        match column:
            case "sign":
                return (signs.severity(alarm.severity), "dim" if taken else severity_role(alarm.severity))
            case "what":
                return (facts.what(alarm, self.moment.view), "text" if taken else "hi")
            case "text":
                sites = f": {facts.where(alarm, self.moment.view)}" if alarm.sites else ""
                return ((facts.said(alarm), "text"), (sites, "dim"))
            case "age":
                return (duration(max(0.0, self.moment.at - alarm.opened)), "dim" if taken else "text")
        return (facts.owner_words(alarm), "dim" if taken or alarm.owner else "accent")

    def sort_values(self, column: str) -> NDArray[Any]:
        match column:
            case "age":
                return np.array([self.moment.at - a.opened for a in self.alarms])
            case "what":
                return np.array([a.open_members for a in self.alarms])
            case "text":
                return np.array([facts.said(a).lower() for a in self.alarms], np.str_)
            case "owner":
                return np.array([facts.owner_words(a) for a in self.alarms], np.str_)
        return np.arange(len(self.alarms))

    def changed(self, old: IncidentRows, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        keys = tuple(c.key for c in COLUMNS)
        return np.array(
            [int(r) >= len(old) or self.cells(int(r), keys) != old.cells(int(r), keys) for r in rows], np.bool_
        )


class Incidents(TablePane):
    """Enter opens one."""

    DEFAULT_CSS = """
    Incidents { margin: 0 0 1 0; }
    """
    SCOPED_CSS = False

    def __init__(self, clock: Callable[[], float], *, id: str) -> None:
        super().__init__(COLUMNS, SORT, clock, id=id, name="incidents")

    def show(self, moment: Moment) -> None:
        """The open ones of this moment."""
        found = moment.view.alarms.incidents
        self.display = bool(found)
        if found:
            if not self.has_class("-alone"):
                self.styles.height = min(len(found), MOST) + 2
            self.show_rows(IncidentRows(found, moment), None, ("incidents", f"{len(found):,} open"))

    @property
    def current(self) -> Alarm | None:
        rows, row = self.table.rows, self.table.cursor_row
        return rows.alarms[row] if isinstance(rows, IncidentRows) and row is not None else None

    def exported(self) -> Exported | None:
        rows = self.table.rows
        if not isinstance(rows, IncidentRows):
            return None
        made = [alarm_rows.csv_row(rows.alarms[i], rows.moment.view, rows.moment.at)
                for i in self.table.shown_rows.tolist()]  # fmt: skip
        return Exported("incidents", alarm_rows.HEADERS, made)
